"""An update that kills whoever takes it in hand: after three tries it is set aside, and the next one is served."""

from __future__ import annotations

import pytest

from tests.kill.stage import KILLED, Stage
from tests.kill.table import ENGINES


@pytest.mark.parametrize("engine", ENGINES, indirect=True)
async def test_an_update_that_kills_every_process_becomes_a_dead_letter_and_the_next_is_served(stage: Stage) -> None:
    """B 27, and A 6: the first life has the update for the first time, each further one counts."""
    await stage.phones["amina"].write("Kan jeg få hjælp til min husleje?")
    for _ in range(4):
        # Always the first update in hand: Amina's first words.
        assert await stage.kill("claimed") == KILLED
    await stage.phones["amina"].write("Er du der?")
    await stage.nursery.begin(stage.plan())
    assert await stage.nursery.ended() == 0
    truth = await stage.truth()
    assert [(row["state"], row["tries"]) for row in truth.updates] == [("dead", 3), ("done", 1)]
    assert truth.messages == {"amina": [("in", "Er du der?")]}
    assert [(letter["name"], letter["kind"], letter["state"]) for letter in truth.letters] == [
        ("amina", "message.first", "sent")
    ]
    assert len(await stage.seen("amina", "message")) == 1
    assert [line for line in stage.faults() if "dispatch.given_back" not in line] == []
