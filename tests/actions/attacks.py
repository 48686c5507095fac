"""Every deed of staff and of young people that names a row, as somebody would try it who may not."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Generic, TypeVar

from models.actions import (
    alerts,
    attachments,
    casefile,
    checkins,
    consent,
    feedback,
    goals,
    inbox,
    meetings,
    messages,
    messages_beside,
    messages_calls,
    offers,
    offers_wishes,
    panels,
    register,
    staff,
)
from models.actions.attachments import Coming
from models.domain.casefile import Choice
from models.domain.checkin_plans import Content as Planned
from models.domain.checkin_plans import State as PlanState
from models.domain.checkin_plans import Whom
from models.domain.feedback import Audience, State
from models.domain.goals import Goal, Measured
from models.domain.meetings import MeetingState, Verdict
from models.domain.offers import Answer
from models.domain.people import YoungPerson
from models.domain.staff import Viewer
from tests.actions import plan_attacks
from tests.actions.panel_group import SURVEY
from tests.actions.world import World

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
PLAN = Planned("who5", 8, Whom.ALL, None, date(2026, 12, 1))

BY_STAFF: dict[str, Callable[[By[Viewer]], Awaitable[object]]] = {
    **plan_attacks.BY_STAFF,
    "alerts.acknowledge": lambda by: alerts.acknowledge(by.who, by.world.alert, now=by.now),
    "alerts.close": lambda by: alerts.close(by.who, by.world.alert, "ringet", now=by.now),
    "attachments.open_file": lambda by: attachments.open_file(by.who, by.world.file, now=by.now),
    "casefile.copied": lambda by: casefile.copied(by.who, by.world.hand_over, now=by.now),
    "casefile.decide": lambda by: casefile.decide(
        by.who, by.world.amina.person_id, [by.world.message], Choice.NOT_RELEVANT, now=by.now
    ),
    "casefile.decide_until": lambda by: casefile.decide_until(
        by.who, by.world.amina.person_id, by.world.message, Choice.NOT_RELEVANT, now=by.now
    ),
    "casefile.looked_at": lambda by: casefile.looked_at(by.who, by.world.amina.person_id, now=by.now),
    "casefile.undo": lambda by: casefile.undo(by.who, by.world.amina.person_id, [by.world.message], now=by.now),
    "checkins.ask_now": lambda by: checkins.ask_now(by.who, by.world.amina.person_id, "hoert5", now=by.now),
    "consent.bar": lambda by: consent.bar(by.who, by.world.link, "threats", now=by.now),
    "checkins.looked_at_shared": lambda by: checkins.looked_at_shared(
        by.who, by.world.amina.person_id, [by.world.heard], now=by.now
    ),
    "checkins.change_plan": lambda by: checkins.change_plan(by.who, by.world.plan, PLAN, now=by.now),
    "checkins.plan": lambda by: checkins.plan(
        by.who, replace(PLAN, whom=Whom.PERSON, person_id=by.world.amina.person_id), now=by.now
    ),
    "checkins.set_plan": lambda by: checkins.set_plan(by.who, by.world.plan, PlanState.ENDED, now=by.now),
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
    "goals.end": lambda by: goals.end(by.who, by.world.goal, "Nået", now=by.now),
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
    "messages.decide_delivery": lambda by: messages.decide_delivery(
        by.who, by.world.amina.person_id, by.world.reply, "again", now=by.now
    ),
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
    "register.close_other": lambda by: register.close_other(by.who, by.world.amina.person_id, now=by.now),
    "register.see_opening": lambda by: register.see_opening(by.who, by.world.opening, now=by.now),
    "register.see_declined": lambda by: register.see_declined(by.who, by.world.amina.person_id, now=by.now),
    "register.offer_transfer": lambda by: register.offer_transfer(
        by.who, by.world.amina.person_id, by.world.astrid.municipality_id, now=by.now
    ),
    "register.withdraw_transfer": lambda by: register.withdraw_transfer(by.who, by.world.transfer, now=by.now),
    "panels.approve": lambda by: panels.approve(by.who, by.world.ballot, {"da": "x", "en": "x"}, now=by.now),
    "panels.close": lambda by: panels.close(by.who, by.world.sendout, now=by.now),
    "panels.discard": lambda by: panels.discard(by.who, by.world.survey, now=by.now),
    "panels.edit": lambda by: panels.edit(by.who, by.world.survey, lambda survey: survey, now=by.now),
    "panels.next_version": lambda by: panels.next_version(by.who, by.world.survey, now=by.now),
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
    "register.change_caseworker", "register.change_one", "register.offer_transfer",
    "register.see_declined", "register.see_opening", "register.withdraw_transfer",
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
    "register.hand_over_all", "register.introduce_myself", "staff.be_absent", "staff.keep_search",
    "staff.sign_out_everywhere", "staff.begin_app", "staff.confirm_app", "staff.prove_elsewhere",
    "staff.renew_recovery_codes", "staff.sign_out_elsewhere",
    "messages.habits", "staff.change_member", "staff.hire", "staff.reset_sign_in", "staff.sign_out_member",
    "away.choose", "api.make_token", "api.revoke_token",
}  # fmt: skip
#: Deeds of staff about their own municipality (canned replies: `test_messages_beside`).
OWN_STAFF = {
    "canned.add", "canned.change", "duty.away", "duty.back", "duty.plan", "duty.repeat", "goals.add",
    "helplines.checked", "helplines.save_own", "municipality.approve_texts", "municipality.choose_telegram",
    "municipality.save_contact",
    "municipality.save_hours", "municipality.save_phases", "municipality.save_retention",
    "municipality.save_thresholds", "register.add_one", "register.exported",
    "webhooks.enable", "webhooks.register", "webhooks.remove", "webhooks.test",
}  # fmt: skip
#: Named by what only the chat itself knows; what is not this person's is answered "we never had it".
BY_SOURCE = {"consent.come_in_again", "consent.renew", "messages.edit", "messages.receive"}


#: Of the range of offers, which belongs to a municipality: `test_what_a_municipality_offers_is_its_own`.
OF_THE_RANGE = {"offers.add_to_range", "offers.wish"}
#: Names somebody in words: `test_register_opening`.
BY_NAME = {"register.open_other"}
