"""Pages from templates: escaped, in the reader's language, with what the frame of every page needs."""

from __future__ import annotations

from functools import cache, partial
from pathlib import Path
from typing import Any, Final

from aiohttp import web
from jinja2 import Environment, FileSystemLoader

from backend import context, security, words
from locales import has, text
from models.domain.localtime import local_date
from models.domain.staff import Role, may, sees_people
from models.queries.messages_badges import badges

_FOLDER: Final = Path(__file__).parent / "templates"
#: The main menu, and the deed a role must have for each place in it.
MENU: Final = (
    ("today", "people.read"),
    ("inbox", "messages.read"),
    ("people", "people.read"),
    ("offers", "offers.read"),
    ("feedback", "feedback.read"),
    ("panels", "surveys.read"),
    ("you_said", "you_said.read"),
    ("figures", "figures.read"),
    ("administration", "golive.read"),
    ("settings", "account.own"),
)


@cache
def environment() -> Environment:
    """Jinja with everything escaped and templates kept after their first reading; one for the process."""
    made = Environment(
        loader=FileSystemLoader(_FOLDER), autoescape=True, auto_reload=False, cache_size=200, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    made.globals["has"] = has
    return made


def menu(role: Role) -> list[str]:
    """The places of the main menu this role may open."""
    return [key for key, deed in MENU if may(role, deed)]


async def page(
    request: web.Request, template: str, *, current: str = "", status: int = 200, **values: Any
) -> web.Response:
    """A page. `current` is its place in the main menu; `values` are what its template documents."""
    here, who = context.desk(request), context.account(request)
    language = context.language(request)
    frame: dict[str, Any] = {
        "language": language,
        "t": partial(_text, language),
        "static": here.static,
        "path": request.path_qs,
        "viewer": None,
        "csrf": "",
        "nav": {"current": current, "counts": {}, "shows": []},
        "flashes": _flashes(request, language),
    }
    if who is not None:
        frame["viewer"] = {
            "name": who.viewer.name,
            "role": text(f"desk.role.{who.role.value}", language),
            "municipality_name": who.municipality,
            "shortcuts": who.shortcuts and sees_people(who.role),
            "printed": text(
                "desk.base.printed", language, who=who.viewer.name, when=words.day(local_date(here.now), language)
            ),
        }
        frame["csrf"] = security.csrf_token(here.csrf_key, who.session)
        frame["nav"]["shows"] = menu(who.role)
        if sees_people(who.role):
            waiting = await badges(who.viewer, now=here.now)
            frame["nav"]["counts"] = {"inbox": waiting.unread, "today": waiting.alerts}
    html = here.templates.get_template(template).render({**frame, **values})
    return web.Response(text=html, content_type="text/html", charset="utf-8", status=status, reason=_reason(status))


def _text(language: str, key: str, **values: object) -> str:
    return text(key, language, **values)


#: What is said where nothing came of the deed.
_NOT_DONE = {"delivery_not_again", "delivery_decided", "none_handed_over"}


def _flashes(request: web.Request, language: str) -> list[dict[str, str]]:
    """What a deed before this page has to say: a code in the address, a sentence only from the catalogue."""
    said = request.query.get("said", "")
    key = f"desk.said.{said}"
    if not said.isidentifier() or not has(key):
        return []
    return [{"kind": "info" if said in _NOT_DONE else "success", "words": text(key, language)}]


def _reason(status: int) -> str | None:
    return "Session expired" if status == 419 else None
