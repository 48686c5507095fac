"""Today: what waits for one member of staff, in the order it should be done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from models.domain import register as rules
from models.domain.localtime import day_bounds, local_date
from models.domain.offers import OfferState
from models.domain.staff import Viewer, sees_whole_municipality
from models.queries import (
    alerts,
    casefile,
    feedback,
    meetings,
    messages,
    messages_promises,
    offers,
    progress,
    register_moves,
    register_openings,
    retention,
    within,
)
from models.queries.alerts import AlertLine
from models.queries.meetings import MeetingLine
from models.queries.messages import ThreadLine
from models.queries.messages_promises import Kept
from models.queries.offers import OfferLine, WishLine
from models.queries.progress import Due
from models.queries.register_moves import Declined
from models.queries.register_openings import Opened
from models.tables.fields import micros
from models.tables.meetings import MeetingEvent
from models.tables.messages import Message
from models.tables.reach import dead_letters_for
from models.transactions import reading, rows

_MOST = 50
#: Of those without a chat only the grown are counted, and when they were born is sealed.
_ALL = 100_000


@dataclass(frozen=True, slots=True)
class NotArrived:
    """A reply that is held, lost or unsure. `reason` is the code of why."""

    message_id: str
    person_id: str
    name: str
    state: str
    reason: str
    at: datetime


#: The alerts and threads that press most, and the feedback whose promise ends first; where there are more, their own
#: pages have them.
MOST_ALERTS: Final = 15
MOST_THREADS: Final = 15
MOST_FEEDBACK: Final = 15


@dataclass(frozen=True, slots=True)
class Somebody:
    """A person in a list of Today."""

    person_id: str
    name: str
    since: datetime | None


@dataclass(frozen=True, slots=True)
class Some:
    """So many people, and the first of them, the most pressing first."""

    n: int
    first: tuple[Somebody, ...]


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A message that came in and could not be processed three times; only a coordinator reads it."""

    inbox_id: int
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Today:
    """What waits. Every list holds the most pressing first; `more_alerts`, `more_threads` and `more_feedback` are how
    many of those there are besides. `undecided` counts conversations with something that was not decided about for too
    long, `left_behind` people who moved away from something undecided, `going` who is deleted by itself soon, `done`
    what this viewer did today.
    """

    alerts: tuple[AlertLine, ...]
    more_alerts: int
    threads: tuple[ThreadLine, ...]
    more_threads: int
    proposals: tuple[OfferLine, ...]
    wishes: tuple[WishLine, ...]
    meetings: tuple[MeetingLine, ...]
    unwritten: tuple[MeetingLine, ...]
    not_arrived: tuple[NotArrived, ...]
    feedback: tuple[feedback.Waiting, ...]
    more_feedback: int
    dead_letters: tuple[DeadLetter, ...]
    offers_waiting: Some
    not_heard: Some
    without_link: Some
    without_caseworker: Some
    turned_23: Some
    strays: Some
    openings: tuple[Opened, ...]
    declined: tuple[Declined, ...]
    undecided: int
    left_behind: int
    going: int
    due: tuple[Due, ...]
    promises: Kept
    done: int


@reading
async def today(viewer: Viewer, *, now: datetime) -> Today:
    """Everything that waits for this viewer; the number of queries does not grow with what waits."""
    some = await _some(viewer, now)
    gone = await within.gone(viewer, local_date(now))
    # What somebody took who is not there today is everybody's again who may finish it.
    raised = await alerts.alert_page(
        viewer, ("open", "acknowledged"), most=MOST_ALERTS, owners=[viewer.staff_id, *sorted(gone)]
    )
    # What is to be read now is said once, by its alert; the promise stands in the thread it leads to.
    said = {alert.person_id for alert in raised.lines if alert.kind == "read_now" and alert.words}
    proposals = await offers.offers(viewer, [OfferState.CHANGE_ASKED])
    wished, _ = await offers.wishes(viewer)
    pressing, unwritten = await meetings.waiting_now(
        viewer, now=now, until=day_bounds(local_date(now) + timedelta(days=1))[1]
    )
    # So is what waits only in a proposal, a wish or a meeting: by its own line.
    said |= await _said_elsewhere(viewer, proposals, wished, pressing)
    threads, more_threads = await messages.waiting(viewer, now=now, most=MOST_THREADS, besides=said)
    told, more_feedback = await feedback.waiting(viewer, most=MOST_FEEDBACK)
    return Today(
        alerts=raised.lines,
        more_alerts=raised.total - len(raised.lines),
        threads=tuple(threads),
        more_threads=more_threads,
        proposals=tuple(proposals),
        wishes=tuple(wished),
        meetings=tuple(pressing),
        unwritten=tuple(unwritten),
        not_arrived=tuple(await _not_arrived(viewer)),
        feedback=tuple(told),
        more_feedback=more_feedback,
        dead_letters=tuple(await _dead_letters(viewer)),
        offers_waiting=some["offers_waiting"],
        not_heard=some["not_heard"],
        without_link=some["without_link"],
        without_caseworker=some["without_caseworker"],
        turned_23=some["turned_23"],
        strays=some["strays"],
        openings=tuple(await register_openings.unseen(viewer)),
        declined=tuple(await register_moves.declined(viewer)),
        undecided=await casefile.overdue(viewer, now=now),
        left_behind=await casefile.left_behind(viewer),
        going=await retention.soon(viewer, now=now),
        due=tuple(await progress.due(viewer, now=now)),
        promises=await messages_promises.kept(viewer, now=now),
        done=await _done(viewer, now),
    )


async def _said_elsewhere(
    viewer: Viewer, proposals: list[OfferLine], wished: list[WishLine], pressing: list[MeetingLine]
) -> set[str]:
    """The people whose every waiting message stands on Today as a proposal, a wish, or "I can't"."""
    carried = {asked.message_id for offer in proposals for asked in offer.asked} | {one.message_id for one in wished}
    declined = {one.meeting_id: one.person_id for one in pressing if one.cannot_at}
    said = MeetingEvent.filter(meeting_id__in=list(declined)).exclude(message_id="")
    carried |= {str(key) for key in await said.values_list("message_id", flat=True)} if declined else set()
    if not carried:
        return set()
    people = {*(one.person_id for one in proposals), *(one.person_id for one in wished), *declined.values()}
    waiting = await Message.filter(
        person_id__in=list(people), municipality_id=viewer.municipality_id, direction="in", answered_at=None,
        needs_answer=True,
    ).values_list("id", "person_id")  # fmt: skip
    return {str(who) for _, who in waiting} - {str(who) for key, who in waiting if key not in carried}


async def _not_arrived(viewer: Viewer) -> list[NotArrived]:
    within_reach, values = within.reach(viewer)
    found = await rows(
        f"SELECT l.about AS message_id, l.person_id, l.state, l.reason, l.created_at, p.name_sealed, {within.KEY} "  # noqa: S608 (constants)
        f"FROM letter l JOIN person p ON p.id = l.person_id {within.KEYED}"
        "WHERE l.municipality_id = ? AND l.state IN ('held', 'unsure', 'dead') "
        "AND l.kind IN ('message.reply', 'message.file') "
        f"AND {within_reach} ORDER BY l.created_at DESC, l.id DESC LIMIT {_MOST}",
        viewer.municipality_id, *values,
    )  # fmt: skip
    vaults = await within.opened_with(viewer, found)
    lines = {
        row["message_id"]: NotArrived(
            row["message_id"], row["person_id"], _name(vaults, row), row["state"], row["reason"],
            within.at(row["created_at"]),
        )
        for row in found
    }  # fmt: skip
    return list(lines.values())


async def _dead_letters(viewer: Viewer) -> list[DeadLetter]:
    found = await dead_letters_for(viewer)
    return [DeadLetter(row.id, row.received_at) for row in found if row.seen_by_id is None]


_GROUPS: Final = ("offers_waiting", "not_heard", "without_link", "without_caseworker", "turned_23", "strays")
#: How many of a group are named; of strays every one is a line of its own.
_NAMED = 3


def _groups(viewer: Viewer, now: datetime) -> dict[str, tuple[str, str, str, int, list[object]]]:
    """Group -> from where (`people p`, or `near p` of those whom a group may hold), who, since when, how many are
    named, and the values in it."""
    before, here = micros(now - rules.QUIET), viewer.municipality_id
    never = "CAST(NULL AS BIGINT)"
    groups: dict[str, tuple[str, str, str, int, list[object]]] = {
        "offers_waiting": (
            "people p JOIN (SELECT o.person_id, MIN(o.published_at) AS since FROM offer o WHERE o.municipality_id = ? "
            "AND o.state = 'published' GROUP BY o.person_id) g ON g.person_id = p.id", "1 = 1", "g.since", _NAMED,
            [here],
        ),
        # Nothing seen, written or answered for so long; nobody who rests.
        "not_heard": (
            "quiet p", "p.wrote < ? AND NOT EXISTS (SELECT 1 FROM check_in d "
            "WHERE d.person_id = p.id AND d.closed_at >= ? AND d.state = 'done')",
            "CASE WHEN p.wrote > p.seen THEN p.wrote ELSE p.seen END", _NAMED, [before, before],
        ),
        "without_link": ("near p", "p.left_on IS NULL AND p.seen IS NULL", never, _ALL, []),
        # Whose chat is still open after their 23rd birthday: a human has something to finish first.
        "turned_23": (
            "near p", "p.left_on IS NOT NULL AND p.seen IS NOT NULL "
            "AND (EXISTS (SELECT 1 FROM thread t WHERE t.person_id = p.id AND t.waiting_since IS NOT NULL) "
            "OR EXISTS (SELECT 1 FROM alert a WHERE a.person_id = p.id AND a.state <> 'closed'))", never, _MOST, [],
        ),
    }  # fmt: skip
    if sees_whole_municipality(viewer.role):
        groups["without_caseworker"] = ("near p", "p.left_on IS NULL AND p.nobodys", never, _NAMED, [])
        # Whose case had words of a stranger in it that no coordinator has seen yet.
        groups["strays"] = (
            "people p JOIN (SELECT s.person_id, MIN(s.apart_at) AS since FROM stray s WHERE s.municipality_id = ? "
            "AND s.seen_by_id IS NULL GROUP BY s.person_id) g ON g.person_id = p.id", "1 = 1", "g.since", _MOST, [here],
        )  # fmt: skip
    return groups


#: Everybody within reach is looked for once, and once beside their chats (`seen`: when one was last used, none without
#: a chat): most are in no group but that of the offers. Whose chat was used in a month has been heard from: only of the
#: others it is asked whether they wrote or answered elsewhere.
_NEAR: Final = (
    "WITH people AS (SELECT p.id, p.left_on, p.stopped_at, p.paused_until, CASE WHEN {nobodys} THEN 1 ELSE 0 END "
    "AS nobodys FROM person p WHERE {reach}), "
    "chats AS (SELECT l.person_id, MAX(l.seen_at) AS seen FROM link l WHERE l.municipality_id = ? {theirs}"
    "AND l.state <> 'closed' GROUP BY l.person_id), "
    "near AS MATERIALIZED (SELECT p.id, p.left_on, p.stopped_at, p.paused_until, p.nobodys = 1 AS nobodys, c.seen "
    "FROM people p LEFT JOIN chats c ON c.person_id = p.id WHERE c.seen < ? OR p.nobodys = 1 "
    "OR CASE WHEN p.left_on IS NULL THEN 1 ELSE 0 END = CASE WHEN c.seen IS NULL THEN 1 ELSE 0 END), "
    "quiet AS MATERIALIZED (SELECT p.id, p.left_on, p.seen, COALESCE((SELECT MAX(m.at) FROM message m "
    "WHERE m.person_id = p.id AND m.direction = 'in'), 0) AS wrote FROM near p "
    "WHERE p.left_on IS NULL AND p.stopped_at IS NULL AND COALESCE(p.paused_until, 0) < ? AND p.seen < ?) "
)


async def _some(viewer: Viewer, now: datetime) -> dict[str, Some]:
    """Every group of people that waits, in one question: how many, and the names of the first."""
    within_reach, reach_values = within.reach(viewer)
    whole, before = sees_whole_municipality(viewer.role), micros(now - rules.QUIET)
    parts: list[str] = []
    values = [viewer.municipality_id, *reach_values, viewer.municipality_id, before, micros(now), before]
    for kind, (source, who, since, most, more) in _groups(viewer, now).items():
        parts.append(
            f"SELECT * FROM (SELECT '{kind}' AS kind, p.id AS person_id, p.left_on, {since} AS since, "  # noqa: S608 (constants)
            f"COUNT(*) OVER () AS n FROM {source} "
            f"WHERE {who} ORDER BY since, left_on, person_id LIMIT {most}) {kind}"
        )
        values += more
    near = _NEAR.format(
        reach=within_reach,
        nobodys="p.caseworker_id IS NULL OR p.caseworker_id NOT IN "
        "(SELECT s.id FROM staff s WHERE s.municipality_id = ? AND s.active)",
        theirs="" if whole else "AND l.person_id IN (SELECT q.id FROM people q) ",
    )
    # Names are fetched of those only who are named.
    found = await rows(
        f"{near}SELECT f.*, p.name_sealed, p.birth_sealed FROM ({' UNION ALL '.join(parts)}) f "  # noqa: S608 (constants)
        "JOIN person p ON p.id = f.person_id",
        *values,
    )
    found.sort(key=lambda row: (row["since"] or 0, str(row["left_on"] or ""), row["person_id"]))
    today = local_date(now)
    linkless = [row for row in found if row["kind"] == "without_link"]
    births = await within.births(viewer, linkless)
    adult = [row for row in linkless if (born := births.get(row["person_id"])) and rules.in_target_group(born, today)]
    first = {kind: [row for row in found if row["kind"] == kind] for kind in _GROUPS} | {"without_link": adult[:_NAMED]}
    names = await within.names(viewer, [row for named in first.values() for row in named])
    counts = {kind: int(named[0]["n"]) for kind, named in first.items() if named} | {"without_link": len(adult)}
    return {
        kind: Some(
            counts.get(kind, 0),
            tuple(
                Somebody(row["person_id"], names[row["person_id"]], within.moment(row["since"]))
                for row in named
                if row["person_id"] in names
            ),
        )
        for kind, named in first.items()
    }


async def _done(viewer: Viewer, now: datetime) -> int:
    start, end = (micros(one) for one in day_bounds(local_date(now)))
    found = await rows(
        "SELECT (SELECT COUNT(*) FROM message m WHERE m.staff_id = ? AND m.at >= ? AND m.at < ? "
        "AND m.direction <> 'in') AS written, (SELECT COUNT(*) FROM alert a WHERE a.municipality_id = ? "
        "AND a.state = 'closed' AND a.closed_by_id = ? AND a.closed_at >= ? AND a.closed_at < ?) AS closed",
        viewer.staff_id, start, end, viewer.municipality_id, viewer.staff_id, start, end,
    )  # fmt: skip
    return int(found[0]["written"]) + int(found[0]["closed"])


def _name(vaults: dict[str, Any], row: dict[str, Any]) -> str:
    return within.name_of(vaults[row["person_id"]], row["person_id"], row["name_sealed"])
