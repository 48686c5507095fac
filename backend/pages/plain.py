"""Pages that ask no rights: about the desk, whether it is alive, and the stream of hints."""

from __future__ import annotations

from datetime import datetime

from aiohttp import web

from backend import context
from backend.context import ACCOUNT, VIEWER
from backend.live import Shown
from backend.rendering import page
from models.actions import staff as sessions
from models.domain.staff import sees_people
from models.queries import health
from models.transactions import HOUSE


async def about(request: web.Request) -> web.StreamResponse:
    """Help, how data is looked after, and accessibility."""
    return await page(request, "about.html")


async def healthz(request: web.Request) -> web.StreamResponse:
    """Alive: this process answers."""
    return web.json_response({"status": "ok"})


async def readyz(request: web.Request) -> web.StreamResponse:
    """Whether the database answers, how old what waits is, and when the clock last ticked; seconds, no data."""
    desk = context.desk(request)
    try:
        found = await health.health(HOUSE, now=desk.now)
    except Exception:  # noqa: BLE001 (whatever it is, we are not ready)
        return web.json_response({"status": "unready", "database": False}, status=503)
    return web.json_response(
        {
            "status": "ready",
            "database": True,
            "inbox_age_seconds": _age(found.inbox_since, desk.now),
            "outbox_age_seconds": _age(found.outbox_since, desk.now),
            "last_tick_seconds": _age(found.last_tick, desk.now),
        }
    )


async def waiting(request: web.Request) -> web.StreamResponse:
    """The numbers beside the main menu alone."""
    return await page(request, "waiting.html")


async def events(request: web.Request) -> web.StreamResponse:
    """Hints that something changed."""
    viewer = request[VIEWER]
    if not sees_people(viewer.role):
        return web.Response(status=204)
    desk = context.desk(request)
    version = request.query.get("version", "")
    shown = Shown(
        request.query.get("thread", "")[:32],
        int(version) if version.isascii() and version.isdigit() and len(version) < 10 else 0,
        on_its_way=request.query.get("way") == "yes",
    )
    token = request[ACCOUNT].session

    async def still() -> bool:
        return await sessions.resume(HOUSE, token, real_now=desk.clock.real_now(), touch=False) is not None

    return await desk.streams.serve(request, viewer, shown, desk.clock.now, still)


def _age(since: datetime | None, now: datetime) -> int | None:
    return None if since is None else max(0, int((now - since).total_seconds()))
