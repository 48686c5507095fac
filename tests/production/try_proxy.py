"""Run the Caddyfile as it stands and try it: TLS, who gets which path, limits, live streams, what the log keeps quiet.

sudo python3 tests/production/try_proxy.py [CADDY]

Needs Linux, root, Python and the `caddy` program (Debian's package), so it is not part of `make test`.

Everything happens in a network and file system view of its own: nothing on the machine is touched, no port is taken.
Prints one line per check; ends with 1 when any fails.
"""

from __future__ import annotations

import http.client
import json
import os
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import warnings
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

SITE = "hoert.example"
#: Two backends under one name, as two replicas are.
HOSTS = {"127.0.0.11": "backend", "127.0.0.12": "backend", "127.0.0.21": "bot", "127.0.0.31": "webchat"}
NEVER_LOGGED = "/chat/secret-in-the-address"
failed: list[str] = []


class Stub(BaseHTTPRequestHandler):
    """Says who it is and what reached it; /chat/live is a stream that speaks after two seconds and after fourteen."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Answer with what reached us."""
        if self.path == "/chat/live":
            self._stream()
            return
        length = int(self.headers.get("Content-Length") or 0)
        got = len(self.rfile.read(length))
        if got < length:  # the proxy took it back
            self.close_connection = True
            return
        told = {
            "who": HOSTS[self.server.server_address[0]],
            "at": self.server.server_address[0],
            "path": self.path,
            "got": got,
            "headers": {name.lower(): value for name, value in self.headers.items()},
        }
        body = json.dumps(told).encode()
        self.send_response(200)
        self.send_header("Strict-Transport-Security", "max-age=1")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_PUT = do_TRACE = do_GET  # noqa: N815 (http.server looks for these names)

    def _stream(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        for wait, word in ((0, b": hello\n\n"), (2, b"data: first\n\n"), (12, b"data: last\n\n")):
            time.sleep(wait)
            self.wfile.write(word)
            self.wfile.flush()

    def log_message(self, *_: object) -> None:
        """Nothing."""


def say(line: str) -> None:
    """A line for whoever runs this."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def check(name: str, holds: bool, told: object = "") -> None:
    """Print whether something holds, and remember what does not."""
    say(("ok    " if holds else "FAILS ") + name + ("" if holds else f"   {told}"))
    if not holds:
        failed.append(name)


def ask(
    path: str, method: str = "GET", body: bytes | None = None, headers: dict[str, str] | None = None, host: str = SITE
) -> tuple[int, dict[str, str], bytes]:
    """One request over TLS, with the certificate verified for the site's name."""
    connection = Connection(host)
    try:
        connection.request(method, path, body, headers or {})
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    finally:
        connection.close()


class Connection(http.client.HTTPSConnection):
    """TLS to the proxy on this machine, whatever name is asked for."""

    authority = Path()

    def __init__(self, host: str, version: ssl.TLSVersion | None = None) -> None:
        context = ssl.create_default_context(cafile=str(self.authority))
        if version:
            with warnings.catch_warnings():  # one that is too old is asked for on purpose
                warnings.simplefilter("ignore", DeprecationWarning)
                context.minimum_version = context.maximum_version = version
        super().__init__(host, 443, timeout=30, context=context)
        self._tls = context

    def connect(self) -> None:
        """Connect to the proxy."""
        plain = socket.create_connection(("127.0.0.1", 443), self.timeout)
        self.sock = self._tls.wrap_socket(plain, server_hostname=self.host)


def refused(act: Callable[[], object]) -> bool:
    """Whether TLS refuses it."""
    try:
        act()
    except (ssl.SSLError, ConnectionError):
        return True
    return False


def routes() -> None:
    """Who gets which path, and what reaches them."""
    for path, who in {
        "/": "backend", "/people/1": "backend", "/healthz": "backend", "/chatter": "backend",
        "/api/v1/people": "backend", "/telegram/abc": "bot",
        "/chat": "webchat", "/chat/": "webchat", "/chat/api/messages": "webchat",
    }.items():  # fmt: skip
        status, headers, body = ask(path)
        told = json.loads(body) if status == 200 else {}
        check(f"{path} goes to {who}", told.get("who") == who and told.get("path") == path, (status, told))
    check(
        "one HSTS header of a year",
        headers.get("strict-transport-security", "").startswith("max-age=31536000;"),
        headers,
    )
    check("no Server and no Via header", not {"server", "via"} & set(headers), headers)
    for path in ("/metrics", "/readyz", "/demo/", "/demo"):
        check(f"{path} is not served", ask(path)[0] == 404)
    check("TRACE is refused", ask("/telegram/abc", "TRACE")[0] == 405)
    forged = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "http", "X-Forwarded-Host": "evil.example"}
    told = json.loads(ask("/", headers=forged)[2])["headers"]
    check("X-Forwarded-For is the caller, not what the caller said", told.get("x-forwarded-for") == "127.0.0.1", told)
    check("X-Forwarded-Proto is https", told.get("x-forwarded-proto") == "https", told)
    check("the host is kept", told.get("host") == SITE, told)
    seen = {json.loads(ask("/")[2])["at"] for _ in range(40)}
    check("both backends get work", seen == {"127.0.0.11", "127.0.0.12"}, seen)


def limits() -> None:
    """What is too large or too slow."""
    status, _, body = ask("/telegram/abc", "POST", b"x" * (1 << 20))
    check("a body of 1 MiB passes", status == 200 and json.loads(body)["got"] == 1 << 20, status)
    for path in ("/", "/chat/api/send", "/telegram/abc"):
        try:
            status = ask(path, "POST", b"x" * ((1 << 20) + 1))[0]
        except ConnectionError:
            status = 413
        check(f"a byte more is refused at {path}", status in {413, 502}, status)
    status, _, body = ask("/chat/api/uploads", "POST", b"x" * (2 << 20))
    check("a file of 2 MiB passes where files are taken", status == 200 and json.loads(body)["got"] == 2 << 20, status)
    check("a header of 32 KB is refused", ask("/", headers={"X-Long": "x" * 32768})[0] == 431)
    idle = Connection(SITE)
    idle.connect()
    idle.sock.sendall(b"GET / HTTP/1.1\r\nHost: hoert.example\r\nX-Slow: ")
    began = time.monotonic()
    idle.sock.settimeout(20)
    try:
        idle.sock.recv(1000)
        waited = time.monotonic() - began
    except OSError:
        waited = 99.0
    check("half a header is closed after ten seconds", 8 < waited < 14, waited)


def transport() -> None:
    """TLS itself."""
    status, headers, _ = plain_http("/chat/")
    check(
        "http is sent to https", status == 308 and headers.get("location") == f"https://{SITE}/chat/", (status, headers)
    )
    check("TLS 1.1 is refused", refused(lambda: Connection(SITE, ssl.TLSVersion.TLSv1_1).connect()))
    check("TLS 1.2 is accepted", not refused(lambda: Connection(SITE, ssl.TLSVersion.TLSv1_2).connect()))
    check("another name gets no certificate", refused(lambda: ask("/", host="other.example")))


def plain_http(path: str) -> tuple[int, dict[str, str], bytes]:
    """One request without TLS."""
    connection = http.client.HTTPConnection("127.0.0.1", 80, timeout=10)
    connection.request("GET", path, headers={"Host": SITE})
    answer = connection.getresponse()
    return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()


def stream() -> None:
    """A live stream passes at once and is not cut off."""
    connection = Connection(SITE)
    began = time.monotonic()
    connection.request("GET", "/chat/live")
    answer = connection.getresponse()
    heard = []
    while line := answer.fp.readline() if not answer.chunked else answer.readline():
        if line.strip():
            heard.append((line.strip(), time.monotonic() - began))
    words = [word for word, _ in heard]
    check("a live stream passes whole", words == [b": hello", b"data: first", b"data: last"], heard)
    check("and at once", len(heard) == 3 and heard[0][1] < 1 and 1.5 < heard[1][1] < 3, heard)


def inside(caddy: str) -> int:
    """In the private view: names, stubs, the proxy; then every check."""
    folder = Path(tempfile.mkdtemp(prefix="try-proxy-"))
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    hosts = folder / "hosts"
    hosts.write_text("127.0.0.1 localhost\n" + "".join(f"{address} {name}\n" for address, name in HOSTS.items()))
    subprocess.run(["mount", "--bind", hosts, "/etc/hosts"], check=True)
    stubs = {address: ThreadingHTTPServer((address, 8080), Stub) for address in HOSTS}
    for server in stubs.values():
        threading.Thread(target=server.serve_forever, daemon=True).start()
    environ = os.environ | {
        "SITE_DOMAIN": SITE,
        "SITE_TLS": "internal",
        "XDG_DATA_HOME": str(folder),
        "HOME": str(folder),
    }
    config = Path(__file__).parents[2] / "docs/production/Caddyfile"
    with open(folder / "log", "wb") as log:
        proxy = subprocess.Popen(
            [caddy, "run", "--adapter", "caddyfile", "--config", config], env=environ, stdout=log, stderr=log
        )
    try:
        Connection.authority = folder / "caddy/pki/authorities/local/root.crt"
        for _ in range(100):
            if Connection.authority.exists() and not refused(lambda: Connection(SITE).connect()):
                break
            time.sleep(0.1)
        probe = http.client.HTTPConnection("127.0.0.1", 8079, timeout=5)
        probe.request("GET", "/")
        check("the health check answers", probe.getresponse().status == 204)
        routes()
        transport()
        stream()
        limits()
        stubs["127.0.0.31"].shutdown()
        stubs["127.0.0.31"].server_close()
        began = time.monotonic()
        status = ask(NEVER_LOGGED, headers={"Cookie": "session=secret-in-a-header"})[0]
        check(
            "a service that is gone is an error within eight seconds",
            status in {502, 503} and time.monotonic() - began < 8,
        )
        kept = (folder / "log").read_text()
        check("the log says that something failed", '"level":"error"' in kept)
        check("but not what was asked", "secret-in" not in kept)
    finally:
        proxy.terminate()
        proxy.wait(20)
        subprocess.run(["umount", "/etc/hosts"], check=True)
        shutil.rmtree(folder)
    say(f"{len(failed)} failed" if failed else "all hold")
    return 1 if failed else 0


def main(arguments: list[str]) -> int:
    """Step into the private view, then try."""
    if arguments[:1] == ["--inside"]:
        return inside(arguments[1])
    caddy = shutil.which(arguments[0] if arguments else "caddy")
    if caddy is None or os.geteuid() != 0:
        say("This needs root and the caddy program (apt-get install caddy).")
        return 1
    return subprocess.run(
        ["unshare", "--mount", "--net", "--uts", sys.executable, __file__, "--inside", caddy], check=False
    ).returncode


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
