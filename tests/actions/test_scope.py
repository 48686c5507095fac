"""Whatever a stranger asks for by its id does not exist for them, and asking changes nothing.

`BY_STAFF` and `BY_YOUNG` name every public deed done for a member of staff or a young person; a test proves the lists
complete by asking the modules. Deeds that take no id of anything are in `OWN`.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Generic, TypeVar

import pytest

from models import actions
from models.actions import (
    alerts,
    attachments,
    checkins,
    consent,
    feedback,
    goals,
    inbox,
    letters,
    meetings,
    messages,
    messages_beside,
    messages_calls,
    offers,
    offers_wishes,
    panels,
    register,
    staff,
    staff_administered,
)
from models.actions.attachments import Coming
from models.actions.staff_administered import Member
from models.domain.consent import Purpose
from models.domain.errors import NotAllowed, NotFound
from models.domain.feedback import About, Audience, State
from models.domain.goals import Goal, Measured
from models.domain.meetings import MeetingState, Verdict
from models.domain.offers import Answer
from models.domain.people import YoungPerson
from models.domain.staff import Role, Viewer
from models.transactions import Scope
from tests.actions.rows import dump
from tests.actions.world import SURVEY, World
from tests.cast import Cast

W = TypeVar("W", Viewer, YoungPerson)


@dataclass(frozen=True)
class By(Generic[W]):
    """One attempt: who makes it, on what, when."""

    who: W
    world: World
    now: datetime


CONTENT = offers.Content(title="Kontaktperson")
MEETING = meetings.Content(about="Bolig")
DESCRIBED = offers_wishes.Described("Mentor")
GOAL = Goal("Andre ord", Measured.OWN, "", 1, 2, date(2027, 12, 31))
HOUR = timedelta(hours=1)

BY_STAFF: dict[str, Callable[[By[Viewer]], Awaitable[object]]] = {
    "alerts.acknowledge": lambda by: alerts.acknowledge(by.who, by.world.alert, now=by.now),
    "alerts.close": lambda by: alerts.close(by.who, by.world.alert, "ringet", now=by.now),
    "attachments.open_file": lambda by: attachments.open_file(by.who, by.world.file, now=by.now),
    "checkins.ask_now": lambda by: checkins.ask_now(by.who, by.world.amina.person_id, "hoert5", now=by.now),
    "consent.bar": lambda by: consent.bar(by.who, by.world.link, "threats", now=by.now),
    "checkins.looked_at_shared": lambda by: checkins.looked_at_shared(
        by.who, by.world.amina.person_id, [by.world.heard], now=by.now
    ),
    "consent.close_link": lambda by: consent.close_link(by.who, by.world.link, now=by.now),
    "consent.confirm_words": lambda by: consent.confirm_words(by.who, by.world.link, now=by.now),
    "consent.see_stray": lambda by: consent.see_stray(by.who, by.world.amina.person_id, now=by.now),
    "consent.unbar": lambda by: consent.unbar(by.who, by.world.barred, now=by.now),
    "consent.wrong_person": lambda by: consent.wrong_person(by.who, by.world.link, now=by.now),
    "consent.invite": lambda by: consent.invite(by.who, by.world.amina.person_id, now=by.now),
    "feedback.answer": lambda by: feedback.answer(by.who, by.world.feedback, "tak", State.DONE, now=by.now),
    "feedback.close": lambda by: feedback.close(by.who, by.world.feedback, State.DONE, "gjort", now=by.now),
    "feedback.see": lambda by: feedback.see(by.who, by.world.feedback, now=by.now),
    "goals.change": lambda by: goals.change(by.who, by.world.goal, GOAL, now=by.now),
    "goals.end": lambda by: goals.end(by.who, by.world.goal, now=by.now),
    "goals.enter": lambda by: goals.enter(by.who, by.world.goal, "2026Q2", 3, now=by.now),
    "inbox.read_dead": lambda by: inbox.read_dead(by.who, by.world.dead, now=by.now, dealt_with=True),
    "meetings.agree": lambda by: meetings.agree(by.who, by.world.meeting, "ja", version=0, now=by.now),
    "meetings.cancel": lambda by: meetings.cancel(by.who, by.world.meeting, now=by.now),
    "meetings.change": lambda by: meetings.change(
        by.who, by.world.meeting, MEETING, starts_at=by.now + HOUR, minutes=30, sequence=0, now=by.now
    ),
    "meetings.correct": lambda by: meetings.correct(by.who, by.world.meeting, MeetingState.MISSED, now=by.now),
    "meetings.make": lambda by: meetings.make(
        by.who, by.world.amina.person_id, MEETING, starts_at=by.now + HOUR, minutes=30, now=by.now
    ),
    "messages.assign": lambda by: messages.assign(by.who, by.world.thread, by.who.staff_id, now=by.now),
    "messages.later": lambda by: messages_beside.later(by.who, by.world.thread, by.now + HOUR, now=by.now),
    "messages.missed": lambda by: messages_calls.missed(by.who, by.world.thread, "ringede", key="m", now=by.now),
    "messages.decide_delivery": lambda by: messages.decide_delivery(by.who, by.world.reply, "again", now=by.now),
    "messages.not_later": lambda by: messages_beside.not_later(by.who, by.world.thread, now=by.now),
    "messages.note": lambda by: messages.note(by.who, by.world.thread, "ringet", now=by.now, contact=True),
    "messages.open_thread": lambda by: messages.open_thread(by.who, by.world.amina.person_id, now=by.now),
    "messages.read": lambda by: messages.read(by.who, by.world.thread, position=9, now=by.now),
    "messages.settle": lambda by: messages.settle(by.who, [by.world.message], now=by.now),
    "messages.undo": lambda by: messages.undo(by.who, by.world.amina.person_id, by.world.reply, now=by.now),
    "messages.writing": lambda by: messages_beside.writing(by.who, by.world.thread, now=by.now),
    "messages.reply": lambda by: messages.reply(by.who, by.world.thread, "hej", version=4, key="k1", now=by.now),
    "offers.change_range": lambda by: offers_wishes.change_range(
        by.who, by.world.ranged, DESCRIBED, active=False, now=by.now
    ),
    "offers.draft": lambda by: offers.draft(by.who, by.world.amina.person_id, "other", CONTENT, now=by.now),
    "offers.explain": lambda by: offers_wishes.explain(by.who, by.world.wish, "nej", now=by.now),
    "offers.move": lambda by: offers.move(by.who, by.world.draft, "withdraw", now=by.now),
    "offers.publish": lambda by: offers.publish(by.who, by.world.draft, now=by.now),
    "offers.reply": lambda by: offers.reply(by.who, by.world.offer, "nej", message_id="0" * 32, now=by.now),
    "offers.revise": lambda by: offers.revise(by.who, by.world.draft, CONTENT, now=by.now),
    "register.change_caseworker": lambda by: register.change_caseworker(
        by.who, by.world.amina.person_id, by.who.staff_id, now=by.now
    ),
    "register.correct": lambda by: register.correct(by.who, by.world.amina.person_id, {"phone": "12"}, now=by.now),
    "register.close_other": lambda by: register.close_other(by.who, by.world.amina.person_id, now=by.now),
    "register.see_opening": lambda by: register.see_opening(by.who, by.world.opening, now=by.now),
    "register.offer_transfer": lambda by: register.offer_transfer(
        by.who, by.world.amina.person_id, by.world.astrid.municipality_id, now=by.now
    ),
    "register.withdraw_transfer": lambda by: register.withdraw_transfer(by.who, by.world.transfer, now=by.now),
    "panels.approve": lambda by: panels.approve(by.who, by.world.ballot, {"da": "x", "en": "x"}, now=by.now),
    "panels.decline": lambda by: panels.decline(by.who, by.world.ballot, now=by.now),
    "panels.draft": lambda by: panels.draft(by.who, by.world.panel, SURVEY, now=by.now),
    "panels.open_round": lambda by: panels.open_round(
        by.who, by.world.panel, closes_at=by.now + timedelta(days=1), now=by.now
    ),
    "panels.publish": lambda by: panels.publish(by.who, by.world.survey, now=by.now),
    "panels.release": lambda by: panels.release(by.who, by.world.counted, now=by.now),
    "panels.revise": lambda by: panels.revise(by.who, by.world.survey, SURVEY, now=by.now),
    "panels.send": lambda by: panels.send(
        by.who, by.world.survey, opens_at=by.now, closes_at=by.now + timedelta(days=1), now=by.now
    ),
    "panels.write_done": lambda by: panels.write_done(
        by.who, by.world.panel, {"da": "x", "en": "x"}, {"da": "x", "en": "x"}, now=by.now
    ),
    "register.looked_at": lambda by: register.looked_at(by.who, by.world.amina.person_id, now=by.now),
    "staff.end_session": lambda by: staff.end_session(by.who, by.world.session, now=by.now, real_now=by.now),
}

BY_YOUNG: dict[str, Callable[[By[YoungPerson]], Awaitable[object]]] = {
    "attachments.expect": lambda by: attachments.expect(
        by.who, Coming("voice", "f"), message_id=by.world.message, now=by.now
    ),
    "checkins.answer": lambda by: checkins.answer(by.who, by.world.asked, "work", "looking", now=by.now),
    "checkins.back": lambda by: checkins.back(by.who, by.world.asked, "work", now=by.now),
    "checkins.correct": lambda by: checkins.correct(by.who, by.world.check_in, now=by.now),
    "checkins.never_again": lambda by: checkins.never_again(by.who, by.world.asked, "work", now=by.now),
    "checkins.open_check_in": lambda by: checkins.open_check_in(by.who, by.world.asked, now=by.now),
    "checkins.screen_shown": lambda by: checkins.screen_shown(by.who, by.world.asked, 77),
    "checkins.share": lambda by: checkins.share(by.who, by.world.heard, "space", now=by.now),
    "checkins.skip": lambda by: checkins.skip(by.who, by.world.asked, "work", now=by.now),
    "checkins.stop": lambda by: checkins.stop(by.who, by.world.asked, now=by.now),
    "checkins.take_back": lambda by: checkins.take_back(by.who, by.world.check_in, now=by.now),
    "checkins.unshare": lambda by: checkins.unshare(by.who, by.world.heard, "", now=by.now),
    "feedback.add": lambda by: feedback.add(by.who, by.world.feedback, "nej", now=by.now),
    "feedback.choose_audience": lambda by: feedback.choose_audience(
        by.who, by.world.feedback, Audience.STATISTICS, now=by.now
    ),
    "feedback.heard": lambda by: feedback.heard(by.who, by.world.feedback, 1, now=by.now),
    "feedback.narrow": lambda by: feedback.narrow(by.who, by.world.feedback, Audience.STATISTICS, now=by.now),
    "feedback.not_helped": lambda by: feedback.not_helped(by.who, by.world.feedback, now=by.now),
    "feedback.receipted": lambda by: feedback.receipted(by.who, by.world.feedback, 77),
    "feedback.say": lambda by: feedback.say(by.who, by.world.feedback, "nej", now=by.now),
    "feedback.say_why": lambda by: feedback.say_why(by.who, by.world.feedback, "nej", now=by.now),
    "feedback.withdraw": lambda by: feedback.withdraw(by.who, by.world.feedback, now=by.now),
    "panels.answer": lambda by: panels.answer(by.who, by.world.answering, "what", ("food",), now=by.now),
    "panels.back": lambda by: panels.back(by.who, by.world.answering, "what", now=by.now),
    "panels.begin": lambda by: panels.begin(by.who, by.world.sendout, now=by.now),
    "panels.finish": lambda by: panels.finish(by.who, by.world.answering, "what", now=by.now),
    "panels.judge": lambda by: panels.judge(by.who, by.world.done, true=False, now=by.now),
    "panels.open_survey": lambda by: panels.open_survey(by.who, by.world.answering, now=by.now),
    "panels.place": lambda by: panels.place(by.who, by.world.answering, "what", "food", 1, now=by.now),
    "panels.propose": lambda by: panels.propose(by.who, by.world.panel, "ord", now=by.now),
    "panels.screen_shown": lambda by: panels.screen_shown(by.who, by.world.answering, 77),
    "panels.skip": lambda by: panels.skip(by.who, by.world.answering, "what", now=by.now),
    "panels.stop": lambda by: panels.stop(by.who, by.world.answering, now=by.now),
    "panels.take_back": lambda by: panels.take_back(by.who, by.world.answering, "what", 1, now=by.now),
    "panels.tick": lambda by: panels.tick(by.who, by.world.answering, "what", "music", on=True, now=by.now),
    "panels.vote": lambda by: panels.vote(by.who, by.world.voted, on=False, now=by.now),
    "meetings.answer_agreed": lambda by: meetings.answer_agreed(
        by.who, by.world.meeting, Verdict.RIGHT, version=1, now=by.now
    ),
    "meetings.can": lambda by: meetings.can(by.who, by.world.meeting, sequence=0, now=by.now),
    "meetings.cannot": lambda by: meetings.cannot(by.who, by.world.meeting, sequence=0, now=by.now),
    "meetings.carry": lambda by: meetings.carry(by.who, by.world.meeting, "0" * 32, "0" * 32),
    "meetings.prepare": lambda by: meetings.prepare(by.who, by.world.meeting, "nej", now=by.now),
    "meetings.say": lambda by: meetings.say(by.who, by.world.meeting, "cannot", "nej", now=by.now),
    "messages.cannot_wait": lambda by: messages.cannot_wait(by.who, by.world.message, now=by.now),
    "messages.needs_no_answer": lambda by: messages.needs_no_answer(by.who, by.world.message, now=by.now),
    "offers.answer": lambda by: offers.answer(by.who, by.world.offer, Answer.REGRET, now=by.now),
    "offers.carry_wish": lambda by: offers_wishes.carry_wish(by.who, by.world.wish, "0" * 32),
    "offers.say_wish": lambda by: offers_wishes.say_wish(by.who, by.world.wish, "nej", now=by.now),
    "offers.take_back": lambda by: offers_wishes.take_back(by.who, by.world.wish, now=by.now),
    "offers.say": lambda by: offers.say(by.who, by.world.offer, "no", "nej", now=by.now),
    "offers.seen": lambda by: offers.seen(by.who, by.world.offer, now=by.now),
}

#: What only a coordinator does: a caseworker is refused before anybody is looked for.
FOR_COORDINATORS = {
    "register.change_caseworker", "register.correct",
    "register.offer_transfer", "register.see_opening", "register.withdraw_transfer",
}  # fmt: skip

#: Deeds about the asker alone: they take no id of a row.
OWN = {
    "alerts.mistaken", "checkins.ask_again", "checkins.begin", "checkins.choose_quiet", "checkins.choose_reminders",
    "checkins.choose_rhythm", "consent.blocked", "consent.choose_discreet", "consent.choose_purpose",
    "consent.pause", "consent.seen", "consent.set_easy", "consent.set_language", "consent.start_again",
    "consent.stop", "consent.withdraw_everything", "erasure.leave", "feedback.begin", "letters.answer",
    "meetings.choose_reminders", "messages.ask", "messages.drop_question", "messages.take_question", "panels.join",
    "panels.leave", "register.follow_up", "register.follow_up_at",
}  # fmt: skip
#: Deeds of staff about themselves, or about colleagues they name: no young person is named.
ABOUT_STAFF = {
    "register.hand_over_all", "register.introduce_myself", "staff.be_absent", "staff.sign_out_everywhere",
    "staff.begin_app", "staff.confirm_app", "staff.prove_elsewhere",
    "staff.renew_recovery_codes", "staff.sign_out_elsewhere",
    "messages.habits", "staff.change_member", "staff.hire", "staff.reset_sign_in", "staff.sign_out_member",
    "away.choose", "api.make_token", "api.revoke_token", "register.enter",
}  # fmt: skip
#: Deeds of staff about their own municipality (canned replies: `tests/actions/test_canned.py`).
OWN_STAFF = {
    "canned.add", "canned.change", "duty.plan", "duty.repeat", "goals.add", "helplines.checked",
    "helplines.save_own", "municipality.approve_texts", "municipality.choose_telegram", "municipality.save_contact",
    "municipality.save_hours", "municipality.save_phases", "municipality.save_retention",
    "municipality.save_thresholds",
    "webhooks.enable", "webhooks.register", "webhooks.remove", "webhooks.test",
}  # fmt: skip
#: Named by what only the chat itself knows; what is not this person's is answered "we never had it".
BY_SOURCE = {"consent.come_in_again", "consent.renew", "messages.edit", "messages.receive"}


#: Of the range of offers, which belongs to a municipality: `test_what_a_municipality_offers_is_its_own`.
OF_THE_RANGE = {"offers.add_to_range", "offers.wish"}
#: Names somebody in words: `test_register_opening`.
BY_NAME = {"register.open_other"}


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
        transfer="0" * 32, opening="0" * 32, letter=0, dead=0,
        session="0" * 32, goal="0" * 32,
        panel="0" * 32, survey="0" * 32, counted="0" * 32, ballot="0" * 32,
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
            staff.change(scope, cast.odd.staff_id, active=False, now=now, real_now=now),
            staff.make_sign_in_link(scope, cast.odd.staff_id, now=now),
            staff.reset_codes(scope, cast.odd.staff_id, now=now, real_now=now),
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
