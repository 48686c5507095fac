"""Check-in plans: the most particular one counts, a pause holds back, and Hørt-5 is no plan's."""

from __future__ import annotations

from datetime import date

import pytest

from models.domain.checkin_plans import Content, Plan, State, Wanted, Whom, wanted, weeks_of
from models.domain.errors import Invalid

DAY = date(2026, 11, 1)


def plan(
    series: str, whom: Whom, weeks: int, *, key: str = "who5", state: State = State.RUNNING, on: date = DAY
) -> Plan:
    return Plan(series, state, Content(key, weeks, whom, "amina" if whom is Whom.PERSON else None, on))


def want(*plans: Plan, key: str = "who5", person: str = "amina", offered: bool = True) -> Wanted:
    return wanted(plans, key, person, offered=offered, today=DAY)


def test_without_a_plan_everyone_is_asked_who5_every_fourth_week_and_nothing_else() -> None:
    assert want() == Wanted("", 4, asked=True)
    assert want(key="tils") == Wanted("", 4, asked=False)


def test_the_plan_for_one_person_comes_before_the_one_for_offers_before_the_one_for_all() -> None:
    every, offered, alone = plan("a", Whom.ALL, 8), plan("b", Whom.OFFER, 4), plan("c", Whom.PERSON, 2)
    assert want(every, offered, alone) == Wanted("c", 2, asked=True)
    assert want(every, offered, alone, person="jonas") == Wanted("b", 4, asked=True)
    assert want(every, offered, alone, person="jonas", offered=False) == Wanted("a", 8, asked=True)


def test_a_pause_holds_back_what_a_wider_plan_asks_and_an_ended_plan_or_one_to_come_counts_for_nothing() -> None:
    every = plan("a", Whom.ALL, 8)
    assert want(every, plan("c", Whom.PERSON, 2, state=State.PAUSED)) == Wanted("c", 2, asked=False)
    assert want(every, plan("c", Whom.PERSON, 2, state=State.ENDED)) == Wanted("a", 8, asked=True)
    assert want(every, plan("c", Whom.PERSON, 2, on=date(2026, 11, 2))) == Wanted("a", 8, asked=True)
    assert want(every, key="tils") == Wanted("", 4, asked=False)


@pytest.mark.parametrize(
    ("key", "weeks", "whom", "person", "field"),
    [
        ("hoert5", 8, Whom.ALL, None, "instrument"),
        ("pulse", 8, Whom.ALL, None, "instrument"),
        ("tils", 2, Whom.ALL, None, "weeks"),
        ("who5", 3, Whom.ALL, None, "weeks"),
        ("who5", 2, Whom.PERSON, None, "person"),
        ("who5", 2, Whom.ALL, "amina", "person"),
    ],
)
def test_what_cannot_be_planned_is_named(key: str, weeks: int, whom: Whom, person: str | None, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        Content(key, weeks, whom, person, DAY)
    assert refused.value.field == field


def test_an_instrument_comes_no_more_often_than_it_may() -> None:
    assert [weeks_of(key) for key in ("who5", "tils", "life_now")] == [(2, 4, 8), (4, 8), (4, 8)]
