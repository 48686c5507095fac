"""What serves is at rest once it has begun: its start is not looked through for waste in the middle of a page."""

from __future__ import annotations

import asyncio
import gc
import os
import signal

from hoert.serve import until_stopped


async def test_what_the_start_has_made_is_never_looked_through_for_waste_again() -> None:
    before, thresholds = gc.get_freeze_count(), gc.get_threshold()
    made = [[number] for number in range(1000)]
    try:
        serving = asyncio.create_task(until_stopped([signal.SIGUSR1]))
        await asyncio.sleep(0)
        assert gc.get_freeze_count() >= before + len(made)
        assert gc.get_threshold()[2] > thresholds[2]  # the less there is, the more often Python would look through all
        os.kill(os.getpid(), signal.SIGUSR1)
        await asyncio.wait_for(serving, 5)
    finally:
        gc.set_threshold(*thresholds)
