"""My own account: language, absence, password, one-time codes, where I am signed in."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from aiohttp import hdrs, web

from backend import context, forms, security, words
from backend.context import ACCOUNT, VIEWER
from backend.pages.leaving import going
from backend.pages.qr import app_address, qr_code
from backend.rendering import page
from locales import text
from models.actions import away, duty, messages_beside, register
from models.actions import staff as deeds
from models.domain.errors import Invalid, NotAllowed, NotFound
from models.domain.staff import Viewer, sees_people
from models.domain.staff_browsers import parts_of
from models.domain.staff_codes import secret_text
from models.queries import away as told_how
from models.queries import staff
from models.queries.staff import Own
from models.transactions import HOUSE

_LONGEST = 1000


async def show(request: web.Request) -> web.StreamResponse:
    """What is mine to set."""
    return await _settings_page(request)


async def be_absent(request: web.Request) -> web.StreamResponse:
    """Days on which the substitute or the duty holder answers."""
    form, now = await forms.read(request), context.desk(request).now
    if not _answers(request[VIEWER]):
        raise NotFound
    try:
        await deeds.be_absent(request[VIEWER], form.day("first_day"), form.day("last_day"), now=now)
    except Invalid as refused:
        return await _settings_page(
            request, first=form.text("first_day"), last=form.text("last_day"), field=refused.field or "first_day",
            problem=refused.code, status=422,
        )  # fmt: skip
    raise going("/settings", said="absence_saved")


async def be_back(request: web.Request) -> web.StreamResponse:
    """An absence of mine that is none after all, or is over sooner."""
    form, now = await forms.read(request), context.desk(request).now
    if not _answers(request[VIEWER]):
        raise NotFound
    await duty.back(request[VIEWER], form.text("absence"), now=now)
    raise going("/settings", said="absence_ended")


async def habits(request: web.Request) -> web.StreamResponse:
    """How my desk behaves: whether what I send waits a moment, and whether single keys do something."""
    form = await forms.read(request)
    await messages_beside.habits(
        request[VIEWER], undo_sending=form.text("undo_sending") == "yes", shortcuts=form.text("shortcuts") == "yes"
    )
    raise going("/settings", said="habits_saved")


async def notices(request: web.Request) -> web.StreamResponse:
    """How I am told, away from the desk, that something waits."""
    form, now = await forms.read(request), context.desk(request).now
    if not _answers(request[VIEWER]):
        raise NotFound
    chosen = form.several.get("notify", ())
    try:
        await away.choose(
            request[VIEWER], mail="mail" in chosen, sms="sms" in chosen, phone=form.line("phone"), now=now
        )
    except Invalid as refused:
        return await _settings_page(
            request, notify=chosen, phone=form.line("phone"), field="phone", problem=refused.code, status=422
        )
    raise going("/settings", said="notices_saved")


async def hello(request: web.Request) -> web.StreamResponse:
    """How I greet young people who are new to me."""
    form, now = await forms.read(request), context.desk(request).now
    try:
        await register.introduce_myself(request[VIEWER], form.line("hello"), now=now)
    except Invalid as refused:
        return await _settings_page(
            request, hello=form.line("hello"), field="hello", problem=refused.code, status=422
        )  # fmt: skip
    raise going("/settings", said="hello_saved")


async def change_password(request: web.Request) -> web.StreamResponse:
    """Another password, once the present one was right; every other browser is signed out."""
    form, desk = await forms.read(request), context.desk(request)
    password = form.text("password")
    if password != form.text("again"):
        return await _settings_page(request, field="again", problem="passwords_differ", status=422)
    try:
        await deeds.change_password(
            request[VIEWER], request[ACCOUNT].session, form.text("current")[:_LONGEST], password[:_LONGEST],
            address=security.caller(request, desk.settings), now=desk.now, real_now=desk.clock.real_now(),
        )  # fmt: skip
    except NotAllowed as refused:
        return await _settings_page(request, field="current", problem=refused.code, status=429)
    except Invalid as refused:
        problem = "wrong_current_password" if refused.field == "current" else refused.code
        return await _settings_page(request, field=refused.field or "password", problem=problem, status=422)
    raise going("/settings", said="password_changed")


async def begin_app(request: web.Request) -> web.StreamResponse:
    """Another app for one-time codes, or the first one."""
    await deeds.begin_app(request[VIEWER], real_now=context.desk(request).clock.real_now())
    raise going("/settings/app")


async def show_app(request: web.Request) -> web.StreamResponse:
    """What the other app needs, until its first code is there."""
    return await _app_page(request)


async def confirm_app(request: web.Request) -> web.StreamResponse:
    """The first code of the other app, and new recovery codes, this once."""
    form, desk = await forms.read(request), context.desk(request)
    try:
        made = await deeds.confirm_app(
            request[VIEWER], form.line("code")[:_LONGEST], address=security.caller(request, desk.settings),
            now=desk.now, real_now=desk.clock.real_now(),
        )  # fmt: skip
    except NotFound:
        raise going("/settings") from None
    except NotAllowed as refused:
        return await _app_page(request, problem=refused.code, status=429)
    if made is None:
        return await _app_page(request, problem="wrong_first_code", status=422)
    return await page(
        request, "codes_recovery.html", current="settings", codes=made, onward="/settings", first=True
    )  # fmt: skip


async def recovery_codes(request: web.Request) -> web.StreamResponse:
    """Ten new recovery codes, shown this once; the others count no longer."""
    desk = context.desk(request)
    try:
        made = await deeds.renew_recovery_codes(request[VIEWER], now=desk.now, real_now=desk.clock.real_now())
    except NotFound:
        raise going("/settings") from None
    return await page(
        request, "codes_recovery.html", current="settings", codes=made, onward="/settings", first=False
    )  # fmt: skip


async def end_session(request: web.Request) -> web.StreamResponse:
    """Sign one browser out."""
    desk = context.desk(request)
    await deeds.end_session(
        request[VIEWER], request.match_info["session_id"], now=desk.now, real_now=desk.clock.real_now()
    )
    raise going("/settings#sessions", said="session_ended")


async def sign_out_elsewhere(request: web.Request) -> web.StreamResponse:
    """Sign every browser out but this one."""
    desk = context.desk(request)
    await deeds.sign_out_elsewhere(
        request[VIEWER], request[ACCOUNT].session, now=desk.now, real_now=desk.clock.real_now()
    )
    raise going("/settings#sessions", said="sessions_ended")


async def sign_out_everywhere(request: web.Request) -> web.StreamResponse:
    """End every session of mine, this one too."""
    desk = context.desk(request)
    await deeds.sign_out_everywhere(request[VIEWER], now=desk.now, real_now=desk.clock.real_now())
    response = web.Response(status=303, headers={hdrs.LOCATION: "/sign-in?why=left"})
    security.drop_session_cookie(response, desk.settings)
    response.headers["Clear-Site-Data"] = security.CLEARED
    return response


async def _settings_page(
    request: web.Request,
    *,
    first: str = "",
    last: str = "",
    hello: str = "",
    notify: tuple[str, ...] | None = None,
    phone: str = "",
    field: str = "",
    problem: str = "",
    status: int = 200,
) -> web.Response:
    viewer, desk, language = request[VIEWER], context.desk(request), context.language(request)
    real_now = desk.clock.real_now()
    own = await staff.own(HOUSE, viewer.staff_id, request[ACCOUNT].session, now=desk.now, real_now=real_now)
    told = await told_how.told(HOUSE, viewer.staff_id)
    missed = await told_how.missed(viewer, now=desk.now)
    ways = tuple(way for way, on in (("mail", told.mail), ("sms", told.sms)) if on) if notify is None else notify
    errors = [{"id": field.replace("_", "-"), "words": words.refusal(problem, language)}] if problem else []
    return await page(
        request, "settings.html", current="settings", status=status,
        own={"name": own.name, "email": own.email, "role": text(f"desk.role.{viewer.role.value}", language),
             "duty": own.duty_holder},
        absences=[
            {"id": one.absence_id,
             "words": f"{words.day(one.first_day, language)} – {words.day(one.last_day, language)}"}
            for one in own.absences
        ],
        answers=_answers(viewer),
        usual_hello=text("chat.caseworker.hello", own.language, name=own.name.split(maxsplit=1)[0]),
        habits=[key for key, on in (("undo_sending", own.undo_sending), ("shortcuts", own.shortcuts)) if on],
        sessions=_sessions(own, real_now, language), has_password=own.has_password,
        codes=_codes(own, real_now, language),
        ways=[
            {"value": way, "words": text(f"desk.own.notify_{way}", language),
             "hint": text(f"desk.own.notify_{way}_means", language)}
            for way in ("mail", "sms")
        ],
        notify=ways,
        missed=[text(f"desk.own.notify_{state}.{way}", language) for way, state in missed.items() if way in ways],
        values={"first_day": first, "last_day": last, "hello": hello or own.hello, "phone": phone or told.phone},
        errors=errors,
    )  # fmt: skip


def _answers(viewer: Viewer) -> bool:
    """Whether young people wait for answers from this member of staff: of others it is nothing that they are away, and
    nothing waits for them."""
    return viewer.municipality_id is not None and sees_people(viewer.role)


def _sessions(own: Own, real_now: datetime, language: str) -> list[dict[str, Any]]:
    """Where somebody is signed in: the browser in words, since when, and when it was last used."""
    listed = []
    for one in own.sessions:
        browser, system = parts_of(one.browser)
        place = text(
            "desk.own.browser_on", language, browser=text(f"desk.browser.{browser}", language),
            system=text(f"desk.system.{system}", language),
        )  # fmt: skip
        since = words.moment(one.since, real_now, language)["words"]
        times = text("desk.own.session_since", language, since=since)
        if not one.here:
            times += " " + text("desk.own.session_seen", language, seen=words.since(one.seen_at, real_now, language))
        listed.append({"id": one.session_id, "here": one.here, "place": place, "times": times})
    return listed


def _codes(own: Own, real_now: datetime, language: str) -> dict[str, Any]:
    """How it stands with one-time codes: whether an app shows them, since when, how many recovery codes are left."""
    if own.codes_since is None:
        return {"on": False}
    since = words.moment(own.codes_since, real_now, language)["words"]
    return {"on": True, "since": since, "left": own.codes_left, "few": own.codes_left <= 3}


async def _app_page(request: web.Request, *, problem: str = "", status: int = 200) -> web.Response:
    viewer, desk, language = request[VIEWER], context.desk(request), context.language(request)
    secret = await staff.waiting_app(viewer)
    if secret is None:
        raise going("/settings")
    own = await staff.own(
        HOUSE, viewer.staff_id, request[ACCOUNT].session, now=desk.now, real_now=desk.clock.real_now()
    )
    errors = [{"id": "code", "words": words.refusal(problem, language)}] if problem else []
    return await page(
        request, "codes_app.html", current="settings", status=status, first=False, action="/settings/app/confirm",
        errors=errors, qr=qr_code(app_address(secret, own.email)), secret=secret_text(secret),
    )  # fmt: skip
