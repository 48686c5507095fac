"""The API of the page: what it shows, what the person does, what is new. URLs are relative to where it is mounted."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from bot.webchat import limits, page_files, page_guard, shapes
from bot.webchat.chats import Chats
from bot.webchat.errors import PageError
from bot.webchat.files import Files
from bot.webchat.messages import Message
from bot.webchat.methods import Methods
from bot.webchat.people import Person, Session, hash_pin, pin_fits
from bot.webchat.push import Push
from bot.webchat.rates import PersonRates, SignInRates, StartRates
from bot.webchat.uploads import Uploads

_NAMELESS = {"en": "Guest"}
_NAMELESS_DANISH = "Gæst"


@dataclass(frozen=True, slots=True)
class Parts:
    """What the handlers need of an open web chat."""

    chats: Chats
    methods: Methods
    files: Files
    starts: StartRates
    sign_ins: SignInRates
    writes: PersonRates | None
    uploads: Uploads
    push: Push
    extensions: bool
    proxies: frozenset[str]


class PageApi:
    """Builds the application; `parts` gives what is open now."""

    def __init__(self, parts: Callable[[], Parts], frame_ancestors: str) -> None:
        self._parts = parts
        self._frame_ancestors = frame_ancestors

    def application(self) -> web.Application:
        """The page, its files and its API."""
        app = web.Application(middlewares=[page_guard.guard], client_max_size=limits.PAGE_BODY_BYTES)
        app.on_response_prepare.append(page_guard.set_headers(self._frame_ancestors))
        app.on_shutdown.append(self._end_streams)
        app.router.add_get("/", self._index)
        app.router.add_get("/page/{name}", self._static)
        app.router.add_get("/offline.html", self._offline)
        app.router.add_get("/sw.js", self._worker)
        app.router.add_get("/api/messages", self._messages)
        app.router.add_get("/api/events", self._events)
        app.router.add_get("/api/files/{file_id}", self._file)
        app.router.add_get("/api/devices", self._devices)
        app.router.add_get("/api/sign", self._sign)
        for name, handler in (
            ("hello", self._hello),
            ("start", self._start),
            ("messages", self._write),
            ("uploads", self._upload),
            ("presses", self._press),
            ("block", self._block),
            ("lock", self._lock),
            ("unlock", self._unlock),
            ("pin", self._pin),
            ("here", self._here),
            ("signin", self._sign_in),
            ("push", self._push),
            ("devices/code", self._code),
            ("devices/end", self._end_devices),
            ("session", self._session),
        ):
            app.router.add_post(f"/api/{name}", handler)
        return app

    async def _end_streams(self, _: web.Application) -> None:
        self._parts().chats.live.close_all()

    @property
    def _chats(self) -> Chats:
        return self._parts().chats

    # The page itself

    async def _index(self, request: web.Request) -> web.StreamResponse:
        return page_files.page_file("index.html")

    async def _static(self, request: web.Request) -> web.StreamResponse:
        return page_files.page_file(request.match_info["name"])

    async def _offline(self, request: web.Request) -> web.StreamResponse:
        return page_files.page_file("offline.html")

    async def _worker(self, request: web.Request) -> web.StreamResponse:
        """The service worker, at the root of the page, so that it serves all of it and nothing beside it."""
        return web.Response(
            text=page_files.worker(), content_type="text/javascript", headers={"Cache-Control": "no-cache"}
        )

    # Who am I

    async def _hello(self, request: web.Request) -> web.Response:
        """{language?}. Without a session it only says that you are new, and keeps nothing."""
        given = await page_guard.body(request)
        bot = {"name": self._chats.bot.name}
        found: dict[str, Any] = {"me": None, "bot": bot, "header": None, "commands": [], "locked": False}
        try:
            session = page_guard.session(request, self._chats)
        except PageError:
            return web.json_response({**found, "has_pin": False, "new": True})
        person = self._chats.person(session.user_id)
        found |= {"has_pin": session.has_pin, "new": False, "locked": session.locked}
        found |= {"pin_needed": person.pin_needed, "needs_pin": session.bare}
        if session.locked or session.bare:
            return web.json_response(found)
        person = self._tongue(person, _language(given))
        found |= {
            "me": {"name": person.first_name, "language": person.language},
            "header": person.header,
            "commands": self._parts().methods.commands_for(person),
            "blocked": person.blocked,
            "push": {"key": self._parts().push.key, "on": self._parts().push.on(session)},
        }
        return web.json_response(found)

    def _tongue(self, person: Person, language: str) -> Person:
        if not language or language == person.language:
            return person
        with self._chats.store.tx():
            self._chats.people.set_profile(person, language=language)
        return self._chats.person(person.user_id)

    async def _start(self, request: web.Request) -> web.Response:
        """{payload?, language?, client_id?}: says "/start payload", in a new chat or in the one at hand."""
        given = await page_guard.body(request)
        payload = page_guard.text(given, "payload")
        if not re.fullmatch(rf"[A-Za-z0-9_-]{{0,{limits.START_PAYLOAD_CHARACTERS}}}", payload):
            raise PageError(400, "bad_payload")
        client_id = page_guard.text(given, "client_id", longest=limits.CLIENT_ID_CHARACTERS) or None
        language = _language(given)
        try:
            page_guard.session(request, self._chats)
        except PageError:
            return self._begin(request, payload, language or "da", client_id)
        _, person = page_guard.person(request, self._chats)
        person = self._tongue(person, language)
        self._chats.set_blocked(person, False)
        self._pace(person)
        message = self._chats.write(self._chats.person(person.user_id), f"/start {payload}".strip(), client_id)
        return web.json_response({"id": message.message_id, "cursor": message.changed})

    def _begin(self, request: web.Request, payload: str, language: str, client_id: str | None) -> web.Response:
        address = _address(request, self._parts().proxies)
        wait = self._parts().starts.refused(self._chats.now(), address)
        if wait:
            raise PageError(429, "too_many_chats", wait)
        name = _NAMELESS.get(language, _NAMELESS_DANISH)
        person = self._chats.create(name=name, language=language, kept=False)
        with self._chats.store.tx():
            token = self._chats.people.open_session(person.user_id, self._chats.now(), page_guard.device(request))
        message = self._chats.write(person, f"/start {payload}".strip(), client_id)
        response = web.json_response({"id": message.message_id, "cursor": message.changed})
        page_guard.give_cookie(request, response, token, _mount(request, "api/start"))
        return response

    async def _session(self, request: web.Request) -> web.Response:
        """{session}: puts a session minted by `createChatSession` into the cookie. Only with the extensions."""
        token = page_guard.text(await page_guard.body(request), "session", longest=100)
        if not self._parts().extensions or self._chats.people.session(token, self._chats.now()) is None:
            raise PageError(404, "not_found")
        response = web.json_response({})
        page_guard.give_cookie(request, response, token, _mount(request, "api/session"))
        return response

    # Devices

    async def _sign_in(self, request: web.Request) -> web.Response:
        """{token, replace?}: opens a chat that exists with a one-time link or code, on this device."""
        given = await page_guard.body(request)
        secret = page_guard.text(given, "token", longest=100)
        wait = self._parts().sign_ins.refused(self._chats.now(), _address(request, self._parts().proxies))
        if wait:
            raise PageError(429, "too_many_tries", wait)
        try:
            session = page_guard.session(request, self._chats)
        except PageError:
            session = None
        replace = given.get("replace") is True
        token = self._chats.sign_in(secret, page_guard.device(request), session, replace=replace)
        response = web.json_response({})
        page_guard.give_cookie(request, response, token, _mount(request, "api/signin"))
        return response

    async def _devices(self, request: web.Request) -> web.Response:
        """Where this person is signed in: {id, name, here, created_at, seen_at}, this device first."""
        session, person = page_guard.person(request, self._chats)
        shown = [
            {
                "id": self._device_id(device.session),
                "name": device.name,
                "here": device.session == session.token_hash,
                "created_at": int(device.created_at),
                "seen_at": int(device.seen_at),
            }
            for device in self._chats.people.devices(person.user_id, self._chats.now())
        ]
        return web.json_response({"devices": sorted(shown, key=lambda one: not one["here"])})

    def _device_id(self, session: str) -> str:
        return self._chats.store.blind("device", session).hex()[:24]

    async def _code(self, request: web.Request) -> web.Response:
        """{address?} → {code, seconds, squares}: a code for another device, and its QR form with the page's address.

        `squares`: a string of 0 and 1 for every row; empty without an address.
        """
        _, person = page_guard.person(request, self._chats)
        address = page_guard.text(await page_guard.body(request), "address", longest=300)
        self._pace(person)
        now = self._chats.now()
        with self._chats.store.tx():
            code, ends = self._chats.sign_ins.code(person.user_id, now)
        squares = _squares(f"{address}#in={code}") if re.match(r"https?://", address) else []
        return web.json_response({"code": code, "seconds": int(ends - now), "squares": squares})

    async def _end_devices(self, request: web.Request) -> web.Response:
        """{id}: signs one device out; {others: true}: all but this one. Also this one may be signed out."""
        session, person = page_guard.person(request, self._chats)
        given = await page_guard.body(request)
        wanted, others = page_guard.text(given, "id", longest=24), given.get("others") is True
        ended = [
            device.session
            for device in self._chats.people.devices(person.user_id, self._chats.now())
            if (others and device.session != session.token_hash) or self._device_id(device.session) == wanted
        ]
        self._chats.end_sessions(ended)
        return web.json_response({"ended": len(ended)})

    # What is said

    async def _messages(self, request: web.Request) -> web.Response:
        """?after=cursor: what changed since; ?before=id: older ones; neither: the latest."""
        _, person = page_guard.person(request, self._chats)
        after, before = _number(request, "after"), _number(request, "before")
        limit = min(max(1, _number(request, "limit") or 50), limits.MESSAGES_PER_PAGE)
        latest = self._chats.messages.cursor(person.user_id)
        if after is not None and before is None and after <= latest:
            found, more = self._chats.messages.after(person.user_id, after, limit)
            cursor = found[-1].changed if found else after
        else:
            found, more = self._chats.messages.before(person.user_id, before or 1 << 61, limit)
            cursor = latest
        self._parts().push.opened(person.user_id)
        shown = [shapes.page_message(message, _file_url) for message in found]
        return web.json_response({"messages": shown, "cursor": cursor, "more": more})

    async def _write(self, request: web.Request) -> web.Response:
        """{text, client_id}. A repeated client_id says nothing twice."""
        _, person = page_guard.person(request, self._chats)
        given = await page_guard.body(request)
        client_id = _client_id(given)
        known = self._chats.messages.by_client(person.user_id, client_id)
        if known is None:
            self._pace(person)
        message = known or self._chats.write(person, page_guard.text(given, "text"), client_id)
        return _written(message)

    async def _upload(self, request: web.Request) -> web.Response:
        """A photo, a voice message or another file, see `Uploads.take`."""
        _, person = page_guard.person(request, self._chats)
        return _written(await self._parts().uploads.take(request, person))

    async def _press(self, request: web.Request) -> web.Response:
        """{message_id, data, client_id}: only a button that is really on that message."""
        _, person = page_guard.person(request, self._chats)
        given = await page_guard.body(request)
        message_id = given.get("message_id")
        if not isinstance(message_id, int) or isinstance(message_id, bool):
            raise PageError(400, "bad_message_id")
        self._pace(person)
        self._chats.press(person, message_id, page_guard.text(given, "data"), _client_id(given))
        return web.json_response({"cursor": self._chats.messages.cursor(person.user_id)})

    async def _block(self, request: web.Request) -> web.Response:
        """{blocked}: closes the chat for the bot, or opens it again."""
        _, person = page_guard.person(request, self._chats)
        blocked = (await page_guard.body(request)).get("blocked")
        if not isinstance(blocked, bool):
            raise PageError(400, "bad_blocked")
        self._pace(person)
        self._chats.set_blocked(person, blocked)
        return web.json_response({"blocked": blocked})

    def _pace(self, person: Person) -> None:
        writes = self._parts().writes
        wait = 0 if writes is None else writes.refused(self._chats.now(), person.user_id)
        if wait:
            raise PageError(429, "too_fast", wait)

    async def _file(self, request: web.Request) -> web.Response:
        _, person = page_guard.person(request, self._chats)
        stored = self._parts().files.get(request.match_info["file_id"])
        if stored is None or stored.user_id != person.user_id:
            raise PageError(404, "not_found")
        return page_files.handed_out(request, stored)

    # What is new

    async def _events(self, request: web.Request) -> web.StreamResponse:
        """Server-sent events: change, typing, notice, header."""
        session, person = page_guard.person(request, self._chats)
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "X-Accel-Buffering": "no"})
        stream = self._chats.live.open(person.user_id, session.token_hash)
        seen = request.headers.get("Last-Event-ID", "")
        cursor = self._chats.messages.cursor(person.user_id)
        if seen != str(cursor):
            stream.changed(cursor)
        try:
            await response.prepare(request)
            await response.write(b"retry: 2000\n\n")
            while piece := await stream.next():
                await response.write(piece)
        except ConnectionError:
            return response
        finally:
            self._chats.live.close(stream)
        return response

    async def _push(self, request: web.Request) -> web.Response:
        """{endpoint}: where this device's browser takes pushes; null: no more."""
        session, _ = page_guard.person(request, self._chats)
        endpoint = page_guard.text(await page_guard.body(request), "endpoint", longest=limits.ENDPOINT_CHARACTERS)
        if endpoint and (self._parts().push.key is None or not self._parts().push.serves(endpoint)):
            raise PageError(400, "bad_endpoint")
        self._parts().push.keep(session, endpoint or None)
        return web.json_response({"on": bool(endpoint)})

    async def _sign(self, request: web.Request) -> web.Response:
        """For the service worker: in which words it may say that there is something. Also while locked."""
        person = self._chats.person(page_guard.session(request, self._chats).user_id)
        return web.json_response({"discreet": person.pin_needed, "language": person.language})

    # The lock

    async def _lock(self, request: web.Request) -> web.Response:
        session = page_guard.session(request, self._chats)
        self._chats.people.lock(session, True)
        self._chats.live.close_session(session.token_hash)
        return web.json_response({"locked": True})

    async def _unlock(self, request: web.Request) -> web.Response:
        """{pin?}. The fifth wrong PIN ends the session."""
        session = page_guard.session(request, self._chats)
        pin = page_guard.text(await page_guard.body(request), "pin", longest=8)
        if session.locked and session.has_pin:
            await self._check_pin(session, pin)
        self._chats.people.lock(session, False)
        return web.json_response({"locked": False})

    async def _check_pin(self, session: Session, pin: str) -> None:
        tries = self._chats.people.count_try(session)
        hashed = self._chats.people.pin_blob(session)
        if tries <= limits.PIN_TRIES and hashed is not None and await asyncio.to_thread(pin_fits, pin, hashed):
            return
        if tries >= limits.PIN_TRIES:
            self._chats.people.end_session(session.token_hash)
            self._chats.live.close_session(session.token_hash)
            raise PageError(401, "session_ended")
        raise PageError(403, "wrong_pin")

    async def _here(self, request: web.Request) -> web.Response:
        """The person is still there, reading."""
        page_guard.person(request, self._chats)
        return web.json_response({})

    async def _pin(self, request: web.Request) -> web.Response:
        """{pin}: four to eight digits; null takes it away, unless one is needed."""
        session = page_guard.session(request, self._chats)
        if session.locked:
            raise PageError(423, "locked")
        pin = page_guard.text(await page_guard.body(request), "pin", longest=8)
        if pin and not re.fullmatch(r"[0-9]{4,8}", pin):
            raise PageError(400, "bad_pin")
        if not pin and self._chats.person(session.user_id).pin_needed:
            raise PageError(409, "pin_needed")
        hashed = await asyncio.to_thread(hash_pin, pin) if pin else None
        self._chats.people.set_pin(session, hashed)
        return web.json_response({"has_pin": hashed is not None})


def _written(message: Message) -> web.Response:
    shown = shapes.page_message(message, _file_url)
    return web.json_response({"message": shown, "id": message.message_id, "cursor": message.changed})


def _squares(text: str) -> list[str]:
    import segno

    return ["".join(map(str, row)) for row in segno.make(text, error="m", micro=False).matrix]


def _mount(request: web.Request, route: str) -> str:
    return request.path.removesuffix(route) or "/"


def _file_url(file_id: str) -> str:
    return f"api/files/{file_id}"


def _language(given: dict[str, Any]) -> str:
    match = re.match(r"[A-Za-z]{2,3}(?=$|[-_])", page_guard.text(given, "language", longest=35))
    return match[0].lower() if match else ""


def _client_id(given: dict[str, Any]) -> str:
    client_id = page_guard.text(given, "client_id", longest=limits.CLIENT_ID_CHARACTERS)
    if not client_id:
        raise PageError(400, "bad_client_id")
    return client_id


def _number(request: web.Request, name: str) -> int | None:
    value = request.query.get(name, "")
    if not value:
        return None
    if not re.fullmatch(r"[0-9]{1,18}", value):
        raise PageError(400, f"bad_{name}")
    return int(value)


def _address(request: web.Request, proxies: frozenset[str]) -> str:
    """Who is calling; our own proxy is believed about it."""
    remote = request.remote or ""
    forwarded = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    return forwarded if forwarded and remote in proxies else remote
