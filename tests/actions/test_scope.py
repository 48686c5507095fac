"""Whatever a stranger asks for by its id does not exist for them, and asking changes nothing.

`BY_STAFF` and `BY_YOUNG` name every public deed done for a member of staff or a young person; a test proves the lists
complete by asking the modules. Deeds that take no id of anything are in `OWN`.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Awaitable, Iterator
from dataclasses import replace
from datetime import date, datetime

import pytest

from models import actions
from models.actions import (
    casefile,
    checkins,
    consent,
    feedback,
    letters,
    meetings,
    messages,
    offers_wishes,
    panels,
    progress,
    register,
    register_kept,
    staff,
    staff_administered,
)
from models.actions.staff_administered import Member
from models.domain.casefile import Choice
from models.domain.checkin_plans import Whom
from models.domain.consent import Purpose
from models.domain.errors import Invalid, NotAllowed, NotFound, Stale
from models.domain.feedback import About
from models.domain.people import YoungPerson
from models.domain.progress import Way
from models.domain.staff import Role, Viewer
from models.transactions import Scope
from tests.actions.attacks import (
    ABOUT_STAFF,
    BY_NAME,
    BY_SOURCE,
    BY_STAFF,
    BY_YOUNG,
    DESCRIBED,
    FOR_COORDINATORS,
    HOUR,
    MEETING,
    OF_THE_RANGE,
    OWN,
    OWN_STAFF,
    PLAN,
    By,
)
from tests.actions.rows import dump
from tests.actions.world import World
from tests.cast import Cast


def deeds_of(kind: str) -> Iterator[str]:
    """The public deeds whose first argument is of this kind, by module and name."""
    for module in pkgutil.iter_modules(actions.__path__):
        for name, deed in vars(importlib.import_module(f"models.actions.{module.name}")).items():
            inner = getattr(deed, "__wrapped__", None)
            if inner is None or name.startswith("_") or deed.__module__ != f"models.actions.{module.name}":
                continue
            if next(iter(inspect.signature(inner).parameters.values())).annotation == kind:
                yield f"{module.name.partition('_')[0]}.{name}"


def test_every_public_deed_of_staff_and_of_young_people_is_attacked_here() -> None:
    assert set(BY_STAFF) | ABOUT_STAFF | OWN_STAFF == set(deeds_of("Viewer")) - OF_THE_RANGE - BY_NAME
    young = set(BY_YOUNG) | BY_SOURCE | OWN
    assert young == set(deeds_of("YoungPerson")) - OF_THE_RANGE


async def test_staff_of_another_municipality_and_colleagues_out_of_reach_find_nothing_and_change_nothing(
    world: World, cast: Cast, now: datetime
) -> None:
    homeless = Viewer(cast.per.staff_id, None, Role.COORDINATOR, "Per")
    before = await dump()
    for viewer in (cast.odd, cast.siri, cast.lars, homeless):
        for name, attack in BY_STAFF.items():
            with pytest.raises((NotFound, NotAllowed) if name in FOR_COORDINATORS else NotFound):
                await _refused(name, viewer, attack(By(viewer, world, now)))
    for viewer in (cast.admin, cast.nanna):
        for name, attack in BY_STAFF.items():
            with pytest.raises((NotFound, NotAllowed)):
                await _refused(name, viewer, attack(By(viewer, world, now)))
    assert await dump() == before


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
async def test_what_is_named_beside_one_s_own_is_one_s_own_too_or_nothing_is_done(
    world: World, cast: Cast, now: datetime
) -> None:
    jonas, leila, siri, per = cast.jonas, cast.leila, cast.siri, cast.per
    thread = await messages.open_thread(siri, jonas, now=now)
    meeting = {"starts_at": now + HOUR, "minutes": 30, "now": now}
    before = await dump()
    for attack in (
        messages.reply(siri, thread, "Hej", version=0, key="beside", files=[world.file], now=now),
        messages.reply(siri, thread, "Hej", version=0, key="beside", files=[world.unsent], now=now),
        messages.assign(siri, thread, cast.odd.staff_id, now=now),
        messages.assign(siri, thread, cast.admin.staff_id, now=now),
        messages.decide_delivery(siri, jonas, world.reply, "again", now=now),
        messages.decide_delivery(cast.mette, leila, world.reply, "arrived", now=now),
        meetings.make(siri, jonas, MEETING, offer_id=world.offer, **meeting),
        meetings.make(cast.mette, leila, MEETING, offer_id=world.offer, **meeting),
        casefile.decide(siri, jonas, [world.message], Choice.NOT_RELEVANT, now=now),
        casefile.decide(cast.mette, leila, [world.message], Choice.NOT_RELEVANT, now=now),
        casefile.decide_until(siri, jonas, world.message, Choice.NOT_RELEVANT, now=now),
        casefile.undo(siri, jonas, [world.message], now=now),
        progress.describe_contact(siri, jonas, world.reply, Way.PHONE, date(2026, 11, 1), now=now),
        register.change_caseworker(per, jonas, cast.odd.staff_id, now=now),
        register.change_caseworker(per, jonas, cast.admin.staff_id, now=now),
        register_kept.change_one(per, jonas, register_kept.Filled({}, caseworker_id=cast.odd.staff_id), now=now),
        register_kept.change_one(per, jonas, register_kept.Filled({}, substitute_id=cast.odd.staff_id), now=now),
        register.offer_transfer(per, jonas, cast.randers, now=now),
        register.offer_transfer(per, jonas, "0" * 32, now=now),
        checkins.plan(per, replace(PLAN, whom=Whom.PERSON, person_id=cast.astrid), now=now),
    ):
        with pytest.raises((NotFound, Invalid)):
            await attack
    with pytest.raises(Stale):
        await messages.undo(cast.mette, leila, world.reply, now=now)
    assert await dump() == before


async def test_what_a_municipality_offers_is_its_own(world: World, cast: Cast, now: datetime) -> None:
    before = await dump()
    with pytest.raises(NotFound):
        await offers_wishes.wish(world.astrid, world.ranged, now=now)
    for viewer in (cast.siri, cast.admin):
        with pytest.raises(NotAllowed):
            await offers_wishes.add_to_range(viewer, DESCRIBED, now=now)
    with pytest.raises(NotFound):
        await offers_wishes.add_to_range(Viewer(cast.per.staff_id, None, Role.COORDINATOR, "Per"), DESCRIBED, now=now)
    assert await dump() == before
    made = await offers_wishes.add_to_range(cast.odd, DESCRIBED, now=now)
    with pytest.raises(NotFound):
        await offers_wishes.wish(world.jonas, made, now=now)


async def test_another_young_person_finds_nothing_and_changes_nothing(world: World, cast: Cast, now: datetime) -> None:
    before = await dump()
    for person in (world.astrid, world.jonas):
        for name, prank in BY_YOUNG.items():
            with pytest.raises(NotFound):
                await _refused(name, person, prank(By(person, world, now)))
        assert await messages.edit(person, "webchat:a:1", "andre ord", now=now) is False
    with pytest.raises(NotFound):
        await messages.receive(world.jonas, "andre ord", source_key="webchat:a:1", now=now)
    assert await dump() == before


async def test_an_id_that_never_was_is_answered_like_a_foreign_one(world: World, cast: Cast, now: datetime) -> None:
    nobody = YoungPerson(cast.randers, "0" * 32, "0" * 32, "webchat", "0" * 64, "da", confirmed=True)
    none = replace(
        world, amina=nobody, thread="0" * 32, message="0" * 32, reply="0" * 32, offer="0" * 32, draft="0" * 32,
        file="0" * 32, unsent="0" * 32, wish="0" * 32, ranged="0" * 32, meeting="0" * 32,
        feedback="0" * 32, check_in="0" * 32, asked="0" * 32, alert="0" * 32, link="0" * 32, barred="0" * 32,
        transfer="0" * 32, opening="0" * 32, hand_over="0" * 32, letter=0, dead=0,
        session="0" * 32, goal="0" * 32,
        panel="0" * 32, survey="0" * 32, counted="0" * 32, ballot="0" * 32, sendout="0" * 32, plan="0" * 32,
        plan_goal="0" * 32, follow_up="0" * 32,
    )  # fmt: skip
    before = await dump()
    for attack in BY_STAFF.values():
        with pytest.raises(NotFound):
            await attack(By(cast.per, none, now))
    assert await dump() == before


async def test_what_the_asker_does_for_themselves_touches_nobody_else(world: World, cast: Cast, now: datetime) -> None:
    mine = (world.jonas.person_id, world.jonas.link_id, cast.siri.staff_id)
    before = await dump()
    await consent.pause(world.jonas, 4, now=now)
    await consent.choose_purpose(world.jonas, Purpose.CHECKINS, on=False, now=now)
    await consent.stop(world.jonas, now=now)
    await consent.start_again(world.jonas, now=now)
    await consent.set_language(world.jonas, "en", now=now)
    await meetings.choose_reminders(world.jonas, on=False, now=now)
    await consent.blocked(world.jonas, now=now)
    await consent.seen(world.jonas, now=now)
    await messages.ask(world.jonas, "offer_words", "", letter_id=None, now=now)
    await messages.take_question(world.jonas, now=now)
    await messages.drop_question(world.jonas)
    await feedback.begin(world.jonas, About.OFFER, now=now)
    await checkins.begin(world.jonas, "tils", now=now)
    await consent.choose_purpose(world.jonas, Purpose.PANEL, on=True, now=now)
    await panels.join(world.jonas, now=now)
    await panels.leave(world.jonas, now=now)
    await consent.choose_purpose(world.jonas, Purpose.PANEL, on=False, now=now)
    await staff.be_absent(cast.siri, date(2027, 2, 1), date(2027, 2, 2), now=now)
    await staff.begin_app(cast.siri, real_now=now)
    await staff.sign_out_elsewhere(cast.siri, "", now=now, real_now=now)
    await staff.sign_out_everywhere(cast.siri, now=now, real_now=now)
    after = await dump()
    # What the municipality's systems are told of names an alert or a thread, and no person.
    tables = before.keys() - {"webhook_delivery"}
    touched = [row for table in tables for row in set(before[table]) ^ set(after[table])]
    assert touched != []
    assert [row for row in touched if not any(key in repr(row) for key in mine)] == []


async def test_letters_are_sent_again_or_settled_by_their_own_municipality_only(
    world: World, cast: Cast, now: datetime
) -> None:
    before = await dump()
    for scope in (cast.odd, cast.nanna, Scope(cast.odsherred), Scope(None)):
        assert await letters.send_again(scope, world.letter, now=now) is False
        assert await letters.mark_arrived(scope, world.letter, now=now) is False
        assert await letters.cancel_prompts(scope, world.amina.person_id) == 0
        assert await letters.release(scope, world.link, now=now) == 0
    assert await dump() == before
    assert await letters.mark_arrived(cast.mette, world.letter, now=now) is True


async def test_a_handover_names_colleagues_of_one_s_own_municipality_only(cast: Cast, now: datetime) -> None:
    before = await dump()
    for viewer, leaving, fresh in (
        (cast.odd, cast.mette, cast.odd), (cast.per, cast.odd, cast.siri), (cast.per, cast.mette, cast.odd),
        (cast.per, cast.mette, cast.admin),
    ):  # fmt: skip
        with pytest.raises(NotFound):
            await register.hand_over_all(viewer, leaving.staff_id, fresh.staff_id, now=now)
    for viewer in (cast.mette, cast.admin, cast.nanna):
        with pytest.raises(NotAllowed):
            await register.hand_over_all(viewer, cast.siri.staff_id, cast.mette.staff_id, now=now)
    with pytest.raises(NotFound):
        await register.accept_transfer(cast.odd, "0" * 32, cast.odd.staff_id, now=now)
    assert await dump() == before


async def test_a_transfer_is_taken_by_the_municipality_it_was_offered_to_only(
    world: World, cast: Cast, now: datetime
) -> None:
    before = await dump()
    for viewer in (cast.per, cast.odd):  # it was offered to neither of them
        for taken in (
            register.accept_transfer(viewer, world.transfer, viewer.staff_id, now=now),
            register.decline_transfer(viewer, world.transfer, now=now),
        ):
            with pytest.raises(NotFound):
                await taken
    assert await dump() == before


async def test_accounts_are_changed_and_let_in_by_their_own_municipality_only(cast: Cast, now: datetime) -> None:
    before = await dump()
    for scope in (cast.admin, Scope(cast.randers)):
        for attack in (
            staff.make_sign_in_link(scope, cast.odd.staff_id, now=now),
            staff.set_language(scope, cast.odd.staff_id, "en"),
        ):
            with pytest.raises(NotFound):
                await attack
    at = {"now": now, "real_now": now}
    for viewer, whom in (
        (cast.admin, cast.odd),
        (cast.per, cast.siri),
        (cast.siri, cast.siri),
        (cast.nanna, cast.siri),
    ):
        for attack in (
            staff_administered.change_member(viewer, whom.staff_id, Member("Ny", Role.COORDINATOR), active=False, **at),
            staff_administered.reset_sign_in(viewer, whom.staff_id, **at),
            staff_administered.sign_out_member(viewer, whom.staff_id, **at),
        ):
            with pytest.raises(NotFound):
                await attack
    with pytest.raises(NotFound):
        await staff_administered.hire(cast.per, "ny@example.org", Member("Ny", Role.CASEWORKER), now=now)
    assert await dump() == before
    assert len(await staff.make_sign_in_link(cast.admin, cast.siri.staff_id, now=now)) >= 32


async def _refused(name: str, who: Viewer | YoungPerson, attack: Awaitable[object]) -> None:
    """Name the deed in the failure, should it not refuse."""
    await attack
    raise AssertionError(f"{name} let {type(who).__name__} in")
