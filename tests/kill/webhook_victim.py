"""Victims of the webhook: processes that serve the real route on a given port, and are killed in the middle of a call.

Run as a module it is a nursery like that of `tests.kill.victim`. The points are hung on from outside; the product knows
nothing of them.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial, wraps
from pathlib import Path
from typing import Any

from aiohttp import web

from bot.help import write_help_file
from bot.receiving import Journal, WebhookReceiver, webhook
from hoert.logs import set_up
from models import crypto
from models.actions import inbox
from models.database import opened
from models.settings import load
from models.tables.inbox import InboxUpdate
from tests.kill import victim

#: name -> number of the fault catalogue
POINTS = {"headed": 1, "read": 2, "journalled": 2, "storing": 2, "stored": 3}


async def serve(plan: dict[str, Any]) -> None:
    """Serve until SIGTERM."""
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    settings = load(plan["environ"], demo=True, data_dir=Path(plan["data_dir"]))
    help_file = settings.data_dir / "help.json"
    write_help_file(help_file)
    ahead = timedelta(seconds=plan["ahead"])
    async with opened(settings):
        journal = Journal(settings.data_dir / "journal", crypto.derive(settings.master_key, b"journal"))
        receiver = WebhookReceiver(
            "telegram", "http://127.0.0.1:9/bot", secrets=[plan["secret"]], now=lambda: datetime.now(UTC) + ahead,
            on_received=lambda: None, help_file=help_file, journal=journal,
        )  # fmt: skip
        site = web.Application()
        site.add_subapp("/telegram", receiver.application())
        runner = web.AppRunner(site, access_log=None, shutdown_timeout=5)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", plan["port"]).start()
        await stop.wait()
        await runner.cleanup()
        await receiver.close()
        journal.close()


def hang_on(point: str, passage: int) -> None:
    """Wrap the product's functions in this process so that it dies at the n-th passage of the point."""
    left = [passage]

    def passes(name: str) -> None:
        if name == point:
            left[0] -= 1
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    _around(webhook, "_body", before=partial(passes, "headed"), after=partial(passes, "read"))
    _around(Journal, "append", after=partial(passes, "journalled"))
    _around(InboxUpdate, "create", after=partial(passes, "storing"))
    _around(inbox, "receive", after=partial(passes, "stored"))


def _around(
    owner: Any, name: str, *, before: Callable[[], None] = lambda: None, after: Callable[[], None] = lambda: None
) -> None:
    original = getattr(owner, name)

    @wraps(original)
    async def wrapped(*args: Any, **kwargs: Any) -> Any:
        before()
        result = await original(*args, **kwargs)
        after()
        return result

    setattr(owner, name, wrapped)


def carry_out(plan: dict[str, Any]) -> int:
    """One plan, in a fork of the nursery."""
    errors = os.open(plan["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(errors, 2)
    set_up("debug", "json")
    if plan["point"]:
        hang_on(plan["point"], plan["passage"])
    asyncio.run(serve(plan))
    return 0


if __name__ == "__main__":
    victim._carry_out = carry_out
    sys.stdout.write(json.dumps({"ready": True}) + "\n")
    sys.stdout.flush()
    raise SystemExit(victim.main())
