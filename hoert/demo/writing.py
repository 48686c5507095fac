"""How a thread, an offer, an alert or feedback of the invented world becomes rows, sealed as the deeds seal them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from typing import cast

from hoert.demo.people import Step, Young
from models.actions.invented import ELSEWHERE, Batch, Row
from models.actions.offers import Content, seal_content
from models.domain import alerts, delivery, joining, messages, promises
from models.domain.alerts import Reason
from models.domain.casefile import ANSWERS, Theme
from models.domain.consent import VERSION, Purpose
from models.domain.letters import KINDS
from models.domain.localtime import local_date
from models.domain.offers import OfferState
from models.domain.progress import Way
from models.domain.promises import OpeningHours
from models.tables.fields import micros, new_id
from models.tables.keys import chat_index

HOURS = OpeningHours.DEFAULT

STATE_AFTER = {
    "drafted": OfferState.DRAFT,
    "published": OfferState.PUBLISHED,
    "revised": OfferState.PUBLISHED,
    "yes": OfferState.ACCEPTED,
    "no": OfferState.DECLINED,
    "change": OfferState.CHANGE_ASKED,
    "started": OfferState.STARTED,
    "paused": OfferState.PAUSED,
    "ended": OfferState.ENDED,
    "withdrawn": OfferState.WITHDRAWN,
}
#: What a kind of support costs: øre, and for what.
PRICES: dict[str, tuple[int | None, str]] = {
    "contact_person": (38_500, "hour"), "stay_on": (2_840_000, "month"), "step_down": (268_000, "month"),
    "own_home": (39_200, "hour"), "mentor": (36_700, "hour"), "group": (45_000, "month"), "therapy": (118_000, "hour"),
    "economy": (None, ""), "meeting_place": (95_000, "month"),
}  # fmt: skip
_ANSWERS = frozenset({"yes", "no", "change"})
_BY_STAFF = frozenset({"drafted", "published", "revised", "started", "paused", "ended", "withdrawn"})


@dataclass(slots=True)
class Talk:
    """One person's thread while it is written, oldest first. `version` is how many messages it already has."""

    batch: Batch
    young: Young
    thread_id: str = field(default_factory=new_id)
    version: int = 0
    opened_at: datetime | None = None
    last_at: datetime | None = None
    read_by: dict[str, int] = field(default_factory=dict)
    #: What waits for an answer: rows of this batch; and (id, promised at, broken at) of what was there before.
    waiting: list[dict[str, object]] = field(default_factory=list)
    waiting_before: list[tuple[str, datetime | None, datetime | None]] = field(default_factory=list)
    waiting_since_before: datetime | None = None
    exists: bool = False
    #: What this thread gets in this batch; what is told out of turn is put in its place at the end.
    rows: list[dict[str, object]] = field(default_factory=list)

    def hears(self, at: datetime, words: str, *, key: str = "", in_crisis: bool = False) -> dict[str, object]:
        """The young person writes; a promise starts where it needs an answer."""
        needs, urgent = _read(words)
        row = self._message(at, words, "in", None, key or f"invented:{new_id()}")
        row["needs_answer"], row["urgent"], row["crisis"] = needs, urgent, in_crisis
        if needs:
            row["promised_at"] = promises.promise(at, HOURS, urgent=urgent)
            self.waiting.append(row)
        return row

    def says(self, at: datetime, words: str, staff_id: str, *, key: str = "", letter: str = "sent") -> str:
        """A human answers: what waited is read and answered. `letter` is what became of it on its way."""
        row = self._message(at, words, "out", staff_id, f"desk:{key or new_id()}")
        self.answered(at, staff_id, str(row["id"]))
        self.read_by[staff_id] = self.version
        put_letter(
            self.batch, self.young, "message.reply", f"reply:{row['id']}:0", str(row["id"]), at, state=letter,
            args={"part": 0},
        )  # fmt: skip
        return str(row["id"])

    def notes(self, at: datetime, words: str, staff_id: str, *, contact: bool = False, missed: bool = False) -> str:
        """An internal note; `contact`: a call or a meeting, which answers what waited; `missed`: nobody answered."""
        row = self._message(at, words, "note", staff_id, None)
        if contact:
            row["kind"] = "contact"
            self.answered(at, staff_id, str(row["id"]))
        elif missed:
            row["kind"] = "missed"
        self.read_by[staff_id] = self.version
        return str(row["id"])

    def met(self, at: datetime, words: str, staff_id: str, way: Way) -> None:
        """A contact outside the chat, and how it was; a talk answers what waited."""
        note = self.notes(at, words, staff_id, contact=way in {Way.PHONE, Way.VISIT})
        self.batch.add(
            "contact", id=new_id(), municipality_id=self.young.municipality_id, person_id=self.young.id,
            message_id=note, way=way.value, held_on=local_date(at),
        )  # fmt: skip

    def seen(self, at: datetime, staff_id: str) -> None:
        """Somebody read it and has not answered yet."""
        for row in self.waiting:
            row["read_at"], row["read_by_id"] = row["read_at"] or at, row["read_by_id"] or staff_id
        self.read_by[staff_id] = self.version

    def late(self, at: datetime) -> None:
        """The promise of what waits was broken at this moment, said, and renewed."""
        for row in self.waiting:
            row["promise_broken_at"], row["promised_at"] = at, promises.promise(at, HOURS, urgent=True)

    def answered(self, at: datetime, staff_id: str, by: str) -> None:
        """Everything that waited is answered by this message."""
        read = at - timedelta(minutes=6)
        before = [row for row in self.waiting if _at(row) <= at]
        for row in before:
            row["answered_at"], row["answered_by_message"] = at, by
            row["read_at"], row["read_by_id"] = row["read_at"] or read, row["read_by_id"] or staff_id
        for key, promised, broken in self.waiting_before:
            late = promised if promised is not None and promised < at else None
            self.batch.change(
                "message", key, answered_at=at, answered_by_message=by, read_at=read, read_by_id=staff_id,
                promise_broken_at=broken or late,
            )  # fmt: skip
        self.waiting, self.waiting_before = [row for row in self.waiting if _at(row) > at], []

    def close(self, assigned_id: str) -> None:
        """Write the thread itself, with what still waits."""
        self._put_in_order()
        if not self.waiting and not self.waiting_before and self.young.situation != "told":
            # Whoever is close to somebody has seen what asks nothing more.
            for staff_id in filter(None, (self.young.caseworker_id, self.young.substitute_id, assigned_id)):
                self.read_by[staff_id] = self.version
        promised = [row["promised_at"] for row in self.waiting] + [when for _, when, _ in self.waiting_before]
        since = self.waiting_since_before if self.waiting_before else None
        columns: dict[str, object] = {
            "assigned_id": assigned_id,
            "version": self.version,
            "last_at": self.last_at,
            "waiting_since": since or (self.waiting[0]["at"] if self.waiting else None),
            "promised_at": min((when for when in promised if isinstance(when, datetime)), default=None),
        }
        if self.exists:
            self.batch.change("thread", self.thread_id, **columns)
            return
        self.batch.add(
            "thread", id=self.thread_id, municipality_id=self.young.municipality_id, person_id=self.young.id,
            opened_at=self.opened_at, **columns,
        )  # fmt: skip
        for staff_id, position in self.read_by.items():
            self.batch.add(
                "reading", municipality_id=self.young.municipality_id, thread_id=self.thread_id, staff_id=staff_id,
                position=position,
            )  # fmt: skip

    def _put_in_order(self) -> None:
        turn = sorted(self.rows, key=_at)
        if turn == self.rows:
            return
        first = self.version - len(turn) + 1
        places = {row["position"]: place for place, row in enumerate(turn, start=first)}
        for place, row in enumerate(turn, start=first):
            row["position"] = place
        self.read_by = {staff_id: places.get(position, position) for staff_id, position in self.read_by.items()}
        self.opened_at, self.last_at = _at(turn[0]), _at(turn[-1])

    def _message(
        self, at: datetime, words: str, direction: str, staff_id: str | None, source_key: str | None
    ) -> dict[str, object]:
        self.version += 1
        self.opened_at, self.last_at = self.opened_at or at, max(self.last_at or at, at)
        key = new_id()
        row = self.batch.add(
            "message", id=key, municipality_id=self.young.municipality_id, person_id=self.young.id,
            thread_id=self.thread_id, direction=direction, kind="text", staff_id=staff_id, source_key=source_key,
            body_sealed=self.young.vault.seal("message", "body", key, words), position=self.version, at=at,
            bot=ELSEWHERE if direction == "in" else "", needs_answer=False, urgent=False, crisis=False,
            promised_at=None, promise_broken_at=None, answered_at=None, answered_by_message=None, read_at=None,
            read_by_id=None,
        )  # fmt: skip
        self.rows.append(row)
        return row


def _at(row: Mapping[str, object]) -> datetime:
    """When it was: the rows of a batch hold instants."""
    return cast("datetime", row["at"])


def put_person(batch: Batch, young: Young, *, now: datetime, **known: object) -> None:
    """The register's row of one person, and their wrapped key. `known` is what has come of their offers."""
    sealed = young.vault.seal
    batch.add(
        "person", id=young.id, municipality_id=young.municipality_id, reference=young.reference,
        name_sealed=sealed("person", "name", young.id, young.name),
        first_name_sealed=sealed("person", "first_name", young.id, young.first_name),
        birth_sealed=sealed("person", "birth", young.id, young.birth.isoformat()),
        phone_sealed=sealed("person", "phone", young.id, phone(young.reference)),
        group=young.group.value, caseworker_id=young.caseworker_id or None, substitute_id=young.substitute_id or None,
        kin_sealed=sealed("person", "kin", young.id, str(known["kin"])) if known.get("kin") else None,
        language=young.language, entered_on=young.entered_on,
        left_on=young.left_on if young.left_on <= local_date(now) else None, created_at=now,
        aftercare=known.get("aftercare", "no"), offered_on=known.get("offered_on"), decided_on=known.get("decided_on"),
    )  # fmt: skip
    batch.add("person_key", person_id=young.id, municipality_id=young.municipality_id, wrapped=young.wrapped)


def put_joined(
    batch: Batch, young: Young, *, now: datetime, link: bool = True, state: str = "active",
    seen_at: datetime | None = None,
) -> None:  # fmt: skip
    """What joining leaves behind: the link to a phone that is not shown, confirmed next day, and the consents.
    `seen_at` is when they last looked into the chat.
    """
    at = young.joined_at
    if at is None:
        return
    purposes = [Purpose.MESSAGES, *([Purpose.CHECKINS] * young.checkins), *([Purpose.FIGURES] * young.figures)]
    for purpose in purposes:
        batch.add(
            "consent", id=new_id(), municipality_id=young.municipality_id, person_id=young.id, purpose=purpose.value,
            version=VERSION, given_at=at,
        )  # fmt: skip
    if not link:
        return
    young.link_id = new_id()
    chat_id = 1 + int(young.id[:12], 16)
    words = " ".join(joining.safety_words(bytes.fromhex(young.id)))
    gone = young.left_at if young.left_at <= now else None
    batch.add(
        "link", id=young.link_id, municipality_id=young.municipality_id, person_id=young.id, bot=ELSEWHERE,
        chat_index=chat_index(ELSEWHERE, chat_id),
        chat_sealed=young.vault.seal("link", "chat", young.link_id, str(chat_id)),
        words_sealed=young.vault.seal("link", "words", young.link_id, words), state="closed" if gone else state,
        language=young.language, first_message_explained=True, opened_at=at,
        seen_at=max(min(now, at + timedelta(days=2)), seen_at or at),
        confirmed_at=min(now, at + timedelta(days=1)), confirmed_by_id=young.caseworker_id, closed_at=gone,
    )  # fmt: skip


def put_offer(
    batch: Batch, young: Young, kind: str, content: Content, steps: Iterable[Step], staff_id: str, offer_id: str = ""
) -> str:
    """An offer with its history so far; returns its id."""
    key = offer_id or new_id()
    state, dates, revision = OfferState.DRAFT, dict[str, datetime](), 1
    price, unit = PRICES.get(kind, (None, ""))
    for step in steps:
        _put_event(batch, young, key, step, staff_id)
        state = STATE_AFTER.get(step.deed, state)
        dates["answered" if step.deed in _ANSWERS else step.deed] = step.at
        if step.deed == "revised":
            revision, dates["published"] = revision + 1, step.at
            dates.pop("answered", None)
    first = min(dates.values())
    batch.add(
        "offer", id=key, municipality_id=young.municipality_id, person_id=young.id, kind=kind, state=state.value,
        content_sealed=seal_content(young.vault, key, content), revision=revision, created_by_id=staff_id,
        created_at=first, published_at=dates.get("published"), answered_at=dates.get("answered"),
        seen_at=dates.get("seen"), started_on=_day(dates.get("started")), ended_on=_day(dates.get("ended")),
        price=price if "started" in dates else None, price_unit=unit if "started" in dates and price else "",
    )  # fmt: skip
    return key


def _day(at: datetime | None) -> date | None:
    return local_date(at) if at is not None else None


def move_offer(batch: Batch, young: Young, offer_id: str, kind: str, steps: Iterable[Step], staff_id: str) -> None:
    """Further steps of an offer of this kind that is there already."""
    columns: dict[str, object] = {}
    for step in steps:
        _put_event(batch, young, offer_id, step, staff_id)
        if step.deed in STATE_AFTER:
            columns["state"] = STATE_AFTER[step.deed].value
        if step.deed in _ANSWERS | {"seen"}:
            columns["seen_at" if step.deed == "seen" else "answered_at"] = step.at
        if step.deed in {"started", "ended"}:
            columns[f"{step.deed}_on"] = local_date(step.at)
        if step.deed == "started":
            columns["price"], columns["price_unit"] = PRICES.get(kind, (None, ""))
    if columns:
        batch.change("offer", offer_id, **columns)


def put_alert(
    batch: Batch, young: Young, reason: Reason, at: datetime, owner_id: str, *, about: str = "",
    taken_at: datetime | None = None, closed_at: datetime | None = None, done: str = "",
) -> None:  # fmt: skip
    """An alert and how far it has come: open, taken by a human, or closed with what was done."""
    key, kind = new_id(), alerts.kind_of(reason)
    taken_at = taken_at or closed_at
    batch.add(
        "alert", id=key, municipality_id=young.municipality_id, person_id=young.id, kind=kind.value,
        reason=reason.value, about=about or key, owner_id=owner_id, raised_at=at,
        state="closed" if closed_at else "acknowledged" if taken_at else "open",
        deadline_at=promises.alert_deadline(at, HOURS, kind.value), acknowledged_at=taken_at,
        acknowledged_by_id=owner_id if taken_at else None, closed_at=closed_at,
        closed_by_id=owner_id if closed_at else None,
        done_sealed=young.vault.seal("alert", "done", key, done) if closed_at else None,
    )  # fmt: skip
    put_trail(batch, young, f"alert.{reason.value}", "", at, key)
    for deed, when in (("acknowledge", taken_at), ("close", closed_at)):
        if when is not None:
            put_trail(batch, young, f"alert.{deed}", owner_id, when, key)


def put_feedback(
    batch: Batch, young: Young, about: str, audience: str, at: datetime, *, words: str = "",
    seen_at: datetime | None = None, closed_at: datetime | None = None, state: str = "said",
    answer: str = "", by: str = "", heard: int = 0,
) -> None:  # fmt: skip
    """One piece of feedback and how far its loop has come; `heard` is the tap afterwards, 1 to 5, or 0."""
    key, sealed = new_id(), young.vault.seal
    batch.add(
        "feedback", id=key, municipality_id=young.municipality_id, person_id=young.id, about=about, audience=audience,
        body_sealed=sealed("feedback", "body", key, words) if words else None, state=state,
        opened_at=at - timedelta(minutes=2), said_at=at, promised_at=promises.promise(at, HOURS) if words else None,
        seen_at=seen_at, seen_by_id=by if seen_at else None, answered_at=closed_at if answer else None,
        answered_by_id=by if answer else None,
        answer_sealed=sealed("feedback", "answer", key, answer) if answer else None, closed_at=closed_at,
        heard_sealed=sealed("feedback", "heard", key, str(heard)) if heard else None,
    )  # fmt: skip


def put_letter(
    batch: Batch, young: Young, kind: str, key: str, about: str, at: datetime, *, state: str = "sent", reason: str = "",
    args: dict[str, object] | None = None,
) -> None:  # fmt: skip
    """A letter to a phone that is not shown, and the truth about it."""
    rule = KINDS[kind]
    rank = delivery.priority(rule.letter_class)
    batch.add(
        "letter", municipality_id=young.municipality_id, person_id=young.id, link_id=young.link_id or None,
        bot=ELSEWHERE, chat_index="", kind=kind, letter_class=rule.letter_class.value, priority=rank, rank=rank,
        about=about, args=args or {}, natural_key=key, language=young.language, buttons=[], state=state, reason=reason,
        attempts=0 if state == "sent" else 3, in_conversation=rule.in_conversation, next_at=at, created_at=at,
        started_at=at, sent_at=at if state == "sent" else None,
        message_id=micros(at) // 1_000_000 if state == "sent" else None,
    )  # fmt: skip


def put_trail(batch: Batch, young: Young, deed: str, staff_id: str, at: datetime, about: str = "") -> None:
    """One entry of the trail: a member of staff did or saw this, or the clock ("")."""
    batch.add(
        "trail_entry", municipality_id=young.municipality_id, at=at, actor="staff" if staff_id else "clock",
        actor_id=staff_id, deed=deed, person_id=young.id, about=about,
    )  # fmt: skip


def put_trail_in_order(batch: Batch) -> None:
    """The trail is one line of time, whoever told of what first."""
    if "trail_entry" in batch.new:
        batch.new["trail_entry"].sort(key=_at)


def put_case_file(
    batch: Batch, people: Iterable[Young], before: datetime, *, decided: Mapping[str, datetime], behind: frozenset[str]
) -> None:
    """What is older went to the case file in one hand-over each: no desk begins with years of undecided messages.

    Of those in `decided` (by id), what came after that and before their moment was decided about and waits to be handed
    over. With those in `behind` nobody has kept up lately.
    """
    whose = {young.id: young for young in people}
    old: dict[str, list[tuple[str, str, datetime]]] = {}
    for table, kind in (("message", "message"), ("offer_event", "offer"), ("meeting_event", "meeting")):
        for row in batch.new.get(table, ()):
            at, deed = row["at"], row.get("deed")
            beside = (kind == "offer" and deed not in ANSWERS) or (kind == "meeting" and deed != "agreed")
            if not isinstance(at, datetime) or beside or row["person_id"] not in whose:
                continue
            if at < (before - timedelta(days=30) if row["person_id"] in behind else before):
                row["undecided"] = False
                old.setdefault(str(row["person_id"]), []).append((kind, str(row["id"]), at))
            elif row["person_id"] not in behind and at < decided.get(str(row["person_id"]), before):
                _decide(batch, whose[str(row["person_id"])], kind, row, at)
    for person_id, records in old.items():
        young, hand_over = whose[person_id], new_id()
        here = {"municipality_id": young.municipality_id, "person_id": person_id, "staff_id": young.caseworker_id}
        batch.add(
            "case_hand_over", id=hand_over, number=1, at=before, records=len(records), size=40_000,
            fingerprint=sha256(hand_over.encode()).hexdigest(), **here,
        )  # fmt: skip
        for kind, record_id, at in records:
            theme = Theme.OFFERS if kind == "offer" else Theme.OTHER
            batch.add(
                "record_decision", kind=kind, record_id=record_id, record_at=at,
                choice="file", theme=theme.value, at=before,
                hand_over_id=hand_over, **here,
            )  # fmt: skip


def _decide(batch: Batch, young: Young, kind: str, row: Row, at: datetime) -> None:
    """To the case file, under a theme; what asked nothing and tells nothing ("Tak") is not relevant there."""
    thanks = kind == "message" and row["direction"] == "in" and not row["needs_answer"]
    theme = "" if thanks else Theme.OFFERS.value if kind == "offer" else Theme.EDUCATION.value
    row["undecided"] = False
    batch.add(
        "record_decision", municipality_id=young.municipality_id, person_id=young.id, kind=kind,
        record_id=str(row["id"]), record_at=at, choice="not" if thanks else "file", theme=theme,
        staff_id=young.caseworker_id, at=at + timedelta(days=1), hand_over_id="",
    )  # fmt: skip


def last_working_hour(at: datetime) -> datetime:
    """That instant if the office is open, else the end of the last hour in which it was."""
    while not promises.is_open(at, HOURS):
        at -= timedelta(minutes=30)
    return at


def phone(reference: str) -> str:
    """A number nobody can have: Danish numbers never begin with 0."""
    digits = f"{sum(ord(letter) * 37**place for place, letter in enumerate(reference)) % 10**6:06d}"
    return f"00 {digits[:2]} {digits[2:4]} {digits[4:]}"


def content_of(fields: dict[str, str]) -> Content:
    """An offer's content, checked as the desk checks it."""
    content = Content(**fields)
    content.check()
    return content


def _put_event(batch: Batch, young: Young, offer_id: str, step: Step, staff_id: str) -> None:
    for deed, words in ((step.deed, ""), *([(f"{step.deed}.words", step.words)] if step.words else [])):
        key = new_id()
        batch.add(
            "offer_event", id=key, municipality_id=young.municipality_id, person_id=young.id, offer_id=offer_id,
            deed=deed, words_sealed=young.vault.seal("offer_event", "words", key, words) if words else None,
            staff_id=staff_id if step.deed in _BY_STAFF else None, at=step.at,
        )  # fmt: skip


@lru_cache(maxsize=512)
def _read(words: str) -> tuple[bool, bool]:
    return not messages.asks_nothing(words), messages.is_urgent(words)
