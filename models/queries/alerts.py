"""Alerts: what a named human must look at, by when, and what was done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from models.domain import feedback as readers
from models.domain import messages as rules
from models.domain.errors import NotFound
from models.domain.feedback import Audience
from models.domain.staff import Viewer, sees_whole_municipality
from models.queries import within
from models.tables.alerts import Alert
from models.tables.audit import TrailEntry
from models.tables.feedback import Feedback
from models.tables.keys import Vault
from models.tables.messages import Message
from models.tables.reach import person_for
from models.transactions import reading, rows

LONGEST_LIST = 200


@dataclass(frozen=True, slots=True)
class AlertLine:
    """One alert. `words` is the message it is about, where that is known and says something; `feedback_id` the feedback
    it is about, only for those who may read that; `mistake` that the person said it was one."""

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
    done: str
    closed_at: datetime | None


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
    "a.id, a.person_id, a.kind, a.reason, a.about, a.state, a.owner_id, a.raised_at, a.deadline_at, a.escalations, "
    "a.done_sealed, a.closed_at, p.name_sealed, p.caseworker_id, p.substitute_id "
)


def seen_by(viewer: Viewer) -> tuple[str, list[object]]:
    """The condition on `alert a` of `person p` that leaves out what the people close to a person may not know of."""
    condition = (
        "(NOT a.apart OR a.owner_id = ? "
        "OR (COALESCE(p.caseworker_id, '') <> ? AND COALESCE(p.substitute_id, '') <> ? AND ? = 1))"
    )
    return condition, [*[viewer.staff_id] * 3, int(sees_whole_municipality(viewer.role))]


@reading
async def waiting(viewer: Viewer) -> int:
    """How many alerts within reach nobody has acknowledged."""
    within_reach, values = within.reach(viewer)
    seen, seers = seen_by(viewer)
    found = await rows(
        "SELECT COUNT(*) AS n FROM alert a JOIN person p ON p.id = a.person_id "  # noqa: S608 (constants)
        f"WHERE a.municipality_id = ? AND a.state = 'open' AND {within_reach} AND {seen}",
        viewer.municipality_id, *values, *seers,
    )  # fmt: skip
    return int(found[0]["n"])


@reading
async def alerts(viewer: Viewer, *, states: tuple[str, ...] = ("open", "acknowledged")) -> list[AlertLine]:
    """The alerts within reach in these states: what nobody has taken first, then by deadline."""
    within_reach, values = within.reach(viewer)
    seen, seers = seen_by(viewer)
    marks = ", ".join("?" for _ in states)
    found = await rows(
        f"SELECT {_COLUMNS} FROM alert a JOIN person p ON p.id = a.person_id "  # noqa: S608 (constants)
        f"WHERE a.municipality_id = ? AND a.state IN ({marks}) AND {within_reach} AND {seen} "
        "ORDER BY CASE a.state WHEN 'open' THEN 0 WHEN 'acknowledged' THEN 1 ELSE 2 END, "
        f"CASE a.kind WHEN 'read_now' THEN 0 ELSE 1 END, a.deadline_at, a.id LIMIT {LONGEST_LIST}",
        viewer.municipality_id, *states, *values, *seers,
    )  # fmt: skip
    return await _lines(viewer, found)


@reading
async def page_of(viewer: Viewer, states: tuple[str, ...], *, after: str, limit: int) -> list[AlertLine]:
    """A page of the same in the order of their ids, which never moves; after one of them."""
    within_reach, values = within.reach(viewer)
    seen, seers = seen_by(viewer)
    marks = ", ".join("?" for _ in states)
    found = await rows(
        f"SELECT {_COLUMNS} FROM alert a JOIN person p ON p.id = a.person_id "  # noqa: S608 (constants)
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
        f"SELECT {_COLUMNS} FROM alert a JOIN person p ON p.id = a.person_id WHERE a.id = ? AND {seen}",  # noqa: S608 (constants)
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
    vaults = await within.opened(viewer, [row["person_id"] for row in found])
    names = await within.staff_names(viewer) if found else {}
    said = await _messages([row["about"] for row in found if row["about"]])
    given = await _feedback(viewer, found)
    taken_back = await TrailEntry.filter(
        municipality_id=viewer.municipality_id, about__in=[row["id"] for row in found], deed="alert.mistake"
    ).values_list("about", flat=True) if found else []  # fmt: skip
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
            words=_words(vaults[row["person_id"]], said.get(row["about"])),
            feedback_id=given.get(row["id"], ""),
            mistake=row["id"] in taken_back,
            done=_done(vaults[row["person_id"]], row),
            closed_at=within.moment(row["closed_at"]),
        )
        for row in found
    ]


async def _messages(abouts: list[str]) -> dict[str, Message]:
    """The messages alerts are about, by what the alert calls them: their id, or the chat message they came as."""
    if not abouts:
        return {}
    sources = {about: about.removesuffix(":e") for about in abouts}
    # Tortoise validates what it compares with: an id has 32 characters, the name of a chat message has more.
    # A promise that breaks on a further day is called by the message's id and that day.
    ids = {about: about[:32] for about in abouts if len(about) == 32 or about[32:33] == ":"}
    found = {one.id: one for one in await Message.filter(id__in=list(set(ids.values())))}
    by_id = {about: found[message_id] for about, message_id in ids.items() if message_id in found}
    by_source = {str(one.source_key): one for one in await Message.filter(source_key__in=list(sources.values()))}
    return by_id | {about: by_source[source] for about, source in sources.items() if source in by_source}


async def _feedback(viewer: Viewer, found: list[dict[str, Any]]) -> dict[str, str]:
    """Alert -> the feedback it is about. To whoever may not read that, not even that there is any is told."""
    abouts = {row["id"]: str(row["about"]).partition(":")[0] for row in found}
    ids = [about for about in abouts.values() if len(about) == 32]
    if not ids:
        return {}
    audiences = {
        row.id: (row.person_id, row.audience)
        for row in await Feedback.filter(id__in=ids, municipality_id=viewer.municipality_id).exclude(audience="")
    }
    given = {}
    for row in found:
        person_id, audience = audiences.get(abouts[row["id"]], ("", ""))
        if person_id == row["person_id"] and readers.may_read(
            Audience(audience),
            viewer_is_caseworker=viewer.staff_id == row["caseworker_id"],
            viewer_role=viewer.role,
            viewer_is_substitute=viewer.staff_id == row["substitute_id"],
        ):
            given[row["id"]] = abouts[row["id"]]
    return given


def _words(opened: Vault, message: Message | None) -> str:
    if message is None or message.person_id != opened.person_id:
        return ""
    return rules.first_line(opened.open("message", "body", message.id, message.body_sealed), 160)


def _done(opened: Vault, row: dict[str, Any]) -> str:
    if row["done_sealed"] is None:
        return ""
    return rules.visible(opened.open("alert", "done", row["id"], row["done_sealed"]))
