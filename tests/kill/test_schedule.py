"""Crashes at random: people write and press, staff answer and read, and process after process is killed meanwhile.

HOERT_KILL_SEEDS says how many schedules are played on each engine (1 unless said otherwise); each is told by its
seed.
"""

from __future__ import annotations

import asyncio
import os
import random
from collections import Counter
from typing import Any

import pytest

from tests.kill.points import POINTS
from tests.kill.stage import KILLED, Stage
from tests.kill.stories import nothing_is_lost_or_doubled
from tests.kill.table import ENGINES

SEEDS = range(int(os.environ.get("HOERT_KILL_SEEDS", "1")))
VICTIMS = 5
WRITERS = ("amina", "jonas", "astrid")


class Play:
    """One schedule: what everybody does, drawn from a seed."""

    def __init__(self, stage: Stage, seed: int) -> None:
        self._stage = stage
        self._dice = random.Random(seed)
        self.words: dict[str, list[str]] = {name: [] for name in WRITERS}
        self.replies: dict[str, list[str]] = {name: [] for name in WRITERS}
        self.updates = 0
        self.kills = 0

    async def victim(self) -> None:
        """Staff do something, a process begins, people go on writing; somewhere the process is killed."""
        for name in self._dice.sample(WRITERS, 2):
            if self.words[name] and self._dice.random() < 0.6:
                self._at_the_desk(name)
        point, passage = self._dice.choice(POINTS).name, self._dice.randint(1, 6)
        await self._somebody()
        await self._stage.begin(point, passage)
        for _ in range(self._dice.randint(1, 4)):
            await asyncio.sleep(self._dice.random() * 0.2)
            await self._somebody()
        status = await self._stage.nursery.ended()
        assert status in {0, KILLED}
        self.kills += status == KILLED

    def _at_the_desk(self, name: str) -> None:
        if self._dice.random() < 0.4:
            self._stage.deeds.append(self._stage.read(name))
            return
        words = f"Svar {len(self.replies[name])} til {name}."
        self.replies[name].append(words)
        self._stage.deeds.append(self._stage.reply(name, words))

    async def _somebody(self) -> None:
        if self._dice.random() < 0.3:
            await self._leila()
            return
        name = self._dice.choice(WRITERS)
        words = f"Ord {len(self.words[name])} fra {name}?"
        self.words[name].append(words)
        self.updates += 1
        await self._stage.phones[name].write(words)

    async def _leila(self) -> None:
        """Leila answers check-ins: she presses whatever stands on her screen."""
        phone = self._stage.phones["leila"]
        shown: dict[int, list[Any]] = {}
        for entry in await self._stage.seen("leila", "message", "edit"):
            shown[entry["message_id"]] = [button for row in entry["buttons"] for button in row]
        buttons = shown[max(shown)] if shown else []
        self.updates += 1
        if not buttons:
            await phone.write("/tjekind")
            return
        button = self._dice.choice(buttons)
        await phone.press(max(shown), button["data"])


@pytest.mark.parametrize("engine", ENGINES if "HOERT_KILL_SEEDS" in os.environ else ENGINES[:2], indirect=True)
@pytest.mark.parametrize("seed", SEEDS)
async def test_whatever_is_killed_whenever_nobodys_words_are_lost(stage: Stage, seed: int) -> None:
    play = Play(stage, seed)
    for _ in range(VICTIMS):
        await play.victim()
    await stage.settle()
    truth = await stage.truth()

    assert [row["state"] for row in truth.updates] == ["done"] * play.updates
    for name in WRITERS:
        said = truth.messages.get(name, [])
        assert [words for direction, words in said if direction == "in"] == play.words[name]
        assert [words for direction, words in said if direction == "out"] == play.replies[name]
        shown = [entry["text"] for entry in await stage.seen(name, "message")]
        own = [letter for letter in truth.letters if letter["name"] == name and letter["kind"] == "message.reply"]
        assert len(own) == len(play.replies[name])
        for letter, words in zip(own, play.replies[name], strict=True):
            times = sum(words in text for text in shown)
            assert int(letter["state"] == "sent") <= times <= min(2, 1 + letter["unknowns"])
            assert letter["resent"] == bool(letter["unknowns"])
    nudges = Counter(letter["unknowns"] for letter in truth.letters if letter["kind"] == "message.read")
    assert set(nudges) <= {0, 1}
    await nothing_is_lost_or_doubled(stage, truth, kills=play.kills)
