"""What staff can do in a story, by the words the story says it in. Each is the real deed of the desk."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import time, timedelta
from typing import TYPE_CHECKING, Any

from models.actions import (
    alerts,
    attachments,
    casefile,
    checkins,
    consent,
    erasure,
    feedback,
    meetings,
    messages,
    messages_calls,
    offers,
    offers_wishes,
    panels,
    register,
)
from models.domain.casefile import Choice, Theme
from models.domain.feedback import State
from models.domain.localtime import instant, local_date
from models.domain.staff import Viewer, may
from models.queries import casefile as casefile_views
from models.queries import meetings as meeting_views
from models.queries import offers as offer_views
from models.tables.alerts import Alert
from models.tables.consent import Link
from models.tables.feedback import Feedback
from models.tables.figures import PeriodPlan
from models.tables.meetings import Meeting
from models.tables.messages import Thread
from models.tables.offers import Offer, Wish
from models.tables.panels import Panel, PanelBallot, PanelSendout
from models.tables.register import Person, Transfer
from models.transactions import HOUSE, Scope, atomic
from tests.actions.panel_group import crowd
from tests.files import PDF
from tests.journeys.panel_form import FORM

if TYPE_CHECKING:
    from tests.journeys.stories import Player

_THREE = time(15)

StaffDeed = Callable[["Player", Viewer, str], Awaitable[object]]


@atomic
async def _thread(scope: Scope, person_id: str) -> tuple[str, int]:
    row = await Thread.get_or_none(person_id=person_id, state="open")
    if row is None:
        raise LookupError("nobody has written yet")
    return row.id, row.version


@atomic
async def _newest(scope: Scope, model: Any, order: str, **where: object) -> Any:
    row = await model.filter(**where).order_by(f"-{order}").first()
    if row is None:
        raise LookupError(f"there is no {model.__name__} yet")
    return row


# --- writing and calling --------------------------------------------------------------------------------------------


async def _reads(player: Player, viewer: Viewer, words: str) -> None:
    thread, version = await _thread(HOUSE, player.person_id)
    await messages.read(viewer, thread, position=version, now=player.stage.now())


async def _writes(player: Player, viewer: Viewer, words: str, *, files: tuple[str, ...] = ()) -> None:
    now = player.stage.now()
    thread = await messages.open_thread(viewer, player.person_id, now=now)
    _, version = await _thread(HOUSE, player.person_id)
    await messages.reply(viewer, thread, words, version=version, key=f"{now:%H%M%S%f}", now=now, files=files)


async def _sends_a_file(player: Player, viewer: Viewer, words: str) -> None:
    name = "Plan for næste uge.pdf"
    file = await attachments.attach(viewer, player.person_id, name=name, content=PDF, now=player.stage.now())
    await _writes(player, viewer, words, files=(file,))


async def _calls(player: Player, viewer: Viewer, words: str) -> None:
    now = player.stage.now()
    thread = await messages.open_thread(viewer, player.person_id, now=now)
    await messages.note(viewer, thread, words or "Ringet.", now=now, contact=True)


async def _calls_in_vain(player: Player, viewer: Viewer, words: str) -> None:
    now = player.stage.now()
    thread = await messages.open_thread(viewer, player.person_id, now=now)
    await messages_calls.missed(viewer, thread, words or "Tog ikke telefonen.", key=str(now), now=now)


async def _acknowledges(player: Player, viewer: Viewer, words: str) -> None:
    row = await _newest(HOUSE, Alert, "raised_at", person_id=player.person_id, state="open")
    await alerts.acknowledge(viewer, row.id, now=player.stage.now())


async def _asks_for_a_check_in(player: Player, viewer: Viewer, words: str) -> None:
    await checkins.ask_now(viewer, player.person_id, "who5", now=player.stage.now())
    await player.stage.tick()


@atomic
async def _plan(scope: Scope, municipality_id: str, year: int, kind: str) -> None:
    await PeriodPlan.update_or_create(
        municipality_id=municipality_id, year=year, defaults={"kind": kind, "population": 100}
    )


async def _publishes_a_plan(player: Player, viewer: Viewer, words: str) -> None:
    """How often everybody here is asked Hørt-5 this year. So few as the cast are would never be asked otherwise."""
    if viewer.municipality_id is None or not may(viewer.role, "checkins.plan"):
        raise LookupError("only a coordinator publishes a plan")
    kinds = {"each quarter": "quarter", "each half year": "half", "once a year": "year"}
    if words not in kinds:
        raise LookupError(f"a plan asks {', '.join(kinds)}")
    await _plan(HOUSE, viewer.municipality_id, local_date(player.stage.now()).year, kinds[words])
    await player.stage.tick()


# --- the chat and whose it is ---------------------------------------------------------------------------------------


async def _link(player: Player) -> str:
    return str((await _newest(HOUSE, Link, "opened_at", person_id=player.person_id)).id)


async def _confirms(player: Player, viewer: Viewer, words: str) -> None:
    await consent.confirm_words(viewer, await _link(player), now=player.stage.now())


async def _unlinks(player: Player, viewer: Viewer, words: str) -> None:
    await consent.close_link(viewer, await _link(player), now=player.stage.now())


async def _differs(player: Player, viewer: Viewer, words: str) -> None:
    await consent.wrong_person(viewer, await _link(player), now=player.stage.now())


async def _shuts_out(player: Player, viewer: Viewer, words: str) -> None:
    await consent.bar(viewer, await _link(player), words, now=player.stage.now())


async def _hands_over(player: Player, viewer: Viewer, words: str) -> None:
    name, _, why = words.partition(",")
    colleague: Viewer | None = getattr(player.stage.cast, name.strip().lower(), None)
    if colleague is None:
        raise LookupError("hands over to whom?")
    now = player.stage.now()
    await register.change_caseworker(viewer, player.person_id, colleague.staff_id, why=why.strip(), now=now)


async def _offers_the_move(player: Player, viewer: Viewer, words: str) -> None:
    await register.offer_transfer(viewer, player.person_id, player.stage.cast.odsherred, now=player.stage.now())


async def _keeps(player: Player, viewer: Viewer, words: str) -> None:
    row = await _newest(HOUSE, Transfer, "offered_at", person_id=player.person_id)
    await register.withdraw_transfer(viewer, row.id, now=player.stage.now())


async def _takes_over(player: Player, viewer: Viewer, words: str) -> None:
    row = await _newest(HOUSE, Transfer, "offered_at", person_id=player.person_id)
    await register.accept_transfer(viewer, row.id, viewer.staff_id, now=player.stage.now())


async def _puts_in_the_case_file(player: Player, viewer: Viewer, words: str) -> None:
    now, person_id = player.stage.now(), player.person_id
    last = (await casefile_views.case_file(viewer, person_id)).undecided[-1].record_id
    await casefile.decide_until(viewer, person_id, last, Choice.FILE, theme=Theme.HOUSING, now=now)
    await casefile.hand_over(viewer, await casefile_views.ready(viewer, person_id, now=now))


async def _erases(player: Player, viewer: Viewer, words: str) -> None:
    person = await _newest(HOUSE, Person, "created_at", id=player.person_id)
    if undecided := (await casefile_views.case_file(viewer, person.id)).undecided:
        now, last = player.stage.now(), undecided[-1].record_id
        await casefile.decide_until(viewer, person.id, last, Choice.NOT_RELEVANT, now=now)
    await erasure.erase_rest(viewer, person.id, person.reference, now=player.stage.now())


# --- offers and meetings --------------------------------------------------------------------------------------------


async def _and_answers(viewer: Viewer, waiting: list[str], deed: Awaitable[object], player: Player) -> None:
    """As the desk's pages do: what the person wrote about it is answered by the deed."""
    await deed
    await messages.settle(viewer, waiting, now=player.stage.now())


async def _offer(player: Player) -> str:
    return str((await _newest(HOUSE, Offer, "created_at", person_id=player.person_id)).id)


async def _offers(player: Player, viewer: Viewer, words: str, *, wish_id: str = "") -> None:
    now = player.stage.now()
    content = offers.Content(title=words, what="2 timer om ugen. I aftaler selv hvor.", purpose="bolig og skole")
    offer_id = await offers.draft(viewer, player.person_id, "contact_person", content, now=now, wish_id=wish_id)
    waiting = await offer_views.waiting(viewer, offer_id)
    await _and_answers(viewer, waiting, offers.publish(viewer, offer_id, now=now), player)


async def _offers_the_wish(player: Player, viewer: Viewer, words: str) -> None:
    wish = await _newest(HOUSE, Wish, "made_at", person_id=player.person_id)
    await _offers(player, viewer, words, wish_id=wish.id)


async def _revises(player: Player, viewer: Viewer, words: str) -> None:
    content = offers.Content(title=words, what="1 time om ugen.", purpose="bolig")
    offer_id = await _offer(player)
    waiting = await offer_views.waiting(viewer, offer_id)
    await _and_answers(viewer, waiting, offers.revise(viewer, offer_id, content, now=player.stage.now()), player)


async def _moves(player: Player, viewer: Viewer, words: str) -> None:
    await offers.move(viewer, await _offer(player), words, now=player.stage.now())


async def _puts_a_file_with_the_offer(player: Player, viewer: Viewer, words: str) -> None:
    now, name = player.stage.now(), f"{words or 'Plan'}.pdf"
    about = await _offer(player)
    await attachments.attach(viewer, player.person_id, name=name, content=PDF, about=about, now=now)


async def _adds_to_the_range(player: Player, viewer: Viewer, words: str) -> None:
    title, _, described = words.partition(",")
    described_as = offers_wishes.Described(title.strip(), described.strip(), "bolig og hverdag")
    await offers_wishes.add_to_range(viewer, described_as, now=player.stage.now())


async def _books(player: Player, viewer: Viewer, words: str) -> None:
    now = player.stage.now()
    about = meetings.Content(words, "Rådhuset, rum 3", viewer.name.partition(" ")[0])
    starts = instant(local_date(now) + timedelta(days=3), _THREE)
    await meetings.make(viewer, player.person_id, about, starts_at=starts, minutes=45, now=now)


async def _moves_the_meeting(player: Player, viewer: Viewer, words: str) -> None:
    row = await _newest(HOUSE, Meeting, "made_at", person_id=player.person_id)
    about = meetings.Content(words, "Rådhuset, rum 3", viewer.name.partition(" ")[0])
    moved = meetings.change(
        viewer, row.id, about, starts_at=row.starts_at + timedelta(days=1), minutes=45, sequence=row.sequence,
        now=player.stage.now(),
    )  # fmt: skip
    await _and_answers(viewer, await meeting_views.waiting(viewer, row.id), moved, player)


async def _cancels(player: Player, viewer: Viewer, words: str) -> None:
    row = await _newest(HOUSE, Meeting, "made_at", person_id=player.person_id)
    cancelled = meetings.cancel(viewer, row.id, now=player.stage.now())
    await _and_answers(viewer, await meeting_views.waiting(viewer, row.id), cancelled, player)


async def _agrees(player: Player, viewer: Viewer, words: str) -> None:
    row = await _newest(HOUSE, Meeting, "made_at", person_id=player.person_id)
    written = meetings.agree(viewer, row.id, words, version=row.agreed_version, now=player.stage.now())
    await _and_answers(viewer, await meeting_views.waiting(viewer, row.id), written, player)


# --- feedback -------------------------------------------------------------------------------------------------------


async def _feedback(player: Player) -> Any:
    return await _newest(HOUSE, Feedback, "opened_at", person_id=player.person_id)


async def _reads_the_feedback(player: Player, viewer: Viewer, words: str) -> None:
    await feedback.see(viewer, (await _feedback(player)).id, now=player.stage.now())


async def _answers_the_feedback(player: Player, viewer: Viewer, words: str) -> None:
    await feedback.answer(viewer, (await _feedback(player)).id, words, now=player.stage.now())


async def _ends_the_feedback(player: Player, viewer: Viewer, words: str, closing: State) -> None:
    row, now = await _feedback(player), player.stage.now()
    if row.state == State.ANSWERED.value:
        await feedback.close(viewer, row.id, closing, words, now=now)
    else:
        await feedback.answer(viewer, row.id, words, closing, now=now)


async def _closes_feedback(player: Player, viewer: Viewer, words: str) -> None:
    await _ends_the_feedback(player, viewer, words, State.DONE)


async def _explains_feedback(player: Player, viewer: Viewer, words: str) -> None:
    await _ends_the_feedback(player, viewer, words, State.EXPLAINED)


# --- the youth panel ------------------------------------------------------------------------------------------------


async def _founds_the_panel(player: Player, viewer: Viewer, words: str) -> None:
    cast = player.stage.cast
    await panels.found(HOUSE, words or "Nord", [cast.randers, cast.odsherred], viewer.staff_id, now=player.stage.now())


async def _asks_the_panel(player: Player, viewer: Viewer, words: str) -> None:
    panel, now = await _newest(HOUSE, Panel, "created_at"), player.stage.now()
    survey = await panels.draft(viewer, panel.id, FORM, now=now)
    await panels.publish(viewer, survey, now=now)
    await panels.send(viewer, survey, opens_at=now, closes_at=now + timedelta(days=14), now=now)
    await player.stage.tick()


async def _hears_from_eleven(player: Player, viewer: Viewer, words: str) -> None:
    sendout = await _newest(HOUSE, PanelSendout, "opens_at")
    await crowd(player.stage.cast, sendout.id, 11, player.stage.now())


async def _lets_the_panel_vote(player: Player, viewer: Viewer, words: str) -> None:
    ballot, now = await _newest(HOUSE, PanelBallot, "at"), player.stage.now()
    danish, _, english = words.partition(" / ")
    await panels.approve(viewer, ballot.id, {"da": danish, "en": english or danish}, now=now)
    await panels.open_round(viewer, ballot.panel_id, closes_at=now + timedelta(days=5), now=now)


async def _says_what_was_done(player: Player, viewer: Viewer, words: str) -> None:
    panel = await _newest(HOUSE, Panel, "created_at")
    danish, _, english = words.partition(" / ")
    said = {"da": "Der mangler lys i gangen.", "en": "There is no light in the hallway."}
    did = {"da": danish, "en": english or danish}
    await panels.write_done(viewer, panel.id, said, did, now=player.stage.now())
    await player.stage.tick()


STAFF_DEEDS: dict[str, StaffDeed] = {
    "acknowledges the alert": _acknowledges,
    "adds to the range": _adds_to_the_range,
    "answers": _writes,
    "answers the feedback": _answers_the_feedback,
    "asks for a check-in": _asks_for_a_check_in,
    "asks the panel": _asks_the_panel,
    "books a meeting": _books,
    "calls": _calls,
    "calls in vain": _calls_in_vain,
    "cancels the meeting": _cancels,
    "closes the feedback": _closes_feedback,
    "confirms the words": _confirms,
    "deletes the rest": _erases,
    "explains the feedback": _explains_feedback,
    "founds the panel": _founds_the_panel,
    "hands over to": _hands_over,
    "hears from eleven others": _hears_from_eleven,
    "hears other words": _differs,
    "keeps the person": _keeps,
    "lets the panel vote on": _lets_the_panel_vote,
    "moves the meeting": _moves_the_meeting,
    "offers": _offers,
    "offers the move": _offers_the_move,
    "offers what was wished": _offers_the_wish,
    "publishes a plan": _publishes_a_plan,
    "puts it all in the case file": _puts_in_the_case_file,
    "puts a file with the offer": _puts_a_file_with_the_offer,
    "reads": _reads,
    "reads the feedback": _reads_the_feedback,
    "revises the offer": _revises,
    "says of the offer": _moves,
    "says what was done": _says_what_was_done,
    "sends a file": _sends_a_file,
    "shuts the chat out for": _shuts_out,
    "takes over": _takes_over,
    "unlinks": _unlinks,
    "writes": _writes,
    "writes what was agreed": _agrees,
}
