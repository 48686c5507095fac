"""Alerts: what a named human must look at, by when, and what was done."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from models.domain import alerts as rules
from models.domain import feedback as readers
from models.domain import messages as texts
from models.domain.errors import NotFound
from models.domain.feedback import Audience
from models.domain.staff import Viewer, sees_whole_municipality
from models.queries import within
from models.tables.alerts import Alert
from models.tables.audit import TrailEntry
from models.tables.keys import Vault
from models.tables.reach import person_for
from models.transactions import reading, rows

LONGEST_LIST = 200
PAGE = 50


@dataclass(frozen=True, slots=True)
class AlertLine:
    """One alert. `words` is the message it is about, where that is known and says something; `feedback_id` the feedback
    it is about, only for those who may read that; `mistake` that the person said it was one; `silent_since` the day on
    which somebody silent was last heard from; `earlier` how many others of the same broken promise stand behind it."""

    alert_id: str
    person_id: str
    name: str
    kind: str
    reason: str
    state: str
    owner: str
    owner_id: str
    mine: bool
    raised_at: datetime
    deadline_at: datetime
    escalations: int
    words: str
    feedback_id: str
    mistake: bool
    silent_since: date | None
    done: str
    closed_at: datetime | None
    earlier: int = 0


@dataclass(frozen=True, slots=True)
class AlertPage:
    """A page of alerts; how many lines there are altogether, and how many of those nobody has taken."""

    lines: tuple[AlertLine, ...]
    total: int
    waiting: int


@dataclass(frozen=True, slots=True)
class Step:
    """What happened with an alert: when, by whom ("" for the clock), which deed of the trail."""

    at: datetime
    who: str
    deed: str


@dataclass(frozen=True, slots=True)
class AlertView:
    """One alert with its history, oldest first."""

    alert: AlertLine
    history: tuple[Step, ...]


_COLUMNS = (
    "a.id, a.person_id, a.kind, a.reason, a.about, a.state, a.owner_id, a.raised_at, a.deadline_at, a.escalations, "  # noqa: S608 (constants)
    f"a.done_sealed, a.closed_at, p.name_sealed, p.caseworker_id, p.substitute_id, {within.KEY}, "
    "m.id AS message_id, m.body_sealed, c.id AS chat_id, c.body_sealed AS chat_sealed, f.id AS feedback_id, "
    "f.audience, "
    "EXISTS (SELECT 1 FROM trail_entry e WHERE e.municipality_id = a.municipality_id AND e.person_id = a.person_id "
    "AND e.about = a.id AND e.deed = 'alert.mistake') AS mistake "
)
#: What an alert is about: a message by its id (and the day on which its promise broke), or by the chat message it came
#: as (and ":e" where that was edited); or feedback.
_SAID = "SUBSTR(a.about, 1, 32)"
_CAME_AS = (
    "CASE WHEN a.about <> '' AND SUBSTR(a.about, LENGTH(a.about) - 1) = ':e' "
    "THEN SUBSTR(a.about, 1, LENGTH(a.about) - 2) ELSE a.about END"
)
_WHO = f"JOIN person p ON p.id = a.person_id {within.KEYED}"


def _beside(said: str, came_as: str) -> str:
    return (
        f"LEFT JOIN message m ON m.id = {said} AND m.person_id = a.person_id "
        f"LEFT JOIN message c ON c.source_key = {came_as} AND c.person_id = a.person_id "
        f"LEFT JOIN feedback f ON f.id = {said} AND f.person_id = a.person_id "
        "AND f.municipality_id = a.municipality_id AND f.audience <> '' "
    )


_FROM = f"FROM alert a {_WHO}{_beside(_SAID, _CAME_AS)}"


def seen_by(viewer: Viewer) -> tuple[str, list[object]]:
    """The condition on `alert a` of `person p` that leaves out what the people close to a person may not know of."""
    condition = (
        "(NOT a.apart OR a.owner_id = ? "
        "OR (COALESCE(p.caseworker_id, '') <> ? AND COALESCE(p.substitute_id, '') <> ? AND ? = 1))"
    )
    return condition, [*[viewer.staff_id] * 3, int(sees_whole_municipality(viewer.role))]


def nobodys(viewer: Viewer) -> tuple[str, list[object]]:
    """Where the alerts within reach are that nobody has acknowledged, and the values in it."""
    within_reach, values = within.reach(viewer)
    seen, seers = seen_by(viewer)
    return (
        "FROM alert a JOIN person p ON p.id = a.person_id "
        f"WHERE a.municipality_id = ? AND a.state = 'open' AND {within_reach} AND {seen}",
        [viewer.municipality_id, *values, *seers],
    )


#: What alerts have in common that stand in one line: the message or feedback of a broken promise, which breaks again
#: each day that nobody answers, and when they were closed. Every other alert stands alone.
_TOGETHER = (
    "PARTITION BY a.person_id, CASE WHEN a.reason = 'broken_promise' THEN SUBSTR(a.about, 1, 32) ELSE a.id END, "
    "CASE WHEN a.state = 'closed' THEN a.closed_at END"
)
#: Which of them is seen: the newest, rather one that nobody has taken, then one's own.
_SEEN_FIRST = "CASE WHEN a.state = 'open' THEN 0 WHEN a.owner_id = ? THEN 1 ELSE 2 END, a.raised_at DESC, a.id DESC"


@reading
async def alert_page(
    viewer: Viewer,
    states: tuple[str, ...],
    *,
    most: int,
    after: int = 0,
    owners: Collection[str] | None = None,
) -> AlertPage:
    """The alerts within reach in these states, `most` lines after so many: what nobody has taken first, then by
    deadline; of the closed ones the latest first. A promise that broke again and again is one line. `owners`: of those
    somebody has taken, only theirs."""
    within_reach, values = within.reach(viewer)
    seen, seers = seen_by(viewer)
    whose = "1 = 1" if owners is None else f"(a.state = 'open' OR a.owner_id IN ({', '.join('?' for _ in owners)}))"
    found = await rows(
        # What an alert is about is a column of what is joined, not worked out where it is joined: under row-level
        # security only then is a message found by its index, and not among everything its person ever wrote.
        f"SELECT {_COLUMNS}, g.n, g.total, g.waiting FROM (SELECT h.id, h.said, h.came_as, h.n, "  # noqa: S608 (constants)
        "ROW_NUMBER() OVER (ORDER BY CASE h.state WHEN 'open' THEN 0 WHEN 'acknowledged' THEN 1 ELSE 2 END, "
        "CASE h.state WHEN 'closed' THEN -h.closed_at ELSE 0 END, "
        "CASE h.kind WHEN 'read_now' THEN 0 ELSE 1 END, h.due_at, h.id) AS line, COUNT(*) OVER () AS total, SUM(CASE "
        "WHEN h.state = 'open' THEN 1 ELSE 0 END) OVER () AS waiting FROM (SELECT a.id, a.state, a.kind, a.closed_at, "
        f"{_SAID} AS said, {_CAME_AS} AS came_as, "
        f"ROW_NUMBER() OVER ({_TOGETHER} ORDER BY {_SEEN_FIRST}) AS place, COUNT(*) OVER ({_TOGETHER}) AS n, "
        f"MIN(a.deadline_at) OVER ({_TOGETHER}) AS due_at FROM alert a JOIN person p ON p.id = a.person_id "
        f"WHERE a.municipality_id = ? AND a.state IN ({', '.join('?' for _ in states)}) AND {within_reach} AND {seen} "
        f"AND {whose}) h WHERE h.place = 1) g JOIN alert a ON a.id = g.id {_WHO}{_beside('g.said', 'g.came_as')}"
        "WHERE g.line > ? AND g.line <= ? ORDER BY g.line",
        viewer.staff_id, viewer.municipality_id, *states, *values, *seers, *(owners or ()), after, after + most,
    )  # fmt: skip
    total, waiting = (int(found[0]["total"]), int(found[0]["waiting"])) if found else (0, 0)
    return AlertPage(tuple(await _lines(viewer, found)), total, waiting)


@reading
async def alerts(viewer: Viewer, *, states: tuple[str, ...] = ("open", "acknowledged")) -> list[AlertLine]:
    """The first of the alerts within reach in these states, as many as anybody reads."""
    return list((await alert_page(viewer, states, most=LONGEST_LIST)).lines)


@reading
async def around(viewer: Viewer, person_id: str) -> list[AlertLine]:
    """What is not closed about one person within reach and nobody has taken, or the viewer has: what must be read now
    first. A promise that broke again and again is one line. Raises NotFound out of reach."""
    person = await person_for(viewer, person_id)
    seen, seers = seen_by(viewer)
    found = await rows(
        f"SELECT * FROM (SELECT {_COLUMNS}, ROW_NUMBER() OVER ({_TOGETHER} ORDER BY {_SEEN_FIRST}) AS place, "  # noqa: S608 (constants)
        f"COUNT(*) OVER ({_TOGETHER}) AS n {_FROM}WHERE a.person_id = ? AND (a.state = 'open' "
        f"OR (a.state = 'acknowledged' AND a.owner_id = ?)) AND {seen}) g WHERE g.place = 1 "
        "ORDER BY CASE g.kind WHEN 'read_now' THEN 0 ELSE 1 END, g.deadline_at, g.id",
        viewer.staff_id, person.id, viewer.staff_id, *seers,
    )  # fmt: skip
    return await _lines(viewer, found)


@reading
async def page_of(viewer: Viewer, states: tuple[str, ...], *, after: str, limit: int) -> list[AlertLine]:
    """A page of the same in the order of their ids, which never moves; after one of them."""
    within_reach, values = within.reach(viewer)
    seen, seers = seen_by(viewer)
    marks = ", ".join("?" for _ in states)
    found = await rows(
        f"SELECT {_COLUMNS}, 1 AS n {_FROM}"
        f"WHERE a.municipality_id = ? AND a.state IN ({marks}) AND {within_reach} AND {seen} AND a.id > ? "
        "ORDER BY a.id LIMIT ?",
        viewer.municipality_id, *states, *values, *seers, after, limit,
    )  # fmt: skip
    return await _lines(viewer, found)


@reading
async def alert(viewer: Viewer, alert_id: str) -> AlertView:
    """One alert and what has happened with it. Raises NotFound out of reach."""
    row = await Alert.get_or_none(id=alert_id, municipality_id=viewer.municipality_id)
    if row is None:
        raise NotFound
    await person_for(viewer, row.person_id)
    seen, seers = seen_by(viewer)
    found = await rows(
        f"SELECT {_COLUMNS}, (SELECT COUNT(*) FROM alert o WHERE o.person_id = a.person_id AND o.reason = a.reason "  # noqa: S608 (constants)
        "AND SUBSTR(o.about, 1, 32) = SUBSTR(a.about, 1, 32) AND o.id <> a.id AND o.state <> 'closed' "
        "AND o.apart = a.apart AND a.reason = 'broken_promise' AND a.state <> 'closed') + 1 AS n "
        f"{_FROM}WHERE a.id = ? AND {seen}",
        row.id, *seers,
    )  # fmt: skip
    if not found:
        raise NotFound
    names = await within.staff_names(viewer)
    history = await TrailEntry.filter(
        municipality_id=row.municipality_id, person_id=row.person_id, about=row.id, deed__startswith="alert."
    ).order_by("id")
    return AlertView(
        (await _lines(viewer, found))[0],
        tuple(Step(entry.at, names.get(entry.actor_id, ""), entry.deed) for entry in history),
    )


async def _lines(viewer: Viewer, found: list[dict[str, Any]]) -> list[AlertLine]:
    vaults = await within.opened_with(viewer, found)
    names = await within.staff_names(viewer) if found else {}
    return [
        AlertLine(
            alert_id=row["id"],
            person_id=row["person_id"],
            name=within.name_of(vaults[row["person_id"]], row["person_id"], row["name_sealed"]),
            kind=row["kind"],
            reason=row["reason"],
            state=row["state"],
            owner=names.get(row["owner_id"] or "", ""),
            owner_id=row["owner_id"] or "",
            mine=row["owner_id"] == viewer.staff_id,
            raised_at=within.at(row["raised_at"]),
            deadline_at=within.at(row["deadline_at"]),
            escalations=row["escalations"],
            words=_words(vaults[row["person_id"]], row),
            feedback_id=_feedback(viewer, row),
            mistake=bool(row["mistake"]),
            silent_since=rules.silence_since(row["about"]),
            done=_done(vaults[row["person_id"]], row),
            closed_at=within.moment(row["closed_at"]),
            earlier=int(row["n"]) - 1,
        )
        for row in found
    ]


def _feedback(viewer: Viewer, row: dict[str, Any]) -> str:
    """The feedback an alert is about. To whoever may not read that, not even that there is any is told."""
    readable = row["feedback_id"] is not None and readers.may_read(
        Audience(row["audience"]),
        viewer_is_caseworker=viewer.staff_id == row["caseworker_id"],
        viewer_role=viewer.role,
        viewer_is_substitute=viewer.staff_id == row["substitute_id"],
    )
    return str(row["feedback_id"]) if readable else ""


def _words(opened: Vault, row: dict[str, Any]) -> str:
    message, sealed = row["message_id"] or row["chat_id"], row["body_sealed"] or row["chat_sealed"]
    return texts.first_line(opened.open("message", "body", message, sealed), 160) if message else ""


def _done(opened: Vault, row: dict[str, Any]) -> str:
    if row["done_sealed"] is None:
        return ""
    return texts.visible(opened.open("alert", "done", row["id"], row["done_sealed"]))
