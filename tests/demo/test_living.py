"""People go on living: new ones come, some leave, they answer and write; nothing happens twice."""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter
from datetime import UTC, datetime, timedelta

from hoert.clock import Clock
from hoert.demo.app import arrive
from hoert.demo.living import live
from hoert.demo.people import Persona
from hoert.demo.plug import Plug
from hoert.demo.world import link_personas, world_of
from models.actions import figures, messages
from models.domain.figures.indicator import thaw
from models.domain.figures.periods import Period
from models.domain.staff import Role, Viewer
from models.tables.checkins import Answer, CheckIn
from models.tables.clock import Tick
from models.tables.consent import Link
from models.tables.figures import Publication
from models.tables.keys import vaults
from models.tables.messages import Message, Thread
from models.tables.offers import Offer, OfferEvent
from models.tables.outbox import Letter
from models.tables.register import Person
from models.transactions import HOUSE, rows
from scheduler.jobs import TICKS, run_all
from tests.demo.conftest import Told, in_house

QUARTER = timedelta(days=91)
TABLES = (
    "person", "person_key", "link", "consent", "offer", "offer_event", "thread", "message", "reading", "letter",
    "check_in", "answer", "measured", "alert", "feedback", "publication", "period_plan", "trail_entry",
)  # fmt: skip


async def test_a_quarter_later_new_figures_are_published(told: Told) -> None:
    now = told.now + QUARTER
    began = time.perf_counter()
    await live(told.cast, told.now, now)
    seconds = time.perf_counter() - began
    assert await figures.publish_due(HOUSE, now=now) == [
        "frederikshavn 2026Q4", "gentofte 2026H2", "guldborgsund 2026H2", "middelfart 2026", "randers 2026Q4",
        "vesthimmerland 2026",
    ]  # fmt: skip
    # Two seconds on an idle machine.
    assert seconds < 40


async def test_the_new_figure_of_randers_equals_a_recount_of_the_answers_themselves(told: Told) -> None:
    now = told.now + QUARTER
    await live(told.cast, told.now, now)
    await figures.publish_due(HOUSE, now=now)
    randers = told.cast.municipalities["randers"]
    publication = await Publication.get(municipality_id=randers, period="2026Q4")
    given = await in_house(lambda: _answers(randers, "2026Q4"))
    counts = thaw(publication.frozen).counts
    day = Period.parse("2026Q4").last_day
    told_then = await world_of(told.cast)
    population = [one for one in told_then.people if one.place.slug == "randers" and one.counts_on(day)]
    counting = {one.id for one in population if one.figures}
    assert counts.population == len(population)
    scored = [codes for key, codes in given.items() if key in counting and len(codes) >= 4]
    assert (counts.computable, counts.heard) == (
        len(scored), sum(sum(codes) / len(codes) >= 4 and min(codes) > 2 for codes in scored)
    )  # fmt: skip


async def test_living_the_same_days_twice_adds_nothing(told: Told) -> None:
    await live(told.cast, told.now, told.now + timedelta(days=20))
    before = await in_house(_counts)
    await live(told.cast, told.now, told.now + timedelta(days=20))
    await live(told.cast, told.now + timedelta(days=3), told.now + timedelta(days=20))
    await live(told.cast, told.now + timedelta(days=19, hours=23), told.now + timedelta(days=20))
    assert await in_house(_counts) == before


async def test_going_day_by_day_asks_and_answers_the_same_check_ins_as_one_leap(told: Told) -> None:
    moment = told.now
    for _ in range(12):
        await live(told.cast, moment, moment + timedelta(days=1))
        moment += timedelta(days=1)
    before = await in_house(_check_ins)
    await live(told.cast, told.now, moment)
    assert await in_house(_check_ins) == before


async def test_personas_do_nothing_by_themselves(told: Told) -> None:
    personas = list(told.cast.personas.values())
    before = [await in_house(lambda one=one: _rows_of(one)) for one in personas]  # type: ignore[misc]
    await live(told.cast, told.now, told.now + QUARTER)
    assert [await in_house(lambda one=one: _rows_of(one)) for one in personas] == before  # type: ignore[misc]


async def test_people_come_and_go(told: Told) -> None:
    before = {row.id: row for row in await in_house(Person.all)}
    now = told.now + QUARTER
    await live(told.cast, told.now, now)
    after = await in_house(Person.all)
    came = [row for row in after if row.id not in before]
    left = [row for row in after if row.id in before and row.left_on is not None and before[row.id].left_on is None]
    assert (10 <= len(came) <= 40, 10 <= len(left) <= 40) == (True, True)
    closed = await in_house(lambda: Link.filter(person_id__in=[row.id for row in left]).values_list("state", flat=True))
    assert set(closed) == {"closed"}


async def test_what_waited_is_answered_by_somebody_and_promises_are_mostly_kept(told: Told) -> None:
    now = told.now + QUARTER
    await live(told.cast, told.now, now)
    threads, messages = await in_house(_conversations)
    personas = {one.person_id for one in told.cast.personas.values()}
    old = [
        row
        for row in messages
        if row.needs_answer and row.at < now - timedelta(days=4) and row.person_id not in personas
    ]
    assert {row.answered_at is not None for row in old} == {True}
    kept = sum(row.promise_broken_at is None for row in old) / len(old)
    assert 0.85 < kept < 1
    for thread in threads:
        mine = sorted(row.position for row in messages if row.thread_id == thread.id)
        assert mine == list(range(1, thread.version + 1))


async def test_offers_move_on_and_none_moves_where_it_may_not(told: Told) -> None:
    before = Counter(await in_house(lambda: Offer.all().values_list("state", flat=True)))
    await live(told.cast, told.now, told.now + QUARTER)
    after = Counter(await in_house(lambda: Offer.all().values_list("state", flat=True)))
    assert after["started"] + after["ended"] > before["started"] + before["ended"]
    doubled = await in_house(_doubled_steps)
    assert doubled == []


async def test_no_letter_waits_for_a_phone_that_is_not_shown(told: Told) -> None:
    await link_personas(told.cast, {}, told.now)
    now = told.now + timedelta(days=9)
    await live(told.cast, told.now, now)
    await run_all(now, now)
    await live(told.cast, now, now + timedelta(days=2))
    waiting = await in_house(lambda: Letter.filter(bot="elsewhere", state__in=["queued", "waiting"]).count())
    assert waiting == 0


async def test_what_is_written_at_the_desk_to_a_phone_that_is_not_shown_arrives_unless_the_plug_is_out(
    told: Told,
) -> None:
    await link_personas(told.cast, {}, told.now)
    link = await in_house(lambda: Link.filter(bot="elsewhere", state="active").first())
    assert link is not None
    person = await in_house(lambda: Person.get(id=link.person_id))
    caseworker = Viewer(str(person.caseworker_id), person.municipality_id, Role.CASEWORKER, "Mette Holm")
    thread = await messages.open_thread(caseworker, person.id, now=told.now)
    await messages.reply(caseworker, thread, "Hej", version=None, key="to-a-phone", now=told.now)

    async def state() -> str:
        return (await in_house(lambda: Letter.filter(person_id=person.id).order_by("-id").first())).state

    plug, clock = Plug(), Clock()
    clock.start_at(told.now)
    await plug.pull(told.now)
    arriving = asyncio.create_task(arrive(clock, plug))
    await asyncio.sleep(0.2)
    assert await state() == "queued"
    arriving.cancel()
    plug.out_since = None
    arriving = asyncio.create_task(arrive(clock, plug))
    async with asyncio.timeout(10):
        while await state() != "sent":
            await asyncio.sleep(0.02)
    arriving.cancel()


async def test_every_tick_runs_to_its_end_over_a_quarter_that_was_lived(told: Told) -> None:
    now = told.now + QUARTER
    await link_personas(told.cast, {one.person_id: 9 for one in [told.cast.personas["Amina"]]}, told.now)
    await live(told.cast, told.now, now)
    await run_all(now, now)
    assert {row.name for row in await Tick.all()} == {tick.name for tick in TICKS}
    again = await in_house(lambda: CheckIn.filter(state__in=["due", "asked"]).values_list("person_id", flat=True))
    assert set(again) <= {one.person_id for one in told.cast.personas.values()}


async def test_nothing_is_lived_backwards(told: Told) -> None:
    before = await in_house(_counts)
    await live(told.cast, told.now, told.now)
    await live(told.cast, told.now, datetime(2026, 1, 1, tzinfo=UTC))
    assert await in_house(_counts) == before


async def _counts() -> dict[str, int]:
    return {table: (await rows(f'SELECT COUNT(*) AS n FROM "{table}"'))[0]["n"] for table in TABLES}  # noqa: S608


async def _rows_of(persona: Persona) -> dict[str, int]:
    found = {}
    for table in (
        "link",
        "consent",
        "offer",
        "offer_event",
        "thread",
        "message",
        "letter",
        "check_in",
        "answer",
        "alert",
    ):
        counted = await rows(f'SELECT COUNT(*) AS n FROM "{table}" WHERE person_id = ?', persona.person_id)  # noqa: S608
        found[table] = counted[0]["n"]
    return found


async def _check_ins() -> list[tuple[object, ...]]:
    return sorted(await CheckIn.all().values_list("person_id", "instrument", "period", "state", "closed_at"), key=str)


async def _conversations() -> tuple[list[Thread], list[Message]]:
    return await Thread.all(), await Message.all()


async def _doubled_steps() -> list[tuple[object, ...]]:
    seen = Counter(await OfferEvent.exclude(deed__contains="words").values_list("offer_id", "deed"))
    return [step for step, times in seen.items() if times > 1]


async def _answers(municipality_id: str, period: str) -> dict[str, list[int]]:
    opened = await vaults(municipality_id)
    asked = await CheckIn.filter(municipality_id=municipality_id, instrument="hoert5", period=period).values_list(
        "id", flat=True
    )
    found: dict[str, list[int]] = {}
    for row in await Answer.filter(check_in_id__in=asked):
        place = f"{row.check_in_id}:{row.item}"
        code = json.loads(opened[row.person_id].open("answer", "code", place, row.code_sealed))
        if isinstance(code, int):
            found.setdefault(row.person_id, []).append(code)
    return found
