"""Web push without content: the push services learn that something happened, never what, who or how much.

A push has no body. The page's service worker shows the same short sentence every time. A chat gets one push until it is
opened again, and none while somebody is looking at it. Addresses are sealed like everything of a person, and only those
of known push services over https are called at all.
"""

from __future__ import annotations

import asyncio
import base64
import json
import logging
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from urllib.parse import urlsplit

from aiohttp import ClientError, ClientSession, ClientTimeout
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from bot.webchat import limits
from bot.webchat.live import Live
from bot.webchat.people import Session
from bot.webchat.store import Store
from bot.webchat.timer import Timer

_LOG = logging.getLogger(__name__)
#: Whose addresses browsers give out: Chrome and Edge on Android, Firefox, Safari, Edge on Windows.
SERVICES = ("fcm.googleapis.com", "push.services.mozilla.com", "push.apple.com", "notify.windows.com")
_GONE = (404, 410)
_LATER = (408, 425, 429)
_TOKEN_LIVES = 12 * 3600
_TOKEN_RENEWED = 3600


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    ends: float


class Vapid:
    """Who is pushing, proven to the push services (RFC 8292): an ES256 key that is kept sealed in the store."""

    def __init__(self, store: Store, now: Callable[[], float], contact: str) -> None:
        kept = store.secret("vapid")
        if kept is None:
            kept = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value.to_bytes(32, "big")
            store.set_secret("vapid", kept)
        self._key = ec.derive_private_key(int.from_bytes(kept, "big"), ec.SECP256R1())
        self._now = now
        self._contact = contact
        self._tokens: dict[str, _Token] = {}

    @property
    def public(self) -> str:
        """The public key as a page subscribes with it."""
        return _base64(self._key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))

    def authorization(self, endpoint: str) -> str:
        """The header for one push service; a token serves for half a day."""
        parts = urlsplit(endpoint)
        audience, now = f"{parts.scheme}://{parts.netloc}", self._now()
        token = self._tokens.get(audience)
        if token is None or token.ends - now < _TOKEN_RENEWED or token.ends - now > _TOKEN_LIVES:
            ends = int(now) + _TOKEN_LIVES
            token = self._tokens[audience] = _Token(self._sign(audience, ends), ends)
        return f"vapid t={token.text}, k={self.public}"

    def _sign(self, audience: str, ends: int) -> str:
        claims = {"aud": audience, "exp": ends, "sub": self._contact}
        head, body = (
            _base64(json.dumps(one, separators=(",", ":")).encode()) for one in ({"typ": "JWT", "alg": "ES256"}, claims)
        )
        r, s = decode_dss_signature(self._key.sign(f"{head}.{body}".encode(), ec.ECDSA(hashes.SHA256())))
        return f"{head}.{body}.{_base64(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"


def _base64(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


class Push:
    """Rows of `push`, and the calls to the push services. Nothing here delays or fails a delivery."""

    def __init__(
        self,
        store: Store,
        live: Live,
        now: Callable[[], float],
        timer: Timer,
        contact: str,
        services: tuple[str, ...] = SERVICES,
    ) -> None:
        self._store = store
        self._live = live
        self._timer = timer
        self._services = services
        self._vapid = Vapid(store, now, contact) if contact else None
        self._told = {row["user_id"] for row in store.rows("SELECT user_id FROM person WHERE pushed")}
        self._looking: dict[int, asyncio.Task[None]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._turns = asyncio.Semaphore(limits.PUSH_AT_ONCE)
        self._web: ClientSession | None = None

    @property
    def key(self) -> str | None:
        """The public key to subscribe with, or None where there is no push."""
        return None if self._vapid is None else self._vapid.public

    def serves(self, endpoint: str) -> bool:
        """If this is an address of a push service that we know."""
        try:
            parts = urlsplit(endpoint)
            host, port = parts.hostname or "", parts.port
        except ValueError:
            return False
        if len(endpoint) > limits.ENDPOINT_CHARACTERS or not endpoint.isascii() or parts.username is not None:
            return False
        if f"{parts.scheme}://{parts.netloc}" in self._services:
            return True
        known = any(host == service or host.endswith(f".{service}") for service in self._services)
        return known and parts.scheme == "https" and port in (None, 443)

    def keep(self, session: Session, endpoint: str | None) -> None:
        """This device wants pushes at an address, or no more."""
        self._store.run("DELETE FROM push WHERE token_hash = ?", session.token_hash)
        if endpoint is not None:
            sealed = self._store.seal(session.user_id, "push", session.token_hash, "endpoint", endpoint.encode())
            self._store.run("INSERT INTO push VALUES (?, ?, ?)", session.token_hash, session.user_id, sealed)

    def on(self, session: Session) -> bool:
        """If this device gets pushes."""
        return self._store.row("SELECT 1 FROM push WHERE token_hash = ?", session.token_hash) is not None

    # When

    def noticed(self, user_id: int) -> None:
        """The bot has sent this person something. Whatever goes wrong here, it was sent."""
        try:
            self._notice(user_id)
        except Exception as failure:  # noqa: BLE001  (its name is logged, never its text)
            _LOG.error("push failed", extra={"fault": type(failure).__name__})

    def _notice(self, user_id: int) -> None:
        if self._vapid is None or user_id in self._told or user_id in self._looking:
            return
        if self._store.row("SELECT 1 FROM push WHERE user_id = ?", user_id) is None:
            return
        if self._live.count(user_id):
            self._looking[user_id] = self._begin(self._unless_opened(user_id))
        else:
            self._push(user_id)

    async def _unless_opened(self, user_id: int) -> None:
        """A page has a stream open, but is anybody looking? One that is reads what is new within seconds."""
        await self._timer.sleep(limits.PUSH_LOOK)
        self._looking.pop(user_id, None)
        self._push(user_id)

    def opened(self, user_id: int) -> None:
        """The person has looked: the next message is news again."""
        looking = self._looking.pop(user_id, None)
        if looking is not None:
            looking.cancel()
        if user_id in self._told:
            self._mark(user_id, False)

    def forget(self, user_id: int) -> None:
        """The person was erased."""
        self._told.discard(user_id)
        looking = self._looking.pop(user_id, None)
        if looking is not None:
            looking.cancel()

    def _mark(self, user_id: int, told: bool) -> None:
        if told:
            self._told.add(user_id)
        else:
            self._told.discard(user_id)
        self._store.run("UPDATE person SET pushed = ? WHERE user_id = ?", told, user_id)

    # How

    def _push(self, user_id: int) -> None:
        places = [
            (row["token_hash"], self._store.unseal(user_id, "push", row["token_hash"], "endpoint", row["endpoint"]))
            for row in self._store.rows("SELECT * FROM push WHERE user_id = ?", user_id)
        ]
        served = [(session, where.decode()) for session, where in places if self.serves(where.decode())]
        if served:
            self._mark(user_id, True)
            self._begin(self._tell_all(user_id, served))

    async def _tell_all(self, user_id: int, places: list[tuple[str, str]]) -> None:
        if not any(await asyncio.gather(*(self._tell(session, endpoint) for session, endpoint in places))):
            self._mark(user_id, False)  # nobody was told: the next message tries again

    def _begin(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _tell(self, session: str, endpoint: str) -> bool:
        for turn in range(limits.PUSH_TRIES):
            async with self._turns:
                status, wait = await self._post(endpoint)
            if status in _GONE:
                self._store.run("DELETE FROM push WHERE token_hash = ?", session)
                return False
            if 200 <= status < 500 and status not in _LATER:
                if status >= 300:
                    _LOG.warning("push refused", extra={"fault": str(status)})
                return status < 300
            await self._timer.sleep(min(wait or limits.PUSH_PAUSE * 4**turn, limits.PUSH_LONGEST_PAUSE))
        _LOG.warning("push not delivered", extra={"fault": str(status)})
        return False

    async def _post(self, endpoint: str) -> tuple[int, int]:
        """The push service's answer and how long it asks us to wait; (0, 0) when there was none."""
        if self._vapid is None:
            return 200, 0
        if self._web is None:
            self._web = ClientSession(timeout=ClientTimeout(total=limits.PUSH_TIMEOUT))
        headers = {
            "Authorization": self._vapid.authorization(endpoint),
            "TTL": str(limits.PUSH_LIVES),
            "Urgency": "normal",
            "Topic": "hoert",
        }
        try:
            async with self._web.post(endpoint, headers=headers, allow_redirects=False) as answer:
                wait = answer.headers.get("Retry-After", "")
                return answer.status, int(wait) if wait.isdecimal() else 0
        except (ClientError, TimeoutError, OSError, ValueError):
            return 0, 0

    async def stop(self) -> None:
        """Ends what is under way."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._web is not None:
            await self._web.close()
