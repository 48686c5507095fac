"""Bulk writing for the demo's invented world, and what its people need to know of themselves to go on living.

Only the demo uses this. It writes the very rows the ordinary deeds write, many at a time; texts arrive here sealed.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from tortoise.expressions import Subquery
from tortoise.models import Model

from models.tables.alerts import Alert
from models.tables.audit import TrailEntry
from models.tables.casefile import CaseHandOver, RecordDecision
from models.tables.checkins import Answer, CheckIn, CheckInPlan, Measured, Rhythm
from models.tables.consent import Consent, Link
from models.tables.feedback import Feedback
from models.tables.fields import UtcDatetimeField, micros
from models.tables.goals import LocalGoal, LocalGoalValue
from models.tables.keys import MunicipalityKey, PersonKey, Vault, vaults
from models.tables.meetings import Meeting, MeetingEvent
from models.tables.messages import CannedReply, Message, Reading, Thread
from models.tables.offers import Offer, OfferEvent, RangeOffer, Wish
from models.tables.outbox import Letter
from models.tables.panels import PanelAnswer, PanelAnswering, PanelDone, PanelMeasured, PanelMember
from models.tables.progress import Contact, FollowUpDate, PlanGoal, Progress
from models.tables.register import Municipality, Opening, Person, Transfer
from models.tables.staff import Absence, DutyDay, Staff
from models.transactions import Scoped, atomic, execute, execute_many, reading, rows

#: The channel of everybody whose phone is not shown: no bot of the demo claims letters to it.
ELSEWHERE = "elsewhere"

Row = dict[str, object]

#: In the order in which rows may refer to one another.
_MODELS: dict[str, type[Model]] = {
    model._meta.db_table: model
    for model in (
        Municipality, MunicipalityKey, Staff, Absence, DutyDay, CannedReply, LocalGoal, LocalGoalValue, Person,
        PersonKey, Link, Consent, Opening, Transfer, RangeOffer, Offer, OfferEvent, Meeting, MeetingEvent, Thread,
        Message, Reading, Contact, Wish, Letter, PlanGoal, Progress, FollowUpDate, CheckInPlan, Rhythm, CheckIn, Answer,
        Measured, Feedback, Alert, CaseHandOver, RecordDecision, TrailEntry, PanelMember, PanelAnswering, PanelAnswer,
        PanelMeasured, PanelDone,
    )
}  # fmt: skip


_AS_THEY_ARE = frozenset({str, bytes, int, bool, type(None)})
_INSTANTS = frozenset({"at", "promised_at", "promise_broken_at", "raised_at"})


@dataclass(slots=True)
class Batch:
    """Rows to be written together: new ones by table, and changes (each with its id). Instants are aware datetimes."""

    new: dict[str, list[Row]] = field(default_factory=dict)
    changed: dict[str, list[Row]] = field(default_factory=dict)

    def add(self, table: str, **row: object) -> dict[str, object]:
        """A new row, given back so that values of columns it names can still be changed. What is left out gets the
        default of its column.
        """
        self.new.setdefault(table, []).append(row)
        return row

    def change(self, table: str, key: object, **row: object) -> None:
        """New values for some columns of the row with this id."""
        self.changed.setdefault(table, []).append({**row, "id": key})


@atomic
async def write(scope: Scoped, batch: Batch) -> None:
    """Write a whole batch in one transaction; either all of it is there afterwards or nothing."""
    unknown = (set(batch.new) | set(batch.changed)) - set(_MODELS)
    if unknown:
        raise ValueError("no such table for the demo: " + ", ".join(sorted(unknown)))
    # Changes first: what was open is closed before the next of its kind is there.
    for table in _MODELS:
        for columns, values in _grouped(batch.changed.get(table, ()), {}, last="id"):
            names = ", ".join(f'"{name}" = ?' for name in columns[:-1])
            # Table and columns come from our own classes, never from outside.
            await execute_many(f'UPDATE "{table}" SET {names} WHERE id = ?', values)  # noqa: S608
    for table, model in _MODELS.items():
        for columns, values in _grouped(batch.new.get(table, ()), _defaults(model)):
            names, marks = ", ".join(f'"{name}"' for name in columns), ", ".join("?" * len(columns))
            await execute_many(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', values)  # noqa: S608


@atomic
async def deliver(scope: Scoped, *, now: datetime) -> int:
    """Letters to phones that are not shown arrive at once, and are read by nobody. Returns how many."""
    return await execute(
        "UPDATE letter SET state = 'sent', reason = '', sent_at = next_at, message_id = id "
        "WHERE bot = ? AND state IN ('queued', 'waiting') AND next_at <= ?",
        ELSEWHERE, micros(now),
    )  # fmt: skip


@atomic
async def read_up(scope: Scoped, thread_ids: Collection[str]) -> None:
    """Whoever is close to somebody, or has their thread, has read these threads to the end."""
    if not thread_ids:
        return
    here = ", ".join("?" for _ in thread_ids)
    await execute(
        "UPDATE reading SET position = (SELECT t.version FROM thread t WHERE t.id = reading.thread_id) "  # noqa: S608
        f"WHERE thread_id IN ({here})",
        *thread_ids,
    )
    for whose in ("p.caseworker_id", "p.substitute_id", "t.assigned_id"):
        await execute(
            "INSERT INTO reading (municipality_id, thread_id, staff_id, position) "  # noqa: S608 (constants)
            f"SELECT t.municipality_id, t.id, {whose}, t.version FROM thread t JOIN person p ON p.id = t.person_id "
            f"WHERE t.id IN ({here}) AND {whose} IS NOT NULL AND NOT EXISTS "
            f"(SELECT 1 FROM reading r WHERE r.thread_id = t.id AND r.staff_id = {whose})",
            *thread_ids,
        )


@atomic
async def joined_long_ago(scope: Scoped, person_id: str, link_id: str, *, at: datetime, now: datetime) -> None:
    """A persona's chat was opened and confirmed long ago, and what they said yes to with it."""
    confirmed = at + timedelta(days=1)
    await execute(
        "UPDATE link SET opened_at = ?, confirmed_at = ? WHERE id = ?", micros(at), micros(confirmed), link_id
    )  # fmt: skip
    await execute(
        "UPDATE consent SET given_at = ? WHERE person_id = ? AND given_at >= ?", micros(at), person_id, micros(now)
    )


@atomic
async def set_rhythm(scope: Scoped, person_id: str, *, weekday: int, anchor: date, next_due_at: datetime) -> None:
    """Let a persona's WHO-5 come round on this weekday (0 is Monday) from `anchor` on."""
    await execute(
        "UPDATE rhythm SET weekday = ?, anchor = ?, next_due_at = ? WHERE person_id = ? AND instrument = 'who5'",
        weekday, anchor.isoformat(), micros(next_due_at), person_id,
    )  # fmt: skip


@atomic
async def block(scope: Scoped, person_id: str, link_id: str, *, bot: str, chat_index: str, now: datetime) -> None:
    """A persona blocked the chat before the demo began: what was held for them elsewhere is now held here."""
    await execute(
        "UPDATE link SET state = 'closed', closed_at = ? WHERE person_id = ? AND bot = ?",
        micros(now), person_id, ELSEWHERE,
    )  # fmt: skip
    await execute("UPDATE link SET state = 'blocked' WHERE id = ?", link_id)
    await execute(
        "UPDATE letter SET link_id = ?, bot = ?, chat_index = ? WHERE person_id = ? AND state = 'held'",
        link_id, bot, chat_index, person_id,
    )  # fmt: skip
    await execute("UPDATE alert SET about = ? WHERE person_id = ? AND reason = 'blocked'", link_id, person_id)


@reading
async def people(scope: Scoped) -> list[dict[str, Any]]:
    """Everybody on a register with their caseworker and the open link elsewhere, if there is one."""
    return await rows(
        "SELECT p.id, p.caseworker_id, p.left_on, p.stopped_at, p.erased_at, l.id AS link_id, l.state AS link_state, "
        "(SELECT COUNT(*) FROM link o WHERE o.person_id = p.id) AS links, "
        "(SELECT COUNT(*) FROM consent c WHERE c.person_id = p.id AND c.purpose = 'checkins' "
        " AND c.withdrawn_at IS NULL) AS checkins "
        "FROM person p LEFT JOIN link l ON l.person_id = p.id AND l.bot = ? AND l.state <> 'closed'",
        ELSEWHERE,
    )


@reading
async def known(scope: Scoped) -> dict[tuple[str, str], Vault]:
    """The vaults of everybody on a register, by municipality and reference; the erased have none."""
    found: dict[tuple[str, str], Vault] = {}
    for municipality in await Municipality.all():
        opened = await vaults(municipality.id)
        for row in await rows("SELECT id, reference FROM person WHERE municipality_id = ?", municipality.id):
            if row["id"] in opened:
                found[municipality.id, row["reference"]] = opened[row["id"]]
    return found


@reading
async def kinds(scope: Scoped) -> dict[tuple[str, int], str]:
    """The kind of period each municipality has in each year that is fixed: (municipality, year) -> kind."""
    found = await rows("SELECT municipality_id, year, kind FROM period_plan")
    return {(row["municipality_id"], row["year"]): row["kind"] for row in found}


@reading
async def askings(scope: Scoped, *, since: datetime) -> list[dict[str, Any]]:
    """What the clock has asked since an instant: id, whom, instrument, period, state."""
    return await rows(
        "SELECT id, person_id, instrument, period, state FROM check_in WHERE asked_by = 'clock' AND expires_at > ?",
        micros(since),
    )


@reading
async def rhythms(scope: Scoped) -> list[dict[str, Any]]:
    """When what comes round for whom whose phone is not shown: id, whom, instrument, weeks, anchor, whether it runs."""
    found = await Rhythm.filter(person_id__in=Subquery(Link.filter(bot=ELSEWHERE).values("person_id")))
    return [
        {"id": row.id, "person_id": row.person_id, "instrument": row.instrument, "weeks": row.weeks, "plan": row.plan,
         "weekday": row.weekday, "hour": row.hour, "anchor": row.anchor, "active": row.active,
         "next_due_at": row.next_due_at}
        for row in found
    ]  # fmt: skip


@reading
async def goals_due(scope: Scoped, *, before: date) -> list[dict[str, Any]]:
    """Goals of plans that were to be looked at before a day, and days on which somebody was to be asked again."""
    goals = await rows(
        "SELECT id, person_id, 'goal' AS kind FROM plan_goal WHERE state = 'open' AND follow_up_on < ?",
        before.isoformat(),
    )
    again = await rows(
        "SELECT id, person_id, 'again' AS kind FROM follow_up_date WHERE done_at IS NULL AND due_on < ?",
        before.isoformat(),
    )
    return goals + again


@reading
async def unanswered(scope: Scoped) -> list[dict[str, Any]]:
    """Messages that wait for a human, with their threads, oldest first."""
    return _timed(await rows(
        "SELECT m.id, m.person_id, m.at, m.promised_at, m.promise_broken_at, m.source_key FROM message m "
        "WHERE m.direction = 'in' AND m.needs_answer = ? AND m.answered_at IS NULL ORDER BY m.at, m.id",
        True,
    ))  # fmt: skip


@reading
async def threads(scope: Scoped) -> list[dict[str, Any]]:
    """Every open thread: id, whose, how many messages it has."""
    return await rows("SELECT id, person_id, version FROM thread WHERE state = 'open'")


@reading
async def keys_written(scope: Scoped, *, since: datetime) -> set[str]:
    """The source keys of messages since an instant: what is there is not written twice."""
    found = await rows("SELECT source_key FROM message WHERE at >= ? AND source_key IS NOT NULL", micros(since))
    return {row["source_key"] for row in found}


@reading
async def offers(scope: Scoped) -> list[dict[str, Any]]:
    """Every offer: id, whose, state, and when something last happened to it."""
    return _timed(
        await rows(
            "SELECT o.id, o.person_id, o.state, MAX(e.at) AS at FROM offer o JOIN offer_event e ON e.offer_id = o.id "
            "GROUP BY o.id, o.person_id, o.state"
        )
    )


@reading
async def open_alerts(scope: Scoped) -> list[dict[str, Any]]:
    """Alerts that are not closed."""
    return _timed(await rows("SELECT id, person_id, reason, state, raised_at FROM alert WHERE state <> 'closed'"))


def _timed(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Raw rows with their instants as aware datetimes."""
    read = UtcDatetimeField().to_python_value
    return [{name: read(value) if name in _INSTANTS else value for name, value in row.items()} for row in found]


def _defaults(model: type[Model]) -> dict[str, Any]:
    """Column -> default, without a key the database makes by itself."""
    meta = model._meta
    return {
        column: meta.fields_map[name].default
        for name, column in meta.fields_db_projection.items()
        if not (meta.fields_map[name].pk and meta.fields_map[name].generated)
    }


def _grouped(
    found: Iterable[Row], defaults: Mapping[str, Any], *, last: str = ""
) -> Iterable[tuple[list[str], list[list[object]]]]:
    groups: dict[tuple[str, ...], list[Row]] = {}
    for row in found:
        groups.setdefault(tuple(row), []).append(row)
    for given, same in groups.items():
        if defaults and (strange := set(given) - set(defaults)):
            raise ValueError("no such column: " + ", ".join(sorted(strange)))
        asked = [column for column in given if column != last] + ([last] if last else [])
        missing = [column for column in defaults if column not in given]
        values: list[list[object]] = [
            [value if type(value := row[column]) in _AS_THEY_ARE else _stored(value) for column in asked]
            for row in same
        ]
        same_for_all = not any(callable(defaults[column]) for column in missing)
        rest = [_stored(_default(defaults[column])) for column in missing]
        for stored in values if missing else ():
            stored.extend(rest if same_for_all else [_stored(_default(defaults[column])) for column in missing])
        yield [*asked, *missing], values


def _default(default: Any) -> object:
    return default() if callable(default) else default


def _stored(value: object) -> object:
    if isinstance(value, datetime):
        return micros(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict | list):
        return json.dumps(value)
    return value
