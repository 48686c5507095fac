"""No contact: raised once for each silence, never about somebody whose silence is known or explained."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from models.actions import alerts, messages
from models.actions.alerts_silence import raise_no_contact
from models.domain.alerts import Reason
from models.domain.people import YoungPerson
from models.queries import today
from models.tables.alerts import Alert
from models.tables.consent import Link
from models.tables.register import Municipality, Person
from models.transactions import HOUSE, Scope
from scheduler.jobs import TICKS, run
from tests.actions.rows import change, count, found
from tests.cast import Cast, link

DAY = timedelta(days=1)


async def silent(cast: Cast, now: datetime, days: float = 61) -> YoungPerson:
    """Amina joined so many days ago, was written to the day after, and has done nothing since."""
    amina = await link(Scope(cast.randers), cast.amina, 11, now=now - days * DAY, confirmed_by=cast.mette.staff_id)
    await said(cast, "Hej Amina. Hvordan går det?", now - (days - 1) * DAY)
    return amina


async def said(cast: Cast, words: str, at: datetime, *, contact: bool = False) -> None:
    """Mette writes to Amina, or writes down that they talked."""
    thread = await messages.open_thread(cast.mette, cast.amina, now=at)
    if contact:
        await messages.note(cast.mette, thread, words, now=at, contact=True)
    else:
        await messages.reply(cast.mette, thread, words, version=None, key=words, now=at)


async def test_somebody_follows_up_once_on_each_silence(cast: Cast, now: datetime) -> None:
    amina = await silent(cast, now)
    assert await raise_no_contact(HOUSE, now=now - 2 * DAY) == 0
    assert [await raise_no_contact(HOUSE, now=now + day * DAY) for day in (0, 0, 1)] == [1, 0, 0]
    [alert] = await found(Alert, reason="no_contact")
    assert (alert.about, alert.owner_id, alert.kind) == ("silence:2026-09-17", cast.mette.staff_id, "follow_up")
    line = (await today.today(cast.mette, now=now)).alerts[0]
    assert (line.reason, str(line.silent_since)) == ("no_contact", "2026-09-17")
    await alerts.close(cast.mette, alert.id, "Ringede uden svar. Tager forbi på mandag.", now=now)
    assert await raise_no_contact(HOUSE, now=now + 30 * DAY) == 0
    # Heard from, and silent again: that is another silence.
    await messages.receive(amina, "Jeg er her", source_key="webchat:a:1", now=now + 31 * DAY)
    await said(cast, "Godt at høre fra dig", now + 32 * DAY)
    assert [await raise_no_contact(HOUSE, now=now + day * DAY) for day in (90, 91)] == [0, 1]


@pytest.mark.parametrize(
    ("table", "known"),
    [
        (Person, {"paused_until": timedelta(days=3)}),  # on pause
        (Person, {"paused_until": timedelta(days=-30)}),  # the pause ended a month ago
        (Person, {"stopped_at": timedelta(days=-50)}),
        (Person, {"left_on": timedelta(days=-5)}),  # turned 23
        (Person, {"erased_at": timedelta(days=-1)}),
        (Person, {"moved_at": timedelta(days=-1)}),
        (Link, {"state": "closed", "closed_why": "lost"}),
        (Link, {"state": "blocked"}),  # has an alert of its own
        (Municipality, {"settings": {"thresholds": {"silence": 90}}}),
    ],
    ids=lambda known: "-".join(known) if isinstance(known, dict) else known.__name__,
)  # fmt: skip
async def test_a_silence_that_is_known_raises_nothing(
    cast: Cast, now: datetime, table: Any, known: dict[str, Any]
) -> None:
    await silent(cast, now)
    values = {name: now + value if isinstance(value, timedelta) else value for name, value in known.items()}
    if "left_on" in values:
        values["left_on"] = values["left_on"].date()
    where = {Person: {"id": cast.amina}, Link: {"person_id": cast.amina}, Municipality: {"id": cast.randers}}[table]
    await change(table, where, **values)
    assert (await raise_no_contact(HOUSE, now=now), await count(Alert)) == (0, 0)


async def test_whoever_was_asked_nothing_was_met_or_is_followed_up_on_is_not_silent(cast: Cast, now: datetime) -> None:
    amina = await link(Scope(cast.randers), cast.amina, 11, now=now - 100 * DAY, confirmed_by=cast.mette.staff_id)
    assert await raise_no_contact(HOUSE, now=now) == 0  # nothing was sent
    await said(cast, "Hej Amina", now - 13 * DAY)
    assert await raise_no_contact(HOUSE, now=now) == 0  # thirteen days to answer
    low = await alerts.raise_alert(amina, cast.amina, Reason.LOW_WELLBEING, about="c", now=now)
    assert low is not None
    assert await raise_no_contact(HOUSE, now=now + 2 * DAY) == 0  # somebody follows up already
    await alerts.close(cast.mette, low, "Talt sammen", now=now)
    await said(cast, "Vi talte i telefon", now - 20 * DAY, contact=True)
    assert await raise_no_contact(HOUSE, now=now + 2 * DAY) == 0
    await said(cast, "Skal vi ses?", now - 19 * DAY)
    assert await raise_no_contact(HOUSE, now=now + 41 * DAY) == 1


async def test_the_clock_raises_it(cast: Cast, now: datetime) -> None:
    await silent(cast, now)
    leaving = next(tick for tick in TICKS if tick.name == "leaving")
    assert await run(leaving, now, now)
    assert [alert.reason for alert in await found(Alert)] == ["no_contact"]
