"""Stories: conversations told in files that anybody can read and extend, and the player that plays them for real.

A story is a TOML file beside this one; `docs/stories.md` says how to write one. Each turn has one doer: a young person,
a member of staff, or the clock; and what Hørt then shows. The player uses a phone's and a desk's real requests.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from models.actions import consent, staff
from models.domain.letters import KINDS
from models.domain.staff import Role, Viewer
from models.transactions import HOUSE
from tests.journeys.story_phone import PHONE_DEEDS
from tests.journeys.story_staff import STAFF_DEEDS
from tests.stage import Phone, Stage
from tests.two_channels import TwoChannels

FOLDER = Path(__file__).parent
YOUNG = ("Amina", "Jonas", "Leila")
#: Sara hosts the youth panel.
STAFF = ("Mette", "Siri", "Lars", "Per", "Odd", "Sara")
CHANNELS = ("webchat", "telegram")
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
    #: Where it is played: both, unless it can only happen on one.
    channels: tuple[str, ...] = CHANNELS
    #: The kinds of letter it shows, in order of the alphabet.
    shows: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The file's name without its ending."""
        return self.path.stem


def read(path: Path) -> Story:
    """A story from its file. Raises BadStory in words for whoever wrote it."""
    told = tomllib.loads(path.read_text(encoding="utf-8"))
    known = {"title", "person", "joined", "confirmed", "language", "begins", "channel", "shows", "turn"}
    if unknown := set(told) - known:
        raise BadStory(f"{path.name}: nobody knows what {', '.join(sorted(unknown))} means")
    begins = datetime.strptime(told.get("begins", "2026-11-17 10:00"), "%Y-%m-%d %H:%M").replace(tzinfo=_COPENHAGEN)
    channels = (told["channel"],) if "channel" in told else CHANNELS
    shows = tuple(told.get("shows", ()))
    if odd := [*(set(channels) - set(CHANNELS)), *(set(shows) - set(KINDS))]:
        raise BadStory(f"{path.name}: there is no {', '.join(sorted(odd))}")
    return Story(
        path, told["title"], told.get("person", "Amina"), told.get("joined", True), told.get("confirmed", True),
        told.get("language", "da"), begins,
        tuple(_turn(path, number, turn) for number, turn in enumerate(told["turn"], 1)), channels, shows,
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
        self.phone = self.elsewhere = stage.new_phone()
        self.chat_id = 0
        self.invitation = ""
        self._sara: Viewer | None = None

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
            self.phone, self.chat_id = await self.stage.on_telegram(
                self.person_id, confirmed=story.confirmed, language=story.language
            )
        else:
            self.phone = await self.stage.phone(
                self.person_id, confirmed_by=cast.mette if story.confirmed else None, language=story.language
            )
            self.chat_id = self.phone.chat_id

    async def _do(self, turn: Turn) -> None:
        if turn.who == "clock":
            await self._wait(turn)
        elif turn.who in YOUNG:
            await self._young(turn)
        else:
            await self._staff(await self._colleague(turn.who), turn)

    async def _wait(self, turn: Turn) -> None:
        count, _, unit = turn.what.partition(" ")
        if unit.removesuffix("s") not in _SPANS or not count.isdecimal():
            raise BadStory(f"{self._where(turn)}: the clock knows '3 days', not {turn.what!r}")
        await self.stage.later(seconds=int(count) * _SPANS[unit.removesuffix("s")])

    async def _young(self, turn: Turn) -> None:
        if done := re.fullmatch(r"\((.+?)(?:: (.*))?\)", turn.what):
            deed = PHONE_DEEDS.get(done[1])
            if deed is None:
                raise BadStory(f"{self._where(turn)}: they can {', '.join(sorted(PHONE_DEEDS))}; not {done[1]!r}")
            await deed(self, done[2] or "")
        elif pressed := re.fullmatch(r"\[(.+)\]", turn.what):
            await self.phone.press(pressed[1])
        else:
            await self.phone.say(turn.what)

    async def _colleague(self, name: str) -> Viewer:
        if name != "Sara":
            viewer: Viewer = getattr(self.stage.cast, name.lower())
            return viewer
        if self._sara is None:
            host, full = Role.PANEL_HOST, "Sara Vang"
            staff_id = await staff.add(HOUSE, email="sara@example.org", name=full, role=host, now=self.stage.now())
            self._sara = Viewer(staff_id, None, host, full)
        return self._sara

    async def _staff(self, viewer: Viewer, turn: Turn) -> None:
        verb, _, words = turn.what.partition(":")
        deed = STAFF_DEEDS.get(verb.strip())
        if deed is None:
            raise BadStory(f"{self._where(turn)}: staff can {', '.join(sorted(STAFF_DEEDS))}; not {verb!r}")
        await deed(self, viewer, words.strip())
        for delivery in self.stage.house.bots.deliveries.values():
            delivery.wake()
        await self.stage.settle()

    def _where(self, turn: Turn) -> str:
        return f"{self.story.path.name}, turn {turn.number} ({turn.who}: {turn.what}), on {self.channel}"

    def _compare(self, turn: Turn, fresh: list[Shown], after: Mapping[int, Shown]) -> None:
        where = self._where(turn)
        said = "\n\n".join(one.text for one in fresh).replace("\xa0", " ")
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
