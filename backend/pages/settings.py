"""My own account: language, absence, where I am signed in."""

from __future__ import annotations

from aiohttp import hdrs, web

from backend import context, forms, security, words
from backend.context import VIEWER
from backend.pages.leaving import going
from backend.rendering import page
from locales import text
from models.actions import away, register
from models.actions import staff as deeds
from models.domain.errors import Invalid, NotFound
from models.domain.staff import may, sees_people
from models.queries import away as told_how
from models.queries import staff
from models.transactions import HOUSE


async def show(request: web.Request) -> web.StreamResponse:
    """What is mine to set."""
    return await _settings_page(request)


async def be_absent(request: web.Request) -> web.StreamResponse:
    """Days on which the substitute or the duty holder answers."""
    form, now = await forms.read(request), context.desk(request).now
    if request[VIEWER].municipality_id is None:
        raise NotFound  # nobody waits for an answer from those who belong to no municipality
    try:
        await deeds.be_absent(request[VIEWER], form.day("first_day"), form.day("last_day"), now=now)
    except Invalid as refused:
        return await _settings_page(
            request, first=form.text("first_day"), last=form.text("last_day"), field=refused.field or "first_day",
            problem=refused.code, status=422,
        )  # fmt: skip
    raise going("/settings", said="absence_saved")


async def notices(request: web.Request) -> web.StreamResponse:
    """How I am told, away from the desk, that something waits."""
    form, now = await forms.read(request), context.desk(request).now
    if request[VIEWER].municipality_id is None:
        raise NotFound  # nothing waits for those who belong to no municipality
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


async def sign_out_everywhere(request: web.Request) -> web.StreamResponse:
    """End every session of mine, this one too."""
    desk = context.desk(request)
    await deeds.sign_out_everywhere(request[VIEWER], now=desk.now, real_now=desk.clock.real_now())
    response = web.Response(status=303, headers={hdrs.LOCATION: "/sign-in?why=left"})
    security.drop_session_cookie(response, desk.settings)
    response.headers["Clear-Site-Data"] = security.clear_site_data(desk.settings)
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
    own = await staff.own(HOUSE, viewer.staff_id, now=desk.now, real_now=desk.clock.real_now())
    told = await told_how.told(HOUSE, viewer.staff_id)
    ways = tuple(way for way, on in (("mail", told.mail), ("sms", told.sms)) if on) if notify is None else notify
    errors = [{"id": field.replace("_", "-"), "words": words.refusal(problem, language)}] if problem else []
    return await page(
        request, "settings.html", current="settings", status=status,
        own={"name": own.name, "email": own.email, "role": text(f"desk.role.{viewer.role.value}", language),
             "duty": own.duty_holder, "sessions": own.sessions},
        absences=[
            f"{words.day(one.first_day, language)} – {words.day(one.last_day, language)}" for one in own.absences
        ],
        may_be_absent=viewer.municipality_id is not None,
        meets_people=sees_people(viewer.role),
        usual_hello=text("chat.caseworker.hello", own.language, name=own.name.split(maxsplit=1)[0]),
        runs_helplines=viewer.municipality_id is not None and may(viewer.role, "helplines.administer"),
        may_be_told=viewer.municipality_id is not None and sees_people(viewer.role),
        ways=[
            {"value": way, "words": text(f"desk.own.notify_{way}", language),
             "hint": text(f"desk.own.notify_{way}_means", language)}
            for way in ("mail", "sms")
        ],
        notify=ways,
        values={"first_day": first, "last_day": last, "hello": hello or own.hello, "phone": phone or told.phone},
        errors=errors,
    )  # fmt: skip
