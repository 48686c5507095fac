"""The way into the chat: invitation, safety words, closing a link."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from aiohttp import web

from backend import context, forms, words
from backend.context import VIEWER
from backend.pages.leaving import going
from backend.pages.person_card import card
from backend.pages.qr import qr_code
from backend.rendering import page
from locales import text
from models.actions import consent as deeds
from models.actions import register as trail
from models.actions.consent import Invited
from models.domain.errors import Invalid, NotFound
from models.domain.joining import spoken_code
from models.domain.register import adult_on
from models.queries import register
from models.queries.register import PersonView


async def show(request: web.Request) -> web.StreamResponse:
    """Where the person is on the way in. A made invitation is not shown again: nobody has its secret any more."""
    return await _invitation_page(request, None)


async def make(request: web.Request) -> web.StreamResponse:
    """Make an invitation, and show it this once.

    Its answer is a page and no redirect, as a receipt's is: what it shows exists nowhere else.
    """
    viewer, now = request[VIEWER], context.desk(request).now
    try:
        made = await deeds.invite(viewer, request.match_info["person_id"], now=now)
    except Invalid as refused:
        return await _invitation_page(request, None, problem=refused.code, status=422)
    return await _invitation_page(request, made)


async def confirm(request: web.Request) -> web.StreamResponse:
    """Both screens showed the same two words: personal things may be shown from now on."""
    person_id, link_id = await _theirs(request)
    await deeds.confirm_words(request[VIEWER], link_id, now=context.desk(request).now)
    raise going(f"/people/{person_id}/invitation", said="words_confirmed")


async def differ(request: web.Request) -> web.StreamResponse:
    """The words differ: somebody else holds that phone. The chat is closed, what was written in it is kept apart."""
    person_id, link_id = await _theirs(request)
    try:
        apart = await deeds.wrong_person(request[VIEWER], link_id, now=context.desk(request).now)
    except Invalid as refused:
        return await _invitation_page(request, None, problem=refused.code, status=409)
    raise going(f"/people/{person_id}/invitation", said="wrong_person_apart" if apart else "wrong_person")


async def bar(request: web.Request) -> web.StreamResponse:
    """Shut a chat out until staff say otherwise."""
    form, now = await forms.read(request), context.desk(request).now
    person_id, link_id = await _theirs(request)
    try:
        await deeds.bar(request[VIEWER], link_id, form.text("reason"), now=now)
    except Invalid as refused:
        return await _invitation_page(request, None, problem=refused.code, status=422)
    raise going(f"/people/{person_id}/invitation", said="chat_barred")


async def unbar(request: web.Request) -> web.StreamResponse:
    """Let a chat in again."""
    person_id, link_id = await _theirs(request)
    await deeds.unbar(request[VIEWER], link_id, now=context.desk(request).now)
    raise going(f"/people/{person_id}/invitation", said="chat_unbarred")


async def close(request: web.Request) -> web.StreamResponse:
    """Close a chat: a lost phone, or a new one."""
    person_id, link_id = await _theirs(request)
    await deeds.close_link(request[VIEWER], link_id, now=context.desk(request).now)
    raise going(f"/people/{person_id}/invitation", said="link_closed")


async def _theirs(request: web.Request) -> tuple[str, str]:
    """The person and the chat an address names. Raises NotFound when the chat is somebody else's."""
    person_id, link_id = request.match_info["person_id"], request.match_info["link_id"]
    person = await register.person(request[VIEWER], person_id, now=context.desk(request).now)
    if link_id not in {link.link_id for link in person.links}:
        raise NotFound
    return person_id, link_id


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
        problem=_refusal(problem, person, language) if problem else "",
        barred=[{"id": link.link_id, "channel": link.channel} for link in person.links if link.barred],
        reasons=[{"value": why, "words": text(f"desk.bar.{why}", language)} for why in deeds.BARRED_FOR],
        expires=words.moment(until, desk.now, language) if until else None,
        **_shown_once(made, desk, language),
    )  # fmt: skip


def _refusal(code: str, person: PersonView, language: str) -> str:
    """Why there is no invitation: too young is said with the day it can be made."""
    if code == "too_young":
        return text(
            "desk.invitation.too_young", language, name=person.first_name,
            day=words.day(adult_on(person.birth), language),
        )  # fmt: skip
    return words.refusal(code, language)


def _state(made: bool, waiting: bool, linked: bool, invited: bool) -> str:
    if made:
        return "open"
    if waiting:
        return "confirm"
    return "done" if linked else "sent" if invited else "new"


def _shown_once(made: Invited | None, desk: context.Desk, language: str) -> dict[str, Any]:
    if made is None:
        return {"link": "", "web_link": "", "code": "", "qr": "", "spelled": []}
    telegram = desk.settings.telegram_token and desk.bot_username
    link = f"https://t.me/{desk.bot_username}?start={made.token}" if telegram else ""
    web_link = f"{desk.settings.public_url}/chat/#start={quote(made.token, safe='')}"
    return {
        "link": link, "web_link": web_link, "code": spoken_code(made.code), "qr": qr_code(link or web_link),
        "spelled": spelled(made.code, language),
    }  # fmt: skip


def spelled(code: str, language: str) -> list[str]:
    """The code as it is read aloud, four characters a line: "K som Karen", a figure as itself."""
    names = {name[0]: name for name in text("desk.invitation.alphabet", language).split()}
    said = [
        text("desk.invitation.letter", language, letter=sign, name=names[sign]) if sign in names else sign
        for sign in code
    ]
    return [", ".join(said[at : at + 4]) for at in range(0, len(said), 4)]
