"""What a digest says: how much waits for somebody, in counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from models.domain.staff import Viewer
from models.queries import today
from models.tables.staff import Staff, StaffNotice
from models.transactions import Scoped, reading

#: What did not arrive longer ago says nothing of today.
_LATELY = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Waiting:
    """Counts of what stands on somebody's Today."""

    alerts: int
    messages: int
    offers: int
    meetings: int
    feedback: int
    not_arrived: int

    @property
    def anything(self) -> bool:
        """Whether there is a reason to write at all."""
        return any((self.alerts, self.messages, self.offers, self.meetings, self.feedback, self.not_arrived))


@dataclass(frozen=True, slots=True)
class Told:
    """How somebody is told away from the desk."""

    mail: bool
    sms: bool
    phone: str


@dataclass(frozen=True, slots=True)
class Trouble:
    """Notices of the last days that did not reach anybody, and how many still wait."""

    failed: int
    waiting: int
    oldest: datetime | None


@reading
async def waiting(viewer: Viewer, *, now: datetime) -> Waiting:
    """How much waits for this member of staff now."""
    found = await today.today(viewer, now=now)
    return Waiting(
        alerts=len(found.alerts) + found.more_alerts,
        messages=len(found.threads) + found.more_threads,
        offers=len(found.proposals) + len(found.wishes),
        meetings=len(found.meetings) + len(found.unwritten),
        feedback=len(found.feedback) + found.more_feedback,
        not_arrived=len(found.not_arrived),
    )


@reading
async def told(scope: Scoped, staff_id: str) -> Told:
    """How one is told; for whoever is signed in, about themselves."""
    row = await Staff.get(id=staff_id)
    return Told(row.notify_mail, row.notify_sms, row.phone)


@reading
async def missed(viewer: Viewer, *, now: datetime) -> dict[str, str]:
    """By which ways what was last told to the viewer did not reach them: way -> "failed" (the address is refused) or
    "off" (this installation has no such way)."""
    told = StaffNotice.filter(
        staff_id=viewer.staff_id, settled_at__gte=now - _LATELY, state__in=["sent", "failed", "off"]
    )
    last: dict[str, str] = {}
    for channel, state in await told.order_by("-settled_at", "-created_at").limit(20).values_list("channel", "state"):
        last.setdefault(str(channel), str(state))
    return {channel: state for channel, state in last.items() if state != "sent"}


@reading
async def trouble(scope: Scoped, *, now: datetime) -> Trouble:
    """What the doctor wants to know of the whole house."""
    failed = await StaffNotice.filter(state__in=["failed", "unsure"], settled_at__gte=now - timedelta(days=2)).count()
    found = StaffNotice.filter(state__in=["waiting", "sending"])
    oldest = await found.order_by("created_at").first()
    return Trouble(failed, await found.count(), oldest.created_at if oldest else None)
