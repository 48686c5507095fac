"""The staff desk as a web application. The database is opened by the caller; nothing here is global."""

from __future__ import annotations

from aiohttp import hdrs, web

from backend import security
from backend.api.app import api_app
from backend.clock import Clock
from backend.context import DESK, Desk
from backend.guard import faults, guarded
from backend.live import Streams
from backend.rendering import environment
from backend.routes import ROUTES
from backend.sso import sso_for
from backend.static_files import StaticFiles
from models.settings import Settings

_LARGEST_BODY = 1024 * 1024


def create_app(
    settings: Settings, clock: Clock, *, frame_self: bool = False, bot_username: str = ""
) -> web.Application:
    """The desk. `frame_self` lets a page of the same origin show it in a frame (the demo, and nothing else).

    `bot_username` is the Telegram bot's, for invitation links; without it only the web chat's link is shown.
    Run it without aiohttp's access log, with `keepalive_timeout=15`.
    """
    app = web.Application(client_max_size=_LARGEST_BODY, middlewares=[faults])
    files = StaticFiles()
    desk = Desk(
        settings=settings,
        clock=clock,
        templates=environment(),
        streams=Streams(),
        csrf_key=security.csrf_key(settings),
        frame_self=frame_self,
        bot_username=bot_username,
        static=files.address,
        sso=sso_for(settings),
    )
    app[DESK] = desk
    for route in ROUTES:
        app.router.add_route(route.method, route.path, guarded(route))
    app.router.add_get("/static/{name:.+}", files.serve, allow_head=False)
    app.add_subapp("/api/v1", api_app(desk))

    async def headers(request: web.Request, response: web.StreamResponse) -> None:
        response.headers.popall(hdrs.SERVER, None)
        if request.match_info.apps[-1] is app:
            security.add_headers(response, settings, frame_self=frame_self)

    async def end_streams(_: web.Application) -> None:
        desk.streams.close_all()

    app.on_response_prepare.append(headers)
    app.on_shutdown.append(end_streams)
    return app
