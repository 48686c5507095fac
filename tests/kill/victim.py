"""The victims: processes that run the real receiver, dispatcher and delivery, and are killed in the middle.

Run as a module it is a nursery: everything is imported once, and each plan read from standard input is carried out by a
fresh fork. It answers each plan with the process id, and with the exit status when the process is gone.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import signal
import sys
import time
import traceback
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.help import write_help_file
from bot.runner import BotRunner, Channel
from hoert.logs import set_up
from locales import catalogue
from models.actions import letters, messages
from models.database import opened
from models.domain import crisis
from models.domain import delivery as rules
from models.domain.errors import Stale
from models.domain.staff import Role, Viewer
from models.engine import Embedded, engine
from models.queries.messages import conversation
from models.settings import load
from models.transactions import HOUSE, Scoped, atomic, execute, reading, rows
from tests.kill.points import Killer, hang_on

#: Who is alive has taken a due letter in hand well within so many seconds.
_NOBODY_LOOKS = 3.0


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
        orphans = set((await _left(HOUSE, clock())).held)
        await _outlive_the_dead(HOUSE, clock())
        await house.start()
        for deed in plan["deeds"]:
            await _do(deed, clock())
        if plan["until"] == "signal":
            await stop.wait()
        else:
            await _settled(house, clock, orphans)
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


@atomic
async def _outlive_the_dead(scope: Scoped, now: datetime) -> None:
    """Half a minute later: whoever worked here before is known to be dead, and the sweep calls for what they left."""
    if not isinstance(engine(), Embedded):
        await execute("UPDATE procrastinate_workers SET last_heartbeat = last_heartbeat - INTERVAL '1 minute'")
        await letters.recall(scope, now=now)


async def _settled(house: BotRunner, clock: Ahead, orphans: set[int]) -> None:
    """Wait until nothing is left to do; where only time is missing, let it pass. `orphans`: letters the dead held."""
    quiet = 0
    bot = house.applications["webchat"].bot
    delivery = house.deliveries["webchat"]
    stands, loops = Stands(), isinstance(engine(), Embedded)
    while quiet < 3:
        await asyncio.sleep(0.03)
        left = await _left(HOUSE, clock())
        waits = left.new + left.files + (await bot.get_webhook_info()).pending_update_count
        # Where jobs call for the work nobody runs the loops, and their bells ring unheard.
        if waits or not house.fetcher.idle or (loops and not (house.dispatcher.idle and delivery.idle)):
            quiet = 0
        elif left.held or left.due or left.later is not None:
            quiet = 0
            # Somebody who died held a letter: its lease ends first, whatever else waits. What we hold is ours to end.
            stuck = not left.free or stands.still(left, _NOBODY_LOOKS)
            if left.held and orphans.issuperset(left.held) and stuck:
                clock.move(rules.LEASE + timedelta(seconds=1))
                orphans.clear()
            elif left.due and not left.held and stands.still(left, _NOBODY_LOOKS):
                pass
            elif left.later is not None and not left.held and not left.due:
                clock.move(left.later - clock())
            else:
                continue
            await letters.sweep(HOUSE, now=clock(), real_now=clock())
            await letters.recall(HOUSE, now=clock())
            delivery.wake()
        else:
            quiet += 1


@dataclass(frozen=True)
class Left:
    """How many updates wait, how many files are due to be fetched, which letters somebody holds, which are due (`free`:
    in chats where nobody holds one), and when the next may be tried again."""

    new: int
    files: int
    held: tuple[int, ...]
    due: tuple[int, ...]
    free: tuple[int, ...]
    later: datetime | None


class Stands:
    """Notices that nothing has moved for a while."""

    def __init__(self) -> None:
        self._seen: Left | None = None
        self._since = 0.0

    def still(self, left: Left, seconds: float) -> bool:
        if left != self._seen:
            self._seen, self._since = left, time.monotonic()
        return time.monotonic() - self._since > seconds


@reading
async def _left(scope: Scoped, now: datetime) -> Left:
    new = (await rows("SELECT COUNT(*) AS n FROM inbox_update WHERE state = 'new'"))[0]["n"]
    files = (
        await rows(
            "SELECT COUNT(*) AS n FROM attachment WHERE state = 'waiting' AND next_at <= ?", int(now.timestamp() * 1e6)
        )
    )[0]["n"]
    found = await rows(
        "SELECT id, state, next_at, chat_index FROM letter WHERE state IN ('queued', 'waiting', 'sending') ORDER BY id"
    )
    held = tuple(row["id"] for row in found if row["state"] == "sending")
    ends = {row["id"]: row["next_at"] for row in found if row["state"] != "sending"}
    due = tuple(letter for letter, at in ends.items() if at <= now.timestamp() * 1e6)
    taken = {row["chat_index"] for row in found if row["state"] == "sending"}
    free = tuple(row["id"] for row in found if row["id"] in due and row["chat_index"] not in taken)
    later = min((at for at in ends.values() if at > now.timestamp() * 1e6), default=None)
    return Left(new, files, held, due, free, None if later is None else datetime.fromtimestamp(later / 1e6, UTC))


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
    """Fork for each plan until standard input ends. What is made once and kept is made before: a fork has it, too."""
    crisis.check("hej")
    catalogue()
    gc.collect()
    gc.freeze()
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
