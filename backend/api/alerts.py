"""Alerts: what a named human must look at. Listed without a word of what was written; taken by acknowledging."""

from __future__ import annotations

from typing import Final

from backend.api.calls import Call, done, moment, ok
from backend.api.pages import CURSOR, LIMIT, a_page, after, cut
from backend.api.schemas import Choice, Flag, Moment, Perhaps, Record, Text, Whole, an_id
from models.actions import alerts as deeds
from models.actions.api import Answer
from models.domain.alerts import AlertKind, AlertState, Reason
from models.queries import alerts

ALERT: Final = Record(
    "Alert",
    {
        "id": an_id(), "person": an_id(), "kind": Choice(tuple(one.value for one in AlertKind)),
        "reason": Choice(tuple(one.value for one in Reason)), "state": Choice(tuple(one.value for one in AlertState)),
        "owner": Perhaps(Text(120)), "mine": Flag(), "raised_at": Moment(), "deadline_at": Moment(),
        "escalations": Whole(0, 100), "said_mistake": Flag(), "closed_at": Perhaps(Moment()),
    },
)  # fmt: skip
ALERTS: Final = a_page("Alerts", ALERT)
LISTED: Final = {"cursor": CURSOR, "limit": LIMIT, "state": Choice(("open", "acknowledged", "closed"))}


async def index(call: Call) -> Answer:
    """Alerts within reach that are not closed, or those of one state."""
    limit, state = call.query.get("limit", 50), call.query.get("state")
    states = (state,) if state else ("open", "acknowledged")
    found = await alerts.page_of(call.viewer, states, after=after(call), limit=limit + 1)
    lines = [
        {
            "id": one.alert_id, "person": one.person_id, "kind": one.kind, "reason": one.reason, "state": one.state,
            "owner": one.owner or None, "mine": one.mine, "raised_at": moment(one.raised_at),
            "deadline_at": moment(one.deadline_at), "escalations": one.escalations, "said_mistake": one.mistake,
            "closed_at": moment(one.closed_at),
        }
        for one in found
    ]  # fmt: skip
    return ok(cut(lines, limit, lambda line: line["id"]))


async def acknowledge(call: Call) -> Answer:
    """I take it. Somebody may have been first."""
    await deeds.acknowledge(call.viewer, call.ids["alert_id"], now=call.now)
    return done()
