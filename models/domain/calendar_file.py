"""A meeting as a calendar file (RFC 5545), for whatever calendar a phone has.

Times are written in UTC: no calendar can get them wrong, and every one shows them on the local clock, also on the two
nights when the clocks change. The file names nobody: without a title chosen by the person it says a neutral word.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from models.domain.localtime import utc

_FOLD: Final = 75
MIME: Final = "text/calendar"


def meeting(
    key: str,
    *,
    starts_at: datetime,
    ends_at: datetime,
    made_at: datetime,
    sequence: int,
    title: str,
    place: str = "",
    about: str = "",
    cancelled: bool = False,
) -> bytes:
    """The file of one meeting. `key` (32 hex digits) is its identity: the same key with a higher `sequence` replaces
    what the calendar has, and a cancelled one is taken out of it.
    """
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Kalender//Kalender 1.0//DA",
        "CALSCALE:GREGORIAN",
        f"METHOD:{'CANCEL' if cancelled else 'PUBLISH'}",
        "BEGIN:VEVENT",
        f"UID:{key[:8]}-{key[8:12]}-{key[12:16]}-{key[16:20]}-{key[20:]}",
        f"SEQUENCE:{sequence}",
        f"DTSTAMP:{_instant(made_at)}",
        f"DTSTART:{_instant(starts_at)}",
        f"DTEND:{_instant(ends_at)}",
        # RFC 5546 wants an organizer in both methods; this one has no address and no name.
        "ORGANIZER:invalid:nomail",
        f"SUMMARY:{_text(title)}",
        f"STATUS:{'CANCELLED' if cancelled else 'CONFIRMED'}",
        "CLASS:PRIVATE",
        "TRANSP:OPAQUE",
    ]
    lines += [f"LOCATION:{_text(place)}"] if place else []
    lines += [f"DESCRIPTION:{_text(about)}"] if about else []
    lines += ["END:VEVENT", "END:VCALENDAR"]
    return "".join(f"{_folded(line)}\r\n" for line in lines).encode()


def _instant(at: datetime) -> str:
    return utc(at).strftime("%Y%m%dT%H%M%SZ")


def _text(value: str) -> str:
    """A text with what has a meaning in the format escaped; control characters but line ends are left out."""
    value = value.replace("\r\n", "\n").replace("\r", "\n")
    value = "".join(c for c in value if c in {"\n", "\t"} or (c >= " " and c != "\x7f"))
    return value.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def _folded(line: str) -> str:
    """The line in pieces of at most 75 bytes, never cut inside a character."""
    pieces, piece, size = [], "", 0
    for c in line:
        width = len(c.encode())
        if size + width > _FOLD:
            pieces.append(piece)
            piece, size = " ", 1
        piece += c
        size += width
    return "\r\n".join([*pieces, piece])
