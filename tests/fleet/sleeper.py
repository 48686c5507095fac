"""A bot process with a nervous watchdog: `python -m tests.fleet.sleeper PATIENCE`, in seconds, else as `hoert bot`."""

from __future__ import annotations

import asyncio
import os
import sys

from hoert import watchdog
from hoert.clock import Clock
from hoert.logs import set_up
from hoert.processes import bot_process
from hoert.serve import until_stopped
from models import jobs
from models.settings import load


async def main(patience: float) -> None:
    async with bot_process(load(os.environ), Clock(), patience=patience) as address:
        print(f"Hørt bot: {address}", flush=True)  # noqa: T201 (as the command line does)
        await until_stopped()


if __name__ == "__main__":
    set_up("info", "json")
    jobs.CANARY_EVERY = 0.2
    watchdog.Watchdog.__init__.__kwdefaults__["look"] = 0.2
    asyncio.run(main(float(sys.argv[1])))
