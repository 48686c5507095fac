"""The kinds of letter to a young person: how urgent each is, what consent it needs, whether order binds it.

A letter is *ids, never text*: kind and row. It is rendered when it is sent, after everything was checked again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from models.domain.delivery import LetterClass


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of letter.

    `needs` is a key of `consent.NEEDS`. `in_conversation`: order binds it to the letters before it; a prompt or a nudge
    waits for nobody and blocks nobody. `starts`: the bot begins it by itself, so quiet hours, pause, /stop and the
    weekly cap bind it. `personal`: shows something of the case, so the safety words must have been confirmed.
    `neutral`: its screen can do without person, case and content, so a discreet Telegram may carry it; every other kind
    goes to the web chat instead.
    """

    letter_class: LetterClass
    needs: str
    in_conversation: bool = True
    starts: bool = False
    personal: bool = False
    neutral: bool = False


REPLIES = frozenset({"message.reply", "message.file"})
"""What a message of staff goes out as: its words, then its files."""

_DIRECT = Kind(LetterClass.DIRECT_ANSWER, "answer")
_PERSONAL = Kind(LetterClass.DIRECT_ANSWER, "answer", personal=True)
_NEUTRAL = Kind(LetterClass.DIRECT_ANSWER, "answer", neutral=True)
_JOIN = Kind(LetterClass.DIRECT_ANSWER, "join", neutral=True)

KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        # on the way in
        "stranger.hello": _JOIN,
        "join.birthday": _JOIN,
        "join.wrong": _JOIN,
        "join.closed": _JOIN,
        "join.explain": _JOIN,
        "join.more": _JOIN,
        "join.purposes": _JOIN,
        "join.declined": _JOIN,
        "join.words": _JOIN,
        "link.over": _JOIN,
        # what the person asked for
        "home": _NEUTRAL,
        "help": Kind(LetterClass.DIRECT_ANSWER, "help", neutral=True),
        "settings": _NEUTRAL,
        "settings.pause": _DIRECT,
        "settings.data": _DIRECT,
        "stop": Kind(LetterClass.DIRECT_ANSWER, "stop", neutral=True),
        "start": _NEUTRAL,
        "old": _NEUTRAL,
        "not_confirmed": _DIRECT,
        "unreadable": _DIRECT,
        "message.ask": _DIRECT,
        "message.first": _DIRECT,
        "message.receipt": Kind(LetterClass.DIRECT_ANSWER, "receipt"),
        "message.thanks": Kind(LetterClass.DIRECT_ANSWER, "receipt"),
        "offer.show": _PERSONAL,
        "offer.none": _PERSONAL,
        "offer.answered": _PERSONAL,
        "offer.words": _PERSONAL,
        "feedback.about": _DIRECT,
        "feedback.audience": _DIRECT,
        "feedback.words": _DIRECT,
        "feedback.receipt": Kind(LetterClass.DIRECT_ANSWER, "receipt"),
        "feedback.thanks": _DIRECT,
        "checkin.choose": _DIRECT,
        "checkin.question": _DIRECT,
        "checkin.done": _DIRECT,
        "checkin.stopped": _DIRECT,
        "checkin.curve": _PERSONAL,
        # messages: media, call me
        "crisis.mistake": _DIRECT,
        "call.when": _DIRECT,
        "call.number": _DIRECT,
        "call.booked": Kind(LetterClass.DIRECT_ANSWER, "receipt"),
        "call.missed": Kind(LetterClass.STAFF_REPLY, "reply"),
        "media.refused": Kind(LetterClass.DIRECT_ANSWER, "receipt"),
        "media.lost": Kind(LetterClass.DIRECT_ANSWER, "receipt"),
        # offers: the range, meetings, calendar
        "offer.late": _PERSONAL,
        "offer.document": _PERSONAL,
        "range.list": _PERSONAL,
        "range.show": _PERSONAL,
        "range.asked": _PERSONAL,
        "meeting.list": _PERSONAL,
        "meeting.show": _PERSONAL,
        "meeting.said": _PERSONAL,
        "meeting.words": _PERSONAL,
        "meeting.calendar": _PERSONAL,
        # feedback: the loop
        "feedback.change": _DIRECT,
        "feedback.missing": _DIRECT,
        "feedback.list": _PERSONAL,
        "feedback.one": _PERSONAL,
        "feedback.seen": Kind(LetterClass.NUDGE, "read", in_conversation=False),
        "feedback.closed": Kind(LetterClass.STAFF_REPLY, "feedback_answer", personal=True),
        "feedback.late": Kind(LetterClass.STAFF_REPLY, "promise_broken"),
        # checkins: rhythm, sharing, curve
        "checkin.never": _DIRECT,
        "checkin.never_done": _DIRECT,
        "checkin.closed": _DIRECT,
        "checkin.change": _DIRECT,
        "checkin.taken_back": _DIRECT,
        "checkin.mine": _PERSONAL,
        "checkin.one": _PERSONAL,
        "checkin.share": _PERSONAL,
        "checkin.preview": _PERSONAL,
        "checkin.shown": _PERSONAL,
        "checkin.unshared": _PERSONAL,
        "settings.rhythm": _DIRECT,
        "settings.rhythm_part": _DIRECT,
        # panel
        "panel": _DIRECT,
        "panel.leave": _DIRECT,
        "panel.left": _DIRECT,
        "panel.question": _DIRECT,
        "panel.done": _DIRECT,
        "panel.stopped": _DIRECT,
        "panel.propose": _DIRECT,
        "panel.proposed": _DIRECT,
        "panel.wordless": _DIRECT,
        "panel.votes": _DIRECT,
        "panel.results": _DIRECT,
        "panel.result": _DIRECT,
        "panel.dones": _DIRECT,
        # rights: my data, discreet, sign-in
        "rights.looked": _PERSONAL,
        "rights.case": _PERSONAL,
        "rights.document": _PERSONAL,
        "rights.json": _PERSONAL,
        "rights.files": _PERSONAL,
        "rights.consents": _DIRECT,
        "rights.withdraw": _DIRECT,
        "rights.delete": _PERSONAL,
        "rights.sure": _PERSONAL,
        "rights.mine": _DIRECT,
        "rights.one": _DIRECT,
        "rights.discreet": _DIRECT,
        "rights.gone": Kind(LetterClass.DIRECT_ANSWER, "goodbye", neutral=True),
        "rights.forget": Kind(LetterClass.QUESTION, "goodbye", neutral=True),
        "discreet.waiting": Kind(LetterClass.QUESTION, "answer", in_conversation=False, neutral=True),
        "discreet.got": Kind(LetterClass.DIRECT_ANSWER, "receipt", in_conversation=False, neutral=True),
        "discreet.better": Kind(LetterClass.DIRECT_ANSWER, "receipt", in_conversation=False, neutral=True),
        "discreet.door": _NEUTRAL,
        # consent: new caseworker, turning 23, moving
        "caseworker.new": Kind(LetterClass.STAFF_REPLY, "new_caseworker"),
        "farewell.soon": Kind(LetterClass.QUESTION, "goodbye", in_conversation=False),
        "farewell.month": Kind(LetterClass.QUESTION, "goodbye", in_conversation=False),
        "farewell.then": Kind(LetterClass.DIRECT_ANSWER, "goodbye"),
        "farewell.contact": Kind(LetterClass.DIRECT_ANSWER, "goodbye"),
        "farewell.kept": Kind(LetterClass.DIRECT_ANSWER, "goodbye"),
        "farewell.no": Kind(LetterClass.DIRECT_ANSWER, "goodbye"),
        "farewell.wait": Kind(LetterClass.STAFF_REPLY, "goodbye"),
        "farewell.goodbye": Kind(LetterClass.STAFF_REPLY, "goodbye"),
        "move.offered": Kind(LetterClass.STAFF_REPLY, "moved"),
        "move.stays": Kind(LetterClass.STAFF_REPLY, "moved"),
        "move.welcome": Kind(LetterClass.STAFF_REPLY, "moved"),
        # what must never be lost
        "crisis": Kind(LetterClass.CRISIS, "crisis", neutral=True),
        "checkin.low": Kind(LetterClass.CRISIS, "crisis", neutral=True),
        # a human's answer, and what became of a message
        "message.reply": Kind(LetterClass.STAFF_REPLY, "reply"),
        "message.file": Kind(LetterClass.STAFF_REPLY, "reply"),
        "message.late": Kind(LetterClass.STAFF_REPLY, "promise_broken"),
        "message.read": Kind(LetterClass.NUDGE, "read", in_conversation=False),
        "feedback.answer": Kind(LetterClass.STAFF_REPLY, "feedback_answer", personal=True),
        "link.confirmed": Kind(LetterClass.STAFF_REPLY, "answer"),
        # what the office did about an offer's proposal, a wish or a meeting: a human's word, never held by the cap
        "offer.reply": Kind(LetterClass.STAFF_REPLY, "reply", personal=True),
        "meeting.told": Kind(LetterClass.STAFF_REPLY, "meeting", personal=True),
        "meeting.agreed": Kind(LetterClass.STAFF_REPLY, "meeting_agreed", personal=True),
        # what the bot or the office begins
        "offer.new": Kind(LetterClass.QUESTION, "offer", in_conversation=False, starts=True, personal=True),
        "offer.told": Kind(LetterClass.QUESTION, "offer", in_conversation=False, starts=True, personal=True),
        "meeting.reminder": Kind(
            LetterClass.QUESTION, "meeting_reminder", in_conversation=False, starts=True, personal=True
        ),
        "offer.reminder": Kind(LetterClass.NUDGE, "offer_reminder", in_conversation=False, starts=True, personal=True),
        "checkin.invite": Kind(LetterClass.QUESTION, "checkin", in_conversation=False, starts=True),
        "checkin.reminder": Kind(LetterClass.NUDGE, "checkin_reminder", in_conversation=False, starts=True),
        "pulse.invite": Kind(LetterClass.QUESTION, "pulse", in_conversation=False, starts=True),
        "panel.invite": Kind(LetterClass.QUESTION, "panel_survey", in_conversation=False, starts=True),
        "panel.reminder": Kind(LetterClass.NUDGE, "panel_reminder", in_conversation=False, starts=True),
        "panel.result.new": Kind(LetterClass.NUDGE, "panel_result", in_conversation=False, starts=True),
        "panel.done.new": Kind(LetterClass.NUDGE, "panel_said_done", in_conversation=False, starts=True),
    }
)
