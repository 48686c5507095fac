"""A server below HTTP, for what no well-behaved server does: it hangs up, falls silent, says what it is told to say."""

from __future__ import annotations

import asyncio
import datetime
import ipaddress
import socket
import ssl
import struct
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

TOKEN = "987654321:CANARYbbCCddEEffGGhhIIjjKKllMMnnOOp"
Wire = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Act = Callable[[Wire], Awaitable[None]]


class WireServer:
    """Reads one request of each connection, then acts; with `at_once` it acts before anything is said."""

    def __init__(self, act: Act, certificate: ssl.SSLContext | None = None, *, at_once: bool = False) -> None:
        self._act = act
        self._certificate = certificate
        self._at_once = at_once
        self.asked: list[bytes] = []

    async def __aenter__(self) -> WireServer:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self._certificate)
        self.port = int(self._server.sockets[0].getsockname()[1])
        self._open: set[asyncio.StreamWriter] = set()
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for writer in list(self._open):
            writer.transport.abort()
        await self._server.wait_closed()
        await asyncio.sleep(0)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        try:
            if self._at_once:
                await self._act((reader, writer))
                return
            head = await reader.readuntil(b"\r\n\r\n")
            lengths = [line for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")]
            length = int(lengths[0].partition(b":")[2]) if lengths else 0
            self.asked.append(head + await reader.readexactly(length))
            await self._act((reader, writer))
        except (OSError, asyncio.IncompleteReadError):
            return
        finally:
            self._open.discard(writer)
            writer.close()


def says(status: str, body: bytes, *headers: str) -> Act:
    """Answer like this."""

    async def act(wire: Wire) -> None:
        lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "Connection: close", "", ""]
        head = "\r\n".join(lines)
        wire[1].write(head.encode() + body)
        await wire[1].drain()

    return act


def says_raw(data: bytes) -> Act:
    """Answer these bytes and hang up."""

    async def act(wire: Wire) -> None:
        wire[1].write(data)
        await wire[1].drain()

    return act


async def hangs_up(wire: Wire) -> None:
    """Close without a word."""


async def resets(wire: Wire) -> None:
    """Cut the connection with a TCP reset."""
    raw = wire[1].get_extra_info("socket")
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    wire[1].transport.abort()


async def falls_silent(wire: Wire) -> None:
    """Never answer."""
    await wire[0].read()


async def stops_halfway(wire: Wire) -> None:
    """Answer half of the body, then never more."""
    wire[1].write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
    await wire[0].read()


def free_port() -> int:
    """A port at which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def own_certificate(folder: Path) -> ssl.SSLContext:
    """A certificate that nobody signed but itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    day = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
        .not_valid_before(day).not_valid_after(day + datetime.timedelta(days=3650))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    path = folder / "own.pem"
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context


def chain(error: BaseException | None) -> list[str]:
    """Everything an exception, what caused it and what it happened in could show to somebody."""
    texts: list[str] = []
    while error is not None:
        texts += [str(error), repr(error), repr(error.args), repr(getattr(error, "__notes__", ""))]
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return texts


def everything(record: Any) -> str:
    """Everything a log record holds."""
    return f"{record.getMessage()} {record.__dict__!r}"
