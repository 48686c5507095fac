"""A small server that speaks the page's protocol with canned conversations, for testing the page alone."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import web

from bot.webchat import page_files, page_guard

PAGE = Path(__file__).resolve().parents[2] / "bot" / "webchat" / "page"
HEADERS = {"Content-Security-Policy": page_guard._POLICY + "'self'", "Cache-Control": "no-cache"}
SQUARES = ["10" * 10 + "1", "01" * 10 + "0"] * 10 + ["10" * 10 + "1"]
COMMANDS = [
    {"command": "hjaelp", "description": "Hjælp nu"},
    {"command": "start", "description": "Forsiden"},
    {"command": "tilbud", "description": "Mit tilbud"},
    {"command": "skriv", "description": "Skriv til Mette"},
    {"command": "tjekind", "description": "Hvordan går det?"},
    {"command": "indstillinger", "description": "Indstillinger"},
]
LIMIT = 4096

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Row = list[tuple[str, str]]


def utf16(text: str) -> int:
    """Length of a text in UTF-16 units, as entity offsets are counted."""
    return len(text.encode("utf-16-le")) // 2


def bold(text: str, part: str) -> dict[str, Any]:
    """An entity that makes `part` of `text` bold."""
    return {"type": "bold", "offset": utf16(text[: text.index(part)]), "length": utf16(part)}


@dataclass
class StubChat:
    """One conversation and what has been asked of the server. `now` is the time given to new messages, in seconds."""

    now: int
    new: bool = False
    locked: bool = False
    pin: str | None = None
    over: bool = False
    header: dict[str, str] | None = None
    language: str = "da"
    messages: dict[int, dict[str, Any]] = field(default_factory=dict)
    changed_at: dict[int, int] = field(default_factory=dict)
    cursor: int = 0
    attempts: list[str] = field(default_factory=list)
    sent: list[dict[str, str]] = field(default_factory=list)
    started: list[dict[str, str]] = field(default_factory=list)
    presses: list[dict[str, Any]] = field(default_factory=list)
    locks: int = 0
    lose_answers: int = 0
    refuse_sends: int = 0
    delay: float = 0.0
    slow_answers: float = 0.0
    streams: list[asyncio.Queue[tuple[str, dict[str, Any]]]] = field(default_factory=list)
    on_press: Callable[[int, str], None] | None = None
    seen: set[str] = field(default_factory=set)
    written: dict[str, int] = field(default_factory=dict)
    blocked: bool = False
    needs_pin: bool = False
    pin_needed: bool = False
    push_key: str | None = None
    pushes: list[str | None] = field(default_factory=list)
    signed_in: list[dict[str, Any]] = field(default_factory=list)
    refuse_sign_in: str = ""
    uploads: list[tuple[dict[str, Any], bytes]] = field(default_factory=list)
    refuse_upload: tuple[int, str] | None = None
    slow_upload: float = 0.0
    files: dict[str, tuple[bytes, str]] = field(default_factory=dict)
    devices: list[dict[str, Any]] = field(default_factory=list)
    ended: list[dict[str, Any]] = field(default_factory=list)
    visits: int = 0

    # What the bot does.

    def tell(self, event: str, data: dict[str, Any]) -> None:
        for stream in self.streams:
            stream.put_nowait((event, data))

    def put(self, message: dict[str, Any]) -> None:
        self.cursor += 1
        self.messages[message["id"]] = message
        self.changed_at[message["id"]] = self.cursor
        self.tell("change", {"cursor": self.cursor})

    def say(self, text: str, *rows: Row, sender: str = "bot", at: int | None = None, **more: Any) -> int:
        """Add a message; answers its identifier."""
        number = max(self.messages, default=100) + 1
        buttons = [[{"text": words, "data": data} for words, data in row] for row in rows]
        message: dict[str, Any] = {
            "id": number,
            "from": sender,
            "date": self.now if at is None else at,
            "edited": False,
            "deleted": False,
            "text": text,
            "entities": [],
            "buttons": buttons,
            "pressed": None,
            "photo": None,
            "document": None,
            "silent": False,
            "state": "received",
        }
        self.put({**message, **more})
        return number

    def edit(self, number: int, text: str | None = None, *rows: Row, **more: Any) -> None:
        """Change a message in place."""
        message = {**self.messages[number], **more}
        if text is not None:
            buttons = [[{"text": words, "data": data} for words, data in row] for row in rows]
            message |= {"text": text, "edited": True, "buttons": buttons, "pressed": None, "entities": []}
        self.put(message)

    # What the page asks.

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/chat/", self.page),
            web.get("/chat/page/{name}", self.file),
            web.get("/chat/sw.js", self.worker),
            web.get("/chat/offline.html", self.offline),
            web.get("/chat/frame", self.frame),
            web.post("/chat/api/hello", self.hello),
            web.post("/chat/api/start", self.start),
            web.get("/chat/api/messages", self.read),
            web.post("/chat/api/messages", self.write),
            web.post("/chat/api/uploads", self.upload),
            web.get("/chat/api/files/{name}", self.kept),
            web.get("/chat/api/devices", self.list_devices),
            web.post("/chat/api/devices/code", self.device_code),
            web.post("/chat/api/devices/end", self.end_devices),
            web.post("/chat/api/signin", self.sign_in),
            web.post("/chat/api/push", self.push),
            web.get("/chat/api/sign", self.sign),
            web.post("/chat/api/here", self.here),
            web.post("/chat/api/presses", self.press),
            web.get("/chat/api/events", self.events),
            web.post("/chat/api/block", self.block),
            web.post("/chat/api/lock", self.lock),
            web.post("/chat/api/unlock", self.unlock),
            web.post("/chat/api/pin", self.set_pin),
        ]

    async def page(self, request: web.Request) -> web.StreamResponse:
        return web.FileResponse(PAGE / "index.html", headers=HEADERS)

    async def file(self, request: web.Request) -> web.StreamResponse:
        path = PAGE / request.match_info["name"]
        if path.suffix == ".webmanifest":
            return web.Response(text=path.read_text("utf-8"), content_type="application/manifest+json")
        return web.FileResponse(path, headers=HEADERS)

    async def worker(self, request: web.Request) -> web.StreamResponse:
        return web.Response(text=page_files.worker(), content_type="text/javascript")

    async def offline(self, request: web.Request) -> web.StreamResponse:
        return web.FileResponse(PAGE / "offline.html", headers=HEADERS)

    async def frame(self, request: web.Request) -> web.StreamResponse:
        text = '<!doctype html><title>Demo</title><iframe title="Telefon" src="./" width="390" height="780"></iframe>'
        return web.Response(text=text, content_type="text/html")

    async def hello(self, request: web.Request) -> web.StreamResponse:
        bot = {"name": "Hørt"}
        if self.new:
            return web.json_response({"new": True, "bot": bot})
        return web.json_response(
            {
                "me": {"name": "Amina", "language": self.language},
                "bot": bot,
                "header": None if self.locked else self.header,
                "commands": [] if self.locked else COMMANDS,
                "needs_pin": self.needs_pin,
                "pin_needed": self.pin_needed,
                "push": {"key": self.push_key, "on": bool(self.pushes and self.pushes[-1])},
                "locked": self.locked,
                "has_pin": self.pin is not None,
                "new": False,
                "blocked": self.blocked,
            }
        )

    async def start(self, request: web.Request) -> web.StreamResponse:
        self.started.append({name: value for name, value in (await request.json()).items() if name != "client_id"})
        self.new = self.over = self.blocked = False
        self.say(
            "Hej. Det her er Hørt.\nHvornår har du fødselsdag? Skriv dag og måned, fx 3. august.", [("English", "en")]
        )
        return web.json_response({})

    async def read(self, request: web.Request) -> web.StreamResponse:
        limit = int(request.query["limit"])
        if "after" in request.query:
            after = int(request.query["after"])
            later = sorted((at, number) for number, at in self.changed_at.items() if at > after)
            page = later[:limit]
            found = [self.messages[number] for _, number in page]
            cursor = page[-1][0] if page else self.cursor
            return web.json_response({"messages": found, "cursor": cursor, "more": len(later) > limit})
        before = int(request.query.get("before", 1 << 60))
        numbers = sorted(number for number in self.messages if number < before)
        found = [self.messages[number] for number in numbers[-limit:]]
        return web.json_response({"messages": found, "cursor": self.cursor, "more": len(numbers) > limit})

    async def write(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        self.attempts.append(body["client_id"])
        if self.blocked:
            return web.json_response({"error": "blocked"}, status=409)
        if self.refuse_sends:
            self.refuse_sends -= 1
            return web.json_response({"error": "unavailable"}, status=503)
        if len(body["text"]) > LIMIT:
            return web.json_response({"error": "too_long"}, status=400)
        self.sent.append(body)
        if body["client_id"] not in self.written:
            self.written[body["client_id"]] = self.say(body["text"], sender="me")
        await asyncio.sleep(self.slow_answers)
        if self.lose_answers:
            self.lose_answers -= 1
            return web.json_response({"error": "unavailable"}, status=503)
        number = self.written[body["client_id"]]
        return web.json_response({"message": self.messages[number], "id": number, "cursor": self.changed_at[number]})

    async def upload(self, request: web.Request) -> web.StreamResponse:
        form = await request.post()
        facts, file = json.loads(str(form["facts"])), form["file"]
        assert isinstance(file, web.FileField)
        content = file.file.read()
        file.file.close()
        self.attempts.append(facts["client_id"])
        await asyncio.sleep(self.slow_upload)
        if self.refuse_upload:
            status, reason = self.refuse_upload
            return web.json_response({"error": reason}, status=status)
        if facts["client_id"] not in self.written:
            self.uploads.append((facts, content))
            self.written[facts["client_id"]] = self.receive(facts, content)
        number = self.written[facts["client_id"]]
        if self.lose_answers:
            self.lose_answers -= 1
            return web.json_response({"error": "unavailable"}, status=503)
        return web.json_response({"message": self.messages[number], "id": number, "cursor": self.changed_at[number]})

    def receive(self, facts: dict[str, Any], content: bytes, sender: str = "me") -> int:
        """A file becomes a message."""
        name = f"f{len(self.files)}"
        self.files[name] = (content, facts["mime"].partition(";")[0])
        shown = {"url": f"api/files/{name}", "size": len(content)}
        if facts["kind"] == "photo":
            photo = {**shown, "width": facts["width"], "height": facts["height"]}
            return self.say(facts.get("text", ""), sender=sender, photo=photo)
        kind = facts["kind"] if facts["kind"] != "file" else "document"
        document = {
            **shown,
            "kind": kind,
            "name": facts["name"],
            "mime": facts["mime"],
            "seconds": facts.get("seconds", 0),
        }
        return self.say(facts.get("text", ""), sender=sender, document=document)

    async def kept(self, request: web.Request) -> web.StreamResponse:
        content, mime = self.files[request.match_info["name"]]
        return web.Response(body=content, content_type=mime)

    async def list_devices(self, request: web.Request) -> web.StreamResponse:
        return web.json_response({"devices": self.devices})

    async def device_code(self, request: web.Request) -> web.StreamResponse:
        self.address = (await request.json())["address"]
        return web.json_response({"code": "K7QM2X9P", "seconds": 600, "squares": SQUARES})

    async def end_devices(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        self.ended.append(body)
        gone = [one for one in self.devices if one["id"] == body.get("id") or (body.get("others") and not one["here"])]
        self.over = self.over or any(one["here"] for one in gone)
        self.devices = [one for one in self.devices if one not in gone]
        return web.json_response({"ended": len(gone)})

    async def sign_in(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        self.signed_in.append(body)
        if self.refuse_sign_in == "other_chat" and not body["replace"]:
            return web.json_response({"error": "other_chat"}, status=409)
        if self.refuse_sign_in == "no_such_sign_in":
            return web.json_response({"error": "no_such_sign_in"}, status=404)
        self.new = self.over = self.locked = False
        return web.json_response({})

    async def push(self, request: web.Request) -> web.StreamResponse:
        self.pushes.append((await request.json())["endpoint"])
        return web.json_response({})

    async def sign(self, request: web.Request) -> web.StreamResponse:
        return web.json_response({"discreet": self.pin_needed, "language": self.language})

    async def here(self, request: web.Request) -> web.StreamResponse:
        self.visits += 1
        return web.json_response({})

    async def press(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        self.presses.append(body)
        if body["client_id"] not in self.seen:
            self.seen.add(body["client_id"])
            self.edit(body["message_id"], pressed=body["data"])
            if self.on_press:
                self.on_press(body["message_id"], body["data"])
        return web.json_response({})

    async def block(self, request: web.Request) -> web.StreamResponse:
        self.blocked = (await request.json())["blocked"]
        return web.json_response({"blocked": self.blocked})

    async def lock(self, request: web.Request) -> web.StreamResponse:
        self.locks += 1
        self.locked = True
        return web.json_response({})

    async def unlock(self, request: web.Request) -> web.StreamResponse:
        if (await request.json()).get("pin") != self.pin:
            return web.json_response({"error": "wrong_pin"}, status=403)
        self.locked = False
        return web.json_response({})

    async def set_pin(self, request: web.Request) -> web.StreamResponse:
        self.pin = (await request.json())["pin"]
        self.needs_pin = False
        return web.json_response({})

    async def events(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
        await response.prepare(request)
        await response.write(b": open\n\n")
        queue: asyncio.Queue[tuple[str, dict[str, Any]]] = asyncio.Queue()
        self.streams.append(queue)
        try:
            while True:
                event, data = await queue.get()
                await response.write(f"event: {event}\ndata: {json.dumps(data)}\n\n".encode())
        finally:
            self.streams.remove(queue)


def guarded(chat: StubChat) -> Any:
    """Session, lock and header rules of the real server, before every question of the page."""

    @web.middleware
    async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
        name = request.path.removeprefix("/chat/api/")
        if name == request.path:
            return await handler(request)
        if request.method == "POST" and request.headers.get("X-Hoert") != "1":
            return web.json_response({"error": "header"}, status=403)
        if chat.delay:
            await asyncio.sleep(chat.delay)
        if chat.over and name not in ("hello", "start", "signin"):
            return web.json_response({"error": "over"}, status=401)
        if chat.locked and name not in ("hello", "lock", "unlock", "signin", "sign"):
            return web.json_response({"error": "locked"}, status=423)
        if chat.needs_pin and name not in ("hello", "lock", "pin", "signin", "sign"):
            return web.json_response({"error": "needs_pin"}, status=423)
        return await handler(request)

    return guard


async def serve(chat: StubChat, port: int = 0) -> tuple[web.AppRunner, str]:
    """Start the server, on a free port unless told; answers the runner to clean up and the address of the page."""
    app = web.Application(middlewares=[guarded(chat)], client_max_size=1 << 26)
    app.add_routes(chat.routes())
    runner = web.AppRunner(app, shutdown_timeout=0.1, handler_cancellation=True)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", port)
    await site.start()
    return runner, f"http://127.0.0.1:{runner.addresses[0][1]}/chat/"
