"""Today: what waits for one member of staff, in the order it should be done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

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
    register_openings,
    retention,
    within,
)
from models.queries.alerts import AlertLine
from models.queries.feedback import FeedbackLine
from models.queries.meetings import MeetingLine
from models.queries.messages import ThreadLine
from models.queries.messages_promises import Kept
from models.queries.offers import OfferLine, WishLine
from models.queries.progress import Due
from models.queries.register_openings import Opened
from models.tables.alerts import Alert
from models.tables.fields import micros
from models.tables.meetings import MeetingEvent
from models.tables.messages import Message
from models.tables.reach import dead_letters_for
from models.tables.register import Person
from models.transactions import reading, rows

QUIET = timedelta(days=30)
_MOST = 50


@dataclass(frozen=True, slots=True)
class NotArrived:
    """A reply that is held, lost or unsure. `reason` is the code of why."""

    message_id: str
    person_id: str
    name: str
    state: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Somebody:
    """A person in a list of Today."""

    person_id: str
    name: str
    since: datetime | None


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A message that came in and could not be processed three times; only a coordinator reads it."""

    inbox_id: int
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Today:
    """What waits. Every list holds the most pressing first; `undecided` counts conversations with something that was
    not decided about for too long, `left_behind` people who moved away from something undecided, `going` who is
    deleted by itself soon, `done` what this viewer did today.
    """

    alerts: tuple[AlertLine, ...]
    threads: tuple[ThreadLine, ...]
    proposals: tuple[OfferLine, ...]
    wishes: tuple[WishLine, ...]
    meetings: tuple[MeetingLine, ...]
    unwritten: tuple[MeetingLine, ...]
    not_arrived: tuple[NotArrived, ...]
    feedback: tuple[FeedbackLine, ...]
    dead_letters: tuple[DeadLetter, ...]
    offers_waiting: tuple[Somebody, ...]
    not_heard: tuple[Somebody, ...]
    without_link: tuple[Somebody, ...]
    without_caseworker: tuple[Somebody, ...]
    turned_23: tuple[Somebody, ...]
    strays: tuple[Somebody, ...]
    openings: tuple[Opened, ...]
    undecided: int
    left_behind: int
    going: int
    due: tuple[Due, ...]
    promises: Kept
    done: int


@reading
async def today(viewer: Viewer, *, now: datetime) -> Today:
    """Everything that waits for this viewer; the number of queries does not grow with what waits."""
    quiet, unlinked, nobodys = await _people(viewer, now)
    gone = await within.gone(viewer, local_date(now))
    raised = [
        alert
        for alert in await alerts.alerts(viewer)
        # What somebody took who is not there today is everybody's again who may finish it.
        if alert.state == "open" or alert.mine or alert.owner_id in gone
    ]
    # What is to be read now is said once, by its alert; the promise stands in the thread it leads to.
    said = {alert.person_id for alert in raised if alert.kind == "read_now" and alert.words}
    proposals = await offers.offers(viewer, [OfferState.CHANGE_ASKED])
    wished = await offers.wishes(viewer)
    pressing = await meetings.pressing(viewer, now=now, until=day_bounds(local_date(now) + timedelta(days=1))[1])
    # So is what waits only in a proposal, a wish or a meeting: by its own line.
    said |= await _said_elsewhere(viewer, proposals, wished, pressing)
    return Today(
        alerts=tuple(raised),
        threads=tuple(line for line in await messages.waiting(viewer, now=now) if line.person_id not in said),
        proposals=tuple(proposals),
        wishes=tuple(wished),
        meetings=tuple(pressing),
        unwritten=tuple(await meetings.unwritten(viewer, now=now)),
        not_arrived=tuple(await _not_arrived(viewer)),
        feedback=tuple(await feedback.feedbacks(viewer, feedback.Show.MINE)),
        dead_letters=tuple(await _dead_letters(viewer)),
        offers_waiting=tuple(await _offers_waiting(viewer)),
        not_heard=tuple(quiet),
        without_link=tuple(unlinked),
        without_caseworker=tuple(nobodys),
        turned_23=tuple(await _turned_23(viewer)),
        strays=tuple(await _strays(viewer)),
        openings=tuple(await register_openings.unseen(viewer)),
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
        "SELECT l.about AS message_id, l.person_id, l.state, l.reason, l.created_at, p.name_sealed "  # noqa: S608 (constants)
        "FROM letter l JOIN person p ON p.id = l.person_id "
        "WHERE l.municipality_id = ? AND l.state IN ('held', 'unsure', 'dead') "
        "AND l.kind IN ('message.reply', 'message.file') "
        f"AND {within_reach} ORDER BY l.created_at DESC, l.id DESC LIMIT {_MOST}",
        viewer.municipality_id, *values,
    )  # fmt: skip
    vaults = await within.opened(viewer, [row["person_id"] for row in found])
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


async def _offers_waiting(viewer: Viewer) -> list[Somebody]:
    within_reach, values = within.reach(viewer)
    found = await rows(
        "SELECT o.person_id, MIN(o.published_at) AS since, p.name_sealed "  # noqa: S608 (constants)
        "FROM offer o JOIN person p ON p.id = o.person_id "
        f"WHERE o.municipality_id = ? AND o.state = 'published' AND {within_reach} "
        "GROUP BY o.person_id, p.name_sealed ORDER BY since",
        viewer.municipality_id, *values,
    )  # fmt: skip
    vaults = await within.opened(viewer, [row["person_id"] for row in found])
    return [Somebody(row["person_id"], _name(vaults, row), within.moment(row["since"])) for row in found]


async def _turned_23(viewer: Viewer) -> list[Somebody]:
    """Whose chat is still open after their 23rd birthday: a human has something to finish first."""
    within_reach, values = within.reach(viewer)
    found = await rows(
        "SELECT p.id AS person_id, p.name_sealed FROM person p "  # noqa: S608 (constants)
        "WHERE p.left_on IS NOT NULL "
        "AND EXISTS (SELECT 1 FROM link l WHERE l.person_id = p.id AND l.state <> 'closed') "
        "AND (EXISTS (SELECT 1 FROM thread t WHERE t.person_id = p.id AND t.waiting_since IS NOT NULL) "
        "OR EXISTS (SELECT 1 FROM alert a WHERE a.person_id = p.id AND a.state <> 'closed')) "
        f"AND {within_reach} ORDER BY p.left_on, p.id",
        *values,
    )
    vaults = await within.opened(viewer, [row["person_id"] for row in found])
    return [Somebody(row["person_id"], _name(vaults, row), None) for row in found]


async def _strays(viewer: Viewer) -> list[Somebody]:
    """Whose case had words of a stranger in it that no coordinator has seen yet."""
    if not sees_whole_municipality(viewer.role):
        return []
    within_reach, values = within.reach(viewer)
    found = await rows(
        "SELECT p.id AS person_id, p.name_sealed, MIN(s.apart_at) AS since FROM stray s "  # noqa: S608 (constants)
        f"JOIN person p ON p.id = s.person_id WHERE s.seen_by_id IS NULL AND {within_reach} "
        "GROUP BY p.id, p.name_sealed ORDER BY since",
        *values,
    )
    vaults = await within.opened(viewer, [row["person_id"] for row in found])
    return [Somebody(row["person_id"], _name(vaults, row), within.moment(row["since"])) for row in found]


async def _people(viewer: Viewer, now: datetime) -> tuple[list[Somebody], list[Somebody], list[Somebody]]:
    """Who has been quiet for 30 days, who has no chat, and (for a coordinator) who has no caseworker."""
    within_reach, values = within.reach(viewer)
    found = await rows(
        "SELECT p.id AS person_id, p.name_sealed, p.birth_sealed, p.paused_until, p.stopped_at, "  # noqa: S608 (constants)
        "(SELECT s.id FROM staff s WHERE s.id = p.caseworker_id AND s.active) AS caseworker_id, "
        "(SELECT MAX(l.seen_at) FROM link l WHERE l.person_id = p.id AND l.state <> 'closed') AS seen, "
        "(SELECT MAX(m.at) FROM message m WHERE m.person_id = p.id AND m.direction = 'in') AS wrote, "
        "(SELECT MAX(c.closed_at) FROM check_in c WHERE c.person_id = p.id AND c.state = 'done') AS answered "
        f"FROM person p WHERE {within_reach} AND p.left_on IS NULL",
        *values,
    )
    before = micros(now - QUIET)
    resting = micros(now)
    quiet = [
        row
        for row in found
        if row["seen"] is not None
        and max(row["seen"], row["wrote"] or 0, row["answered"] or 0) < before
        and (row["paused_until"] or 0) < resting
        and row["stopped_at"] is None
    ]
    unlinked = [row for row in found if row["seen"] is None]
    nobodys = [row for row in found if row["caseworker_id"] is None] if sees_whole_municipality(viewer.role) else []
    vaults = await within.opened(viewer, [row["person_id"] for row in (*quiet, *unlinked, *nobodys)])
    adult = [row for row in unlinked if _in_target_group(vaults, row, now)]
    return (
        [
            Somebody(row["person_id"], _name(vaults, row), within.at(max(row["seen"], row["wrote"] or 0)))
            for row in sorted(quiet, key=lambda row: max(row["seen"], row["wrote"] or 0))
        ],
        [Somebody(row["person_id"], _name(vaults, row), None) for row in adult],
        [Somebody(row["person_id"], _name(vaults, row), None) for row in nobodys],
    )


async def _done(viewer: Viewer, now: datetime) -> int:
    start, end = day_bounds(local_date(now))
    written = await Message.filter(staff_id=viewer.staff_id, at__gte=start, at__lt=end).exclude(direction="in").count()
    closed = await Alert.filter(
        municipality_id=viewer.municipality_id, state="closed", closed_by_id=viewer.staff_id, closed_at__gte=start,
        closed_at__lt=end,
    ).count()  # fmt: skip
    return written + closed


def _name(vaults: dict[str, Any], row: dict[str, Any]) -> str:
    return within.name_of(vaults[row["person_id"]], row["person_id"], row["name_sealed"])


def _in_target_group(vaults: dict[str, Any], row: dict[str, Any], now: datetime) -> bool:
    birth = within.birth_of(vaults[row["person_id"]], Person(id=row["person_id"], birth_sealed=row["birth_sealed"]))
    return rules.in_target_group(birth, local_date(now))
