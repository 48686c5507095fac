"""The inbox: list, thread and person card; replying, noting, handing over, deciding about what did not arrive."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from aiohttp import web

from backend import context, forms, words
from backend.context import VIEWER
from backend.forms import Form
from backend.pages import files
from backend.pages.alerts import line_of
from backend.pages.leaving import going
from backend.pages.person_card import card
from backend.pages.talk import entries
from backend.rendering import page
from locales import dates, text
from models.actions import messages as deeds
from models.actions import messages_beside as aside
from models.actions import messages_calls as calls
from models.actions import register as trail
from models.domain.errors import Invalid, NotFound, Stale
from models.domain.later import moments
from models.domain.localtime import utc
from models.domain.staff import Viewer, may
from models.queries import alerts, attachments, casefile, messages, register, staff, timeline
from models.queries import messages_beside as beside
from models.queries.messages import MOST_COUNTED, Cover, Entry, Folder, Inbox, ThreadLine

#: How long what was sent from this page waits, so that it can be taken back.
UNDO: Final = timedelta(seconds=10)


async def show(request: web.Request) -> web.StreamResponse:
    """The list alone; on a wide screen beside an invitation to choose."""
    folder = _folder(request)
    found = await _list(request, folder)
    return await page(
        request,
        "inbox.html",
        current="inbox",
        shows="list",
        live=request.path_qs,
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
    chosen = [*map(context.row_id, form.several.get("kept", ())), *chosen]
    if problem:
        return await _thread_page(request, reply=form.text("body"), chosen=chosen, file_error=problem, status=422)
    try:
        await deeds.reply(
            viewer, thread_id, form.text("body"), version=form.number("version"), key=_key(form.text("key")), now=now,
            files=chosen, undo_until=now + UNDO if form.text("undo") else None,
        )  # fmt: skip
    except Stale as refused:
        return await _thread_page(
            request, reply=form.text("body"), chosen=chosen, busy=refused.code, since=form.number("version"), status=409
        )  # fmt: skip
    except Invalid as refused:
        field = "file_error" if refused.field == "file" else "error"
        return await _thread_page(request, reply=form.text("body"), chosen=chosen, status=422, **{field: refused.code})
    raise going(f"/inbox/{person_id}{_here(request)}#latest")


async def undo(request: web.Request) -> web.StreamResponse:
    """Take back what I have just sent: it was never said, and the words stand in the box again."""
    viewer, now = request[VIEWER], context.desk(request).now
    person_id, message_id = request.match_info["person_id"], request.match_info["message_id"]
    try:
        taken = await deeds.undo(viewer, person_id, message_id, now=now)
    except Stale as refused:
        return await _thread_page(request, busy=refused.code, status=409)
    return await _thread_page(request, reply=taken.words, chosen=taken.files, undone=True)


async def canned(request: web.Request) -> web.StreamResponse:
    """A canned reply put into the box, in the person's language, or those found that have the words. Nothing is sent;
    what was typed and chosen stays."""
    form, viewer = await forms.read(request), request[VIEWER]
    person_id = request.match_info["person_id"]
    uploaded, problem = await files.choose(request, person_id, form.files("file"))
    body, find = form.text("body"), form.line("find")[:60]
    wanted = [one for one in await beside.canned(viewer, person_id) if one.canned_id == form.text("insert")]
    if wanted:
        body, find = "\n\n".join(filter(None, (body.rstrip(), wanted[0].words))), ""
    return await _thread_page(
        request, reply=body, chosen=[*map(context.row_id, form.several.get("kept", ())), *uploaded],
        file_error=problem, find=find, picking=not wanted,
    )  # fmt: skip


async def later(request: web.Request) -> web.StreamResponse:
    """Answer later: the thread comes back at a moment. The promise runs on."""
    form, viewer, now = await forms.read(request), request[VIEWER], context.desk(request).now
    person_id = request.match_info["person_id"]
    thread_id = await deeds.open_thread(viewer, person_id, now=now)
    try:
        await aside.later(viewer, thread_id, _later(form, now), now=now)
    except Invalid as refused:
        return await _thread_page(request, later_error=refused.code, status=422)
    raise going(f"/inbox{_here(request)}", said="later_set")


async def taken_up(request: web.Request) -> web.StreamResponse:
    """What I put aside is taken up again."""
    viewer, now, person_id = request[VIEWER], context.desk(request).now, request.match_info["person_id"]
    thread_id = await messages.thread_of(viewer, person_id)
    if not thread_id:
        raise NotFound
    await aside.not_later(viewer, thread_id, now=now)
    raise going(f"/inbox/{person_id}{_here(request)}#latest", said="taken_up")


async def writing(request: web.Request) -> web.StreamResponse:
    """I am writing here, or no more. Sent by desk.js while there is something in the box: colleagues see my name."""
    form, viewer, now = await forms.read(request), request[VIEWER], context.desk(request).now
    thread_id = await messages.thread_of(viewer, request.match_info["person_id"])
    if thread_id:
        await aside.writing(viewer, thread_id, now=now, done=form.text("done") == "yes")
    return web.Response(status=204)


async def note(request: web.Request) -> web.StreamResponse:
    """An internal note, or a call or meeting written down, which keeps a promise. Neither can be sent."""
    form, viewer, now = await forms.read(request), request[VIEWER], context.desk(request).now
    person_id = request.match_info["person_id"]
    contact = form.text("kind") == "contact"
    thread_id = await deeds.open_thread(viewer, person_id, now=now)
    try:
        await deeds.note(viewer, thread_id, form.text("body"), now=now, contact=contact, key=_key(form.text("key")))
    except Invalid as refused:
        what = "contact" if contact else "note"
        return await _thread_page(request, status=422, **{f"{what}_error": refused.code, what: form.text("body")})
    raise going(f"/inbox/{person_id}{_here(request)}#latest", said="contact_noted" if contact else "noted")


async def missed(request: web.Request) -> web.StreamResponse:
    """I rang and got no answer: the person is told, and by when somebody tries again."""
    form, viewer, now = await forms.read(request), request[VIEWER], context.desk(request).now
    person_id = request.match_info["person_id"]
    thread_id = await deeds.open_thread(viewer, person_id, now=now)
    said = text("desk.inbox.missed_note", context.language(request))
    await calls.missed(viewer, thread_id, said, key=_key(form.text("key")), now=now)
    raise going(f"/inbox/{person_id}{_here(request)}#latest", said="call_missed")


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
    raise going(f"/inbox/{person_id}{_here(request)}#latest")


async def assign(request: web.Request) -> web.StreamResponse:
    """Hand the thread over to a colleague, with a note that only colleagues see."""
    form, viewer, now = await forms.read(request), request[VIEWER], context.desk(request).now
    person_id, colleague = request.match_info["person_id"], context.row_id(form.text("colleague"))
    thread_id = await deeds.open_thread(viewer, person_id, now=now)
    try:
        await deeds.assign(viewer, thread_id, colleague, words=form.text("words"), key=_key(form.text("key")), now=now)
    except Invalid as refused:
        return await _thread_page(
            request, handed_error=refused.code, handed=form.text("words"), colleague=colleague, status=422
        )
    raise going(f"/inbox{_here(request)}", said="handed_over")


async def decide(request: web.Request) -> web.StreamResponse:
    """A message that did not arrive, or may not have: send it again, it arrived, or I called instead."""
    form, viewer, now = await forms.read(request), request[VIEWER], context.desk(request).now
    person_id, deed = request.match_info["person_id"], form.text("deed")
    message_id = request.match_info["message_id"]
    if deed == "called":
        await deeds.decide_delivery(viewer, person_id, message_id, "arrived", now=now)
        thread_id = await deeds.open_thread(viewer, person_id, now=now)
        called = text("desk.inbox.called_note", context.language(request))
        await deeds.note(viewer, thread_id, called, now=now, contact=True, key=f"called:{message_id}")
    elif not await deeds.decide_delivery(viewer, person_id, message_id, deed, now=now):
        deed = "not_again" if deed == "again" else "decided"
    raise going(f"/inbox/{person_id}{_here(request)}#m-{message_id}", said=f"delivery_{deed}")


async def _thread_page(
    request: web.Request, *, shows: str = "thread", reply: str = "", busy: str = "", error: str = "",
    note: str = "", note_error: str = "", contact: str = "", contact_error: str = "", file_error: str = "",
    chosen: Sequence[str] = (), since: int | None = None, undone: bool = False, find: str = "", picking: bool = False,
    later_error: str = "", handed: str = "", handed_error: str = "", colleague: str = "", status: int = 200,
) -> web.Response:  # fmt: skip
    viewer, desk, language = request[VIEWER], context.desk(request), context.language(request)
    now, person_id = desk.now, request.match_info["person_id"]
    before = request.query.get("before", "")
    found = await messages.conversation(
        viewer, person_id, before=int(before) if before.isascii() and before.isdigit() and len(before) < 9 else 0
    )
    person = await register.person(viewer, person_id, now=now)
    happened = await timeline.happenings(viewer, person_id, since=found.begins) if found.entries else []
    folder, here = _folder(request), _here(request)
    listed = await _list(request, folder)
    around = await beside.beside(viewer, person_id, now=now)
    meanwhile = [one for one in found.entries if since is not None and one.position > since]
    shown = await page(
        request, "inbox.html", current="inbox", status=status, shows=shows, person=card(person, now, language),
        live=request.path_qs if request.method == "GET" else f"/inbox/{person_id}{here}",
        thread={
            "id": found.person_id,
            "name": found.name,
            "first_name": found.first_name,
            "href": f"/inbox/{person_id}{here}",
            "person_href": f"/inbox/{person_id}{here}{'&' if here else '?'}about=1",
            "url": f"/people/{person_id}",
            "here": here,
            "again": f"/inbox/{person_id}{here}{'&' if here else '?'}again=1" if request.method == "POST" else "",
            "older": f"/inbox/{person_id}{here}{'&' if here else '?'}before={found.older}" if found.older else "",
            "newest": f"/inbox/{person_id}{here}#latest" if before else "",
            "busy": words.refusal(busy, language) if busy else "",
            "entries": entries(found, happened, now, language, writer=viewer.staff_id),
            "answered_by": _names([one.staff for one in meanwhile if _by_colleague(one, viewer)], language),
            "answered_to": max((one.position for one in found.entries if _by_colleague(one, viewer)), default=0),
            "on_its_way": any(one.delivery is not None and one.delivery.on_its_way for one in found.entries),
            "writers": _names(around.writers, language),
            "cover": _cover(around.cover, language),
            "later": words.moment(around.later, now, language) if around.later else None,
            "later_is_over": around.later is not None and around.later <= now,
            "later_error": words.refusal(later_error, language) if later_error else "",
            "later_choices": [
                {"value": key, "words": text(f"desk.inbox.later.{key}", language, when=dates.when(at, now, language))}
                for key, at in moments(now).items()
            ],
            "later_promise": dates.when(found.promised_at, now, language)
            if found.promised_at and found.promised_at > now
            else "",
            "undo": around.undo,
            "undone": undone,
            "canned": [
                {"id": one.canned_id, "title": one.title, "words": one.words}
                for one in await beside.canned(viewer, person_id, words=find)
            ],
            "canned_language": around.language,
            "find": find,
            "picking": picking,
            "reply": reply,
            "error": words.refusal(error, language) if error else "",
            "chosen": files.lines_of(tuple(await attachments.chosen(viewer, person_id, chosen)), language),
            "file_error": words.refusal(file_error, language) if file_error else "",
            "note": note,
            "note_error": words.refusal(note_error, language) if note_error else "",
            "contact": contact,
            "handed": handed,
            "handed_error": words.refusal(handed_error, language) if handed_error else "",
            "colleague": colleague,
            "contact_error": words.refusal(contact_error, language) if contact_error else "",
            "promise": words.promise(found.promised_at, now, language, broken=found.broken),
            "version": found.version,
            "key": secrets.token_urlsafe(12),
            "alerts": [line_of(one, now, language) for one in await alerts.around(viewer, person_id)],
            "unread": found.unread if not before.isdigit() else 0,
            "assigned": found.assigned,
            "assigned_to_me": found.assigned_id == viewer.staff_id,
            "colleagues": await _colleagues(viewer, found.assigned_id, now, language),
            "reachable": person.link in {"active", "unconfirmed"},
            "way": person.link,
            "undecided": await casefile.undecided_of(viewer, person_id),
        },
        **_listed(request, listed, folder, person_id),
    )  # fmt: skip
    await trail.looked_at(viewer, person_id, now=now, what="thread.view", about=found.thread_id)
    return shown


async def _colleagues(viewer: Viewer, assigned_id: str, now: datetime, language: str) -> list[dict[str, str]]:
    """Whom a thread can be handed to: those who are there first, and of the others that they are away."""
    if not may(viewer.role, "messages.assign"):
        return []
    away = await staff.away(viewer, now=now)
    found = [one for one in await staff.colleagues(viewer) if one.staff_id != assigned_id]
    return [
        {"value": one.staff_id, "words": " · ".join(filter(None, (
            one.name, text(f"desk.role.{one.role}", language),
            text("desk.inbox.away_until", language, day=dates.day(away[one.staff_id], language))
            if one.staff_id in away
            else "",
        )))}
        for one in sorted(found, key=lambda one: one.staff_id in away)
    ]  # fmt: skip


def _folder(request: web.Request) -> Folder:
    asked = request.query.get("folder", "")
    return Folder(asked) if asked in {folder.value for folder in Folder} else Folder.MINE


def _here(request: web.Request) -> str:
    """The folder one came from, as it stands in an address: whatever one does in a thread leads back to it."""
    folder = _folder(request)
    return "" if folder is Folder.MINE else f"?folder={folder.value}"


async def _list(request: web.Request, folder: Folder) -> Inbox:
    return await messages.inbox(
        request[VIEWER], folder, now=context.desk(request).now, after=request.query.get("after", "")[:80]
    )


def _listed(request: web.Request, found: Inbox, folder: Folder, current: str) -> dict[str, Any]:
    now, language = context.desk(request).now, context.language(request)
    here = _here(request)
    return {
        "filters": [
            {
                "key": each.value,
                "href": "/inbox" if each is Folder.MINE else f"/inbox?folder={each.value}",
                "n": _counted(found.unread[each.value]),
                "current": each is folder,
            }
            for each in Folder
        ],
        "folder": folder.value,
        "n_here": min(found.unread[folder.value], MOST_COUNTED),
        "threads": [
            {
                "id": line.person_id,
                "href": f"/inbox/{line.person_id}{here}#latest",
                "name": line.name,
                "line": text(f"desk.inbox.line.{line.last}", language, words=line.line)
                if line.last not in {"in", ""}
                else line.line,
                "unread": line.unread,
                "current": line.person_id == current,
                "time": words.stamp(line.last_at, now, language),
                "promise": words.promise(line.promised_at, now, language, broken=line.broken),
                "states": _states(line, folder, request[VIEWER], now, language),
            }
            for line in found.threads
        ],
        "earlier": f"/inbox{here}" if request.query.get("after") else "",
        "later": f"/inbox?folder={folder.value}&after={found.later}" if found.later else "",
    }


def _counted(n: int) -> str:
    """A number beside a folder; of more than are counted, that there are more."""
    return f"{MOST_COUNTED}+" if n > MOST_COUNTED else str(n or "")


def _states(line: ThreadLine, folder: Folder, viewer: Viewer, now: datetime, language: str) -> list[dict[str, str]]:
    """What else a list says of a thread: who has it, or nobody; that it was put aside; whom it is looked after for."""
    found = []
    if not line.assigned:
        found.append({"kind": "waiting", "words": text("desk.inbox.nobody", language)})
    elif folder is not Folder.MINE:
        mine = line.assigned == viewer.name
        said = text("desk.inbox.with_you" if mine else "desk.inbox.with", language, name=line.assigned)
        found.append({"kind": "quiet", "words": said})
    if line.later is not None:
        kind, key = ("due", "over") if line.later <= now else ("held", "until")
        when = dates.when(line.later, now, language)
        found.append({"kind": kind, "words": text(f"desk.inbox.aside.{key}", language, when=when)})
    if line.cover is not None:
        found.append({"kind": "quiet", "words": text("desk.inbox.covers", language, name=line.cover.name)})
    return found


def _cover(found: Cover | None, language: str) -> str:
    """Why I see this person: somebody is away."""
    if found is None:
        return ""
    return text("desk.inbox.cover", language, name=found.name, day=dates.day(found.last_day, language))


def _by_colleague(entry: Entry, viewer: Viewer) -> bool:
    return entry.direction == "out" and entry.staff_id != viewer.staff_id


def _names(found: Sequence[str], language: str) -> str:
    """Names as one reads them: "Siri", "Siri og Per"."""
    names = list(dict.fromkeys(filter(None, found)))
    if len(names) < 2:
        return "".join(names)
    return text("desk.inbox.and", language, some=", ".join(names[:-1]), last=names[-1])


def _later(form: Form, now: datetime) -> datetime:
    """The moment that was chosen: one of those that are offered, or a day and an hour."""
    chosen = form.text("when")
    if chosen in (offered := moments(now)):
        return offered[chosen]
    given = form.moment("later")
    if not given:
        raise Invalid("later_when", "later")
    return utc(datetime.fromisoformat(given))


def _key(given: str) -> str:
    """The form's own key: a second click on the same form is the same deed. A form without one is a deed of its own."""
    return given if 8 <= len(given) <= 40 and given.isascii() else secrets.token_urlsafe(12)
