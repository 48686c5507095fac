"""The inbox: list, thread and person card; replying, noting, handing over, deciding about what did not arrive."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any

from aiohttp import web

from backend import context, forms, words
from backend.context import VIEWER
from backend.pages import files
from backend.pages.leaving import going
from backend.pages.person_card import card
from backend.pages.talk import entries
from backend.rendering import page
from locales import text
from models.actions import messages as deeds
from models.actions import messages_calls as calls
from models.actions import register as trail
from models.domain.errors import Invalid, NotFound, Stale
from models.domain.staff import Viewer, may
from models.queries import attachments, casefile, messages, register, staff, timeline
from models.queries.messages import Folder, Inbox


async def show(request: web.Request) -> web.StreamResponse:
    """The list alone; on a wide screen beside an invitation to choose."""
    folder = _folder(request)
    found = await _list(request, folder)
    return await page(
        request,
        "inbox.html",
        current="inbox",
        shows="list",
        thread=None,
        person=None,
        **_listed(request, found, folder, ""),
    )


async def thread(request: web.Request) -> web.StreamResponse:
    """A person's thread beside the list. Looking at it is written to the trail; it does not make it read."""
    return await _thread_page(request, shows="person" if request.query.get("about") else "thread")


async def reply(request: web.Request) -> web.StreamResponse:
    """Answer. What came in between is shown first, and the text stays."""
    form, viewer, now = await forms.read(request), request[VIEWER], context.desk(request).now
    person_id = request.match_info["person_id"]
    thread_id = await deeds.open_thread(viewer, person_id, now=now)
    chosen, problem = await files.choose(request, person_id, form.files("file"))
    chosen = [*form.several.get("kept", ()), *chosen]
    if problem:
        return await _thread_page(request, reply=form.text("body"), chosen=chosen, file_error=problem, status=422)
    try:
        await deeds.reply(
            viewer, thread_id, form.text("body"), version=form.number("version"), key=_key(form.text("key")), now=now,
            files=chosen,
        )  # fmt: skip
    except Stale as refused:
        return await _thread_page(request, reply=form.text("body"), chosen=chosen, busy=refused.code, status=409)
    except Invalid as refused:
        field = "file_error" if refused.field == "file" else "error"
        return await _thread_page(request, reply=form.text("body"), chosen=chosen, status=422, **{field: refused.code})
    raise going(f"/inbox/{person_id}#latest")


async def note(request: web.Request) -> web.StreamResponse:
    """An internal note, or a call or meeting written down, which keeps a promise. Neither can be sent."""
    form, viewer, now = await forms.read(request), request[VIEWER], context.desk(request).now
    person_id = request.match_info["person_id"]
    contact = form.text("kind") == "contact"
    thread_id = await deeds.open_thread(viewer, person_id, now=now)
    try:
        await deeds.note(viewer, thread_id, form.text("body"), now=now, contact=contact, key=_key(form.text("key")))
    except Invalid as refused:
        kept = {"contact_error" if contact else "note_error": refused.code}
        return await _thread_page(request, status=422, **kept)
    raise going(f"/inbox/{person_id}#latest", said="contact_noted" if contact else "noted")


async def missed(request: web.Request) -> web.StreamResponse:
    """I rang and got no answer: the person is told, and by when somebody tries again."""
    form, viewer, now = await forms.read(request), request[VIEWER], context.desk(request).now
    person_id = request.match_info["person_id"]
    thread_id = await deeds.open_thread(viewer, person_id, now=now)
    said = text("desk.inbox.missed_note", context.language(request))
    await calls.missed(viewer, thread_id, said, key=_key(form.text("key")), now=now)
    raise going(f"/inbox/{person_id}#latest", said="call_missed")


async def read(request: web.Request) -> web.StreamResponse:
    """Read up to a position: the person is told by whom. Sent by desk.js when the thread is in view, or by a button."""
    form, viewer, now = await forms.read(request), request[VIEWER], context.desk(request).now
    person_id = request.match_info["person_id"]
    thread_id = await messages.thread_of(viewer, person_id)
    if not thread_id:
        raise NotFound
    await deeds.read(viewer, thread_id, position=form.number("position"), now=now)
    if "X-CSRF-Token" in request.headers:
        return web.Response(status=204)
    raise going(f"/inbox/{person_id}#latest")


async def assign(request: web.Request) -> web.StreamResponse:
    """Hand the thread over to a colleague."""
    form, viewer, now = await forms.read(request), request[VIEWER], context.desk(request).now
    person_id = request.match_info["person_id"]
    thread_id = await deeds.open_thread(viewer, person_id, now=now)
    await deeds.assign(viewer, thread_id, form.text("colleague"), now=now)
    raise going("/inbox", said="handed_over")


async def decide(request: web.Request) -> web.StreamResponse:
    """A message that did not arrive, or may not have: send it again, it arrived, or I called instead."""
    form, viewer, now = await forms.read(request), request[VIEWER], context.desk(request).now
    person_id, deed = request.match_info["person_id"], form.text("deed")
    message_id = request.match_info["message_id"]
    if deed == "called":
        thread_id = await deeds.open_thread(viewer, person_id, now=now)
        await deeds.decide_delivery(viewer, message_id, "arrived", now=now)
        called = text("desk.inbox.called_note", context.language(request))
        await deeds.note(viewer, thread_id, called, now=now, contact=True, key=f"called:{message_id}")
    else:
        await deeds.decide_delivery(viewer, message_id, deed, now=now)
    raise going(f"/inbox/{person_id}#m-{message_id}", said=f"delivery_{deed}")


async def _thread_page(
    request: web.Request, *, shows: str = "thread", reply: str = "", busy: str = "", error: str = "",
    note_error: str = "", contact_error: str = "", file_error: str = "", chosen: Sequence[str] = (), status: int = 200,
) -> web.Response:  # fmt: skip
    viewer, desk, language = request[VIEWER], context.desk(request), context.language(request)
    now, person_id = desk.now, request.match_info["person_id"]
    before = request.query.get("before", "")
    found = await messages.conversation(
        viewer, person_id, before=int(before) if before.isdigit() and len(before) < 9 else 0
    )
    await trail.looked_at(viewer, person_id, now=now, what="thread.view", about=found.thread_id)
    person = await register.person(viewer, person_id, now=now)
    started = found.entries[0].at if found.entries else None
    happened = await timeline.happenings(viewer, person_id, since=started) if started else []
    folder = _folder(request)
    listed = await _list(request, folder)
    return await page(
        request, "inbox.html", current="inbox", status=status, shows=shows, person=card(person, now, language),
        thread={
            "id": found.person_id,
            "name": found.name,
            "first_name": found.first_name,
            "href": f"/inbox/{person_id}",
            "person_href": f"/inbox/{person_id}?about=1",
            "url": f"/people/{person_id}",
            "older": f"/inbox/{person_id}?before={found.older}" if found.older else "",
            "busy": words.refusal(busy, language) if busy else "",
            "entries": entries(found, happened, now, language),
            "reply": reply,
            "error": words.refusal(error, language) if error else "",
            "chosen": files.lines_of(tuple(await attachments.chosen(viewer, person_id, chosen)), language),
            "file_error": words.refusal(file_error, language) if file_error else "",
            "note_error": words.refusal(note_error, language) if note_error else "",
            "contact_error": words.refusal(contact_error, language) if contact_error else "",
            "promise": words.promise(found.promised_at, now, language, broken=found.broken),
            "version": found.version,
            "key": secrets.token_urlsafe(12),
            "unread": found.unread if not before.isdigit() else 0,
            "assigned": found.assigned,
            "assigned_to_me": found.assigned_id == viewer.staff_id,
            "colleagues": await _colleagues(viewer, found.assigned_id, language),
            "reachable": person.link in {"active", "unconfirmed"},
            "way": person.link,
            "undecided": await casefile.undecided_of(viewer, person_id),
        },
        **_listed(request, listed, folder, person_id),
    )  # fmt: skip


async def _colleagues(viewer: Viewer, assigned_id: str, language: str) -> list[dict[str, str]]:
    if not may(viewer.role, "messages.assign"):
        return []
    return [
        {"value": one.staff_id, "words": f"{one.name} · {text(f'desk.role.{one.role}', language)}"}
        for one in await staff.colleagues(viewer)
        if one.staff_id != assigned_id
    ]


def _folder(request: web.Request) -> Folder:
    asked = request.query.get("folder", "")
    return Folder(asked) if asked in {folder.value for folder in Folder} else Folder.MINE


async def _list(request: web.Request, folder: Folder) -> Inbox:
    return await messages.inbox(
        request[VIEWER], folder, now=context.desk(request).now, after=request.query.get("after", "")[:32]
    )


def _listed(request: web.Request, found: Inbox, folder: Folder, current: str) -> dict[str, Any]:
    now, language = context.desk(request).now, context.language(request)
    here = f"?folder={folder.value}" if folder is not Folder.MINE else ""
    return {
        "filters": [
            {
                "key": each.value,
                "href": "/inbox" if each is Folder.MINE else f"/inbox?folder={each.value}",
                "n": found.unread[each.value],
                "current": each is folder,
            }
            for each in Folder
        ],
        "threads": [
            {
                "id": line.person_id,
                "href": f"/inbox/{line.person_id}{here}#latest",
                "name": line.name,
                "line": text(f"desk.inbox.line.{line.last}", language, words=line.line)
                if line.last != "in"
                else line.line,
                "unread": line.unread,
                "current": line.person_id == current,
                "time": words.stamp(line.last_at, language),
                "promise": words.promise(line.promised_at, now, language, broken=line.broken),
                "state": None if line.assigned else {"kind": "waiting", "words": text("desk.inbox.nobody", language)},
            }
            for line in found.threads
        ],
        "earlier": f"/inbox{here}" if request.query.get("after") else "",
        "later": f"/inbox?folder={folder.value}&after={found.later}" if found.later else "",
    }


def _key(given: str) -> str:
    """The form's own key: a second click on the same form is the same deed. A form without one is a deed of its own."""
    return given if 8 <= len(given) <= 40 and given.isascii() else secrets.token_urlsafe(12)
