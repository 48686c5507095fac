"""The trail: who saw and did what, as an administrator reads it. Of a young person no more than the reference."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from backend import context, forms, words
from backend.context import VIEWER
from backend.pages.administration import rooms
from backend.pages.leaving import going
from backend.rendering import page
from locales import has, text
from models.actions import trail as deeds
from models.queries import trail
from models.queries.trail import Entry

_NOUNS = (
    "person", "thread", "message", "offer", "meeting", "alert", "feedback", "invitation", "link", "register", "staff",
    "casefile", "municipality", "hours", "duty", "helpline", "goal", "trail",
    "token", "webhook",
)  # fmt: skip


async def show(request: web.Request) -> web.StreamResponse:
    """A page of it, newest first, and who looked is written down too."""
    return await _trail_page(request, before=_cursor(request, "before"), after=_cursor(request, "after"))


async def find(request: web.Request) -> web.StreamResponse:
    """What was seen and done about one young person. The case number comes in the body: it stands in no address."""
    form = await forms.read(request)
    before = form.number("before") if form.text("before") else 0
    return await _trail_page(request, before=before, reference=form.line("reference")[:40])


async def _trail_page(
    request: web.Request, *, before: int = 0, after: int = 0, reference: str = ""
) -> web.StreamResponse:
    viewer, desk, language = request[VIEWER], context.desk(request), context.language(request)
    asked = {key: request.query.get(key, "") for key in ("day", "staff", "deed")}
    found = await trail.trail(
        viewer, before=before, after=after, day=_day(asked["day"]), staff_id=asked["staff"][:32],
        deed=asked["deed"] if asked["deed"] in _NOUNS else "", reference=reference,
    )  # fmt: skip
    await deeds.record(viewer, "trail.view", now=desk.now)
    kept = {key: value for key, value in asked.items() if value}
    anybody = [{"value": "", "words": text("desk.trail.anybody", language)}]
    anything = [{"value": "", "words": text("desk.trail.anything", language)}]
    return await page(
        request, "trail.html", current="administration", rooms=rooms(viewer, "trail", language), asked=asked,
        reference=reference, before=found.earlier if reference else 0,
        staff=anybody + [{"value": key, "words": name} for key, name in found.staff],
        deeds=anything + [{"value": noun, "words": text(f"desk.trail.noun.{noun}", language)} for noun in _NOUNS],
        rows=[_row(one, desk.now, language) for one in found.entries],
        earlier="" if reference else _address(kept, before=found.earlier),
        later="" if reference else _address(kept, after=found.later),
        sealed=words.moment(found.sealed_at, desk.now, language) if found.sealed_at else None,
    )  # fmt: skip


async def verify(request: web.Request) -> web.StreamResponse:
    """Recompute the chain."""
    broken = await deeds.verify(request[VIEWER])
    raise going("/administration/trail", said="trail_whole" if broken is None else "trail_broken")


def _cursor(request: web.Request, name: str) -> int:
    given = request.query.get(name, "")
    return int(given) if given.isascii() and given.isdigit() and len(given) <= 18 else 0


def _day(given: str) -> date | None:
    try:
        return date.fromisoformat(given) if given else None
    except ValueError:
        return None


def _address(kept: dict[str, str], **cursor: int) -> str:
    """The page beside this one; "" where there is none."""
    ((name, value),) = cursor.items()
    return f"/administration/trail?{urlencode({**kept, name: value})}" if value else ""


def _row(one: Entry, now: datetime, language: str) -> list[Any]:
    # Whoever signs in is not signed in yet: the entry is Hørt's, and about them.
    itself = one.colleague if one.deed == "staff.sign_in" else ""
    who = one.who or itself or text(f"desk.trail.actor.{one.actor}", language)
    if one.actor == "api":
        who = text("desk.trail.by_api", language, name=who)
    noun = one.deed.partition(".")[0]
    known = f"desk.trail.deed.{one.deed}"
    about = text(f"desk.trail.noun.{noun}", language) if has(f"desk.trail.noun.{noun}") else ""
    said = text(known, language) if has(known) else f"{about} ({one.deed})" if about else one.deed
    return [
        words.stamp(one.at, now, language)["words"],
        who,
        said,
        one.reference or ("" if itself else one.colleague) or "–",
    ]
