"""The figure: computed from sealed rows and the register, published once at its time, and found out when changed."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import psycopg
import pytest
from tortoise.exceptions import OperationalError

from models.actions import consent, figures, register
from models.actions.register import Entry
from models.database import tortoise_config
from models.domain.consent import Purpose
from models.domain.figures import indicator
from models.domain.figures.periods import Period
from models.domain.instruments import Code, instrument
from models.domain.people import YoungPerson
from models.domain.register import Aftercare, Group
from models.settings import Settings
from models.tables.checkins import Measured
from models.tables.consent import Consent
from models.tables.figures import PeriodPlan, Publication
from models.tables.keys import municipality_vault, subject
from models.tables.register import Municipality
from models.transactions import HOUSE, Scope, atomic, dialect
from tests.actions.rows import add, change, count, found, one, sql

ITEMS = [item.key for item in instrument("hoert5").items]
Q3, Q4 = Period.parse("2026Q3"), Period.parse("2026Q4")
LONG_AGO = datetime(2025, 1, 1, 9, tzinfo=UTC)


async def municipality(slug: str, *, at: datetime = LONG_AGO) -> str:
    return await register.add_municipality(HOUSE, slug=slug, name=slug.title(), now=at)


async def person(where: str, number: int, *, birth: date = date(2006, 1, 1), entered: date = date(2025, 1, 1),
                 left: date | None = None, consents: bool = True) -> str:  # fmt: skip
    entry = Entry(f"N-{number}", f"Navn {number}", birth, Group.PLACED, Aftercare.NO, entered_on=entered, left_on=left)
    made = await register.add_person(Scope(where), entry, now=LONG_AGO)
    if consents:
        await add(Consent(municipality_id=where, person_id=made, purpose="figures", version="1", given_at=LONG_AGO))
    return made


async def answered(where: str, who: str, codes: list[Code], period: Period = Q3) -> None:
    """A measured row as the last answer writes it."""

    @atomic
    async def write(scope: Scope) -> None:
        over = await municipality_vault(where)
        row = Measured(
            municipality_id=where, subject=subject(where, who), instrument="hoert5", version=1, period=period.key,
            at=LONG_AGO,
        )  # fmt: skip
        answers = dict(zip(ITEMS, codes, strict=False))
        row.codes_sealed = over.seal("measured", "codes", row.id, json.dumps(answers, sort_keys=True))
        await row.save()

    await write(HOUSE)


async def plan(where: str, kind: str = "quarter", year: int = 2026) -> None:
    await add(PeriodPlan(municipality_id=where, year=year, kind=kind, population=100))


async def counts(period: Period = Q3, **where: str) -> tuple[int, int, int, int]:
    """N, r, n and x of a publication."""
    frozen = indicator.thaw((await one(Publication, period=period.key, **where)).frozen)
    kept = frozen.counts
    return kept.population, kept.responded, kept.computable, kept.heard


@pytest.fixture
async def skive(database: Settings) -> str:
    """A municipality with quarters and nobody in it."""
    where = await municipality("skive")
    await plan(where)
    return where


async def test_the_counts_come_from_the_sealed_rows(skive: str) -> None:
    rows: list[list[Code]] = [
        [5, 5, 5, 5, 5],  # heard
        [4, 4, 4, 4, 4],  # heard, just
        [5, 5, 5, 5, 2],  # one item too low
        [5, 5, 5, 5, "dont_know"],  # four are enough
        [5, 5, 5, "skip", "skip"],  # three are not
        ["dont_know"] * 5,  # responded, not computable
        ["skip"] * 5,  # not even responded
        [3],  # stopped after the first
    ]
    for number, codes in enumerate(rows):
        await answered(skive, await person(skive, number), codes)
    for number in range(100, 104):
        await person(skive, number)
    assert (await figures.publish_due(HOUSE, now=Q3.published_at))[-1] == "skive 2026Q3"
    assert await counts() == (12, 7, 4, 3)


async def test_the_population_is_the_register_on_the_last_day(skive: str) -> None:
    last = Q3.last_day
    inside = [
        {},
        {"entered": last},
        {"left": last + timedelta(days=1)},
        {"birth": date(2008, 9, 30)},  # 18 on the last day
        {"birth": date(2003, 10, 1)},  # 23 the day after
        {"consents": False},
    ]
    outside = [
        {"entered": last + timedelta(days=1)},
        {"left": last},
        {"birth": date(2008, 10, 1)},  # 18 the day after
        {"birth": date(2003, 9, 30)},  # 23 on the last day
    ]
    for number, who in enumerate([*inside, *outside]):
        await answered(skive, await person(skive, number, **who), [5] * 5)  # type: ignore[arg-type]
    await figures.publish_due(HOUSE, now=Q3.published_at)
    assert await counts() == (6, 5, 5, 5)


async def test_consent_withdrawn_takes_someone_out_of_the_figure_not_out_of_the_population(
    skive: str, now: datetime
) -> None:
    who = [await person(skive, number) for number in range(3)]
    for one_of in who:
        await answered(skive, one_of, [5] * 5)
    amina = YoungPerson(skive, who[0], "0" * 32, "webchat", "0" * 64, "da", confirmed=True)
    await consent.choose_purpose(amina, Purpose.FIGURES, on=False, now=now)
    await change(Consent, {"person_id": who[1]}, withdrawn_at=now)  # the coded row is still there
    await figures.publish_due(HOUSE, now=Q3.published_at)
    assert await counts() == (3, 1, 1, 1)


async def test_someone_erased_is_nowhere_in_the_figure(skive: str) -> None:
    who = [await person(skive, number) for number in range(2)]
    for one_of in who:
        await answered(skive, one_of, [5] * 5)
    await sql("DELETE FROM person_key WHERE person_id = ?", who[0])
    await figures.publish_due(HOUSE, now=Q3.published_at)
    assert await counts() == (1, 1, 1, 1)


async def test_nothing_is_published_before_its_time_and_nothing_twice(skive: str) -> None:
    await person(skive, 1)
    early = await figures.publish_due(HOUSE, now=Q3.published_at - timedelta(microseconds=1))
    assert early == ["skive 2026Q1", "skive 2026Q2"]
    assert await figures.publish_due(HOUSE, now=Q3.published_at) == ["skive 2026Q3"]
    before = [(row.id, row.sha256) for row in await found(Publication)]
    assert await figures.publish_due(HOUSE, now=Q3.published_at + timedelta(days=30)) == []
    assert [(row.id, row.sha256) for row in await found(Publication)] == before


async def test_answers_that_come_after_publication_change_nothing_published(skive: str) -> None:
    who = await person(skive, 1)
    await figures.publish_due(HOUSE, now=Q3.published_at)
    await answered(skive, who, [5] * 5)
    await figures.publish_due(HOUSE, now=Q3.published_at + timedelta(days=1))
    assert await counts() == (1, 0, 0, 0)


async def test_only_what_has_begun_since_the_municipality_joined_is_published(database: Settings) -> None:
    where = await municipality("lemvig", at=datetime(2026, 7, 1, 9, tzinfo=UTC))
    await plan(where)
    assert await figures.publish_due(HOUSE, now=Q4.published_at) == ["lemvig 2026Q3", "lemvig 2026Q4"]


async def test_one_period_can_be_asked_for_by_its_key(skive: str) -> None:
    assert await figures.publish_due(HOUSE, now=Q4.published_at, only="2026Q3") == ["skive 2026Q3"]
    assert await figures.publish_due(HOUSE, now=Q4.published_at, only="nonsense") == []


@pytest.mark.parametrize(("people", "kind"), [(14, "none"), (15, "year")])
async def test_the_kind_of_period_follows_the_population_on_the_first_of_january_and_stays(
    database: Settings, people: int, kind: str
) -> None:
    where = await municipality("samsoe")
    for number in range(people):
        await person(where, number)
    for number in range(people, people + 3):
        await person(where, number, entered=date(2026, 1, 2))
        await person(where, number + 50, birth=date(2008, 1, 2))
    await figures.plan_year(HOUSE, now=datetime(2026, 1, 1, 10, tzinfo=UTC))
    assert [(row.year, row.kind, row.population) for row in await found(PeriodPlan)] == [(2026, kind, people)]
    for number in range(200, 230):
        await person(where, number)
    await figures.plan_year(HOUSE, now=datetime(2026, 6, 1, 10, tzinfo=UTC))
    assert [(row.year, row.kind, row.population) for row in await found(PeriodPlan)] == [(2026, kind, people)]
    await figures.publish_due(HOUSE, now=Period.parse("2026").published_at, only="2026")
    assert await count(Publication, period="2026") == (1 if kind == "year" else 0)


async def test_the_year_turns_in_copenhagen(database: Settings) -> None:
    await municipality("samsoe")
    await figures.plan_year(HOUSE, now=datetime(2025, 12, 31, 22, 59, tzinfo=UTC))
    await figures.plan_year(HOUSE, now=datetime(2025, 12, 31, 23, 0, tzinfo=UTC))
    assert [row.year for row in await found(PeriodPlan, "year")] == [2025, 2026]


async def test_municipalities_are_counted_apart_and_an_independent_recount_agrees(database: Settings) -> None:
    dice = random.Random(5)
    options: list[Code] = [1, 2, 3, 4, 5, 5, 5, 4, "dont_know", "skip"]
    expected = {}
    for name in ("skive", "struer"):
        where = await municipality(name)
        await plan(where)
        population = responded = computable = heard = 0
        for number in range(40):
            consents = dice.random() < 0.8
            who = await person(where, number, consents=consents)
            population += 1
            if dice.random() < 0.3:
                continue
            codes = [dice.choice(options) for _ in ITEMS]
            await answered(where, who, codes)
            if not consents:
                continue
            scored = [code for code in codes if isinstance(code, int)]
            responded += bool(scored) or "dont_know" in codes
            if len(scored) >= 4:
                computable += 1
                heard += sum(scored) / len(scored) >= 4.0 and min(scored) >= 3
        expected[where] = (population, responded, computable, heard)
    await figures.publish_due(HOUSE, now=Q3.published_at)
    assert {where: await counts(municipality_id=where) for where in expected} == expected
    assert all(row[3] > 0 for row in expected.values())


# --- somebody changes a published figure ------------------------------------------------------------------------------


async def test_a_publication_cannot_be_changed_or_deleted_by_a_statement(skive: str) -> None:
    await figures.publish_due(HOUSE, now=Q3.published_at)
    for statement in ("UPDATE publication SET frozen = '{}'", "DELETE FROM publication"):
        with pytest.raises((OperationalError, psycopg.Error), match="append-only"):
            await sql(statement)


async def test_around_the_trigger_a_change_a_swap_and_a_new_fingerprint_are_all_found(
    skive: str, database: Settings
) -> None:
    other = await municipality("struer")
    await plan(other)
    for where, people in ((skive, 3), (other, 5)):
        for number in range(people):
            await answered(where, await person(where, number), [5] * 5)
    await figures.publish_due(HOUSE, now=Q4.published_at)
    assert (await figures.verify(Scope(skive)), await figures.verify(Scope(other))) == ([], [])
    await without_triggers(database)
    mine = await one(Publication, municipality_id=skive, period="2026Q3")
    theirs = await one(Publication, municipality_id=other, period="2026Q3")
    after = await one(Publication, municipality_id=skive, period="2026Q4")
    read = indicator.thaw(mine.frozen)
    bettered = indicator.freeze(replace(read.counts, population=4), read.period, read.geography, salt=read.salt)
    forgeries = [
        {"frozen": mine.frozen.replace('"heard":3', '"heard":2')},
        {"frozen": "{}", "sha256": indicator.fingerprint("{}")},
        {"frozen": theirs.frozen, "sha256": theirs.sha256},
        {"frozen": after.frozen, "sha256": after.sha256},
        {"frozen": bettered, "sha256": indicator.fingerprint(bettered)},
    ]
    for forged in forgeries:
        await change(Publication, {"id": mine.id}, **forged)
        assert await figures.verify(Scope(skive)) == ["2026Q3"]
        await change(Publication, {"id": mine.id}, frozen=mine.frozen, sha256=mine.sha256)
    assert await figures.verify(Scope(skive)) == []


async def test_a_publication_that_nobody_published_and_one_that_went_are_found(skive: str, database: Settings) -> None:
    await figures.publish_due(HOUSE, now=Q3.published_at)
    await without_triggers(database)
    true = await one(Publication, period="2026Q3")
    frozen = indicator.freeze(indicator.thaw(true.frozen).counts, Q4, "skive", salt="0" * 32)
    await add(
        Publication(
            municipality_id=skive, figure="heard", period="2026Q4", definition=true.definition, frozen=frozen,
            sha256=indicator.fingerprint(frozen), published_at=true.published_at,
        )
    )  # fmt: skip
    assert await figures.verify(Scope(skive)) == ["2026Q4"]
    await sql("DELETE FROM publication WHERE id = ?", true.id)
    assert await figures.verify(Scope(skive)) == ["2026Q3", "2026Q4"]


async def without_triggers(settings: Settings) -> None:
    """What only somebody with the keys to the database can do."""
    if dialect() == "sqlite":
        for verb in ("update", "delete"):
            await sql(f"DROP TRIGGER no_{verb}_publication")
        return
    where = tortoise_config(settings.database_url)["connections"]["default"]["credentials"]
    with psycopg.connect(host=where["host"], user="postgres", dbname=where["database"], autocommit=True) as attacker:
        attacker.execute("ALTER TABLE publication DISABLE TRIGGER ALL")


async def test_the_municipalities_created_are_the_ones_published(skive: str) -> None:
    await figures.publish_due(HOUSE, now=Q3.published_at)
    assert {row.municipality_id for row in await found(Publication)} == {row.id for row in await found(Municipality)}
