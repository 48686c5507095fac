"""Telling staff away from the desk that something waits: e-mail over SMTP, SMS over a gateway's webhook.

The rows of `models.actions.away` are the outbox. Here they are taken one by one, spoken outside any transaction, and
settled. Neither names nor words leave the house: an alert says that there is one, a digest says how many.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
import smtplib
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from hashlib import sha256
from typing import Final
from urllib.parse import unquote, urlsplit

import aiohttp

from hoert.clock import Clock
from locales import text
from models.actions import away as deeds
from models.actions.away import Taken
from models.domain.away import Channel, Kind, Outcome
from models.queries import away
from models.queries.away import Waiting
from models.settings import Settings
from models.transactions import HOUSE

log = logging.getLogger("hoert.away")

#: How often is looked, in seconds.
_EVERY: Final = 5.0
#: How long one server may take, in seconds: well under the lease of a notice.
PATIENCE: Final = 10.0
_HERE: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_COUNTS: Final = ("alerts", "messages", "offers", "meetings", "feedback", "not_arrived")


class Courier:
    """Sends what is due by the ways this installation has."""

    def __init__(self, settings: Settings, clock: Clock, *, context: ssl.SSLContext | None = None) -> None:
        self._settings, self._clock = settings, clock
        self._context = context or ssl.create_default_context()
        self.channels = [
            channel
            for channel, there in ((Channel.MAIL, settings.smtp_url), (Channel.SMS, settings.sms_webhook))
            if there
        ]

    async def round(self) -> int:
        """Post what is new and send what is due; returns how many were sent."""
        now = self._clock.now()
        if self.channels:
            await deeds.post_alerts(HOUSE, now=now)
            await deeds.post_digests(HOUSE, now=now)
        sent = 0
        for notice_id in await deeds.due(HOUSE, self.channels, now=now):
            taken = await deeds.take(HOUSE, notice_id, now=self._clock.now())
            if taken is not None:
                sent += await self._tell(taken)
        return sent

    async def _tell(self, taken: Taken) -> bool:
        counts = await away.waiting(taken.viewer, now=self._clock.now()) if taken.kind is Kind.DIGEST else None
        if counts is not None and not counts.anything:
            await deeds.settle(HOUSE, taken.notice_id, None, now=self._clock.now())
            return False
        if taken.channel is Channel.MAIL:
            outcome, reason = await asyncio.to_thread(
                send_mail, self._settings, mail(self._settings, taken, counts, self._clock.now()), self._context
            )
        else:
            outcome, reason = await send_sms(self._settings, taken, self._clock.real_now())
        if outcome is not Outcome.SENT:
            log.warning("away.not_told", extra={"mode": taken.channel.value, "reason": reason})
        await deeds.settle(HOUSE, taken.notice_id, outcome, reason=reason, now=self._clock.now())
        return outcome is Outcome.SENT


@asynccontextmanager
async def telling(settings: Settings, clock: Clock) -> AsyncIterator[Courier]:
    """Tell staff while open. What is on its way when it closes is finished first.

    Any number of processes may: each notice is taken by one of them.
    """
    courier, stop = Courier(settings, clock), asyncio.Event()

    async def tell() -> None:
        while not stop.is_set():
            try:
                await courier.round()
                if not courier.channels:
                    return  # what may have waited is settled; nothing more is posted
            except Exception as exc:  # noqa: BLE001 (the database is away: the rows wait)
                log.warning("away.round_failed", extra={"fault": type(exc).__name__})
            try:
                await asyncio.wait_for(stop.wait(), _EVERY)
            except TimeoutError:
                continue

    work = asyncio.create_task(tell())
    try:
        yield courier
    finally:
        stop.set()
        await asyncio.gather(work, return_exceptions=True)


def mail(settings: Settings, taken: Taken, counts: Waiting | None, now: datetime) -> EmailMessage:
    """The message: that something waits, how much of it, and where. Its id is the notice's, so that a mail server knows
    the second of two.
    """
    language, link = taken.language, settings.public_url
    if counts is None:
        lines = [text("notice.alert", language, link=link)]
    else:
        there = {key: getattr(counts, key) for key in _COUNTS}
        lines = [
            text("notice.digest", language),
            *(f"- {text(f'notice.{key}', language, n=count)}" for key, count in there.items() if count),
            "",
            text("notice.open", language, link=link),
        ]
    message = EmailMessage()
    message["Subject"] = text("notice.subject", language)
    message["From"], message["To"] = settings.smtp_from, taken.address
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<{taken.notice_id}@{urlsplit(link).hostname or 'hoert'}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content("\n".join([*lines, "", text("notice.foot", language), ""]))
    return message


def send_mail(settings: Settings, message: EmailMessage, context: ssl.SSLContext) -> tuple[Outcome, str]:
    """Give the message to the server; in a thread of its own. Refused for good only where the server says so."""
    try:
        server = connected(settings, context)
    except smtplib.SMTPAuthenticationError:
        return Outcome.NOT_NOW, "sign_in"
    except ssl.SSLError:
        return Outcome.NOT_NOW, "tls"
    except (OSError, smtplib.SMTPException):
        return Outcome.NOT_NOW, "away"
    given = False
    try:
        for step, code in ((server.mail(settings.smtp_from), "sender"), (server.rcpt(message["To"]), "recipient")):
            if step[0] >= 300:
                return (Outcome.REFUSED, code) if step[0] >= 500 else (Outcome.NOT_NOW, "later")
        given = True
        answer, _ = server.data(message.as_bytes(policy=SMTP))
    except UnicodeError:
        return Outcome.REFUSED, "recipient"  # an address with letters that no command to a mail server may have
    except smtplib.SMTPDataError as answered:
        answer = answered.smtp_code
    except (OSError, smtplib.SMTPException):
        return (Outcome.UNKNOWN if given else Outcome.NOT_NOW), "away"
    finally:
        with suppress(OSError, smtplib.SMTPException):
            server.quit()
    if answer < 300:
        return Outcome.SENT, ""
    return (Outcome.REFUSED, "refused") if answer >= 500 else (Outcome.NOT_NOW, "later")


def connected(settings: Settings, context: ssl.SSLContext) -> smtplib.SMTP:
    """A connection to the mail server, secured and signed in. Only to this machine may it stay in the clear, and then
    no password is sent.
    """
    parts = urlsplit(settings.smtp_url or "")
    host, secure = parts.hostname or "", parts.scheme == "smtps"
    if secure:
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, parts.port or 465, timeout=PATIENCE, context=context)
    else:
        server = smtplib.SMTP(host, parts.port or 587, timeout=PATIENCE)
    try:
        server.ehlo_or_helo_if_needed()
        if not secure and (server.has_extn("starttls") or parts.username or host not in _HERE):
            server.starttls(context=context)
            server.ehlo()
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
    except BaseException:
        server.close()
        raise
    return server


async def send_sms(settings: Settings, taken: Taken, real_now: datetime) -> tuple[Outcome, str]:
    """Give the words to the gateway, signed: ``Hoert-Signature: t=<unix>,v1=<HMAC-SHA-256 of "<unix>.<body>">``."""
    key = "notice.alert" if taken.kind is Kind.ALERT else "notice.sms_digest"
    words = text(key, taken.language, link=settings.public_url)
    body = json.dumps({"id": taken.notice_id, "to": taken.address, "text": words}, ensure_ascii=False).encode()
    headers = {
        "Content-Type": "application/json",
        "Hoert-Signature": signature(settings.sms_secret or "", body, int(real_now.timestamp())),
        "Idempotency-Key": taken.notice_id,
    }
    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=PATIENCE)) as session,
            session.post(settings.sms_webhook or "", data=body, headers=headers, allow_redirects=False) as answer,
        ):
            status = answer.status
    except aiohttp.ClientConnectorError:
        return Outcome.NOT_NOW, "away"
    except (aiohttp.ClientError, TimeoutError, OSError):
        return Outcome.UNKNOWN, "away"
    if 200 <= status < 300:
        return Outcome.SENT, ""
    if status in {408, 425, 429} or status >= 500:
        return Outcome.NOT_NOW, "later"
    return Outcome.REFUSED, "refused"


def signature(secret: str, body: bytes, at: int) -> str:
    """What the gateway checks: when, and the keyed hash over when and what."""
    signed = hmac.new(secret.encode(), f"{at}.".encode() + body, sha256).hexdigest()
    return f"t={at},v1={signed}"


def probe(settings: Settings, context: ssl.SSLContext | None = None) -> str:
    """For the doctor: what is wrong with the way to the mail server, as a code; "" when it lets us in."""
    try:
        with connected(settings, context or ssl.create_default_context()) as server:
            server.noop()
    except smtplib.SMTPAuthenticationError:
        return "sign_in"
    except ssl.SSLError:
        return "tls"
    except (OSError, smtplib.SMTPException):
        return "away"
    return ""
