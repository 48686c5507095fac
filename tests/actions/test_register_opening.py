"""Opening somebody who is not one's own: a reason, a while, the coordinator told, the young person too."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from models.actions import messages, register
from models.actions.register_opening import Reached
from models.domain.errors import Invalid, NotAllowed, NotFound
from models.domain.people import YoungPerson
from models.domain.register import same_name
from models.queries import register as views
from models.queries import register_openings, rights, today
from models.tables.audit import TrailEntry
from models.tables.register import Opening, Person
from models.transactions import HOUSE
from tests.actions.rows import change, count, one
from tests.cast import Cast

WHY = "Amina har ringet, og Mette er syg"


async def test_with_a_reason_siri_reaches_amina_for_eight_hours_and_per_is_told(
    amina: YoungPerson, cast: Cast, now: datetime
) -> None:
    with pytest.raises(NotFound):
        await views.person(cast.siri, cast.amina, now=now)
    siri = cast.siri.asking(now)
    assert await register.open_other(siri, "  amina  YUSUF ", WHY, now=now) == Reached(cast.amina, anew=True)
    assert (await views.person(siri, cast.amina, now=now)).name == "Amina Yusuf"
    assert await messages.open_thread(siri, cast.amina, now=now)
    assert await register_openings.open_until(siri, cast.amina, now=now) == now + timedelta(hours=8)
    told = (await today.today(cast.per, now=now)).openings
    assert [(one.name, one.who, one.why, one.at) for one in told] == [("Amina Yusuf", "Siri Kjær", WHY, now)]
    assert (await today.today(cast.mette, now=now)).openings == (await today.today(cast.odd, now=now)).openings == ()
    assert await register.close_openings(HOUSE, now=now + timedelta(hours=7, minutes=59)) == 0
    assert await register.close_openings(HOUSE, now=now + timedelta(hours=8)) == 1
    with pytest.raises(NotFound):
        await views.person(siri, cast.amina, now=now)
    assert len((await today.today(cast.per, now=now)).openings) == 1
    await register.see_opening(cast.per, told[0].opening_id, now=now)
    assert (await today.today(cast.per, now=now)).openings == ()
    assert "person.break_glass" in {line.deed for line in (await rights.opened(amina, 0)).entries}


async def test_it_is_over_at_its_moment_though_no_tick_wrote_so_down_and_may_be_opened_again(
    cast: Cast, now: datetime
) -> None:
    await register.open_other(cast.siri, "R-1001", WHY, now=now)
    nearly, over = now + timedelta(hours=8) - timedelta(microseconds=1), now + timedelta(hours=8)
    assert (await views.person(cast.siri.asking(nearly), cast.amina, now=nearly)).name == "Amina Yusuf"
    for late in (cast.siri.asking(over), cast.siri):
        with pytest.raises(NotFound):
            await views.person(late, cast.amina, now=over)
    assert await register_openings.open_until(cast.siri, cast.amina, now=over) is None
    await register.open_other(cast.siri.asking(over), "R-1001", WHY, now=over)
    assert (await views.person(cast.siri.asking(over), cast.amina, now=over)).name == "Amina Yusuf"
    assert await register_openings.open_until(cast.siri, cast.amina, now=over) == over + timedelta(hours=8)


async def test_nobody_else_s_lists_and_no_colleague_gain_anything_by_it(cast: Cast, now: datetime) -> None:
    before = [(await views.people(who, views.Show.ALL, now=now)).total for who in (cast.siri, cast.lars)]
    await register.open_other(cast.siri, "R-1001", WHY, now=now)
    assert [(await views.people(who, views.Show.ALL, now=now)).total for who in (cast.siri, cast.lars)] == before
    for other in (cast.lars, cast.odd, cast.admin):
        with pytest.raises(NotFound):
            await views.person(other, cast.amina, now=now)


async def test_closing_it_oneself_is_at_once_and_twice_is_once(cast: Cast, now: datetime) -> None:
    with pytest.raises(NotFound):
        await register.close_other(cast.siri, cast.amina, now=now)
    await register.open_other(cast.siri, "r-1001", WHY, now=now)
    await register.close_other(cast.siri, cast.amina, now=now)
    await register.close_other(cast.siri, cast.amina, now=now)
    assert await count(TrailEntry, deed="person.close_glass") == 1
    with pytest.raises(NotFound):
        await views.person(cast.siri.asking(now), cast.amina, now=now)


async def test_one_s_own_is_opened_without_and_twice_is_one_opening(cast: Cast, now: datetime) -> None:
    assert await register.open_other(cast.mette, "Amina Yusuf", WHY, now=now) == Reached(cast.amina, anew=False)
    assert await count(Opening) == 0
    for anew in (True, False):
        assert await register.open_other(cast.siri.asking(now), "Amina Yusuf", WHY, now=now) == Reached(
            cast.amina, anew
        )
    assert (await one(Opening)).staff_id == cast.siri.staff_id


@pytest.mark.parametrize(
    ("who", "why", "code"),
    [
        ("Astrid Fjeld", WHY, "other_unknown"),
        ("Amina", WHY, "other_unknown"),
        ("", WHY, "other_unknown"),
        ("Jonas Birk", WHY, "other_several"),
        ("Amina Yusuf", "haster", "why_too_short"),
        ("Amina Yusuf", "x" * 301, "why_too_long"),
    ],
)
async def test_what_cannot_be_opened_says_why_and_opens_nothing(
    who: str, why: str, code: str, cast: Cast, now: datetime
) -> None:
    birth = (await views.person(cast.per, cast.jonas, now=now)).birth
    entry = register.Entry("R-1", "jonas birk", birth, register.Group.PLACED, register.Aftercare.NO)
    await register.add_person(cast.per, entry, now=now)
    with pytest.raises(Invalid) as refused:
        await register.open_other(cast.lars, who, why, now=now)
    assert refused.value.code == code
    assert await count(Opening) == 0


async def test_those_who_see_everybody_or_nobody_need_or_have_no_such_door(cast: Cast, now: datetime) -> None:
    for viewer in (cast.per, cast.admin, cast.nanna):
        with pytest.raises(NotAllowed):
            await register.open_other(viewer, "Amina Yusuf", WHY, now=now)
    with pytest.raises(NotAllowed):
        await register.see_opening(cast.siri, "0" * 32, now=now)


async def test_who_was_erased_or_has_moved_cannot_be_opened(cast: Cast, now: datetime) -> None:
    await change(Person, {"id": cast.amina}, moved_at=now)
    with pytest.raises(Invalid):
        await register.open_other(cast.siri, "Amina Yusuf", WHY, now=now)


def test_a_name_is_the_same_in_capitals_and_with_double_a() -> None:
    assert same_name("Åse Møller", " aase  MØLLER")
    assert not same_name("Åse Møller", "Åse")
    assert not same_name("", "")
