"""A random walk: somebody presses every button they see and types at random, staff answer, time passes, Hørt restarts.

Whatever happens: no fault, no dead end, no mixed language, nothing said twice. A walk is its seed; what led to a
failure is told step by step, without a word that anybody wrote.
"""

from __future__ import annotations

import random
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from tortoise.exceptions import DoesNotExist

from hoert.clock import Clock
from hoert.serve import running
from models.actions import consent, register
from models.domain.errors import Refusal
from models.domain.localtime import local_date
from models.domain.register import Aftercare, Group
from models.settings import Settings
from models.tables.inbox import InboxUpdate
from models.tables.outbox import Letter
from models.tables.register import Person
from models.transactions import HOUSE, Scope, atomic
from tests.cast import Cast, invite_the_cast
from tests.gallery.tongues import foreign_lines
from tests.journeys.stories import STAFF_DEEDS, Player, Shown, Story, Turn, _screen
from tests.journeys.story_phone import PIN
from tests.stage import Stage

#: What people type: sense, nonsense, answers, commands, other scripts.
TYPED = (
    "hej", "Kan du ringe til mig?", "tak", "ja", "nej", "3", "tre", "ved ikke", "spring over", "stop", "/stop", "start",
    "/start", "/hjem", "/home", "/tilbud", "/offer", "/skriv", "/tjekind", "/checkin", "/feedback", "/indstillinger",
    "/settings", "/hjaelp", "/help", "hjælp", "/nonsens", "/skriv hej med dig", "hver anden uge mandag kl 18",
    "det kan ikke vente", "jeg gider ikke leve mere", "hele tiden", "not at all", "🙂", "👩‍👩‍👧‍👦",
    "مرحبا كيف الحال", "<b>fed</b>",
    "'; DROP TABLE person; --", "{{7*7}}", "a" * 4000, "\u202egnal", "1.", "B A C", "2 1 3", "i morgen", "kl. 15", "0",
    "-1", "99999999999", "12345678", "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢", " ", "\n\n",
)  # fmt: skip
_REMEMBERED = 25
#: What is asked of a device that shows nothing yet, and where it is given.
_DOORS = {"locked": "api/unlock", "needs_pin": "api/pin"}
_LOOK_HOME_EVERY = 20


class Lost(AssertionError):
    """The walk met something nobody should meet."""


class Walker:
    """One walk. `steps` counts what was done, by kind."""

    def __init__(self, settings: Settings, clock: Clock, seed: int) -> None:
        self._settings, self._clock, self._dice = settings, clock, random.Random(seed)
        self._trace: deque[str] = deque(maxlen=_REMEMBERED)
        self._stage: Stage | None = None
        self._player: Player | None = None
        self.steps: dict[str, int] = {}
        self.pressed: set[str] = set()

    async def walk(self, count: int) -> None:
        """Go so many steps. Raises Lost, or whatever the product raised, with the way that led there."""
        done, cast = 0, self._stage.cast if self._stage else None
        while done < count:
            async with running(self._settings, self._clock, tick=False) as house:
                cast = cast or await invite_the_cast(self._clock.now())
                await self._arrive(house, cast)
                stretch = min(count - done, self._dice.randint(20, 60))
                try:
                    for number in range(stretch):
                        await self._step(done + number)
                finally:
                    await self._leave()
                done += stretch
                self._count("restart")

    async def close(self) -> None:
        """Put the phone away."""
        if self._stage is not None:
            await self._stage.close()

    async def _arrive(self, house: Any, cast: Cast) -> None:
        first = self._stage is None
        if self._stage is None:
            self._stage = Stage(house, cast)
        self._stage.house = house
        if first:
            story = Story(None, "walk", "Amina", True, True, "da", self._clock.now(), ())  # type: ignore[arg-type]
            self._player = Player(self._stage, story, "webchat")
            self._player.phone = await self._stage.phone(cast.amina, confirmed_by=cast.mette)

    async def _leave(self) -> None:
        assert self._stage is not None
        await self._stage.settle()

    async def _step(self, number: int) -> None:
        assert self._player is not None
        phone = self._player.phone
        if not self._buttons:
            await self._remember_buttons()
            phone = self._player.phone
        before = await _screen(phone)
        language = await spoken(HOUSE, self._player.person_id)
        kind, deed = self._choose(before)
        self._trace.append(f"{number}: {kind}")
        self._count(kind.partition(" ")[0])
        await deed()
        after = await _screen(phone)
        fresh = [one for key, one in after.items() if before.get(key) != one]
        await self._not_twice([one for key, one in after.items() if key not in before])
        await self._look(fresh, {language, await spoken(HOUSE, self._player.person_id)})
        if number % _LOOK_HOME_EVERY == 0:
            await self._find_home()

    def _choose(self, before: dict[int, Shown]) -> tuple[str, Callable[[], Awaitable[object]]]:
        assert self._player is not None
        assert self._stage is not None
        player, stage, draw = self._player, self._stage, self._dice.random()
        if draw < 0.6 and (found := self._a_button()):
            return f"press {found[2]!r}", lambda: self._press(found)
        if draw < 0.82:
            words = self._dice.choice(TYPED)
            return f"type {TYPED.index(words)}", lambda: self._say(words)
        if draw < 0.92:
            verb = self._dice.choice(sorted(STAFF_DEEDS.keys() - {"unlinks"}))
            return f"staff {verb}", lambda: self._staff(verb)
        hours = self._dice.choice((1, 5, 14, 24, 50, 24 * 8, 24 * 30))
        return f"clock {hours}h", lambda: stage.later(hours=hours) if player else stage.tick()

    def _a_button(self) -> tuple[int, str, str] | None:
        return self._dice.choice(self._buttons) if self._buttons else None

    _buttons: tuple[tuple[int, str, str], ...] = ()

    async def _press(self, button: tuple[int, str, str]) -> None:
        assert self._player is not None
        message, data, label = button
        self.pressed.add(label)
        for _ in range(self._dice.choice((1, 1, 1, 2))):
            # The page says 410 or the like for a button that has gone meanwhile: that is an answer, too.
            await self._send("api/presses", message_id=message, data=data)
        assert self._stage is not None
        await self._stage.settle()

    async def _say(self, words: str) -> None:
        assert self._player is not None
        assert self._stage is not None
        await self._send("api/messages", text=words)
        await self._stage.settle()

    async def _send(self, path: str, **what: object) -> None:
        """As the page does it: asked to wait, it waits, and sends the same again."""
        assert self._player is not None
        assert self._stage is not None
        what["client_id"] = f"w{self._dice.getrandbits(60)}"
        while True:
            async with self._player.phone.web.post(path, json=what) as answer:
                status, wait = answer.status, float(answer.headers.get("Retry-After", 0))
            if status >= 500:
                raise self._lost(f"the page answers {status}")
            if status != 429:
                return
            self._trace.append(f"told to wait {wait:.0f} s")
            await self._stage.later(seconds=max(wait, 1))

    async def _staff(self, verb: str) -> None:
        assert self._player is not None
        assert self._stage is not None
        turn = Turn(0, "Mette", f"{verb}: Klokken tre, {self._dice.getrandbits(40)}", (), None, (), False)
        # What staff cannot do just now is refused by a rule; anything else is a fault.
        with suppress(Refusal, LookupError):
            await self._player._staff(self._stage.cast.mette, turn)

    async def _not_twice(self, new: list[Shown]) -> None:
        # Help remembers nothing, so that it works without a database: pressed twice it is shown twice.
        keys = [(one.text, one.buttons) for one in new if "112" not in one.text]
        if len(keys) != len(set(keys)):
            raise self._lost(f"something was said twice; the last letters, {await lately(HOUSE, len(new))}")

    async def _look(self, fresh: list[Shown], languages: set[str]) -> None:
        troubles = await trouble(HOUSE)
        if troubles:
            raise self._lost(f"faults: {troubles}")
        for one in fresh:
            if all(foreign_lines(one.text, (one.buttons,), language) for language in languages):
                raise self._lost(f"mixed language in a message with the buttons {one.buttons}")
        await self._remember_buttons()

    async def _remember_buttons(self) -> None:
        found = await self._on_the_screen()
        self._buttons = tuple(
            (one["id"], button["data"], button["text"])
            for one in found[-12:]
            for row in one["buttons"] or []
            for button in row
            if button.get("data")
        )

    async def _on_the_screen(self) -> list[dict[str, Any]]:
        """All messages; where the phone has no chat any more, those of whoever comes next."""
        assert self._player is not None
        for _ in range(3):
            async with self._player.phone.web.get("api/messages?limit=100") as answer:
                body = await answer.json()
            if answer.status == 200:
                found: list[dict[str, Any]] = body["messages"]
                return found
            self._trace.append(f"the page says {answer.status} {body.get('error')}")
            if body.get("error") in _DOORS:
                async with self._player.phone.web.post(_DOORS[body["error"]], json={"pin": PIN}) as answer:
                    assert answer.status == 200, answer.status
            elif answer.status == 401:
                await self._next_person()
            else:
                break
        raise self._lost(f"the page answers {answer.status} for good")

    async def _next_person(self) -> None:
        """Signed out, erased, moved or 23: whoever still can come back does; else somebody new joins."""
        assert self._stage is not None
        assert self._player is not None
        stage, cast = self._stage, self._stage.cast
        try:
            await consent.invite(cast.mette, cast.amina, now=stage.now())
            self._player.phone = await stage.phone(cast.amina, confirmed_by=cast.mette)
        except (Refusal, LookupError, DoesNotExist):
            self._count("somebody new")
            today = local_date(stage.now())
            entry = register.Entry(
                reference=f"R-{self._dice.getrandbits(40)}", name="Amina Yusuf", birth=today - timedelta(days=18 * 366),
                group=Group.PLACED, aftercare=Aftercare.NO, phone="+45 20 00 00 00", caseworker_id=cast.mette.staff_id,
                entered_on=today,
            )  # fmt: skip
            new = await register.add_person(Scope(cast.randers), entry, now=stage.now())
            stage.cast = replace(cast, amina=new)
            self._player.phone = await stage.phone(new, confirmed_by=cast.mette)
        else:
            self._count("back again")
        self._player.chat_id = self._player.phone.chat_id
        await stage.settle()

    async def _find_home(self) -> None:
        assert self._player is not None
        before = await _screen(self._player.phone)
        await self._say("/hjem")
        after = await _screen(self._player.phone)
        fresh = [one for key, one in after.items() if before.get(key) != one]
        if not any(one.buttons for one in fresh):
            raise self._lost("a dead end: /hjem leads to no button")

    def _lost(self, why: str) -> Lost:
        return Lost(why + "\nThe way here:\n" + "\n".join(self._trace))

    def _count(self, kind: str) -> None:
        self.steps[kind] = self.steps.get(kind, 0) + 1


@atomic
async def spoken(scope: Scope, person_id: str) -> str:
    """The language in which the person is spoken to."""
    return str((await Person.get(id=person_id)).language)


@atomic
async def trouble(scope: Scope) -> list[str]:
    """Updates that failed and letters that could not be drawn or sent, by kind of fault."""
    updates = await InboxUpdate.exclude(error="").values_list("error", flat=True)
    letters = await Letter.filter(state__in=["dead", "unsure"]).values_list("kind", "reason")
    return [*map(str, updates), *(f"{kind}: {reason}" for kind, reason in letters)]


@atomic
async def lately(scope: Scope, count: int) -> list[str]:
    """The letters that were sent last, newest first: kind and what each is about."""
    sent = await Letter.filter(state="sent").order_by("-id").limit(count).values_list("kind", "about", "args")
    return [f"{kind} about {about} {args}" for kind, about, args in sent]


@asynccontextmanager
async def walking(settings: Settings, begins: datetime, seed: int) -> AsyncIterator[Walker]:
    """A walker with a database and a clock; the clock begins at `begins`, moved a little by the seed."""
    clock = Clock()
    clock.start_at(begins + timedelta(hours=seed % 24))
    walker = Walker(settings, clock, seed)
    try:
        yield walker
    finally:
        await walker.close()
