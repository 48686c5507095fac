"""No contact: nobody has heard from somebody for long, although something was sent to them or asked of them."""

from __future__ import annotations

from datetime import datetime, timedelta

from models.actions.alerts import raise_alert
from models.domain import alerts as rules
from models.domain.alerts import BOUNDS, Reason, Thresholds
from models.domain.localtime import local_date
from models.tables.fields import instant, micros
from models.tables.register import Municipality
from models.transactions import Scope, Scoped, atomic, rows

#: So many at a time, the longest silence first; the clock goes on with the rest.
_PAGE = 200

#: Whoever may be silent: on the chat, not on pause, with nobody following up, nothing from them since a moment and no
#: such alert yet; with the last that came from them or was said with them, and the first that was sent or asked after.
_SILENT = """
    SELECT h.id, h.municipality_id, h.heard_at,
        (SELECT MIN(s.at) FROM (
            SELECT m.at FROM message m WHERE m.person_id = h.id AND m.at > h.heard_at AND m.direction = 'out'
            UNION ALL SELECT c.asked_at FROM check_in c WHERE c.person_id = h.id AND c.asked_at > h.heard_at
            UNION ALL SELECT o.published_at FROM offer o WHERE o.person_id = h.id AND o.published_at > h.heard_at
            UNION ALL SELECT g.told_at FROM meeting g WHERE g.person_id = h.id AND g.told_at > h.heard_at
        ) s) AS spoken_at
    FROM (
        SELECT p.id, p.municipality_id, (SELECT MAX(x.at) FROM (
            SELECT l.seen_at AS at FROM link l WHERE l.person_id = p.id
            UNION ALL SELECT w.at FROM (
                SELECT m.at FROM message m WHERE m.person_id = p.id
                AND (m.direction = 'in' OR (m.direction = 'note' AND m.kind = 'contact')) ORDER BY m.at DESC LIMIT 1
            ) w
            UNION ALL SELECT c.closed_at FROM check_in c WHERE c.person_id = p.id AND c.state IN ('done', 'stopped')
            UNION ALL SELECT o.answered_at FROM offer o WHERE o.person_id = p.id
            UNION ALL SELECT f.said_at FROM feedback f WHERE f.person_id = p.id
            UNION ALL SELECT g.ends_at FROM meeting g WHERE g.person_id = p.id AND g.agreed_at IS NOT NULL
            UNION ALL SELECT p.paused_until
        ) x) AS heard_at
        FROM person p
        WHERE p.erased_at IS NULL AND p.moved_at IS NULL AND p.left_on IS NULL AND p.stopped_at IS NULL
        AND (p.paused_until IS NULL OR p.paused_until <= ?)
        AND EXISTS (SELECT 1 FROM link l WHERE l.person_id = p.id AND l.state = 'active')
        AND NOT EXISTS (SELECT 1 FROM link l WHERE l.person_id = p.id AND l.seen_at > ?)
        AND NOT EXISTS (SELECT 1 FROM message m WHERE m.person_id = p.id AND m.at > ? AND m.direction = 'in')
        AND NOT EXISTS (
            SELECT 1 FROM alert a WHERE a.person_id = p.id AND a.kind = 'follow_up' AND a.state <> 'closed'
            AND a.reason <> 'wants_erasure'
        )
    ) h
    WHERE h.heard_at <= ? AND NOT EXISTS (
        SELECT 1 FROM alert a WHERE a.person_id = h.id AND a.reason = 'no_contact' AND a.raised_at > h.heard_at
    )
    ORDER BY h.heard_at, h.id
"""


@atomic
async def raise_no_contact(scope: Scoped, *, now: datetime) -> int:
    """Somebody is to follow up on whoever has not been heard from for as many days as their municipality has decided,
    although something was sent or asked: once for each silence. Returns how many were raised.

    Never about somebody who paused or stopped, has left or was erased, or whose chats are all closed: that is known.
    """
    days = {row.id: Thresholds.from_plain(row.settings.get("thresholds")).silence for row in await Municipality.all()}
    least = micros(now - timedelta(days=BOUNDS["silence"][0]))
    raised = 0
    for row in await rows(_SILENT, micros(now), least, least, least):
        heard, spoken = instant(row["heard_at"]), row["spoken_at"]
        place = row["municipality_id"]
        if not rules.is_silence(now, heard, instant(spoken) if spoken else None, days=days[place]):
            continue
        about = rules.about_silence(local_date(heard))
        if await raise_alert(Scope(place), row["id"], Reason.NO_CONTACT, about=about, now=now) is not None:
            raised += 1
        if raised == _PAGE:
            break
    return raised
