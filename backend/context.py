"""What every page of the desk can reach, and who is asking. It hangs on the application and the request: no globals."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from aiohttp import web
from jinja2 import Environment

from backend.clock import Clock
from backend.live import Streams
from backend.sso import Sso
from models.domain.errors import NotFound
from models.domain.staff import Role, Viewer
from models.settings import Settings


@dataclass(frozen=True, slots=True)
class Account:
    """The member of staff behind a request, as the frame of every page shows them."""

    viewer: Viewer
    language: str
    municipality: str
    shortcuts: bool
    session: str = field(repr=False)

    @property
    def role(self) -> Role:
        """What they are there for."""
        return self.viewer.role


@dataclass(frozen=True, slots=True)
class Desk:
    """The desk's parts, made once in `create_app`."""

    settings: Settings
    clock: Clock
    templates: Environment
    streams: Streams
    csrf_key: bytes = field(repr=False)
    frame_self: bool
    bot_username: str
    static: Callable[[str], str]
    sso: Sso | None = None

    @property
    def now(self) -> datetime:
        """Hørt's clock."""
        return self.clock.now()


DESK = web.AppKey("desk", Desk)
ACCOUNT = web.RequestKey("account", Account)
VIEWER = web.RequestKey("viewer", Viewer)
LANGUAGE = web.RequestKey("language", str)
ROUTE = web.RequestKey("route", str)


def desk(request: web.Request) -> Desk:
    """The desk that serves this request."""
    return request.app[DESK]


def account(request: web.Request) -> Account | None:
    """Who is signed in, or None."""
    return request.get(ACCOUNT)


def language(request: web.Request) -> str:
    """The language of the page: the member of staff's own, else the installation's."""
    return request.get(LANGUAGE) or desk(request).settings.language


def row_id(given: str) -> str:
    """The id of a row that somebody asks for outside of a path; "" stays "". Raises NotFound for what can be none."""
    if given and re.fullmatch("[0-9a-f]{32}", given) is None:
        raise NotFound
    return given


def after(request: web.Request) -> int:
    """How many of a list come before the page that is asked for; none for what is no number."""
    asked = request.query.get("after", "")
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 7 else 0
