"""A conversation as lines of a page: messages, notes, and what happened meanwhile, in order of time."""

from __future__ import annotations

from datetime import date, datetime
from math import ceil
from typing import Any

from backend import words
from backend.pages.files import lines_of
from backend.pages.person_card import entry_of
from locales import dates, has, text
from models.domain.localtime import local_date
from models.domain.media import FILED, SPOKEN
from models.queries.messages import Conversation, Entry
from models.queries.timeline import Happening


def entries(
    found: Conversation, happened: list[Happening], now: datetime, language: str, *, writer: str = ""
) -> list[dict[str, Any]]:
    """Messages and what happened meanwhile, in order of time, with a line for each new day. `writer` (an id) may take
    back what they have just sent."""
    dated: list[tuple[datetime, int, dict[str, Any]]] = [
        (entry.at, entry.position, _message(entry, found, now, language, writer)) for entry in found.entries
    ]
    dated += [
        (one.at, 0, entry_of(one, now, language))
        for one in happened
        if one.kind in {"offer", "meeting", "check_in", "link"}
        and one.what != "drafted"
        and (found.ends is None or one.at < found.ends)
    ]
    lines: list[dict[str, Any]] = []
    before: date | None = None
    for at, _, entry in sorted(dated, key=lambda each: each[:2]):
        if local_date(at) != before:
            before = local_date(at)
            lines.append(
                {
                    "kind": "day",
                    "words": dates.weekday_and_day(before, language, year=before.year != local_date(now).year),
                }
            )
        lines.append(entry)
    return lines


def _message(entry: Entry, found: Conversation, now: datetime, language: str, writer: str) -> dict[str, Any]:
    if entry.direction == "note":
        return {
            "kind": {"contact": "contact", "missed": "contact", "handed": "handed"}.get(entry.kind, "note"),
            "id": f"m-{entry.message_id}",
            "who": entry.staff,
            "words": entry.words,
            "when": words.stamp(entry.at, now, language),
            "href": "",
        }
    incoming = entry.direction == "in"
    read = ""
    if incoming and entry.read_at:
        read = text("desk.inbox.read_by", language, name=entry.read_by, when=dates.when(entry.read_at, now, language))
    delivered = words.delivery(entry.delivery, now, language)
    return {
        "kind": entry.direction,
        "id": f"m-{entry.message_id}",
        "message_id": entry.message_id,
        "who": found.first_name if incoming else entry.staff,
        "words": _own_words(entry.words, entry),
        "media": "" if entry.kind in _IN_WORDS or entry.files else text(f"desk.media.{_media(entry.kind)}", language),
        "files": lines_of(entry.files, language),
        "spoken": incoming and entry.kind in SPOKEN,
        "unheard": incoming
        and not read
        and any(one.kind in SPOKEN and one.state in {"kept", "waiting"} for one in entry.files),
        "when": words.stamp(entry.at, now, language),
        "urgent": incoming and (entry.urgent or entry.crisis) and not entry.answered,
        "delivery": delivered,
        "undecided": delivered is not None and delivered["state"] in {"held", "unsure", "failed"},
        "undo": _left(entry, now) if writer and entry.staff_id == writer else 0,
        "read": read,
        "earlier": [_own_words(words, entry) for words in entry.earlier],
    }


def _left(entry: Entry, now: datetime) -> int:
    """For how many seconds a message can still be taken back."""
    until = entry.delivery.undo_until if entry.delivery is not None else None
    return max(0, ceil((until - now).total_seconds())) if until is not None else 0


#: Kinds of message whose words say it all: written, or what pressing a button came to.
_IN_WORDS = {"text", "wish", "meeting"}


def _own_words(words: str, entry: Entry) -> str:
    """What stands under a file; the words that stand for the file itself are not needed beside it."""
    first, _, rest = words.partition("\n")
    return rest if entry.files and entry.kind in FILED and first == text(f"chat.media.{entry.kind}", "da") else words


def _media(kind: str) -> str:
    return kind if has(f"desk.media.{kind}") else "other"
