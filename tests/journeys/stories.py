"""Stories: conversations told in files that anybody can read and extend, and the player that plays them for real.

A story is a TOML file beside this one; `docs/stories.md` says how to write one. Each turn has one doer: a young person,
a member of staff, or the clock; and what Hørt then shows. The player uses a phone's and a desk's real requests.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from models.actions import alerts, consent, feedback, messages, offers, register
from models.domain.feedback import State
from models.domain.staff import Viewer
from models.tables.alerts import Alert
from models.tables.consent import Link
from models.tables.feedback import Feedback
from models.tables.messages import Thread
from models.tables.offers import Offer
from models.tables.register import Transfer
from models.transactions import HOUSE, Scope, atomic
from tests.stage import Phone, Stage
from tests.two_channels import TwoChannels

FOLDER = Path(__file__).parent
YOUNG = ("Amina", "Jonas", "Leila")
STAFF = ("Mette", "Siri", "Lars", "Per", "Odd")
#: What a turn may say besides who does what.
EXPECTED = {"hoert", "buttons", "not", "silent"}
_COPENHAGEN = ZoneInfo("Europe/Copenhagen")
_SPANS = {"minute": 60, "hour": 3600, "day": 86400, "week": 7 * 86400}


class BadStory(ValueError):
    """A story that cannot be played as it is written; the text says where and why."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn: who does what, and what must be seen then."""

    number: int
    who: str
    what: str
    hoert: tuple[str, ...]
    buttons: tuple[str, ...] | None
    never: tuple[str, ...]
    silent: bool


@dataclass(frozen=True, slots=True)
class Story:
    """A story as its file tells it."""

    path: Path
    title: str
    person: str
    joined: bool
    confirmed: bool
    language: str
    begins: datetime
    turns: tuple[Turn, ...]

    @property
    def name(self) -> str:
        """The file's name without its ending."""
        return self.path.stem


def read(path: Path) -> Story:
    """A story from its file. Raises BadStory in words for whoever wrote it."""
    told = tomllib.loads(path.read_text(encoding="utf-8"))
    unknown = set(told) - {"title", "person", "joined", "confirmed", "language", "begins", "turn"}
    if unknown:
        raise BadStory(f"{path.name}: nobody knows what {', '.join(sorted(unknown))} means")
    begins = datetime.strptime(told.get("begins", "2026-11-17 10:00"), "%Y-%m-%d %H:%M").replace(tzinfo=_COPENHAGEN)
    return Story(
        path, told["title"], told.get("person", "Amina"), told.get("joined", True), told.get("confirmed", True),
        told.get("language", "da"), begins,
        tuple(_turn(path, number, turn) for number, turn in enumerate(told["turn"], 1)),
    )  # fmt: skip


def everything() -> list[Story]:
    """All stories, by name."""
    return [read(path) for path in sorted(FOLDER.glob("*.toml"))]


def _turn(path: Path, number: int, turn: Mapping[str, Any]) -> Turn:
    doers = set(turn) - EXPECTED
    if len(doers) != 1:
        raise BadStory(f"{path.name}, turn {number}: one person (or the clock) does one thing; here: {sorted(doers)}")
    who = doers.pop()
    if who not in {*YOUNG, *STAFF, "clock"}:
        raise BadStory(f"{path.name}, turn {number}: who is {who}?")
    shown = turn.get("hoert", [])
    return Turn(
        number, who, turn[who], (shown,) if isinstance(shown, str) else tuple(shown),
        tuple(turn["buttons"]) if "buttons" in turn else None, tuple(turn.get("not", ())), turn.get("silent", False),
    )  # fmt: skip


class Player:
    """Plays one story on a stage, through one channel."""

    def __init__(self, stage: Stage, story: Story, channel: str) -> None:
        self.stage, self.story, self.channel = stage, story, channel
        self.phone = stage.new_phone()
        self.invitation = ""

    @property
    def person_id(self) -> str:
        """The young person of the story."""
        return str(getattr(self.stage.cast, self.story.person.lower()))

    async def play(self) -> None:
        """All turns; the first that shows something else than told fails with the story's line of events."""
        await self._take_places()
        for turn in self.story.turns:
            before = await _screen(self.phone)
            await self._do(turn)
            after = await _screen(self.phone)
            fresh = [one for key, one in after.items() if before.get(key) != one]
            self._compare(turn, fresh, after)

    async def _take_places(self) -> None:
        cast, story = self.stage.cast, self.story
        if not story.joined:
            made = await consent.invite(cast.mette, self.person_id, now=self.stage.now())
            self.invitation = made.token
            if self.channel == "telegram":
                assert isinstance(self.stage, TwoChannels)
                self.phone = self.stage.new_telegram()
        elif self.channel == "telegram":
            assert isinstance(self.stage, TwoChannels)
            self.phone, _ = await self.stage.on_telegram(
                self.person_id, confirmed=story.confirmed, language=story.language
            )
        else:
            self.phone = await self.stage.phone(
                self.person_id, confirmed_by=cast.mette if story.confirmed else None, language=story.language
            )

    async def _do(self, turn: Turn) -> None:
        if turn.who == "clock":
            await self._wait(turn)
        elif turn.who in YOUNG:
            await self._young(turn.what)
        else:
            await self._staff(getattr(self.stage.cast, turn.who.lower()), turn)

    async def _wait(self, turn: Turn) -> None:
        count, _, unit = turn.what.partition(" ")
        if unit.removesuffix("s") not in _SPANS or not count.isdecimal():
            raise BadStory(f"{self.story.path.name}, turn {turn.number}: the clock knows '3 days', not {turn.what!r}")
        await self.stage.later(seconds=int(count) * _SPANS[unit.removesuffix("s")])

    async def _young(self, what: str) -> None:
        if what == "(opens the invitation)":
            await self.phone.open(self.invitation, self.story.language)
        elif what == "(blocks the chat)":
            await self.phone._post("block", blocked=True)
            await self.stage.settle()
        elif what == "(comes back)":
            await self.phone._post("block", blocked=False)
            await self.stage.settle()
        elif pressed := re.fullmatch(r"\[(.+)\]", what):
            await self.phone.press(pressed[1])
        else:
            await self.phone.say(what)

    async def _staff(self, viewer: Viewer, turn: Turn) -> None:
        verb, _, words = turn.what.partition(":")
        deed = STAFF_DEEDS.get(verb.strip())
        if deed is None:
            raise BadStory(
                f"{self.story.path.name}, turn {turn.number}: staff can {', '.join(sorted(STAFF_DEEDS))}; not {verb!r}"
            )
        await deed(self, viewer, words.strip())
        for delivery in self.stage.house.bots.deliveries.values():
            delivery.wake()
        await self.stage.settle()

    def _compare(self, turn: Turn, fresh: list[Shown], after: Mapping[int, Shown]) -> None:
        where = f"{self.story.path.name}, turn {turn.number} ({turn.who}: {turn.what}), on {self.channel}"
        said = "\n\n".join(one.text for one in fresh)
        if turn.silent:
            assert not fresh, f"{where}: Hørt should say nothing, but says:\n{said}"
        for phrase in turn.hoert:
            assert _pattern(phrase).search(said), f"{where}: Hørt should say\n  {phrase}\nbut says:\n{said}"
        for phrase in turn.never:
            assert not _pattern(phrase).search(said), f"{where}: Hørt should never say\n  {phrase}\nbut says:\n{said}"
        if turn.buttons is not None:
            shown = next((one.buttons for one in reversed(after.values()) if one.buttons), ())
            assert shown == turn.buttons, f"{where}: the buttons are {list(shown)}"


@dataclass(frozen=True, slots=True)
class Shown:
    """A message of Hørt's as the phone shows it."""

    text: str
    buttons: tuple[str, ...]


async def _screen(phone: Phone) -> dict[int, Shown]:
    async with phone.web.get("api/messages?limit=100") as answer:
        if answer.status != 200:
            return {}
        found = (await answer.json())["messages"]
    return {
        one["id"]: Shown(one["text"] or "", tuple(b["text"] for row in one["buttons"] or [] for b in row))
        for one in found
        if one["from"] == "bot" and not one["deleted"]
    }


def _pattern(phrase: str) -> re.Pattern[str]:
    """A phrase as it must stand there; "…" stands for anything on the same line."""
    return re.compile(".*?".join(map(re.escape, phrase.split("…"))))


# --- what staff do ---------------------------------------------------------------------------------------------------

StaffDeed = Callable[[Player, Viewer, str], Awaitable[object]]


@atomic
async def _thread(scope: Scope, person_id: str) -> tuple[str, int]:
    row = await Thread.get_or_none(person_id=person_id, state="open")
    if row is None:
        raise LookupError("nobody has written yet")
    return row.id, row.version


@atomic
async def _newest(scope: Scope, model: Any, order: str, **where: object) -> Any:
    row = await model.filter(**where).order_by(f"-{order}").first()
    if row is None:
        raise LookupError(f"there is no {model.__name__} yet")
    return row


async def _reads(player: Player, viewer: Viewer, words: str) -> None:
    thread, version = await _thread(HOUSE, player.person_id)
    await messages.read(viewer, thread, position=version, now=player.stage.now())


async def _writes(player: Player, viewer: Viewer, words: str) -> None:
    now = player.stage.now()
    thread = await messages.open_thread(viewer, player.person_id, now=now)
    _, version = await _thread(HOUSE, player.person_id)
    await messages.reply(viewer, thread, words, version=version, key=f"{words}{now}", now=now)


async def _calls(player: Player, viewer: Viewer, words: str) -> None:
    now = player.stage.now()
    thread = await messages.open_thread(viewer, player.person_id, now=now)
    await messages.note(viewer, thread, words or "Ringet.", now=now, contact=True)


async def _confirms(player: Player, viewer: Viewer, words: str) -> None:
    link = await _newest(HOUSE, Link, "opened_at", person_id=player.person_id)
    await consent.confirm_words(viewer, link.id, now=player.stage.now())


async def _unlinks(player: Player, viewer: Viewer, words: str) -> None:
    link = await _newest(HOUSE, Link, "opened_at", person_id=player.person_id)
    await consent.close_link(viewer, link.id, now=player.stage.now())


async def _offers(player: Player, viewer: Viewer, words: str) -> None:
    content = offers.Content(title=words, what="2 timer om ugen. I aftaler selv hvor.", purpose="bolig og skole")
    offer_id = await offers.draft(viewer, player.person_id, "contact_person", content, now=player.stage.now())
    await offers.publish(viewer, offer_id, now=player.stage.now())


async def _revises(player: Player, viewer: Viewer, words: str) -> None:
    offer = await _newest(HOUSE, Offer, "created_at", person_id=player.person_id)
    content = offers.Content(title=words, what="1 time om ugen.", purpose="bolig")
    await offers.revise(viewer, offer.id, content, now=player.stage.now())


async def _moves(player: Player, viewer: Viewer, words: str) -> None:
    offer = await _newest(HOUSE, Offer, "created_at", person_id=player.person_id)
    await offers.move(viewer, offer.id, words, now=player.stage.now())


async def _closes_feedback(player: Player, viewer: Viewer, words: str) -> None:
    row = await _newest(HOUSE, Feedback, "opened_at", person_id=player.person_id)
    await feedback.answer(viewer, row.id, words, State.DONE, now=player.stage.now())


async def _acknowledges(player: Player, viewer: Viewer, words: str) -> None:
    row = await _newest(HOUSE, Alert, "raised_at", person_id=player.person_id, state="open")
    await alerts.acknowledge(viewer, row.id, now=player.stage.now())


async def _hands_over(player: Player, viewer: Viewer, words: str) -> None:
    name, _, why = words.partition(",")
    colleague: Viewer | None = getattr(player.stage.cast, name.strip().lower(), None)
    if colleague is None:
        raise LookupError("hands over to whom?")
    now = player.stage.now()
    await register.change_caseworker(viewer, player.person_id, colleague.staff_id, why=why.strip(), now=now)


async def _differs(player: Player, viewer: Viewer, words: str) -> None:
    link = await _newest(HOUSE, Link, "opened_at", person_id=player.person_id)
    await consent.wrong_person(viewer, link.id, now=player.stage.now())


async def _shuts_out(player: Player, viewer: Viewer, words: str) -> None:
    link = await _newest(HOUSE, Link, "opened_at", person_id=player.person_id)
    await consent.bar(viewer, link.id, words, now=player.stage.now())


async def _offers_the_move(player: Player, viewer: Viewer, words: str) -> None:
    await register.offer_transfer(viewer, player.person_id, player.stage.cast.odsherred, now=player.stage.now())


async def _keeps(player: Player, viewer: Viewer, words: str) -> None:
    row = await _newest(HOUSE, Transfer, "offered_at", person_id=player.person_id)
    await register.withdraw_transfer(viewer, row.id, now=player.stage.now())


async def _takes_over(player: Player, viewer: Viewer, words: str) -> None:
    row = await _newest(HOUSE, Transfer, "offered_at", person_id=player.person_id)
    await register.accept_transfer(viewer, row.id, viewer.staff_id, now=player.stage.now())


STAFF_DEEDS: dict[str, StaffDeed] = {
    "acknowledges the alert": _acknowledges,
    "answers": _writes,
    "calls": _calls,
    "closes the feedback": _closes_feedback,
    "confirms the words": _confirms,
    "hears other words": _differs,
    "hands over to": _hands_over,
    "keeps the person": _keeps,
    "offers the move": _offers_the_move,
    "shuts the chat out for": _shuts_out,
    "takes over": _takes_over,
    "offers": _offers,
    "reads": _reads,
    "revises the offer": _revises,
    "says of the offer": _moves,
    "unlinks": _unlinks,
    "writes": _writes,
}
