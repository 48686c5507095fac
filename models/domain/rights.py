"""Rights: what a discreet Telegram may carry, what is handed out when somebody asks for all of it, what stays behind.

Discreet means that Telegram says no more than "there is something": person, case and content are read in the web chat.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from models.domain.consent import NEEDS, Purpose
from models.domain.delivery import LetterClass
from models.domain.letters import KINDS
from models.domain.media import MIB

DISCREET: Final = "discreet"
#: The channel that is not ours.
TELEGRAM: Final = "telegram"
#: The channel that is.
WEBCHAT: Final = "webchat"
#: How long a way into the web chat may be used, once.
WAY_IN: Final = timedelta(minutes=30)
#: Who has not looked for so long may be told once more that there is something.
UNREAD: Final = timedelta(hours=24)
#: Telegram deletes what its bot wrote no longer ago than this.
DELETABLE: Final = timedelta(hours=48)
#: How long the last words stand in our own chat before it is emptied.
LAST_WORDS: Final = timedelta(minutes=15)
#: Bytes of files in one zip that is handed out: room for any one file, and half of what a bot may send at once.
BUNDLE: Final = 24 * MIB
#: Files in one zip: its letter names each.
MOST_BUNDLED: Final = 100
#: Letters that tell that there is something.
NUDGES: Final = frozenset({"discreet.waiting", "discreet.got", "discreet.better"})


class Right(StrEnum):
    """What a young person may ask for, one tap each."""

    COMPLAIN = "complain"
    COMPANION = "companion"
    FILE = "file"
    DATA = "data"


def discreet(municipality: str, person: str) -> bool:
    """Whether Telegram is discreet for somebody: the stricter of what municipality and person have chosen holds."""
    return DISCREET in {municipality, person}


def kinds_of(purpose: Purpose) -> frozenset[str]:
    """The kinds of letter that only go to who has said yes to this purpose."""
    return frozenset(name for name, rule in KINDS.items() if NEEDS[rule.needs] is purpose)


def waits_for_the_web_chat(kind: str) -> bool:
    """Whether a letter is kept for somebody who has no web chat yet. What only answered a tap has lost its point."""
    rule = KINDS[kind]
    return rule.letter_class is not LetterClass.DIRECT_ANSWER or rule.needs == "receipt"


def is_worth_a_nudge(kind: str) -> bool:
    """Whether Telegram says that there is something: not for a quiet "read by"."""
    rule = KINDS[kind]
    return not rule.neutral and (rule.letter_class is not LetterClass.NUDGE or rule.starts)


def way_in_state(now: datetime, *, expires_at: datetime, used_at: datetime | None) -> str:
    """ "open", "used" or "expired"."""
    if used_at is not None:
        return "used"
    return "open" if now < expires_at else "expired"


def opens(deed: str) -> bool:
    """Whether an entry of the trail is somebody opening what concerns a person: a view, whatever it was of."""
    return deed.rpartition(".")[2] in {"view", "read", "see", "open", "search", "export", "break_glass"}


#: Tables with rows of a person that are handed out when they ask for all of it.
HANDED_OUT: Final = frozenset(
    {
        "alert", "answer", "attachment", "case_hand_over", "check_in", "consent", "feedback", "feedback_step",
        "follow_up", "handover", "link", "meeting", "meeting_event", "message", "not_asked", "offer", "offer_event",
        "opening", "panel_answer", "panel_answering", "panel_member", "panel_proposal", "panel_vote", "person",
        "record_decision", "rhythm", "thread", "trail_entry", "transfer", "wish",
    }
)  # fmt: skip

#: Tables with rows of a person that are not, and why.
KEPT_BACK: Final[Mapping[str, str]] = MappingProxyType(
    {
        "attachment_part": "pieces of files; the files are listed, and handed out whole beside the list",
        "inbox_update": "an update on its way; what it said stands among the messages",
        "invitation": "hashes of secrets, of no meaning to a reader",
        "joining": "a way in that is not finished, gone within a day",
        "letter": "delivery; what was said stands among messages, offers and check-ins",
        "person_key": "the key everything is locked with",
        "reply_later": "when a member of staff comes back to it, gone with the answer",
        "staff_notice": "that staff were told that something waits, never what",
        "question": "which question is open on the screen, gone with the answer",
        "sign_in": "hashes of secrets, of no meaning to a reader",
        "stray": "what somebody else wrote in the person's name: it is not theirs",
    }
)

#: Columns that are not handed out: internal notes of staff, and what is technical.
KEPT_BACK_COLUMNS: Final[Mapping[tuple[str, str], str]] = MappingProxyType(
    {
        ("alert", "done_sealed"): "an internal note of staff: part of the case file",
        ("alert", "about"): "the technical name of what raised it",
        ("attachment", "file_sealed"): "Telegram's own number of the file",
        ("opening", "why_sealed"): "an internal note of staff: part of the case file",
        ("check_in", "current"): "which question is on the screen",
        ("panel_answering", "current"): "which question is on the screen",
        ("link", "chat_sealed"): "Telegram's number of the chat; whoever holds the phone knows it",
        ("link", "words_sealed"): "the safety words prove who one is",
        ("thread", "version"): "a counter against two answers at once",
    }
)
_TECHNICAL: Final = frozenset(
    {
        "chat_index", "escalations", "letter_id", "municipality_id", "next_at", "person_id", "receipt_letter_id",
        "screen_letter_id", "source_key", "tries",
    }
)  # fmt: skip


#: Tables emptied when a young person deletes themselves in the chat, in this order.
GOES: Final = (
    "answer", "check_in", "panel_vote", "panel_proposal", "panel_answer", "panel_answering", "panel_member", "rhythm",
    "not_asked", "question", "joining", "invitation", "sign_in", "follow_up", "link",
)  # fmt: skip

#: Tables of a person that then stay, and why. What is on record is the municipality's to decide about.
STAYS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "alert": "what staff saw to and did",
        "attachment": "files of messages and offers",
        "attachment_part": "files of messages and offers",
        "case_hand_over": "what went to the case file, and when",
        "consent": "what was said yes to, and when that ended: withdrawn first",
        "feedback": "what was said to a named human; what was only for statistics goes",
        "handover": "who was whose caseworker, and from when",
        "feedback_step": "how that was answered, and what came of it",
        "inbox_update": "an empty shell, for a day",
        "letter": "what became of a human's answers, without the chat they went to",
        "meeting": "what was agreed, and when",
        "meeting_event": "what was said about a meeting",
        "message": "the conversation",
        "offer": "what was offered",
        "offer_event": "what was answered",
        "opening": "who opened what was not theirs, and why",
        "reply_later": "when a member of staff comes back to it, gone with the answer",
        "staff_notice": "that staff were told that something waits",
        "person": "the list of whom the municipality must offer aftercare",
        "person_key": "what the rest is locked with",
        "record_decision": "what belongs to the case file; the rest waits for a decision",
        "stray": "what somebody else wrote, for the coordinator to see",
        "thread": "the conversation",
        "trail_entry": "who opened what",
        "transfer": "which municipality has the case from when",
        "wish": "what was asked for, and the answer",
    }
)


def handed_out(table: str) -> bool:
    """Whether rows of this table are in the export. One nobody has thought of is: it is the person's."""
    return table not in KEPT_BACK


def column_handed_out(table: str, column: str) -> bool:
    """Whether a column is."""
    return column not in _TECHNICAL and (table, column) not in KEPT_BACK_COLUMNS


def bundles(files: Iterable[tuple[str, int]]) -> list[tuple[str, ...]]:
    """Files (which, bytes) as they are put into zips: in their order, none cut, each zip within its bounds."""
    made: list[list[str]] = []
    filled = 0
    for name, size in files:
        if not made or filled + size > BUNDLE or len(made[-1]) >= MOST_BUNDLED:
            made.append([])
            filled = 0
        made[-1].append(name)
        filled += size
    return [tuple(one) for one in made]


def bundled_name(number: int, day: date, name: str) -> str:
    """What a file is called in its zip: its number makes it the only one, and sorts it: "003 2026-11-17 plan.pdf"."""
    return f"{number:03d} {day.isoformat()} {name}"


def receipt_number(digest: bytes) -> str:
    """A number to say aloud, from what a keyed hash makes of an erasure: "1234-5678-90"."""
    digits = f"{int.from_bytes(digest[:8]) % 10**10:010d}"
    return f"{digits[:4]}-{digits[4:8]}-{digits[8:]}"


def read_receipt_number(said: str) -> str:
    """What somebody said or typed, as `receipt_number` writes it; "" when it is none."""
    digits = "".join(character for character in said if character.isascii() and character.isdigit())
    return f"{digits[:4]}-{digits[4:8]}-{digits[8:]}" if len(digits) == 10 else ""
