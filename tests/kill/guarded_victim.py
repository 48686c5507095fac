"""The victims of points 14 to 16: processes that migrate, renew keys or erase, and are killed between two statements.

Run as a module it is a nursery as `tests.kill.victim` is: each plan read from standard input is carried out by a fork.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import traceback
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from importlib import import_module
from pathlib import Path
from typing import Any

from tortoise.backends.base_postgres.client import BasePostgresClient
from tortoise.backends.psycopg.client import PsycopgClient, TransactionWrapper
from tortoise.backends.sqlite.client import SqliteClient, SqliteTransactionWrapper

import models.migrate as migrating
from models.actions import erasure, rotation
from models.actions.rotation import Level
from models.database import opened, tortoise_config
from models.settings import Settings, load
from models.transactions import HOUSE

#: Everything through which a statement or a commit reaches a database.
_STATEMENTS = (
    (SqliteClient, ("execute_insert", "execute_many", "execute_query", "execute_query_dict", "execute_script")),
    (SqliteTransactionWrapper, ("execute_many", "commit")),
    (PsycopgClient, ("execute_insert", "execute_many", "execute_query", "execute_query_dict")),
    (BasePostgresClient, ("execute_script",)),
    (TransactionWrapper, ("commit",)),
)


class Countdown:
    """Kills its own process before the n-th statement after it was armed, or after the commit that is the n-th."""

    def __init__(self, statements: int) -> None:
        self._left, self._armed = statements, False

    def arm(self) -> None:
        """Begin to count."""
        self._armed = True

    def passes(self) -> None:
        """A statement is about to run, or a commit has run."""
        if self._armed:
            self._left -= 1
            if self._left == 0:
                os.kill(os.getpid(), signal.SIGKILL)


def hang_on(passes: Callable[[], None]) -> None:
    """Wrap the database clients of this process, so that the countdown is told of each statement."""
    for owner, names in _STATEMENTS:
        for name in names:
            _around(owner, name, passes)


def _around(owner: Any, name: str, passes: Callable[[], None]) -> None:
    original = getattr(owner, name)

    @wraps(original)
    async def wrapped(*args: Any, **kwargs: Any) -> Any:
        passes()
        result = await original(*args, **kwargs)
        if name == "commit":
            passes()
        return result

    setattr(owner, name, wrapped)


async def live(plan: dict[str, Any], countdown: Countdown) -> None:
    """Do what the plan says to its end."""
    settings = load(plan["environ"], demo=True, data_dir=Path(plan["data_dir"]))
    async with opened(settings):
        countdown.arm()
        await _DEEDS[plan["deed"]](plan, settings, datetime.fromisoformat(plan["now"]))


async def _migrate(plan: dict[str, Any], settings: Settings, _: datetime) -> None:
    sys.path.insert(0, plan["later"])

    def config(url: str) -> dict[str, Any]:
        made = tortoise_config(url)
        made["apps"]["models"]["migrations"] = plan["package"]
        return made

    if plan["package"]:
        import_module(plan["package"])
        migrating.tortoise_config = config
    await migrating.migrate(settings)


async def _rotate(plan: dict[str, Any], _: Settings, now: datetime) -> None:
    rotation.PAGE, rotation.KEYS_PAGE = plan["page"], 2
    for name in plan["levels"]:
        done = False
        while not done:
            done = await rotation.begin(HOUSE, Level(name), now=now) is Level(name)
            while (step := await rotation.step(HOUSE, now=now)) is not None and not step.finished:
                await asyncio.sleep(0.01 if step.waiting else 0)


async def _erase(plan: dict[str, Any], _: Settings, now: datetime) -> None:
    erasure.PAGE = plan["page"]
    if plan["person"]:
        await erasure.erase(HOUSE, plan["person"], now=now)
    await erasure.finish_erasures(HOUSE, now=now)


_DEEDS = {"migrate": _migrate, "rotate": _rotate, "erase": _erase}


def _carry_out(plan: dict[str, Any]) -> int:
    errors = os.open(plan["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(errors, 2)
    countdown = Countdown(plan["statements"])
    hang_on(countdown.passes)
    asyncio.run(live(plan, countdown))
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
