"""Webhooks against a real receiver on loopback: signed, in order, tried again, given up, never twice, never inside."""

from __future__ import annotations

import asyncio
import hmac
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hashlib import sha256

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from hoert.webhooks import Teller, is_outside, literal_is_outside
from models.actions import alerts, messages, offers, webhooks
from models.actions.webhooks import Registered
from models.domain.alerts import Reason
from models.domain.api import EVENTS, GIVE_UP
from models.domain.errors import Invalid, NotAllowed, NotFound, Stale
from models.domain.offers import Answer
from models.queries import webhooks as views
from models.settings import Settings
from models.transactions import HOUSE, Scope
from tests.backend.browsing import MovedClock
from tests.cast import Cast, link


@dataclass
class Receiver:
    """A case system that writes down what it is told; `answers` are its next statuses, then 204."""

    address: str = ""
    told: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)

    async def take(self, request: web.Request) -> web.Response:
        self.told.append((dict(request.headers), await request.read()))
        status = self.answers.pop(0) if self.answers else 204
        return web.Response(status=status, headers={"Location": self.address} if status == 302 else {})

    @property
    def kinds(self) -> list[str]:
        return [json.loads(body)["type"] for _, body in self.told]


@pytest.fixture
def clock(now: datetime) -> MovedClock:
    return MovedClock(now)


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    made, app = Receiver(), web.Application()
    app.router.add_post("/hook", made.take)
    server = TestServer(app, host="127.0.0.1")
    await server.start_server()
    made.address = f"http://127.0.0.1:{server.port}/hook"
    yield made
    await server.close()


async def hook(cast: Cast, address: str, clock: MovedClock, *events: str) -> Registered:
    kinds = events or tuple(event.value for event in EVENTS)
    return await webhooks.register(cast.admin, address, kinds, loopback=True, now=clock.now(), real_now=clock.now())


async def test_events_are_told_in_order_signed_and_without_a_word(
    database: Settings, cast: Cast, clock: MovedClock, receiver: Receiver
) -> None:
    made = await hook(cast, receiver.address, clock)
    amina = await link(Scope(cast.randers), cast.amina, 11, now=clock.now(), confirmed_by=cast.mette.staff_id)
    await messages.receive(amina, "Hej Mette, må jeg ringe?", source_key="webchat:a:1", now=clock.now())
    thread = await messages.open_thread(cast.mette, cast.amina, now=clock.now())
    await messages.assign(cast.mette, thread, cast.siri.staff_id, now=clock.now())
    offer = await offers.draft(cast.per, cast.amina, "mentor", offers.Content("Mentor"), now=clock.now())
    await offers.publish(cast.per, offer, now=clock.now())
    await offers.answer(amina, offer, Answer.YES, now=clock.now())
    alert = await alerts.raise_alert(Scope(cast.randers), cast.amina, Reason.NO_CONTACT, about="x", now=clock.now())
    assert alert is not None
    await alerts.raise_alert(Scope(cast.randers), cast.amina, Reason.UNHEARD, about="y", now=clock.now(), apart=True)
    await alerts.close(cast.per, alert, "Ringede", now=clock.now())
    # Two processes at once: each event is told by one of them.
    tellers = [Teller(database, clock), Teller(database, clock)]
    assert sum(await asyncio.gather(*(one.round() for one in tellers))) == 5
    assert receiver.kinds == [
        "message.received", "thread.assigned", "offer.answered", "alert.raised", "alert.closed",
    ]  # fmt: skip
    headers, body = receiver.told[0]
    assert json.loads(body)["about"] == {"type": "thread", "id": thread}
    assert set(json.loads(body)) == {"id", "type", "at", "about"}
    when, _, given = headers["Hoert-Signature"].removeprefix("t=").partition(",v1=")
    assert given == hmac.new(made.secret.encode(), f"{when}.".encode() + body, sha256).hexdigest()
    assert int(when) == int(clock.now().timestamp())
    assert headers["Hoert-Event-Id"] == json.loads(body)["id"]
    assert b"Mette" not in b"".join(one for _, one in receiver.told)
    assert [await one.round() for one in tellers] == [0, 0]
    assert [one.state for one in await views.webhooks(cast.admin)] == ["active"]
    assert await webhooks.forget(HOUSE, now=clock.now(), real_now=clock.now() + timedelta(days=8)) == 5


async def test_what_is_not_taken_is_tried_again_later_each_time_in_order_and_given_up_after_three_days(
    database: Settings, cast: Cast, clock: MovedClock, receiver: Receiver
) -> None:
    made = await hook(cast, receiver.address, clock, "alert.raised", "message.received")
    amina = await link(Scope(cast.randers), cast.amina, 11, now=clock.now(), confirmed_by=cast.mette.staff_id)
    await messages.receive(amina, "Hej", source_key="webchat:a:1", now=clock.now())
    await alerts.raise_alert(Scope(cast.randers), cast.amina, Reason.NO_CONTACT, about="x", now=clock.now())
    teller, receiver.answers = Teller(database, clock), [500, 302, 204, 410]
    assert await teller.round() == 0
    assert await teller.round() == 0  # not before ten seconds have gone
    clock.move(seconds=11)
    assert await teller.round() == 0
    clock.move(seconds=21)
    assert await teller.round() == 1
    assert receiver.kinds == ["message.received"] * 3 + ["alert.raised"]
    line = (await views.webhooks(cast.admin))[0]
    assert (line.state, line.failure, line.waiting) == ("failing", "refused", 1)
    receiver.answers = [503] * 200
    began = clock.now()
    while clock.now() - began < GIVE_UP + timedelta(hours=5):
        clock.move(hours=4, seconds=1)
        await teller.round()
    line = (await views.webhooks(cast.admin))[0]
    assert (line.state, line.waiting) == ("disabled", 1)
    off = [await views.given_up(who) for who in (cast.admin, cast.per, cast.odd)]
    assert (len(off[0]), len(off[1]), len(off[2])) == (1, 0, 0)
    at = off[0][0].off_at
    assert (off[0][0].failure, at is not None and began + GIVE_UP <= at <= clock.now()) == ("refused", True)
    with pytest.raises(Stale):
        await webhooks.test(cast.admin, made.webhook_id, now=clock.now(), real_now=clock.now())
    receiver.answers, before = [], len(receiver.told)
    assert await teller.round() == 0
    await webhooks.enable(cast.admin, made.webhook_id, now=clock.now(), real_now=clock.now())
    await webhooks.test(cast.admin, made.webhook_id, now=clock.now(), real_now=clock.now())
    assert await teller.round() == 2
    assert receiver.kinds[before:] == ["alert.raised", "webhook.test"]


async def test_one_that_has_it_keeps_it_until_its_lease_is_over(
    database: Settings, cast: Cast, clock: MovedClock, receiver: Receiver
) -> None:
    made = await hook(cast, receiver.address, clock)
    await webhooks.test(cast.admin, made.webhook_id, now=clock.now(), real_now=clock.now())
    mine = await webhooks.take(HOUSE, made.webhook_id, lease=None, real_now=clock.now())
    assert mine is not None
    assert await webhooks.take(HOUSE, made.webhook_id, lease=None, real_now=clock.now()) is None
    clock.move(seconds=61)
    assert await Teller(database, clock).round() == 1  # whoever had it has died
    assert await webhooks.settle(HOUSE, mine, "away", now=clock.now(), real_now=clock.now()) is False
    assert (await views.webhooks(cast.admin))[0].state == "active"


async def test_only_its_own_administrator_runs_a_webhook(cast: Cast, clock: MovedClock, receiver: Receiver) -> None:
    made = await hook(cast, receiver.address, clock)
    elsewhere = type(cast.admin)(cast.admin.staff_id, cast.odsherred, cast.admin.role, "Anna Dam")
    with pytest.raises(NotFound):
        await webhooks.remove(elsewhere, made.webhook_id, now=clock.now())
    with pytest.raises(NotAllowed):
        await webhooks.remove(cast.per, made.webhook_id, now=clock.now())
    await webhooks.remove(cast.admin, made.webhook_id, now=clock.now())
    assert await views.webhooks(cast.admin) == []


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("http://fagsystem.example.org/", "webhook_https"),
        ("http://127.0.0.1/", "webhook_https"),
        ("ftp://fagsystem.example.org/", "webhook_https"),
        ("https://", "webhook_address"),
        ("https://mette:secret@example.org/", "webhook_address"),
        ("https://example.org/a b", "webhook_address"),
        ("https://example.org:99999/", "webhook_address"),
        ("https://[::1/", "webhook_address"),
        ("https://example.org/#part", "webhook_address"),
        ("https://example.org/" + "a" * 400, "webhook_address"),
    ],
)
async def test_an_address_is_over_tls_and_carries_nothing(
    cast: Cast, clock: MovedClock, address: str, code: str
) -> None:
    with pytest.raises(Invalid, match=code):
        await webhooks.register(
            cast.admin, address, ["alert.raised"], loopback=False, now=clock.now(), real_now=clock.now()
        )


@pytest.mark.parametrize(
    "host",
    [
        "10.0.0.1", "172.16.5.4", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",  # noqa: S104 (an address to be refused)
        "127.0.0.1", "224.0.0.1",
        "255.255.255.255", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "::ffff:10.0.0.1", "::ffff:127.0.0.1",
        "64:ff9b::a00:1", "2002:a00:1::", "2001:0:1::1", "ff02::1", "nonsense",
    ],
)  # fmt: skip
def test_nothing_inside_is_reached(host: str) -> None:
    assert not is_outside(host, loopback=False)


def test_what_is_out_in_the_open_is_reached_and_this_machine_only_where_it_may_be() -> None:
    assert is_outside("93.184.216.34", loopback=False)
    assert is_outside("2606:2800:220:1:248:1893:25c8:1946", loopback=False)
    assert is_outside("127.0.0.1", loopback=True)
    assert not is_outside("10.0.0.1", loopback=True)
    assert literal_is_outside("https://example.org/", loopback=False)
    assert not literal_is_outside("https://[::ffff:7f00:1]/", loopback=False)


async def test_a_name_that_leads_inside_leads_nowhere(
    database: Settings, cast: Cast, clock: MovedClock, receiver: Receiver
) -> None:
    address = receiver.address.replace("http://127.0.0.1", "https://localhost")
    await webhooks.register(
        cast.admin, address, ["alert.raised"], loopback=False, now=clock.now(), real_now=clock.now()
    )
    await alerts.raise_alert(Scope(cast.randers), cast.amina, Reason.NO_CONTACT, about="x", now=clock.now())
    assert await Teller(replace(database, demo=False), clock).round() == 0
    assert (await views.webhooks(cast.admin))[0].failure == "inside"
    assert receiver.told == []
