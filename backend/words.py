"""What pages say about times, states and persons: codes in, words of the catalogue out."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any, Final

from locales import dates, has, text
from models.domain.offers import OfferState
from models.domain.register_file import Fault
from models.queries.messages import Delivery

_SOON: Final = timedelta(hours=2)

#: State -> the kind of sign it gets (macros/status.html).
OFFER_KINDS: Final = {
    "none": "waiting", "draft": "quiet", "published": "waiting", "accepted": "done", "declined": "quiet",
    "change_asked": "due", "started": "done", "paused": "held", "ended": "quiet", "withdrawn": "quiet",
}  # fmt: skip
LINK_KINDS: Final = {
    "none": "quiet", "invited": "waiting", "unconfirmed": "due", "active": "done", "blocked": "failed",
}  # fmt: skip


def moment(at: datetime, now: datetime, language: str) -> dict[str, str]:
    """A moment a machine can read and a person understands."""
    return {"iso": at.isoformat(timespec="seconds"), "words": dates.when(at, now, language)}


def stamp(at: datetime, now: datetime, language: str) -> dict[str, str]:
    """A compact moment for lists."""
    return {"iso": at.isoformat(timespec="seconds"), "words": dates.short(at, now, language)}


def since(at: datetime | None, now: datetime, language: str) -> str:
    """How long ago, or "never"."""
    return text("desk.never", language) if at is None else dates.ago(at, now, language)


def day(value: date | None, language: str) -> str:
    """A date with its year, or a dash."""
    return "–" if value is None else dates.day(value, language, year=True)


def kroner(ore: int, language: str) -> str:
    """A price: "1.250 kr." or "1.250,50 kr."; "DKK 1,250.50" in English."""
    whole, rest = divmod(ore, 100)
    exact = f"{whole:,}.{rest:02d}" if rest else f"{whole:,}"
    if language == "en":
        return f"DKK {exact}"
    return f"{exact.replace(',', ' ').replace('.', ',').replace(' ', '.')} kr."


def left(until: datetime, now: datetime, language: str) -> str:
    """How long is left: "1 t 10 min tilbage", "2 dage tilbage"; "" when it is over."""
    minutes = int((until - now).total_seconds() // 60)
    if minutes < 0:
        return ""
    if minutes < 60:
        return text("desk.left.minutes", language, minutes=minutes)
    if minutes < 24 * 60:
        return text("desk.left.hours", language, hours=minutes // 60, minutes=minutes % 60)
    return text("desk.left.days", language, n=minutes // (24 * 60))


def promise(at: datetime | None, now: datetime, language: str, *, broken: bool = False) -> dict[str, str] | None:
    """The clock of a promise: running, soon (under two hours) or broken; None without one."""
    if at is None:
        return None
    state = "broken" if broken or at <= now else "soon" if at - now < _SOON else "running"
    return {
        "state": state,
        "iso": at.isoformat(timespec="seconds"),
        "words": text("desk.promise.by", language, when=dates.when(at, now, language)),
        "left": left(at, now, language),
    }


def offer_status(state: OfferState | str, language: str) -> dict[str, str]:
    """The sign of an offer's state; "none" where there is no offer."""
    return {"kind": OFFER_KINDS[str(state)], "words": text(f"desk.offer_state.{state}", language)}


def link_status(state: str, language: str) -> dict[str, str]:
    """The sign of somebody's way to the chat."""
    return {"kind": LINK_KINDS[state], "words": text(f"desk.link_state.{state}", language)}


def letter_reason(reason: str, language: str) -> str:
    """Why a letter was not delivered; what we have no words for is said in general."""
    if not reason:
        return ""
    key = f"desk.reason.{reason}"
    return text(key if has(key) else "desk.reason.other", language)


def delivery(sent: Delivery | None, now: datetime, language: str) -> dict[str, Any] | None:
    """The truth about a message to the young person."""
    if sent is None:
        return None
    return {
        "state": sent.state,
        "when": stamp(sent.at, now, language) if sent.at else None,
        "reason": text("desk.reason.resent", language)
        if sent.resent and sent.state == "sent" and not sent.reason
        else letter_reason(sent.reason, language),
    }


def refusal(code: str, language: str) -> str:
    """A refusal as a sentence; one without words of its own is said in general."""
    key = f"refusal.{code.replace('-', '_')}"
    return text(key if has(key) else "refusal.refused", language)


def fault(found: Fault, language: str) -> str:
    """What is wrong with what was said about somebody on the register, as a sentence without its place."""
    about = day(date.fromisoformat(found.about), language) if found.code == "too_young" else found.about
    return text(f"desk.register.fault.{found.code}", language, about=about)


def age(years: int, leaves_at: date, language: str) -> str:
    """ "19 år · til 23. fødselsdag 14. maj 2030"."""
    return text("desk.age", language, age=years, day=dates.day(leaves_at, language, year=True))
