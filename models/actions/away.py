"""Away from the desk: what staff are told by e-mail or SMS, that something waits and never what.

Rows are the truth. Alerts are told once to whoever has them, found by looking at what is open and was not told; the
digest once per working day. Whoever sends takes a row under a lease, speaks outside any transaction, and settles it.
A sender that dies in between is tried once more: so a notice comes at most twice and is never lost.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from models.actions.alerts import opening_hours
from models.domain.away import LEASE, Channel, Kind, Outcome, digest_due, given_up, next_try
from models.domain.errors import Invalid
from models.domain.localtime import local_date
from models.domain.municipality import Contact, kept_days
from models.domain.staff import Role, Viewer, sees_people
from models.tables.alerts import Alert
from models.tables.fields import micros, new_id
from models.tables.register import Municipality
from models.tables.staff import Absence, Staff, StaffNotice
from models.transactions import Scoped, alone, atomic, rows

_AT_ONCE = 200
#: Alerts older than this are not told when somebody switches telling on.
_FRESH = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Taken:
    """A notice to be sent now: to whom, in which language. Neither what waits nor about whom is in it."""

    notice_id: str
    channel: Channel
    kind: Kind
    viewer: Viewer
    language: str
    address: str


@atomic
async def choose(viewer: Viewer, *, mail: bool, sms: bool, phone: str, now: datetime) -> None:
    """How I am told that something waits. Raises Invalid for an SMS without a number, or a number that is none."""
    phone = phone.strip()
    if sms and not phone:
        raise Invalid("notify_phone", "phone")
    Contact("–", phone, "")
    await Staff.filter(id=viewer.staff_id).update(notify_mail=mail, notify_sms=sms, phone=phone)


@atomic
async def post_alerts(scope: Scoped, *, now: datetime) -> int:
    """Post a notice for every open alert that whoever has it was not told of. Where nobody has it: coordinators."""
    await alone("staff-notices")
    found = await rows(
        "SELECT a.id, a.municipality_id, a.person_id, s.id AS staff_id, s.notify_mail, s.notify_sms FROM alert a "  # noqa: S608 (constants)
        "JOIN staff s ON s.municipality_id = a.municipality_id AND s.active "
        "AND (s.id = a.owner_id OR (a.owner_id IS NULL AND NOT a.apart AND s.role = 'coordinator')) "
        "WHERE a.state = 'open' AND a.raised_at > ? AND (s.notify_mail OR s.notify_sms) "
        "AND NOT EXISTS (SELECT 1 FROM staff_notice n WHERE n.staff_id = s.id AND n.kind = 'alert' AND n.about = a.id) "
        f"ORDER BY a.raised_at LIMIT {_AT_ONCE}",
        micros(now - _FRESH),
    )
    await StaffNotice.bulk_create(
        [
            _notice(row["municipality_id"], row["staff_id"], channel, Kind.ALERT, row["id"], now, row["person_id"])
            for row in found
            for channel in Channel
            if row[f"notify_{channel.value}"]
        ]
    )
    return len(found)


@atomic
async def post_digests(scope: Scoped, *, now: datetime) -> int:
    """Post today's digest, from eight on working days, to everybody who meets young people and is not away."""
    day = local_date(now)
    await alone("staff-notices")
    posted: list[StaffNotice] = []
    for municipality in await Municipality.all():
        if not digest_due(now, opening_hours(municipality.settings)):
            continue
        before = StaffNotice.filter(municipality_id=municipality.id, kind=Kind.DIGEST.value, about=day.isoformat())
        told = {str(key) for key in await before.values_list("staff_id", flat=True)}
        absent = Absence.filter(municipality_id=municipality.id, first_day__lte=day, last_day__gte=day)
        away = {str(key) for key in await absent.values_list("staff_id", flat=True)}
        for row in await Staff.filter(municipality_id=municipality.id, active=True):
            if row.id in told or row.id in away or not sees_people(Role(row.role)):
                continue
            posted += [
                _notice(municipality.id, row.id, channel, Kind.DIGEST, day.isoformat(), now)
                for channel, on in ((Channel.MAIL, row.notify_mail), (Channel.SMS, row.notify_sms))
                if on
            ]
    await StaffNotice.bulk_create(posted)
    return len(posted)


@atomic
async def due(scope: Scoped, channels: Collection[Channel], *, now: datetime) -> list[str]:
    """The notices to try now, oldest first. What nobody knows the fate of is tried once more, then left as unsure;
    a channel this installation does not have tells nobody.
    """
    names = [channel.value for channel in channels]
    lost = StaffNotice.filter(state="sending", lease_until__lte=now)
    await lost.filter(lost__gte=1).update(state="unsure", settled_at=now)
    await lost.filter(lost=0).update(state="waiting", lost=1, next_at=now)
    await StaffNotice.filter(state="waiting").exclude(channel__in=names or ["–"]).update(state="off", settled_at=now)
    waiting = StaffNotice.filter(state="waiting", next_at__lte=now).order_by("next_at", "created_at").limit(_AT_ONCE)
    return [str(key) for key in await waiting.values_list("id", flat=True)]


@atomic
async def take(scope: Scoped, notice_id: str, *, now: datetime) -> Taken | None:
    """Take a notice to send it; None when another process has it, or there is nothing to tell any more."""
    await alone("staff-notice", notice_id)
    row = await StaffNotice.get_or_none(id=notice_id, state="waiting", next_at__lte=now)
    if row is None:
        return None
    staff = await Staff.get(id=row.staff_id)
    on = staff.notify_mail if row.channel == Channel.MAIL.value else staff.notify_sms
    moot = row.kind == Kind.ALERT.value and not await Alert.filter(id=row.about, state="open").exists()
    if moot or not on or not staff.active:
        await _settle(row, "gone", "", now)
        return None
    if given_up(row.created_at, now, Kind(row.kind)):
        await _settle(row, "failed", "too_late", now)
        return None
    row.state, row.tries, row.lease_until = "sending", min(row.tries + 1, 999), now + LEASE
    await row.save(update_fields=["state", "tries", "lease_until"])
    return Taken(
        row.id, Channel(row.channel), Kind(row.kind),
        Viewer(staff.id, staff.municipality_id, Role(staff.role), staff.name), staff.language,
        staff.email if row.channel == Channel.MAIL.value else staff.phone,
    )  # fmt: skip


@atomic
async def settle(scope: Scoped, notice_id: str, outcome: Outcome | None, *, reason: str = "", now: datetime) -> None:
    """Write down what a try came to; None: there was nothing to tell."""
    row = await StaffNotice.get_or_none(id=notice_id, state="sending")
    if row is None:
        return
    row.lost += outcome is Outcome.UNKNOWN
    if outcome is Outcome.NOT_NOW or (outcome is Outcome.UNKNOWN and row.lost < 2):
        row.state, row.next_at, row.reason, row.lease_until = "waiting", next_try(row.tries, now), reason, None
        await row.save(update_fields=["state", "next_at", "reason", "lease_until", "lost"])
        return
    states = {Outcome.SENT: "sent", Outcome.REFUSED: "failed", Outcome.UNKNOWN: "unsure"}
    await _settle(row, states[outcome] if outcome else "gone", reason, now)


@atomic
async def forget(scope: Scoped, *, now: datetime) -> int:
    """Delete settled notices when their municipality's time for them is over."""
    count = 0
    for municipality in await Municipality.all():
        before = now - timedelta(days=kept_days(municipality.settings, "notices"))
        count += await StaffNotice.filter(municipality_id=municipality.id, settled_at__lt=before).delete()
    return count


async def _settle(row: StaffNotice, state: str, reason: str, now: datetime) -> None:
    row.state, row.reason, row.settled_at, row.lease_until = state, reason, now, None
    await row.save(update_fields=["state", "reason", "settled_at", "lease_until", "lost"])


def _notice(
    municipality_id: str, staff_id: str, channel: Channel, kind: Kind, about: str, now: datetime,
    person_id: str | None = None,
) -> StaffNotice:  # fmt: skip
    return StaffNotice(
        id=new_id(), municipality_id=municipality_id, staff_id=staff_id, person_id=person_id, channel=channel.value,
        kind=kind.value, about=about, state="waiting", next_at=now, created_at=now,
    )  # fmt: skip
