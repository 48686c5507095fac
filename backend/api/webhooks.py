"""Webhooks of a municipality: list, register, remove, test."""

from __future__ import annotations

from typing import Final

from backend.api.calls import Call, done, made, moment, ok
from backend.api.schemas import Choice, Many, Moment, Perhaps, Record, Text, Whole, an_id
from models.actions import webhooks as deeds
from models.actions.api import Answer
from models.domain.api import EVENTS, LONGEST_ADDRESS
from models.queries import webhooks

_EVENTS: Final = Many(Choice(tuple(event.value for event in EVENTS)), len(EVENTS), 1)
WEBHOOK: Final = Record(
    "Webhook",
    {
        "id": an_id(), "address": Text(LONGEST_ADDRESS), "events": _EVENTS,
        "state": Choice(("active", "failing", "disabled")), "failure": Text(24, blank=True),
        "waiting": Whole(0, 2**31 - 1), "created_at": Moment(), "succeeded_at": Perhaps(Moment()),
        "next_at": Perhaps(Moment()),
    },
)  # fmt: skip
WEBHOOKS: Final = Record("Webhooks", {"items": Many(WEBHOOK, 100)})
CREATE: Final = Record(
    "WebhookCreate",
    {"address": Text(LONGEST_ADDRESS, example="https://fagsystem.example.org/hoert"), "events": _EVENTS},
)
MADE: Final = Record("WebhookMade", {"id": an_id(), "secret": Text(80)})
TESTED: Final = Record("WebhookTested", {"event": an_id()})


async def index(call: Call) -> Answer:
    """All of them."""
    found = await webhooks.webhooks(call.viewer)
    return ok(
        {
            "items": [
                {
                    "id": one.webhook_id, "address": one.address, "events": list(one.events), "state": one.state,
                    "failure": one.failure, "waiting": one.waiting, "created_at": moment(one.created_at),
                    "succeeded_at": moment(one.succeeded_at), "next_at": moment(one.next_at),
                }
                for one in found
            ]
        }
    )  # fmt: skip


async def create(call: Call) -> Answer:
    """One more; its secret is shown this once."""
    made_now = await deeds.register(
        call.viewer, call.body["address"], call.body["events"], loopback=call.desk.settings.demo, now=call.now,
        real_now=call.desk.clock.real_now(),
    )  # fmt: skip
    return made({"id": made_now.webhook_id, "secret": made_now.secret})


async def remove(call: Call) -> Answer:
    """It is told nothing more."""
    await deeds.remove(call.viewer, call.ids["webhook_id"], now=call.now)
    return done()


async def test(call: Call) -> Answer:
    """Send a test, after what already waits."""
    desk = call.desk
    event = await deeds.test(call.viewer, call.ids["webhook_id"], now=call.now, real_now=desk.clock.real_now())
    return made({"event": event})
