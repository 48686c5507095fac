"""What a member sees of the panel: what there is to answer and where they are in it, results first, votes, what was
done. Everything goes through the membership: whoever is no member finds nothing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from models.domain import panels as rules
from models.domain import panels_results
from models.domain.consent import Purpose
from models.domain.panels import Answer, Kind, Question, Survey
from models.domain.panels_results import Results
from models.domain.panels_segments import EVERYBODY, Part
from models.domain.people import YoungPerson
from models.queries.conversation import Whose
from models.tables.consent import Consent, Link
from models.tables.keys import Vault, vault
from models.tables.outbox import Letter
from models.tables.panels import (
    Panel,
    PanelAnswer,
    PanelAnswering,
    PanelBallot,
    PanelDone,
    PanelMember,
    PanelPlace,
    PanelResult,
    PanelRound,
    PanelSendout,
    PanelSurvey,
    PanelVote,
)
from models.tables.panels_reach import part_of, segment_of
from models.transactions import reading

_RUNNING = ("due", "invited", "open")
_LATEST = 5


@dataclass(frozen=True, slots=True)
class Here:
    """The panel of the person's municipality. `member`: they said yes to it; `host` is the host's first name or ""."""

    panel_id: str
    name: str
    host: str
    member: bool


@dataclass(frozen=True, slots=True)
class Asking:
    """The person's way through one survey. `question` is the one on the screen; `picked` is ticked or ranked there."""

    answering_id: str
    sendout_id: str
    survey: Survey
    host: str
    state: str
    question: Question | None
    answers: Mapping[str, Answer]
    picked: tuple[str, ...]
    whom: Part
    closes_at: datetime
    opened_at: datetime | None
    shown_at: datetime | None
    closed: bool

    @property
    def running(self) -> bool:
        """Whether answers are still taken."""
        return not self.closed and self.state in _RUNNING


@dataclass(frozen=True, slots=True)
class Waiting:
    """A survey of the panel that is open: `begun` when something is answered, `done` when it is sent in."""

    sendout_id: str
    title: Mapping[str, str]
    closes_at: datetime
    begun: bool
    done: bool


@dataclass(frozen=True, slots=True)
class Told:
    """A survey's result as the members have it."""

    sendout_id: str
    survey: Survey
    whom: Part
    results: Results
    counted_at: datetime
    desks_from: datetime


@dataclass(frozen=True, slots=True)
class Proposed:
    """A proposed question in the host's wording, and whether the person has voted for it."""

    ballot_id: str
    wording: Mapping[str, str]
    mine: bool


@dataclass(frozen=True, slots=True)
class Vote:
    """A vote on proposals. While it runs the proposals stand as they were put; after it, in the order of the votes, or
    `few` when too few have voted to tell."""

    open: bool
    closes_at: datetime
    proposals: tuple[Proposed, ...]
    few: bool


@dataclass(frozen=True, slots=True)
class Done:
    """ "You said – we did". `judging`: the person may still say whether it is true; `mine` is what they said, or ""."""

    done_id: str
    said: Mapping[str, str]
    did: Mapping[str, str]
    at: datetime
    judging: bool
    judged_by: datetime
    mine: str


@reading
async def here(whose: Whose) -> Here | None:
    """The panel of the person's municipality; None where there is none."""
    place = await PanelPlace.filter(municipality_id=whose.municipality_id).order_by("id").first()
    if place is None:
        return None
    panel = await Panel.get(id=place.panel_id)
    said_yes = await Consent.exists(
        person_id=whose.person_id, municipality_id=whose.municipality_id, purpose=Purpose.PANEL.value,
        withdrawn_at=None,
    )  # fmt: skip
    member = said_yes and await _member(whose, panel.id)
    return Here(panel.id, panel.name, panel.host_name, member)


@reading
async def answering(whose: Whose, answering_id: str, *, now: datetime) -> Asking | None:
    """One survey on its way; None for somebody else's."""
    row = await PanelAnswering.get_or_none(
        id=answering_id, person_id=whose.person_id, municipality_id=whose.municipality_id
    )
    return await _read(row, now) if row else None


@reading
async def open_answering(whose: Whose, *, now: datetime) -> Asking | None:
    """The survey whose question is on the screen; None when none is open.

    On a phone whose safety words are not confirmed only what was opened since it was linked.
    """
    running = PanelAnswering.filter(person_id=whose.person_id, municipality_id=whose.municipality_id, state="open")
    if isinstance(whose, YoungPerson) and not whose.confirmed:
        link = await Link.get(id=whose.link_id, municipality_id=whose.municipality_id)
        running = running.filter(opened_at__gte=link.opened_at)
    for row in await running.order_by("-opened_at"):
        found = await _read(row, now)
        if found.running:
            return found
    return None


@reading
async def surveys(whose: Whose, *, now: datetime) -> list[Waiting]:
    """The open surveys of the person's panels that are for them, the one that closes first before the others."""
    found = []
    for sendout in await PanelSendout.filter(
        panel_id__in=await _panels(whose), state="open", closes_at__gt=now
    ).order_by("closes_at"):
        form = (await PanelSurvey.get(id=sendout.survey_id)).form
        mine = await PanelAnswering.get_or_none(sendout_id=sendout.id, person_id=whose.person_id)
        if mine is None and segment_of(sendout) != EVERYBODY:
            continue  # for another part of the panel
        begun = mine is not None and await PanelAnswer.exists(answering_id=mine.id)
        done = mine is not None and mine.state == "done"
        found.append(Waiting(sendout.id, rules.from_plain(form).title, sendout.closes_at, begun, done))
    return found


@reading
async def results(whose: Whose) -> list[Told]:
    """The latest results of the person's panels, newest first. Members have them before any desk."""
    found = PanelResult.filter(panel_id__in=await _panels(whose)).order_by("-counted_at").limit(_LATEST)
    return [await _told(row) for row in await found]


@reading
async def result(whose: Whose, sendout_id: str) -> Told | None:
    """One result; None for a panel the person is not in."""
    row = await PanelResult.get_or_none(sendout_id=sendout_id, panel_id__in=await _panels(whose))
    return await _told(row) if row else None


@reading
async def latest_vote(whose: Whose, panel_id: str, *, now: datetime) -> Vote | None:
    """The vote that runs, else the last one that was counted; None when there was none, or for no member."""
    if not await _member(whose, panel_id):
        return None
    row = await PanelRound.filter(panel_id=panel_id).order_by("-opened_at").first()
    if row is None:
        return None
    ballots = await PanelBallot.filter(round_id=row.id).order_by("at", "id")
    given = PanelVote.filter(person_id=whose.person_id, municipality_id=whose.municipality_id)
    mine = {one.about for one in await given.filter(about__in=[one.id for one in ballots])}
    if row.ranked is not None:
        order: list[str] = json.loads(row.ranked)
        ballots.sort(key=lambda one: order.index(one.id))
    running = row.state == "open" and row.closes_at > now
    return Vote(
        running,
        row.closes_at,
        tuple(Proposed(one.id, {"da": one.wording_da, "en": one.wording_en}, one.id in mine) for one in ballots),
        few=not running and row.ranked is None,
    )


@reading
async def dones(whose: Whose, *, now: datetime) -> list[Done]:
    """What was done about what the panel said, newest first: what is being judged, and what stands."""
    found = PanelDone.filter(panel_id__in=await _panels(whose), state__in=["asked", "approved"])
    mine = {
        one.about: one.choice
        for one in await PanelVote.filter(person_id=whose.person_id, municipality_id=whose.municipality_id)
    }
    return [
        Done(
            row.id, {"da": row.said_da, "en": row.said_en}, {"da": row.did_da, "en": row.did_en}, row.at,
            row.state == "asked" and row.judged_by > now, row.judged_by, mine.get(row.id, ""),
        )
        for row in await found.order_by("-at").limit(_LATEST)
    ]  # fmt: skip


async def _panels(whose: Whose) -> list[str]:
    mine = PanelMember.filter(person_id=whose.person_id, municipality_id=whose.municipality_id)
    return [one.panel_id for one in await mine]


async def _member(whose: Whose, panel_id: str) -> bool:
    return await PanelMember.exists(person_id=whose.person_id, municipality_id=whose.municipality_id, panel_id=panel_id)


async def _told(row: PanelResult) -> Told:
    sendout = await PanelSendout.get(id=row.sendout_id)
    survey = rules.from_plain((await PanelSurvey.get(id=sendout.survey_id)).form)
    results = panels_results.from_plain(row.frozen)
    return Told(row.sendout_id, survey, await part_of(sendout), results, row.counted_at, row.desks_from)


async def _read(row: PanelAnswering, now: datetime) -> Asking:
    opened = await vault(row.municipality_id, row.person_id)
    sendout = await PanelSendout.get(id=row.sendout_id)
    survey = rules.from_plain((await PanelSurvey.get(id=sendout.survey_id)).form)
    given = await PanelAnswer.filter(answering_id=row.id, person_id=row.person_id)
    answers = {one.question: _value(opened, one) for one in given}
    question = survey.question(row.current) if row.current else rules.next_question(survey, answers)
    shown = await Letter.get_or_none(id=row.screen_letter_id, person_id=row.person_id) if row.screen_letter_id else None
    times = [one.at for one in given] + [one for one in (row.opened_at, shown and shown.created_at) if one]
    return Asking(
        answering_id=row.id,
        sendout_id=sendout.id,
        survey=survey,
        host=(await Panel.get(id=sendout.panel_id)).host_name,
        state=row.state,
        question=question,
        answers=answers,
        picked=_picked(row, opened, question, answers),
        whom=await part_of(sendout),
        closes_at=sendout.closes_at,
        opened_at=row.opened_at,
        shown_at=max(times, default=None),
        closed=sendout.state != "open" or sendout.closes_at <= now,
    )


def _value(opened: Vault, row: PanelAnswer) -> Answer:
    place = f"{row.answering_id}:{row.question}"
    return rules.answer_from_plain(opened.open("panel_answer", "value", place, row.value_sealed))


def _picked(
    row: PanelAnswering, opened: Vault, question: Question | None, answers: Mapping[str, Answer]
) -> tuple[str, ...]:
    if question is None or question.kind not in {Kind.MULTIPLE, Kind.RANKING}:
        return ()
    if row.draft_sealed is not None:
        draft = json.loads(opened.open("panel_answering", "draft", row.id, row.draft_sealed))
        if draft["question"] == question.key:
            return tuple(draft["picked"])
    given = answers.get(question.key)
    return given if isinstance(given, tuple) else ()
