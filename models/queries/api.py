"""What outside systems read that no page shows so: lists in an order that never moves, and tokens of one's own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from models.domain.errors import NotFound
from models.domain.staff import Viewer
from models.queries import panels, within
from models.queries.panels import SendoutLine
from models.tables.api import ApiToken
from models.tables.messages import Message, Thread
from models.tables.panels import PanelSendout, PanelSurvey
from models.tables.reach import person_for, thread_for
from models.tables.register import Municipality
from models.tables.staff import Staff
from models.transactions import reading, rows


@dataclass(frozen=True, slots=True)
class TokenLine:
    """One's own token: everything but itself. `state`: active, expired or revoked."""

    token_id: str
    name: str
    read_only: bool
    state: str
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None


@dataclass(frozen=True, slots=True)
class PersonLine:
    """One person in a list."""

    person_id: str
    reference: str
    name: str
    group: str
    aftercare: str
    caseworker_id: str
    thread_id: str


@dataclass(frozen=True, slots=True)
class ThreadLine:
    """One open thread in a list; what was written in it is read one by one."""

    thread_id: str
    person_id: str
    assigned_id: str
    version: int
    unread: bool
    opened_at: datetime
    last_at: datetime
    waiting_since: datetime | None
    promised_at: datetime | None


@reading
async def tokens(viewer: Viewer, *, real_now: datetime) -> list[TokenLine]:
    """One's own tokens: those that work first, then the newest."""
    found = await ApiToken.filter(staff_id=viewer.staff_id).order_by("-created_at")
    lines = [
        TokenLine(row.id, row.name, row.read_only, _state(row, real_now), row.created_at, row.expires_at, row.used_at)
        for row in found
    ]
    return sorted(lines, key=lambda one: one.state != "active")


@reading
async def people(viewer: Viewer, *, after: str, limit: int) -> list[PersonLine]:
    """People within reach in the order of their ids, after one of them."""
    within_reach, values = within.reach(viewer)
    found = await rows(
        "SELECT p.id, p.reference, p.name_sealed, p.\"group\" AS grp, p.aftercare, p.caseworker_id, t.id AS thread_id "  # noqa: S608
        "FROM person p LEFT JOIN thread t ON t.person_id = p.id AND t.state = 'open' "
        f"WHERE {within_reach} AND p.id > ? ORDER BY p.id LIMIT ?",
        *values, after, limit,
    )  # fmt: skip
    vaults = await within.opened(viewer, [row["id"] for row in found])
    return [
        PersonLine(
            row["id"], row["reference"], within.name_of(vaults[row["id"]], row["id"], row["name_sealed"]), row["grp"],
            row["aftercare"], row["caseworker_id"] or "", row["thread_id"] or "",
        )
        for row in found
        if row["id"] in vaults
    ]  # fmt: skip


@reading
async def threads(viewer: Viewer, *, after: str, limit: int) -> list[ThreadLine]:
    """Open threads within reach in the order of their ids, after one of them."""
    within_reach, values = within.reach(viewer)
    found = await rows(
        "SELECT t.id, t.person_id, t.assigned_id, t.version, t.opened_at, t.last_at, t.waiting_since, t.promised_at, "  # noqa: S608
        "EXISTS (SELECT 1 FROM message u WHERE u.thread_id = t.id AND u.direction = 'in' "
        "AND u.position > COALESCE(r.position, 0)) AS unread "
        "FROM thread t JOIN person p ON p.id = t.person_id "
        "LEFT JOIN reading r ON r.thread_id = t.id AND r.staff_id = ? "
        f"WHERE {within_reach} AND t.state = 'open' AND t.id > ? ORDER BY t.id LIMIT ?",
        viewer.staff_id, *values, after, limit,
    )  # fmt: skip
    return [
        ThreadLine(
            row["id"], row["person_id"], row["assigned_id"] or "", row["version"], bool(row["unread"]),
            within.at(row["opened_at"]), within.at(row["last_at"]), within.moment(row["waiting_since"]),
            within.moment(row["promised_at"]),
        )
        for row in found
    ]  # fmt: skip


@reading
async def thread_of(viewer: Viewer, person_id: str) -> str:
    """The open thread of a person, "" when nobody has written yet. Raises NotFound out of reach."""
    person = await person_for(viewer, person_id)
    row = await Thread.get_or_none(person_id=person.id, state="open").only("id")
    return row.id if row else ""


@reading
async def person_of(viewer: Viewer, thread_id: str) -> str:
    """Whose open thread this is. Raises NotFound out of reach."""
    thread = await thread_for(viewer, thread_id)
    if thread.state != "open":
        raise NotFound
    return thread.person_id


@reading
async def version_of(viewer: Viewer, thread_id: str) -> int:
    """How far an open thread has come. Raises NotFound out of reach."""
    thread = await thread_for(viewer, thread_id)
    if thread.state != "open":
        raise NotFound
    return int(thread.version)


@reading
async def waiting_in(viewer: Viewer, thread_id: str) -> list[str]:
    """The messages of a thread that wait for an answer, oldest first. Raises NotFound out of reach."""
    thread = await thread_for(viewer, thread_id)
    found = Message.filter(thread_id=thread.id, direction="in", needs_answer=True, answered_at=None)
    return [str(key) for key in await found.order_by("position").values_list("id", flat=True)]


@reading
async def emails(viewer: Viewer) -> dict[str, str]:
    """The addresses of those who meet young people in the viewer's municipality, by their ids."""
    if viewer.municipality_id is None:
        return {}
    found = Staff.filter(municipality_id=viewer.municipality_id, role__in=["caseworker", "coordinator"])
    return {str(key): str(email) for key, email in await found.values_list("id", "email")}


@reading
async def sendouts_of(viewer: Viewer, survey_id: str, *, now: datetime) -> list[SendoutLine]:
    """The times a survey was sent out, with what may be told of them. Raises NotFound out of reach."""
    row = await PanelSurvey.get_or_none(id=survey_id)
    if row is None:
        raise NotFound
    found = await panels.panel(viewer, row.panel_id, now=now)
    sent = {str(key) for key in await PanelSendout.filter(survey_id=row.id).values_list("id", flat=True)}
    return [one for one in found.sendouts if one.sendout_id in sent]


@reading
async def municipality_called(viewer: Viewer, slug: str) -> str:
    """The id of a municipality by its short name, "" when there is none."""
    row = await Municipality.get_or_none(slug=slug).only("id")
    return row.id if row else ""


def _state(row: ApiToken, real_now: datetime) -> str:
    if row.revoked_at is not None:
        return "revoked"
    return "expired" if row.expires_at <= real_now else "active"
