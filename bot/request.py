"""PTB speaks through this request class on aiohttp: half the CPU of httpx, no token in anybody's log, and every failure
says how far the request came, because that decides whether a message may be sent again.
"""

from __future__ import annotations

import json
import os
import ssl
from io import BytesIO
from typing import Any

import aiohttp
from telegram.error import NetworkError, TelegramError, TimedOut
from telegram.request import BaseRequest, RequestData

from models.domain.delivery import Transport
from models.domain.media import LARGEST, MIB

# PTB warns at each RetryAfter that its seconds will become a timedelta; we take the timedelta now.
os.environ.setdefault("PTB_TIMEDELTA", "1")

READ_TIMEOUT = 35.0
CONNECT_TIMEOUT = 5.0
#: Bytes of an answer that are read: a file as large as any we take, and a little.
LARGEST_ANSWER = LARGEST + MIB
_CONNECTIONS = 32
#: The statuses of which PTB makes exceptions that tell them apart.
_REFUSALS = frozenset({400, 401, 403, 404, 409, 429})


class Undelivered(NetworkError):
    """The request failed below HTTP. `transport` says how far it came ("connect", "read_timeout", "reset", …)."""

    def __init__(self, transport: Transport) -> None:
        super().__init__(transport)
        self.transport = transport


class UndeliveredInTime(TimedOut):
    """As `Undelivered`, for time-outs: PTB and its users know `TimedOut`."""

    def __init__(self, transport: Transport) -> None:
        super().__init__(transport)
        self.transport = transport


class Answered(NetworkError):
    """An answer that is not the Bot API's, or one PTB has no exception for: nothing but its status may be seen.

    A page of a proxy in between may quote the address, and with it the token; PTB would put it into its exception.
    """

    def __init__(self, status: int, retry_after: float | None) -> None:
        super().__init__(f"answered {status}")
        self.status, self.retry_after = status, retry_after


class AiohttpRequest(BaseRequest):
    """A request class for `telegram.ext.ApplicationBuilder.request`. Redirects are never followed."""

    def __init__(self, *, connections: int = _CONNECTIONS, read_timeout: float = READ_TIMEOUT) -> None:
        self._connections = connections
        self._read_timeout = read_timeout
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float | None:
        """Seconds to wait for an answer when a call names none."""
        return self._read_timeout

    async def initialize(self) -> None:
        """Open the session; a second call changes nothing."""
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=self._connections, keepalive_timeout=30),
                trust_env=False,
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"User-Agent": self.USER_AGENT},
            )

    async def shutdown(self) -> None:
        """Close the session."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE,
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """One request; returns the status and the body. Raises Undelivered, UndeliveredInTime or Answered."""
        if self._session is None:
            raise RuntimeError("the request class is not initialised")
        read = self._read_timeout if read_timeout is self.DEFAULT_NONE else read_timeout
        connect = CONNECT_TIMEOUT if connect_timeout is self.DEFAULT_NONE else connect_timeout
        timeout = aiohttp.ClientTimeout(total=None, connect=None, sock_connect=connect, sock_read=read)
        body, headers = _body(request_data)
        try:
            async with self._session.request(
                method, url, data=body, headers=headers, timeout=timeout, allow_redirects=False
            ) as response:
                status, answer = response.status, await _read(response)
                wait = response.headers.get("Retry-After", "")
        except Exception as exc:  # noqa: BLE001 (every failure below HTTP is classified, none may show its URL)
            raise _classified(exc) from None
        if 200 <= status < 300 or _is_bot_api(status, answer):
            return status, answer
        raise Answered(status, float(wait) if wait.isascii() and wait.isdecimal() else None)

    @staticmethod
    def parse_json_payload(payload: bytes) -> Any:
        """Parse an answer. PTB's own writes what it could not parse to the log; ours never does."""
        said = _parsed(payload)
        if said is None or not said.keys() & {"result", "description"}:
            raise TelegramError("Invalid server response")
        return said


async def _read(response: aiohttp.ClientResponse) -> bytes:
    """The whole answer; one that is longer than any we can use is cut short and not read on."""
    read = bytearray()
    async for chunk in response.content.iter_any():
        read += chunk
        if len(read) > LARGEST_ANSWER:
            raise aiohttp.ClientPayloadError("too long")
    return bytes(read)


def transport_of(error: BaseException) -> Transport:
    """How far a failed request came: a word of `models.domain.delivery.Transport`."""
    if isinstance(error, aiohttp.ClientConnectorCertificateError | aiohttp.ClientConnectorSSLError | ssl.SSLError):
        return "tls"
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return "dns"
    if isinstance(error, aiohttp.ConnectionTimeoutError):
        return "connect_timeout"
    if isinstance(error, aiohttp.ClientConnectorError):
        return "connect"
    if isinstance(error, aiohttp.ServerTimeoutError | TimeoutError):
        return "read_timeout"
    return "reset"


def _parsed(payload: bytes) -> dict[str, Any] | None:
    """The JSON object of an answer; None when it is none."""
    try:
        said = json.loads(payload.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return None
    return said if isinstance(said, dict) else None


def _is_bot_api(status: int, answer: bytes) -> bool:
    """Whether PTB can make an exception of its own of this refusal."""
    said = _parsed(answer)
    if said is None or status not in _REFUSALS or not isinstance(said.get("description"), str):
        return False
    return status != 429 or bool((said.get("parameters") or {}).get("retry_after"))


def _classified(error: Exception) -> NetworkError:
    transport = transport_of(error)
    if transport in {"read_timeout", "connect_timeout"}:
        return UndeliveredInTime(transport)
    return Undelivered(transport)


def _body(request_data: RequestData | None) -> tuple[Any, dict[str, str]]:
    if request_data is None:
        return None, {}
    if not request_data.contains_files:
        return request_data.json_payload, {"Content-Type": "application/json"}
    form = aiohttp.FormData(quote_fields=False)  # Telegram takes a name as it is, not as an address would have it
    for name, value in request_data.json_parameters.items():
        form.add_field(name, value)
    for name, (filename, content, mime) in request_data.multipart_data.items():
        # As a stream, so that a large file goes out in pieces and keeps nobody waiting.
        form.add_field(name, BytesIO(content), filename=filename, content_type=mime)
    return form, {}
