"""Everything that happened around a person besides messages: offers, wishes, meetings, check-ins, alerts, contacts,
goals, progress, follow-up, consents, links; and on which days there was talk.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from models.domain import messages as texts
from models.domain.localtime import day_bounds, local_date
from models.domain.staff import Viewer, sees_whole_municipality
from models.queries import within
from models.queries.checkins import OPEN_TO_CASEWORKER
from models.tables.fields import micros
from models.tables.keys import Vault
from models.tables.reach import person_for
from models.transactions import reading, rows

#: Of each kind the latest so many are shown, and the days on which one of so many messages was written.
LONGEST: Final = 200
_MESSAGES: Final = 2000


@dataclass(frozen=True, slots=True)
class Talk:
    """A day on which there was talk: how many messages either way and how many notes, who of the desk wrote, and the
    first of them, by its id and position."""

    at: datetime
    theirs: int
    ours: int
    notes: int
    who: tuple[str, ...]
    message_id: str
    position: int


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that happened. `kind`: offer, wish, meeting, check_in, alert, contact, goal, progress, follow_up,
    consent, link or handover; `what` a code in it.

    `who` is a member of staff or ""; `words` what was written; `about` the row it belongs to; `score` a WHO-5 score;
    `with_time`: not only the day is known.
    """

    at: datetime
    kind: str
    what: str
    who: str
    words: str
    about: str
    score: int | None = None
    with_time: bool = True


@reading
async def happenings(viewer: Viewer, person_id: str, *, since: datetime | None = None) -> list[Happening]:
    """What happened, oldest first, in one question: of each kind the latest. Hørt-5 and pulses are not in it, not even
    that they were answered."""
    person = await person_for(viewer, person_id)
    opened = (await within.opened(viewer, [person.id]))[person.id]
    names = await within.staff_names(viewer)
    close = viewer.staff_id in {person.caseworker_id, person.substitute_id}
    whole = int(sees_whole_municipality(viewer.role) and not close)
    after = micros(since) if since else 0
    values: list[object] = []
    for kind, _ in _HAPPENED:
        values += [person.id, *([whole, viewer.staff_id] if kind == "alert" else []), after]
    found = await rows(_EVERYTHING, *values)
    return [_happening(row, opened, names) for row in found]


@reading
async def contacts(viewer: Viewer, person_id: str) -> list[Happening]:
    """Calls, visits and letters written down at the desk, each on the day it was, and calls that nobody answered: the
    latest. Raises NotFound out of reach."""
    person = await person_for(viewer, person_id)
    opened = (await within.opened(viewer, [person.id]))[person.id]
    names = await within.staff_names(viewer)
    found = await rows(
        "SELECT m.id, m.at, m.kind, m.staff_id, m.body_sealed, c.way, CAST(c.held_on AS TEXT) AS held_on "
        "FROM message m LEFT JOIN contact c ON c.message_id = m.id WHERE m.person_id = ? AND m.direction = 'note' "
        "AND (m.kind IN ('contact', 'missed') OR c.id IS NOT NULL) ORDER BY m.at DESC, m.id DESC LIMIT ?",
        person.id, LONGEST,
    )  # fmt: skip
    made: list[Happening] = []
    for row in found:
        at = within.at(row["at"])
        held_on = date.fromisoformat(row["held_on"]) if row["held_on"] else local_date(at)
        that_day = held_on == local_date(at)
        made.append(
            Happening(
                at if that_day else day_bounds(held_on)[0], "contact", row["way"] or row["kind"],
                names.get(row["staff_id"] or "", ""),
                texts.visible(opened.open("message", "body", row["id"], row["body_sealed"])), row["id"],
                with_time=that_day,
            )
        )  # fmt: skip
    return sorted(made, key=lambda one: one.at)


@reading
async def talks(viewer: Viewer, person_id: str) -> list[Talk]:
    """On which days there was talk in the open thread, the latest last; without a word of it. A contact is none of it:
    it has a line of its own. Raises NotFound out of reach."""
    person = await person_for(viewer, person_id)
    names = await within.staff_names(viewer)
    found = await rows(
        "SELECT m.id, m.at, m.direction, m.kind, m.staff_id, m.position FROM message m JOIN thread t "
        "ON t.id = m.thread_id WHERE m.person_id = ? AND m.municipality_id = ? AND t.state = 'open' "
        "AND m.kind NOT IN ('contact', 'missed') AND NOT EXISTS (SELECT 1 FROM contact c WHERE c.message_id = m.id) "
        "ORDER BY m.position DESC LIMIT ?",
        person.id, viewer.municipality_id, _MESSAGES,
    )  # fmt: skip
    days: dict[date, list[dict[str, Any]]] = {}
    for row in reversed(found):
        days.setdefault(local_date(within.at(row["at"])), []).append(row)
    return [_talk(those, names) for those in list(days.values())[-LONGEST:]]


def _talk(those: list[dict[str, Any]], names: dict[str, str]) -> Talk:
    ways = Counter(str(row["direction"]) for row in those)
    who = dict.fromkeys(names.get(row["staff_id"] or "", "") for row in those if row["direction"] != "in")
    return Talk(
        within.at(those[-1]["at"]), ways["in"], ways["out"], ways["note"], tuple(filter(None, who)), those[0]["id"],
        int(those[0]["position"]),
    )  # fmt: skip


#: What goes into one line: its kind, what, when (`at`), who, about which row; a clear word; what was written
#: (`place`, the table and column it is sealed for, and its row); and where nothing was, what it is about instead.
_LINE = (
    "SELECT {kind!r} AS kind, {rank} AS n, {what} AS what, {at} AS at, {who} AS who, {about} AS about, "
    "{clear} AS clear, {place!r} AS place, {row} AS row_id, {sealed} AS sealed, {of} AS of_id, {content} AS content "
    "FROM {table} WHERE {whose}.person_id = ? {where} AND {at} >= ?"
)
_SHOWN = ", ".join(f"'{key}'" for key in OPEN_TO_CASEWORKER)
#: Kind, and the parts of its question. Two lines may come of one row: its beginning, and its end.
_HAPPENED: tuple[tuple[str, dict[str, str]], ...] = (
    ("offer", {"table": "offer_event e JOIN offer o ON o.id = e.offer_id", "what": "e.deed", "at": "e.at",
               "who": "e.staff_id", "about": "e.offer_id", "place": "offer_event.words", "row": "e.id",
               "sealed": "e.words_sealed", "of": "o.id", "content": "o.content_sealed",
               "where": "AND e.deed <> 'seen'"}),
    ("meeting", {"table": "meeting_event e JOIN meeting o ON o.id = e.meeting_id", "what": "e.deed", "at": "e.at",
                 "who": "e.staff_id", "about": "e.meeting_id", "place": "meeting_event.words", "row": "e.id",
                 "sealed": "e.words_sealed", "of": "o.id", "content": "o.content_sealed"}),
    ("wish", {"table": "wish e JOIN range_offer o ON o.id = e.range_offer_id", "what": "'made'", "at": "e.made_at",
              "about": "e.id", "clear": "o.title"}),
    ("wish", {"table": "wish e JOIN range_offer o ON o.id = e.range_offer_id", "what": "e.state", "at": "e.settled_at",
              "who": "e.staff_id", "about": "e.id", "clear": "o.title", "place": "wish.answer", "row": "e.id",
              "sealed": "e.answer_sealed"}),
    ("check_in", {"table": "check_in e", "what": "e.instrument", "at": "COALESCE(e.closed_at, e.due_at)",
                  "about": "e.id", "place": "check_in.score", "row": "e.id", "sealed": "e.score_sealed",
                  "where": f"AND e.state = 'done' AND e.instrument IN ({_SHOWN})"}),
    ("alert", {"table": "alert e", "what": "e.reason", "at": "e.raised_at", "about": "e.id",
               "where": "AND (NOT e.apart OR ? = 1 OR e.owner_id = ?)"}),
    ("alert", {"table": "alert e", "what": "'closed'", "at": "e.closed_at", "who": "e.closed_by_id", "about": "e.id",
               "place": "alert.done", "row": "e.id", "sealed": "e.done_sealed",
               "where": "AND (NOT e.apart OR ? = 1 OR e.owner_id = ?)"}),
    ("link", {"table": "link e", "what": "'opened'", "at": "e.opened_at", "about": "e.id"}),
    ("link", {"table": "link e", "what": "'confirmed'", "at": "e.confirmed_at", "who": "e.confirmed_by_id",
              "about": "e.id"}),
    ("link", {"table": "link e", "what": "'closed'", "at": "e.closed_at", "about": "e.id"}),
    ("consent", {"table": "consent e", "what": "e.purpose", "at": "e.given_at", "about": "'given'"}),
    ("consent", {"table": "consent e", "what": "e.purpose", "at": "e.withdrawn_at", "about": "'withdrawn'"}),
    ("handover", {"table": "handover e", "what": "'new'", "at": "e.at", "who": "e.by_staff_id", "about": "e.id",
                  "clear": "e.to_staff_id"}),
    ("goal", {"table": "plan_goal e", "what": "'set'", "at": "e.made_at", "who": "e.made_by_id", "about": "e.id",
              "place": "plan_goal.words", "row": "e.id", "sealed": "e.words_sealed"}),
    ("goal", {"table": "plan_goal e", "what": "e.state", "at": "e.closed_at", "who": "e.changed_by_id", "about": "e.id",
              "place": "plan_goal.words", "row": "e.id", "sealed": "e.words_sealed"}),
    ("progress", {"table": "progress e", "what": "e.wave", "at": "e.at", "who": "e.staff_id", "about": "e.id",
                  # What was set at once is one line.
                  "where": "AND e.id = (SELECT MAX(o.id) FROM progress o WHERE o.person_id = e.person_id "
                           "AND o.at = e.at AND o.wave = e.wave AND o.staff_id = e.staff_id)"}),
    ("follow_up", {"table": "follow_up_date e", "what": "'agreed'", "at": "e.made_at", "who": "e.made_by_id",
                   "about": "e.id", "place": "follow_up_date.note", "row": "e.id", "sealed": "e.note_sealed"}),
    ("follow_up", {"table": "follow_up_date e", "what": "'done'", "at": "e.done_at", "who": "e.done_by_id",
                   "about": "e.id", "place": "follow_up_date.done", "row": "e.id", "sealed": "e.done_sealed"}),
)  # fmt: skip
_NOTHING = {
    "who": "NULL", "clear": "NULL", "place": "", "row": "NULL", "sealed": "CAST(NULL AS BYTEA)", "of": "NULL",
    "content": "CAST(NULL AS BYTEA)", "where": "", "whose": "e",
}  # fmt: skip
_EVERYTHING = (
    "SELECT * FROM ("  # noqa: S608 (constants)
    + " UNION ALL ".join(
        f"SELECT * FROM ({_LINE.format(kind=kind, rank=rank, **_NOTHING | parts)} "  # noqa: S608 (constants)
        f"ORDER BY 4 DESC LIMIT {LONGEST}) k{rank}"
        for rank, (kind, parts) in enumerate(_HAPPENED)
    )
    + ") everything ORDER BY at, n"
)
#: What an offer or a meeting is called, where nothing was written.
_CALLED = {"offer": "title", "meeting": "about"}


def _happening(row: dict[str, Any], opened: Vault, names: dict[str, str]) -> Happening:
    kind, words = str(row["kind"]), str(row["clear"] or "")
    said = ""
    if row["sealed"] is not None:
        table, _, column = str(row["place"]).partition(".")
        said = opened.open(table, column, row["row_id"], row["sealed"])
    elif row["content"] is not None:
        called = json.loads(opened.open(kind, "content", row["of_id"], row["content"]))
        words = str(called.get(_CALLED[kind], ""))
    score = json.loads(said) if kind == "check_in" and row["what"] == "who5" and said else None
    if kind == "handover":
        words = names.get(words, "")
    elif kind == "check_in":
        words = ""
    elif said:
        words = texts.visible(said)
    return Happening(
        at=within.at(row["at"]), kind=kind, what=row["what"], who=names.get(row["who"] or "", ""), words=words,
        about=row["about"], score=None if score is None else int(score),
    )  # fmt: skip
