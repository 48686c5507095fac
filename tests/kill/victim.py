"""The victims: processes that run the real receiver, dispatcher and delivery, and are killed in the middle.

Run as a module it is a nursery: everything is imported once, and each plan read from standard input is carried out by a
fresh fork. It answers each plan with the process id, and with the exit status when the process is gone.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import traceback
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.help import write_help_file
from bot.runner import BotRunner, Channel
from hoert.logs import set_up
from models.actions import letters, messages
from models.database import opened
from models.domain import delivery as rules
from models.domain.errors import Stale
from models.domain.staff import Role, Viewer
from models.queries.messages import conversation
from models.settings import load
from models.transactions import HOUSE, Scoped, reading, rows
from tests.kill.points import Killer, hang_on


class Ahead:
    """A clock that runs with the machine's, some way ahead of it, and can be moved on."""

    def __init__(self, seconds: float) -> None:
        self._ahead = timedelta(seconds=seconds)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self._ahead

    def move(self, by: timedelta) -> None:
        self._ahead += max(by, timedelta(0))


async def live(plan: dict[str, Any]) -> None:
    """Serve until everything has settled, or (with "until": "signal") until SIGTERM."""
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    settings = load(plan["environ"], demo=True, data_dir=Path(plan["data_dir"]))
    clock = Ahead(plan["ahead"])
    help_file = settings.data_dir / "help.json"
    write_help_file(help_file)
    async with opened(settings):
        house = BotRunner(
            [Channel("webchat", plan["api"], plan["token"])], now=clock, real_now=clock, help_file=help_file
        )
        await house.start()
        for deed in plan["deeds"]:
            await _do(deed, clock())
        if plan["until"] == "signal":
            await stop.wait()
        else:
            await _settled(house, clock)
        await house.stop()


async def _do(deed: dict[str, Any], now: datetime) -> None:
    """What a member of staff does at the desk; done again, it is the same deed."""
    who = deed["viewer"]
    viewer = Viewer(who["staff_id"], who["municipality_id"], Role(who["role"]), who["name"])
    thread = await messages.open_thread(viewer, deed["person"], now=now)
    while True:
        version = (await conversation(viewer, deed["person"])).version
        try:
            if deed["deed"] == "read":
                await messages.read(viewer, thread, position=version, now=now)
            else:
                await messages.reply(viewer, thread, deed["body"], version=version, key=deed["key"], now=now)
        except Stale:
            continue  # something came in meanwhile: they read it, and send all the same
        return


async def _settled(house: BotRunner, clock: Ahead) -> None:
    """Wait until nothing is left to do; where only time is missing, let it pass."""
    quiet = 0
    bot = house.applications["webchat"].bot
    delivery = house.deliveries["webchat"]
    while quiet < 3:
        await asyncio.sleep(0.03)
        left, held, later = await _left(HOUSE)
        left += (await bot.get_webhook_info()).pending_update_count
        if left or not house.dispatcher.idle or not delivery.idle:
            quiet = 0
            continue
        if held or later is not None:
            quiet = 0
            # Somebody who died held a letter: its lease ends first, whatever else waits.
            clock.move(rules.LEASE + timedelta(seconds=1) if later is None or held else later - clock())
            await letters.sweep(HOUSE, now=clock(), real_now=clock())
            delivery.wake()
            continue
        quiet += 1


@reading
async def _left(scope: Scoped) -> tuple[int, int, datetime | None]:
    """How many updates wait, how many letters somebody holds, and when the next letter may be tried again."""
    new = (await rows("SELECT COUNT(*) AS n FROM inbox_update WHERE state = 'new'"))[0]["n"]
    held = (await rows("SELECT COUNT(*) AS n FROM letter WHERE state = 'sending'"))[0]["n"]
    later = (await rows("SELECT MIN(next_at) AS at FROM letter WHERE state = 'waiting'"))[0]["at"]
    return new, held, None if later is None else datetime.fromtimestamp(later / 1e6, UTC)


def _carry_out(plan: dict[str, Any]) -> int:
    errors = os.open(plan["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(errors, 2)
    set_up("debug", "json")
    kill = plan.get("kill")
    if kill:
        hang_on(Killer(kill["point"], kill["passage"], Path(plan["mark"]), kind=kill["kind"]))
    asyncio.run(live(plan))
    return 0


def main() -> int:
    """Fork for each plan until standard input ends."""
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            code = 70
            try:
                code = _carry_out(json.loads(line))
            except BaseException:  # noqa: BLE001 (a fork must never go on as its mother)
                traceback.print_exc()
            finally:
                sys.stderr.flush()
                os._exit(code)
        _say({"pid": child})
        _say({"exit": os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])})
    return 0


def _say(what: dict[str, int]) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main())
