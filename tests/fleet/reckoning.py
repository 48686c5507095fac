"""The reckoning after a storm: what everybody wrote, what the database has, what everybody really saw."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from locales import text
from models.domain.delivery import LetterClass
from models.tables.keys import vault
from models.tables.messages import Message
from models.transactions import Scoped, reading, rows

AGAIN = text("chat.message.reply.again", "da")
_REPLY = re.compile(r"Svar (\d+) til (p\d+)\.")
_GOING = "state IN ('queued', 'waiting', 'sending') AND reason <> 'quiet'"
_NOT_ENDED = frozenset({"queued", "waiting", "sending", "dead", "held"})


@dataclass
class Person:
    """Somebody invented. `words` and `replies` are what was really written to and by them, in order."""

    name: str
    chat_id: int
    person_id: str
    caseworker: str
    words: list[str] = field(default_factory=list)
    replies: list[str] = field(default_factory=list)


@dataclass
class Reckoned:
    """The result: figures for a table, and whatever must not be."""

    figures: dict[str, int]
    violations: list[str]


@reading
async def waiting(scope: Scoped) -> tuple[int, int]:
    """How many updates and letters are not at their end. What waits for the morning may wait."""
    updates = (await rows("SELECT COUNT(*) AS n FROM inbox_update WHERE state = 'new'"))[0]["n"]
    letters = (await rows(f"SELECT COUNT(*) AS n FROM letter WHERE {_GOING}"))[0]["n"]  # noqa: S608
    return int(updates), int(letters)


@reading
async def reckon(scope: Scoped, people: Iterable[Person], ledger: dict[str, Any]) -> Reckoned:
    """Compare. `ledger` is what `getLedger` says of everybody."""
    written: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for message in await Message.all().order_by("thread_id", "position"):
        opened = await vault(message.municipality_id, message.person_id)
        body = opened.open("message", "body", message.id, message.body_sealed)
        written[message.person_id].append((message.direction, body))
    letters: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in await rows(
        "SELECT id, person_id, kind, letter_class, state, reason, unknowns, resent FROM letter ORDER BY id"
    ):
        letters[row["person_id"]].append(row)
    updates = Counter(row["state"] for row in await rows("SELECT state FROM inbox_update"))
    violations = [f"{count} updates are {state}" for state, count in updates.items() if state != "done"]
    figures: Counter[str] = Counter()
    people = list(people)
    names = {person.caseworker for person in people}
    for person in people:
        violations += _kept(person, written[person.person_id])
        shown = ledger.get(str(person.chat_id), {"entries": []})["entries"]
        shown = [entry["text"] for entry in shown if entry["kind"] in {"message", "edit"}]
        violations += _seen(person, letters[person.person_id], shown, names)
        figures.update(_figures(person, letters[person.person_id], shown))
    return Reckoned(dict(figures), violations)


def _kept(person: Person, written: list[tuple[str, str]]) -> list[str]:
    found = []
    for direction, expected in (("in", person.words), ("out", person.replies)):
        kept = [body for way, body in written if way == direction]
        if kept == expected:
            continue
        lost, more = Counter(expected) - Counter(kept), Counter(kept) - Counter(expected)
        found.append(f"{person.name} {direction}: {len(lost)} lost, {sum(more.values())} too many, else out of order")
    return found


def _seen(person: Person, letters: list[dict[str, Any]], shown: list[str], names: Collection[str]) -> list[str]:
    found = [
        f"{person.name}: letter {one['id']} ({one['kind']}) is {one['state']}"
        for one in letters
        if one["state"] in _NOT_ENDED and one["reason"] != "quiet"
    ]
    surely = sum(one["state"] == "sent" for one in letters)
    perhaps = surely + sum(int(one["unknowns"]) for one in letters)
    if not surely <= len(shown) <= perhaps:
        found.append(f"{person.name}: saw {len(shown)}, which is not between {surely} and {perhaps}")
    found += [
        f"{person.name}: letter {one['id']} may not have been sent twice"
        for one in letters
        if one["letter_class"] in {LetterClass.NUDGE.value, LetterClass.BROADCAST.value} and one["unknowns"] > 1
    ]
    foreign = [name for name in names if name != person.caseworker and any(name in entry for entry in shown)]
    foreign += [to for entry in shown for _, to in _REPLY.findall(entry) if to != person.name]
    found += [f"{person.name}: saw what was somebody else's" for _ in foreign]
    return found + _replies(person, [one for one in letters if one["kind"] == "message.reply"], shown)


def _replies(person: Person, letters: list[dict[str, Any]], shown: list[str]) -> list[str]:
    """Each reply seen, or visibly unsure; twice only marked; in order."""
    if len(letters) != len(person.replies):
        return [f"{person.name}: {len(person.replies)} replies, {len(letters)} letters"]
    found: list[str] = []
    firsts: list[int] = []
    for letter, words in zip(letters, person.replies, strict=True):
        where = [number for number, entry in enumerate(shown) if words in entry]
        firsts += where[:1]
        if letter["state"] == "sent" and not where:
            found.append(f"{person.name}: letter {letter['id']} is sent and was not seen")
        if letter["state"] == "unsure" and not letter["unknowns"]:
            found.append(f"{person.name}: letter {letter['id']} is unsure for no reason")
        if len(where) > 1 + letter["unknowns"] or len(where) > 2:
            found.append(f"{person.name}: letter {letter['id']} was seen {len(where)} times")
        if [number for number in where[1:] if AGAIN not in shown[number]]:
            found.append(f"{person.name}: letter {letter['id']} was seen again without its mark")
    if firsts != sorted(firsts):
        found.append(f"{person.name}: replies came out of order")
    return found


def _figures(person: Person, letters: list[dict[str, Any]], shown: list[str]) -> dict[str, int]:
    spoken = [one for one in letters if one["kind"] == "message.reply"]
    times = [sum(words in entry for entry in shown) for words in person.replies]
    return {
        "messages written and kept": len(person.words),
        "replies": len(person.replies),
        "letters": len(letters),
        "letters sent": sum(one["state"] == "sent" for one in letters),
        "letters with an unknown end": sum(one["unknowns"] > 0 for one in letters),
        "letters unsure in the end": sum(one["state"] == "unsure" for one in letters),
        "replies unsure in the end": sum(one["state"] == "unsure" for one in spoken),
        "replies seen twice, the second marked": sum(count == 2 for count in times),
        "things shown": len(shown),
    }
