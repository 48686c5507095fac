"""Search: names and words within reach, opened in memory. The words never leave the request."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from models.domain import messages as texts
from models.domain.staff import Viewer
from models.queries import within
from models.tables.messages import Message
from models.tables.reach import people_for
from models.transactions import reading

_MESSAGES = 3000
_MOST = 50


@dataclass(frozen=True, slots=True)
class FoundPerson:
    """A person whose name or reference has the words."""

    person_id: str
    name: str
    reference: str


@dataclass(frozen=True, slots=True)
class FoundMessage:
    """A message that has the words."""

    message_id: str
    person_id: str
    name: str
    direction: str
    line: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found: people first, then messages, the latest first. `more` when older messages were not read."""

    people: tuple[FoundPerson, ...]
    messages: tuple[FoundMessage, ...]
    more: bool


@reading
async def search(viewer: Viewer, words: str) -> Found:
    """Everyone and every message within reach that has all the words, whatever their case. Nothing for no words."""
    wanted = words.casefold().split()[:8]
    if not wanted:
        return Found((), (), more=False)
    people = {person.id: person for person in await people_for(viewer)}
    vaults = await within.opened(viewer, people)
    names = {
        key: within.name_of(vaults[key], key, person.name_sealed) for key, person in people.items() if key in vaults
    }
    found_people = sorted(
        (
            FoundPerson(key, name, people[key].reference)
            for key, name in names.items()
            if _has(f"{name} {people[key].reference}", wanted)
        ),
        key=lambda one: within.danish_order(one.name),
    )
    latest = (
        await Message.filter(municipality_id=viewer.municipality_id, person_id__in=list(names))
        .order_by("-at")
        .limit(_MESSAGES + 1)
    )
    found: list[FoundMessage] = []
    for message in latest[:_MESSAGES]:
        body = vaults[message.person_id].open("message", "body", message.id, message.body_sealed)
        if _has(body, wanted):
            found.append(
                FoundMessage(
                    message.id, message.person_id, names[message.person_id], message.direction,
                    _around(texts.visible(body), wanted[0]), message.at,
                )
            )  # fmt: skip
    return Found(tuple(found_people[:_MOST]), tuple(found[:_MOST]), more=len(latest) > _MESSAGES)


def _has(text: str, wanted: list[str]) -> bool:
    folded = text.casefold()
    return all(word in folded for word in wanted)


def _around(text: str, word: str) -> str:
    """The line of a text that has the word, cut around it."""
    line = next((line for line in text.split("\n") if word in line.casefold()), text)
    start = max(0, line.casefold().find(word) - 60)
    return ("…" if start else "") + texts.first_line(line[start:], 160)
