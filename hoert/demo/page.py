"""The page of the demo: a phone beside a desk, a switch between personas, a clock, and a plug between the two."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from importlib.resources import files

from aiohttp import ClientSession, web

from backend.security import set_session_cookie
from hoert.demo.living import live
from hoert.demo.people import Cast, Persona
from hoert.demo.plug import Plug, letters_waiting
from hoert.demo.wire import bot_api
from hoert.serve import House
from locales import text
from locales.dates import clock as time_of_day
from locales.dates import day, weekday_and_day
from models.actions import letters, staff
from models.actions.consent import invite
from models.domain.joining import INVITATION_DAYS
from models.domain.localtime import local_date
from models.domain.staff import Role, Viewer
from models.queries.demo import chat_of
from models.transactions import HOUSE, Scope
from scheduler.jobs import run_all

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; frame-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
#: How far one press moves the clock, and in which steps Hørt lives through it.
STEPS = {
    "day": (timedelta(days=1), timedelta(hours=6)),
    "week": (timedelta(days=7), timedelta(hours=12)),
    "quarter": (timedelta(days=91), timedelta(days=3)),
}
#: Half seconds: the receiver's longest pause after failures, and a little.
_LOOKS_AGAIN = 70
_FILES = {"demo.css": "text/css", "demo.js": "text/javascript", "demo.svg": "image/svg+xml"}


#: The desks a visitor may sit down at.
DESKS = (
    "Mette Holm", "Siri Kjær", "Lars Bech", "Per Lund", "Ulla Birk", "Odd Fjord", "Signe Bro", "Nanna Skov",
)  # fmt: skip


class DemoPage:
    """Serves /demo/ and its few deeds. Only in the demo: here anybody may be anybody."""

    def __init__(self, house: House, cast: Cast, plug: Plug) -> None:
        self._house = house
        self._cast = cast
        self._line = plug
        self._moving = asyncio.Lock()
        self._tokens: dict[str, str] = {}
        self._began = house.clock.now()

    def application(self) -> web.Application:
        """The application to mount under /demo."""
        app = web.Application(middlewares=[_headers])
        app.router.add_get("/", self._page)
        app.router.add_get("/static/{name}", self._file)
        app.router.add_get("/state", self._state)
        app.router.add_post("/phone", self._phone)
        app.router.add_post("/desk", self._desk)
        app.router.add_post("/clock", self._clock)
        app.router.add_post("/plug", self._plug)
        return app

    async def _page(self, request: web.Request) -> web.Response:
        language = "en" if request.query.get("language") == "en" else "da"
        html = _resource("demo.html")
        words = {key: text(f"demo.page.{key}", language) for key in _WORDS}
        for key, value in {**words, "language": language, "other": "da" if language == "en" else "en"}.items():
            html = html.replace("{{" + key + "}}", _escape(value))
        html = html.replace("{{people}}", self._choices(language)).replace("{{staff}}", self._desks(language))
        return web.Response(text=html, content_type="text/html")

    async def _file(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        if name not in _FILES:
            raise web.HTTPNotFound
        return web.Response(text=_resource(name), content_type=_FILES[name])

    async def _state(self, request: web.Request) -> web.Response:
        language = "en" if request.query.get("language") == "en" else "da"
        now = self._house.clock.now()
        words = f"{weekday_and_day(local_date(now), language)} {local_date(now).year} {time_of_day(now, language)}"
        return web.json_response(
            {
                "now": now.isoformat(),
                "words": words,
                "moving": self._moving.locked(),
                "plug": await self._plugged(language),
            }
        )

    async def _plugged(self, language: str) -> dict[str, object]:
        """The plug as the page shows it: in or out, what waits on either side of it, and since when it is out."""
        since = self._line.out_since
        return {
            "in": since is None,
            "since": since.isoformat() if since else None,
            "since_words": text("demo.page.plug_since", language, at=time_of_day(since, language)) if since else "",
            "from_young": await self._updates_waiting(),
            "from_hoert": await letters_waiting(HOUSE, "webchat", now=self._house.clock.now()),
        }

    async def _updates_waiting(self) -> int:
        """How many messages and presses the chat server holds for Hørt."""
        async with ClientSession() as session:
            found = await bot_api(session, self._house.settings, self._house.bot_api, "getWebhookInfo", {})
        return int(str(found["pending_update_count"]))

    async def _phone(self, request: web.Request) -> web.Response:
        """Take the phone of a persona (a session for its cookie), or the invitation of one who has not joined."""
        wanted = (await request.json()).get("who")
        persona = self._cast.personas.get(str(wanted))
        if persona is None:
            raise web.HTTPNotFound
        chat_id = await chat_of(Scope(persona.municipality_id), persona.person_id)
        if chat_id is None:
            return web.json_response({"phone": slug(persona), "invitation": await self._invitation(persona)})
        async with ClientSession() as session:
            reply = await bot_api(
                session, self._house.settings, self._house.bot_api, "createChatSession", {"user_id": chat_id}
            )
        return web.json_response({"phone": slug(persona), "session": reply["session"]})

    async def _invitation(self, persona: Persona) -> str:
        """The invitation that waits for Freja; once it has run out, a fresh one."""
        if persona.person_id not in self._tokens:
            self._tokens[persona.person_id] = self._cast.invitation_token
        elif self._house.clock.now() - self._began > timedelta(days=INVITATION_DAYS):
            by = Viewer(persona.caseworker_id, persona.municipality_id, Role.CASEWORKER, "")
            made = await invite(by, persona.person_id, now=self._house.clock.now())
            self._tokens[persona.person_id], self._began = made.token, self._house.clock.now()
        return self._tokens[persona.person_id]

    async def _desk(self, request: web.Request) -> web.Response:
        """Sit down at somebody's desk: a session of their own, in the desk's own cookie."""
        wanted = (await request.json()).get("who")
        staff_id = self._cast.staff.get(str(wanted))
        if staff_id is None:
            raise web.HTTPNotFound
        signed_in = await staff.open_session(HOUSE, staff_id, now=self._house.clock.real_now())
        response = web.json_response({"ok": True})
        set_session_cookie(response, self._house.settings, signed_in.token)
        return response

    async def _clock(self, request: web.Request) -> web.Response:
        """Move the clock: the invented people go on living, the ticks read what came due, figures are published."""
        step = STEPS.get((await request.json()).get("by"))
        if step is None:
            raise web.HTTPBadRequest
        async with self._moving:
            if self._line.out_since is not None:
                # Telegram keeps what people write for a day: a jump would throw it away.
                raise web.HTTPConflict
            await self._fetched()
            await self.move(*step)
        return web.json_response({"ok": True})

    async def _plug(self, request: web.Request) -> web.Response:
        """Pull the plug ({"in": false}) or put it back; twice changes nothing. 409 while the clock moves."""
        wanted = (await request.json()).get("in")
        if not isinstance(wanted, bool):
            raise web.HTTPBadRequest
        if self._moving.locked():
            raise web.HTTPConflict
        if wanted:
            await self._put_in()
        elif self._line.out_since is None:
            # Between two letters: one that was cut off halfway may have arrived, and nobody could tell.
            await self._house.bots.settle()
            if self._moving.locked():
                raise web.HTTPConflict
            await self._line.pull(self._house.clock.now())
        return web.json_response({"in": self._line.out_since is None})

    async def _put_in(self) -> None:
        if not await self._line.put_in():
            return
        await letters.hurry(HOUSE, "webchat", now=self._house.clock.now())
        for delivery in self._house.bots.deliveries.values():
            delivery.wake()

    async def _fetched(self) -> None:
        """Wait until Hørt has fetched what people wrote: after an outage it looks again within half a minute."""
        for _ in range(_LOOKS_AGAIN):
            if not await self._updates_waiting():
                return
            await asyncio.sleep(0.5)

    async def move(self, by: timedelta, stride: timedelta) -> None:
        """Move the clock by `by` in strides, letting everything that comes due happen on its own day."""
        clock, bots = self._house.clock, self._house.bots
        left = by
        while left > timedelta(0):
            then = clock.now()
            step = min(stride, left)
            clock.move(step)
            left -= step
            await live(self._cast, then, clock.now())
            await run_all(clock.now(), clock.real_now())
            for delivery in bots.deliveries.values():
                delivery.wake()
            await asyncio.sleep(0)
        await bots.settle()

    def _choices(self, language: str) -> str:
        rows = []
        for one in self._cast.personas.values():
            note = one.age_text(language)
            if not one.linked:
                note = text("demo.page.not_joined", language, birthday=day(one.birth, language))
            rows.append(
                f'<option value="{_escape(one.first_name)}">{_escape(one.first_name)} · {_escape(note)}</option>'
            )
        return "".join(rows)

    def _desks(self, language: str) -> str:
        return "".join(
            f'<option value="{_escape(name)}">{_escape(name)} · '
            f"{_escape(text(f'demo.staff.{name.split()[0].lower()}', language))}</option>"
            for name in DESKS
            if name in self._cast.staff
        )


_WORDS = (
    "title", "intro", "phone", "desk", "clock", "day", "week", "quarter", "moving", "moved", "switch_language",
    "phone_of", "desk_of", "again", "phone_frame", "desk_frame", "now", "failed", "plug",
    "plug_pull", "plug_put_in", "plug_young", "plug_hoert", "plug_chat", "plug_is_in", "plug_is_out", "plug_on_its_way",
    "plug_arrived", "plug_failed",
)  # fmt: skip


@web.middleware
async def _headers(request: web.Request, handler: web.Handler) -> web.StreamResponse:  # type: ignore[name-defined]
    if request.method == "POST" and request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
        raise web.HTTPForbidden
    response: web.StreamResponse = await handler(request)
    response.headers["Content-Security-Policy"] = _POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    return response


def slug(persona: Persona) -> str:
    """The last part of the address of a persona's phone."""
    return persona.first_name.lower()


def _resource(name: str) -> str:
    return (files("hoert.demo") / "static" / name).read_text(encoding="utf-8")


def _escape(value: str) -> str:
    return value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
