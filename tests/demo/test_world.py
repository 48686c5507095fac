"""The seeded world: whole, sealed, counted right, and the same every time."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from functools import cache
from pathlib import Path

from hoert.demo.people import PLACES, World, cast_from
from hoert.demo.world import seed
from models.actions.offers import Content
from models.database import opened
from models.domain import crisis
from models.domain.disclosure import Banded, Shown, Withheld, disclose
from models.domain.figures.indicator import indicator, thaw
from models.domain.figures.periods import Period
from models.domain.instruments import DONT_KNOW, Code
from models.migrate import migrate
from models.settings import Settings, load
from models.tables.alerts import Alert
from models.tables.checkins import Answer, CheckIn, Measured
from models.tables.consent import Link
from models.tables.feedback import Feedback
from models.tables.figures import PeriodPlan, Publication
from models.tables.keys import Vault, municipality_vault, vaults
from models.tables.messages import Message, Thread
from models.tables.offers import Offer, OfferEvent
from models.tables.register import Municipality, Person
from tests.demo.conftest import SATURDAY, Told, in_house


async def test_seven_municipalities_with_their_projects_and_every_kind_of_period(told: Told) -> None:
    assert {row.slug: row.project for row in await Municipality.all()} == {
        "frederikshavn": "Efterværnsenheden i Frederikshavn Kommune",
        "gentofte": "Styrmand i eget liv – en styrket efterværnsindsats i Gentofte Kommune",
        "guldborgsund": "Efterværn der virker for alle",
        "middelfart": "Nyt tværgående efterværn til unge i Middelfart Kommune",
        "odsherred": "Guidet efterværn",
        "randers": "Omlægning af efterværnsindsatsen i Randers Kommune",
        "vesthimmerland": "TUS – Tværfagligt UngeSamarbejde",
    }
    slugs = {key: slug for slug, key in told.cast.municipalities.items()}
    kinds = {(slugs[row.municipality_id], row.year): row.kind for row in await PeriodPlan.all()}
    assert kinds == {
        (place.slug, year): kind
        for place, kind in zip(PLACES, ("quarter", "half", "half", "year", "none", "quarter", "year"), strict=True)
        for year in (2023, 2024, 2025, 2026)
    }


async def test_the_register_holds_whom_the_world_invented_and_nobody_else(told: Told) -> None:
    entered = {young.reference for young in told.world.people if young.entered_on <= date(2026, 11, 21)}
    assert {row.reference for row in await in_house(_people)} == entered
    ever = [young for young in told.world.people if any(young.counts_on(day) for day in _every_month())]
    assert 600 <= len(ever) <= 760


async def test_everything_sealed_opens_with_the_vault_of_whom_it_is_about(told: Told) -> None:
    opened_up = await in_house(_open_everything)
    assert set(opened_up) == {
        "person", "link", "message", "answer", "score", "offer", "offer_event", "feedback", "alert", "measured",
    }  # fmt: skip
    assert opened_up["answer"] == await in_house(_count_answers)


async def test_every_published_figure_equals_a_recount_of_what_people_answered(told: Told) -> None:
    published = await Publication.all()
    assert len(published) == 50
    for row in published:
        frozen = thaw(row.frozen)
        counts = frozen.counts
        recounted = _recount(told.world, frozen.geography, frozen.period)
        assert (frozen.geography, row.period, counts.population, counts.responded, counts.computable, counts.heard) == (
            frozen.geography, row.period, *recounted,
        )  # fmt: skip


async def test_figures_are_shown_banded_and_withheld_and_some_rest_on_less_than_half(told: Told) -> None:
    figures = [indicator(thaw(row.frozen).counts) for row in await Publication.all()]
    assert {type(disclose(one)) for one in figures} == {Shown, Banded, Withheld}
    assert {one.leads_with_bounds for one in figures} == {True, False}


async def test_randers_gets_better_and_guldborgsund_does_not(told: Told) -> None:
    shares: dict[str, list[float]] = {}
    for row in await Publication.all().order_by("period"):
        frozen = thaw(row.frozen)
        shares.setdefault(frozen.geography, []).append(frozen.counts.heard / frozen.counts.computable)
    randers, guldborgsund = shares["randers"], shares["guldborgsund"]
    assert sum(randers[-4:]) / 4 - sum(randers[:4]) / 4 > 0.12
    assert abs(sum(guldborgsund[-3:]) / 3 - sum(guldborgsund[:3]) / 3) < 0.15


async def test_there_is_one_coded_row_for_every_answered_asking_of_who_counts(told: Told) -> None:
    consenting = {young.id for young in told.world.people if young.figures}
    answered = {
        (row.person_id, row.instrument, row.period)
        for row in await in_house(_check_ins)
        if row.state in {"done", "stopped"} and row.person_id in consenting
    }
    assert len(answered) == await in_house(_count_measured)


async def test_every_thread_says_truthfully_what_waits_in_it(told: Told) -> None:
    threads, messages = await in_house(_conversations)
    for thread in threads:
        mine = sorted((one for one in messages if one.thread_id == thread.id), key=lambda one: one.position)
        waiting = [one for one in mine if one.needs_answer and one.answered_at is None]
        assert [one.position for one in mine] == list(range(1, thread.version + 1))
        assert [one.at for one in mine] == sorted(one.at for one in mine)
        assert thread.last_at == mine[-1].at <= told.now
        assert thread.waiting_since == min((one.at for one in waiting), default=None)
        assert thread.promised_at == min((one.promised_at for one in waiting), default=None)


async def test_exactly_the_messages_with_words_of_crisis_are_marked(told: Told) -> None:
    marked, found = await in_house(_crisis)
    assert marked == found
    assert len(marked) == 1


async def test_the_register_knows_what_came_of_the_offers(told: Told) -> None:
    people, offers = await in_house(_register_and_offers)
    told_by_offers = {
        row.person_id for row in offers if row.state not in {"draft", "withdrawn"} and row.published_at is not None
    }
    assert {key for key, row in people.items() if row.offered_on is not None} == told_by_offers
    declined = {row.person_id for row in offers if row.state == "declined"}
    assert {key for key, row in people.items() if row.aftercare == "declined"} == declined


async def test_people_come_at_seventeen_and_a_half_or_later_and_go_at_23(told: Told) -> None:
    people = await in_house(_people)
    births = {young.id: young.birth for young in told.world.people}
    today = date(2026, 11, 21)
    ages = [(today - births[row.id]).days / 365.25 for row in people if row.left_on is None]
    assert 17.4 < min(ages) < 18
    assert 22 < max(ages) < 23.01
    assert {row.left_on <= today for row in people if row.left_on is not None} == {True}


def test_the_same_seed_and_day_give_the_same_world(told_settings: Settings, tmp_path: Path) -> None:
    assert asyncio.run(_counts(told_settings)) == asyncio.run(_seeded_again(tmp_path))


async def test_a_cast_comes_back_from_a_file(told: Told) -> None:
    assert cast_from(json.loads(json.dumps(asdict(told.cast), default=str))) == told.cast


async def test_the_world_is_seeded_in_time(told: Told) -> None:
    # Four seconds on an idle machine; a machine that tests eight things at once may take its time.
    assert told.seconds < 60


# --- counting ---------------------------------------------------------------------------------------------------------


def _recount(world: World, slug: str, period: Period) -> tuple[int, int, int, int]:
    population = [one for one in world.people if one.place.slug == slug and one.counts_on(period.last_day)]
    rows = [
        world.heard[one.id, period.key] for one in population if one.figures and (one.id, period.key) in world.heard
    ]
    responded = [row for row in rows if any(isinstance(code, int) or code == DONT_KNOW for code in row.values())]
    scored = [codes for row in responded if len(codes := _scored(row)) >= 4]
    return len(population), len(responded), len(scored), sum(_is_heard(codes) for codes in scored)


def _scored(row: Mapping[str, Code]) -> list[int]:
    return [code for code in row.values() if isinstance(code, int)]


def _is_heard(codes: list[int]) -> bool:
    return sum(codes) / len(codes) >= 4 and min(codes) > 2


def _every_month() -> list[date]:
    return [date(year, month, 1) for year in range(2023, 2027) for month in range(1, 13) if (year, month) < (2026, 12)]


async def _seeded_again(folder: Path) -> dict[str, object]:
    settings = load({}, demo=True, data_dir=folder)
    async with opened(settings, everywhere=False):
        await migrate(settings)
        await seed(SATURDAY)
    return await _counts(settings)


async def _counts(settings: Settings) -> dict[str, object]:
    async with opened(settings):
        frozen = [json.loads(row.frozen) | {"salt": ""} for row in await Publication.all().order_by("period", "frozen")]
        return {
            "figures": sorted(json.dumps(one, sort_keys=True) for one in frozen),
            "messages": Counter(await Message.all().values_list("direction", flat=True)),
            "offers": Counter(await Offer.all().values_list("state", flat=True)),
            "check_ins": Counter(await CheckIn.all().values_list("instrument", "state")),
            "answers": await Answer.all().count(),
            "alerts": Counter(await Alert.all().values_list("reason", "state")),
            "feedback": Counter(await Feedback.all().values_list("state", flat=True)),
            "people": sorted(await Person.all().values_list("reference", "group", "aftercare")),
        }


# --- reading across the house ---


async def _people() -> list[Person]:
    return await Person.all()


async def _check_ins() -> list[CheckIn]:
    return await CheckIn.filter(asked_by="clock")


async def _count_measured() -> int:
    return await Measured.all().count()


async def _count_answers() -> int:
    return await Answer.all().count()


async def _conversations() -> tuple[list[Thread], list[Message]]:
    return await Thread.all(), await Message.all()


async def _register_and_offers() -> tuple[dict[str, Person], list[Offer]]:
    return {row.id: row for row in await Person.all()}, await Offer.all()


async def _all_vaults() -> dict[str, Vault]:
    return {
        person_id: vault
        for municipality in await Municipality.all()
        for person_id, vault in (await vaults(municipality.id)).items()
    }


async def _crisis() -> tuple[set[str], set[str]]:
    opened_by, marked, found = await _all_vaults(), set[str](), set[str]()
    for row in await Message.filter(direction="in"):
        marked |= {row.id} if row.crisis else set()
        words = opened_by[row.person_id].open("message", "body", row.id, row.body_sealed)
        found |= {row.id} if _finds(words) else set()
    return marked, found


@cache
def _finds(words: str) -> bool:
    return crisis.check(words).found


async def _open_everything() -> Counter[str]:
    """Open every sealed column there is; what cannot be opened raises."""
    of, done = await _all_vaults(), Counter[str]()
    for person in await Person.all():
        for column in ("name", "first_name", "birth", "phone"):
            of[person.id].open("person", column, person.id, getattr(person, f"{column}_sealed"))
        done["person"] += 1
    for link in await Link.all():
        int(of[link.person_id].open("link", "chat", link.id, link.chat_sealed))
        of[link.person_id].open("link", "words", link.id, link.words_sealed)
        done["link"] += 1
    for message in await Message.all():
        done["message"] += bool(of[message.person_id].open("message", "body", message.id, message.body_sealed))
    for answer in await Answer.all():
        place = f"{answer.check_in_id}:{answer.item}"
        json.loads(of[answer.person_id].open("answer", "code", place, answer.code_sealed))
        done["answer"] += 1
    for check_in in await CheckIn.exclude(score_sealed=None):
        json.loads(of[check_in.person_id].open("check_in", "score", check_in.id, check_in.score_sealed))
        done["score"] += 1
    for offer in await Offer.all():
        Content(**json.loads(of[offer.person_id].open("offer", "content", offer.id, offer.content_sealed))).check()
        done["offer"] += 1
    for event in await OfferEvent.exclude(words_sealed=None):
        done["offer_event"] += bool(of[event.person_id].open("offer_event", "words", event.id, event.words_sealed))
    for feedback in await Feedback.exclude(body_sealed=None):
        done["feedback"] += bool(of[feedback.person_id].open("feedback", "body", feedback.id, feedback.body_sealed))
    for feedback in await Feedback.exclude(answer_sealed=None):
        of[feedback.person_id].open("feedback", "answer", feedback.id, feedback.answer_sealed)
    for feedback in await Feedback.exclude(heard_sealed=None):
        int(of[feedback.person_id].open("feedback", "heard", feedback.id, feedback.heard_sealed))
    for alert in await Alert.filter(state="closed"):
        done["alert"] += bool(of[alert.person_id].open("alert", "done", alert.id, alert.done_sealed))
    for row in await Measured.all():
        over = await municipality_vault(row.municipality_id)
        json.loads(over.open("measured", "codes", row.id, row.codes_sealed))
        done["measured"] += 1
    return done
