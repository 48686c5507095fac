"""The way into the chat: invitation, safety words, closing a link."""

from __future__ import annotations

import io
from typing import Any
from urllib.parse import quote

from aiohttp import web
from markupsafe import Markup

from backend import context, words
from backend.context import VIEWER
from backend.pages.leaving import going
from backend.pages.person_card import card
from backend.rendering import page
from models.actions import consent as deeds
from models.actions import register as trail
from models.actions.consent import Invited
from models.domain.errors import Invalid
from models.domain.joining import spoken_code
from models.queries import register


async def show(request: web.Request) -> web.StreamResponse:
    """Where the person is on the way in. A made invitation is not shown again: nobody has its secret any more."""
    return await _invitation_page(request, None)


async def make(request: web.Request) -> web.StreamResponse:
    """Make an invitation, and show it this once.

    The only form whose answer is a page and no redirect: what it shows exists nowhere else.
    """
    viewer, now = request[VIEWER], context.desk(request).now
    try:
        made = await deeds.invite(viewer, request.match_info["person_id"], now=now)
    except Invalid as refused:
        return await _invitation_page(request, None, problem=refused.code, status=422)
    return await _invitation_page(request, made)


async def confirm(request: web.Request) -> web.StreamResponse:
    """Both screens showed the same two words: personal things may be shown from now on."""
    person_id, link_id = request.match_info["person_id"], request.match_info["link_id"]
    await deeds.confirm_words(request[VIEWER], link_id, now=context.desk(request).now)
    raise going(f"/people/{person_id}/invitation", said="words_confirmed")


async def close(request: web.Request) -> web.StreamResponse:
    """Close a chat: wrong person, lost phone, different words."""
    person_id, link_id = request.match_info["person_id"], request.match_info["link_id"]
    await deeds.close_link(request[VIEWER], link_id, now=context.desk(request).now)
    raise going(f"/people/{person_id}/invitation", said="link_closed")


async def _invitation_page(
    request: web.Request, made: Invited | None, *, problem: str = "", status: int = 200
) -> web.Response:
    viewer, desk, language = request[VIEWER], context.desk(request), context.language(request)
    person = await register.person(viewer, request.match_info["person_id"], now=desk.now)
    await trail.looked_at(viewer, person.person_id, now=desk.now, what="invitation.view")
    open_links = [link for link in person.links if link.state != "closed"]
    until = made.expires_at if made else person.invited_until
    waiting = next((link for link in open_links if link.confirmed_at is None), None)
    return await page(
        request, "invitation.html", current="people", status=status,
        person=card(person, desk.now, language),
        state=_state(made is not None, waiting is not None, bool(open_links), person.invited_until is not None),
        safety=waiting.words.split() if waiting else [],
        link_id=waiting.link_id if waiting else "",
        links=[{"id": link.link_id, "channel": link.channel} for link in open_links],
        problem=words.refusal(problem, language) if problem else "",
        expires=words.moment(until, desk.now, language) if until else None,
        **_shown_once(made, desk),
    )  # fmt: skip


def _state(made: bool, waiting: bool, linked: bool, invited: bool) -> str:
    if made:
        return "open"
    if waiting:
        return "confirm"
    return "done" if linked else "sent" if invited else "new"


def _shown_once(made: Invited | None, desk: context.Desk) -> dict[str, Any]:
    if made is None:
        return {"link": "", "web_link": "", "code": "", "qr": ""}
    telegram = desk.settings.telegram_token and desk.bot_username
    link = f"https://t.me/{desk.bot_username}?start={made.token}" if telegram else ""
    web_link = f"{desk.settings.public_url}/chat/#start={quote(made.token, safe='')}"
    return {"link": link, "web_link": web_link, "code": spoken_code(made.code), "qr": qr_code(link or web_link)}


def qr_code(address: str) -> Markup:
    """The address as a QR code: an SVG of attributes only, so that no policy stops it."""
    import segno

    out = io.BytesIO()
    segno.make(address, error="m").save(
        out, kind="svg", xmldecl=False, svgns=True, omitsize=True, border=4, svgclass="qr-code", lineclass=None,
        title=None, dark="#000", light="#fff", nl=False,
    )  # fmt: skip
    return Markup(out.getvalue().decode("ascii"))  # noqa: S704 (made by segno from an address of ours)
