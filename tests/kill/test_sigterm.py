"""SIGTERM under load: what is in hand is finished, nothing is left unsure, and it does not take long."""

from __future__ import annotations

import asyncio
import os
import signal

import pytest

from tests.kill.stage import Stage
from tests.kill.stories import nothing_is_lost_or_doubled
from tests.kill.table import ENGINES

WRITERS = ("amina", "jonas", "astrid")


@pytest.mark.parametrize("engine", ENGINES, indirect=True)
async def test_a_stop_under_load_drains_and_leaves_nothing_unsure(stage: Stage) -> None:
    """A 13."""
    await stage.ledger.call(
        "setFaults", faults=[{"kind": "slow", "delay": 0.3, "methods": ["sendMessage", "editMessageText"]}]
    )
    loop = asyncio.get_running_loop()
    try:
        process = await stage.nursery.begin(stage.plan(until="signal"))
        for number in range(12):
            for name in WRITERS:
                await stage.phones[name].write(f"Ord {number} fra {name}?")
            await asyncio.sleep(0.05)
        # Somebody sees something: letters are on the wire at this moment.
        async with asyncio.timeout(20):
            while not await stage.seen("amina", "message"):
                await asyncio.sleep(0.02)
        started = loop.time()
        os.kill(process, signal.SIGTERM)
        assert await stage.nursery.ended() == 0
        took = loop.time() - started
    finally:
        await stage.ledger.call("setFaults", faults=[])
    assert took < 20
    truth = await stage.truth()
    assert {letter["state"] for letter in truth.letters} <= {"sent", "queued"}
    assert [letter["id"] for letter in truth.letters if letter["unknowns"]] == []
    for name in WRITERS:
        sent = [letter for letter in truth.letters if letter["name"] == name and letter["state"] == "sent"]
        assert len(await stage.seen(name, "message")) == len(sent)

    await stage.settle()
    truth = await stage.truth()
    for name in WRITERS:
        assert truth.messages[name] == [("in", f"Ord {number} fra {name}?") for number in range(12)]
        assert len(await stage.seen(name, "message")) == 12
    assert [letter["state"] for letter in truth.letters] == ["sent"] * 36
    await nothing_is_lost_or_doubled(stage, truth, kills=0)
