"""The youth panel, as a member meets it: joining, answering a survey, proposing, voting, judging what was done.

Answers are rows; the next question is computed from them. A press may come twice, late, from another device or after a
restart: the same row is written again, or nothing.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from models.actions import trail
from models.actions.panels_answers import (
    _answers_of,
    _drop_orphans,
    _forget_unsent,
    _keep_answer,
    _measure,
    _opened,
    _part,
    _picked,
    _survey_of,
)
from models.actions.panels_building import close, discard, edit, next_version
from models.actions.panels_hosting import (
    approve,
    decline,
    draft,
    found,
    give,
    open_round,
    publish,
    release,
    revise,
    send,
    widen,
    write_done,
)
from models.actions.panels_planned import (
    ask_due,
    close_due,
    count_rounds,
    enrol,
    judge_due,
    let_go,
    open_due,
    remind_due,
    tell_done,
)
from models.domain import panels as rules
from models.domain.consent import Purpose
from models.domain.errors import Invalid, NotAllowed, NotFound, Stale
from models.domain.panels import Answer, Kind, Question, Survey
from models.domain.panels_segments import EVERYBODY
from models.domain.people import YoungPerson
from models.tables.consent import Consent, Link
from models.tables.keys import Vault, vault
from models.tables.panels import (
    PanelAnswering,
    PanelBallot,
    PanelDone,
    PanelMember,
    PanelPlace,
    PanelProposal,
    PanelRound,
    PanelSendout,
    PanelVote,
)
from models.tables.panels_reach import segment_of
from models.transactions import atomic

_RUNNING = ("due", "invited", "open")


@dataclass(frozen=True, slots=True)
class Step:
    """Where a survey stands after a press: the question to show next, or None when it is sent in."""

    answering_id: str
    state: str
    question: str | None


@atomic
async def join(person: YoungPerson, *, now: datetime) -> int:
    """Become a member of every panel of one's municipality; how many there are. Raises NotAllowed without consent."""
    if not await Consent.exists(person_id=person.person_id, purpose=Purpose.PANEL.value, withdrawn_at=None):
        raise NotAllowed("consent")
    places = await PanelPlace.filter(municipality_id=person.municipality_id)
    for place in places:
        if not await PanelMember.exists(person_id=person.person_id, panel_id=place.panel_id):
            await PanelMember.create(
                municipality_id=person.municipality_id, person_id=person.person_id, panel_id=place.panel_id,
                joined_at=now,
            )  # fmt: skip
            await trail.record(person, "panel.join", person_id=person.person_id, about=place.panel_id, now=now)
    return len(places)


@atomic
async def leave(person: YoungPerson, *, now: datetime) -> None:
    """Out of every panel: answers, proposals and votes are deleted; what was counted stands. The consent is withdrawn
    beside it (`consent.choose_purpose`); whoever only withdrew it is let go by the clock."""
    await _part(person.municipality_id, person.person_id)
    await trail.record(person, "panel.leave", person_id=person.person_id, now=now)


@atomic
async def begin(person: YoungPerson, sendout_id: str, *, now: datetime) -> str:
    """Begin a survey from the menu, go on with it, or begin it anew after a stop. Returns the answering's id."""
    sendout = await PanelSendout.get_or_none(id=sendout_id)
    if sendout is None or not await PanelMember.exists(person_id=person.person_id, panel_id=sendout.panel_id):
        raise NotFound
    row = await PanelAnswering.get_or_none(sendout_id=sendout.id, person_id=person.person_id)
    if row is None:
        if segment_of(sendout) != EVERYBODY:
            raise NotFound  # whom it is for has a row since it was opened, or gets one by the clock
        _still_open(sendout, now)
        row = await PanelAnswering.create(
            municipality_id=person.municipality_id, person_id=person.person_id, sendout_id=sendout.id, state="due"
        )
    elif row.state == "stopped":
        _still_open(sendout, now)
        row.state, row.closed_at = "due", None
        await row.save(update_fields=["state", "closed_at"])
    return await open_survey(person, row.id, now=now)


@atomic
async def open_survey(person: YoungPerson, answering_id: str, *, now: datetime) -> str:
    """The first question is shown, or the one where the person was. Raises Stale when the survey is closed."""
    row = await _own(person, answering_id)
    sendout, _ = await _survey_of(row)
    _running(row, sendout, now)
    if row.state != "open":
        row.state, row.opened_at = "open", now
        await row.save(update_fields=["state", "opened_at"])
    return row.id


@atomic
async def answer(person: YoungPerson, answering_id: str, key: str, value: Answer, *, now: datetime) -> Step:
    """Answer one question; a later answer to it is a correction until the survey is sent in with the last one.

    What was answered on a way that is not taken any more is forgotten. Raises Stale when the survey is closed or the
    question is not shown (any more), Invalid for what is no answer to it.
    """
    row = await _own(person, answering_id)
    if row.state == "done":
        return Step(row.id, row.state, None)
    sendout, survey = await _survey_of(row)
    _running(row, sendout, now)
    opened = await _opened(row)
    before = await _answers_of(opened, row.id)
    question = _shown(survey, before, key)
    if not rules.accepts(question, value):
        raise Invalid("answer_unknown", "answer")
    await _keep_answer(row, opened, key, value, now)
    answers = await _drop_orphans(row, survey, {**before, key: value})
    row.state, row.current, row.draft_sealed = "open", "", None
    row.opened_at = row.opened_at or now
    following = rules.next_question(survey, answers)
    if following is None:
        row.state, row.closed_at = "done", now
        await _measure(row, survey, answers, now)
    await row.save()
    return Step(row.id, row.state, following.key if following else None)


@atomic
async def skip(person: YoungPerson, answering_id: str, key: str, *, now: datetime) -> Step:
    """Skip one question: kept apart from every answer. Only where the question allows it."""
    return await answer(person, answering_id, key, None, now=now)


@atomic
async def back(person: YoungPerson, answering_id: str, key: str, *, now: datetime) -> str:
    """Show the question before; its answer stays until another is given. Returns the question that is shown now."""
    row = await _own(person, answering_id)
    sendout, survey = await _survey_of(row)
    _running(row, sendout, now)
    answers = await _answers_of(await _opened(row), row.id)
    before = rules.previous_question(survey, answers, _shown(survey, answers, key).key)
    row.current = before.key if before else key
    row.draft_sealed = None
    await row.save(update_fields=["current", "draft_sealed"])
    return row.current


@atomic
async def tick(person: YoungPerson, answering_id: str, key: str, choice: str, *, on: bool, now: datetime) -> None:
    """Set or take away one tick of a multiple choice. Twice the same changes nothing."""
    row, opened, question, picked = await _picking(person, answering_id, key, Kind.MULTIPLE, now)
    await _draft(row, opened, key, rules.ticked(question, picked, choice, on=on))


@atomic
async def place(person: YoungPerson, answering_id: str, key: str, choice: str, number: int, *, now: datetime) -> None:
    """Put one option of a ranking at a place, which must be the next one; else nothing changes."""
    row, opened, question, picked = await _picking(person, answering_id, key, Kind.RANKING, now)
    await _draft(row, opened, key, rules.placed(question, picked, choice, number))


@atomic
async def take_back(person: YoungPerson, answering_id: str, key: str, number: int, *, now: datetime) -> None:
    """Take the last option out of a ranking that has `number` of them; on an older screen nothing changes."""
    row, opened, question, picked = await _picking(person, answering_id, key, Kind.RANKING, now)
    if len(picked) == number:
        await _draft(row, opened, key, rules.unplaced(question, picked))


@atomic
async def finish(person: YoungPerson, answering_id: str, key: str, *, now: datetime) -> Step:
    """What is ticked or ranked is the answer. Raises Invalid for a ranking that is not whole."""
    row = await _own(person, answering_id)
    if row.state == "done":
        return Step(row.id, row.state, None)
    sendout, survey = await _survey_of(row)
    _running(row, sendout, now)
    opened = await _opened(row)
    answers = await _answers_of(opened, row.id)
    question = _shown(survey, answers, key)
    return await answer(person, answering_id, key, _picked(row, opened, question, answers), now=now)


@atomic
async def stop(person: YoungPerson, answering_id: str, *, now: datetime) -> None:
    """End this survey only. What was not sent in is deleted; while the survey is open it can be begun anew."""
    row = await _own(person, answering_id)
    if row.state in _RUNNING:
        await _forget_unsent(row, "stopped", now)


@atomic
async def screen_shown(person: YoungPerson, answering_id: str, letter_id: int | None) -> None:
    """Remember which letter carries the question: how long ago it was asked decides what typed words are."""
    row = await _own(person, answering_id)
    if letter_id is not None:
        row.screen_letter_id = letter_id
        await row.save(update_fields=["screen_letter_id"])


@atomic
async def propose(person: YoungPerson, panel_id: str, words: str, *, now: datetime) -> str:
    """Propose a question to one's panel, in one's own words; the host sees them without a name. Returns its id."""
    if not await PanelMember.exists(person_id=person.person_id, panel_id=panel_id):
        raise NotFound
    said = words.strip()
    if not 0 < len(said) <= rules.LONGEST_WORDS:
        raise Invalid("proposal_length", "words")
    ballot = await PanelBallot.create(panel_id=panel_id, state="proposed", at=now)
    row = PanelProposal(municipality_id=person.municipality_id, person_id=person.person_id, ballot_id=ballot.id, at=now)
    opened = await vault(person.municipality_id, person.person_id)
    row.words_sealed = opened.seal("panel_proposal", "words", row.id, said)
    await row.save()
    return row.id


@atomic
async def vote(person: YoungPerson, ballot_id: str, *, on: bool, now: datetime) -> None:
    """A yes to one proposed question, or take it back. Raises Stale when the vote is over."""
    ballot = await PanelBallot.get_or_none(id=ballot_id)
    if ballot is None or not await PanelMember.exists(person_id=person.person_id, panel_id=ballot.panel_id):
        raise NotFound
    voting = await PanelRound.get_or_none(id=ballot.round_id, state="open") if ballot.round_id else None
    if voting is None or voting.closes_at <= now:
        raise Stale("panel_vote_closed")
    await _vote(person, ballot.id, "yes" if on else None, now)


@atomic
async def judge(person: YoungPerson, done_id: str, *, true: bool, now: datetime) -> None:
    """Whether "you said, we did" is true; a later word replaces the first. Raises Stale when it is decided."""
    done = await PanelDone.get_or_none(id=done_id)
    if done is None or not await PanelMember.exists(person_id=person.person_id, panel_id=done.panel_id):
        raise NotFound
    if done.state != "asked" or done.judged_by <= now:
        raise Stale("panel_done_decided")
    await _vote(person, done.id, "yes" if true else "no", now)


async def _vote(person: YoungPerson, about: str, choice: str | None, now: datetime) -> None:
    mine = PanelVote.filter(person_id=person.person_id, about=about)
    if choice is None:
        await mine.delete()
    elif not await mine.update(choice=choice, at=now):
        await PanelVote.create(
            municipality_id=person.municipality_id, person_id=person.person_id, about=about, choice=choice, at=now
        )


async def _picking(
    person: YoungPerson, answering_id: str, key: str, kind: Kind, now: datetime
) -> tuple[PanelAnswering, Vault, Question, tuple[str, ...]]:
    row = await _own(person, answering_id)
    sendout, survey = await _survey_of(row)
    _running(row, sendout, now)
    opened = await _opened(row)
    answers = await _answers_of(opened, row.id)
    question = _shown(survey, answers, key)
    if question.kind is not kind:
        raise Invalid("answer_unknown", "answer")
    return row, opened, question, _picked(row, opened, question, answers)


async def _draft(row: PanelAnswering, opened: Vault, key: str, picked: Sequence[str]) -> None:
    plain = json.dumps({"question": key, "picked": list(picked)})
    row.draft_sealed, row.current = opened.seal("panel_answering", "draft", row.id, plain), key
    await row.save(update_fields=["draft_sealed", "current"])


async def _own(person: YoungPerson, answering_id: str) -> PanelAnswering:
    row = await PanelAnswering.get_or_none(
        id=answering_id, person_id=person.person_id, municipality_id=person.municipality_id
    )
    if row is None:
        raise NotFound
    if not person.confirmed and row.opened_at is not None:
        link = await Link.get(id=person.link_id, municipality_id=person.municipality_id)
        if row.opened_at < link.opened_at:
            raise NotAllowed("not_confirmed")  # somebody's answers from before; whose phone this is, nobody has heard
    return row


def _shown(survey: Survey, answers: dict[str, Answer], key: str) -> Question:
    """The question, if these answers lead to it and everything before it is answered."""
    path = rules.shown(survey, answers)
    question = next((one for one in path if one.key == key), None)
    if question is None or any(one.key not in answers for one in path[: path.index(question)]):
        raise Stale("panel_question_gone")
    return question


def _still_open(sendout: PanelSendout, now: datetime) -> None:
    if sendout.state != "open" or sendout.closes_at <= now:
        raise Stale("panel_closed")


def _running(row: PanelAnswering, sendout: PanelSendout, now: datetime) -> None:
    if row.state not in _RUNNING:
        raise Stale("panel_closed")
    _still_open(sendout, now)


__all__ = [
    "Step", "answer", "approve", "ask_due", "back", "begin", "close", "close_due", "count_rounds", "decline", "discard",
    "draft", "edit", "enrol", "finish", "found", "give", "join", "judge", "judge_due", "leave", "let_go",
    "next_version", "open_due", "open_round", "open_survey", "place", "propose", "publish", "release", "remind_due",
    "revise", "screen_shown", "send", "skip", "stop", "take_back", "tell_done", "tick", "vote", "widen", "write_done",
]  # fmt: skip
