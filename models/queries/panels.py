"""Panels at the desk: answers without names, and no result before the members have had it to themselves.

A host may look after several municipalities. `hosted` says that this viewer hosts this panel; what it returns reads
that panel's free words across its municipalities, without names, and nothing else.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from models.domain import panels as rules
from models.domain import panels_results
from models.domain.disclosure import LEAST_BASE
from models.domain.errors import NotFound
from models.domain.feedback import About, Audience
from models.domain.panels import Survey
from models.domain.panels_results import Results
from models.domain.panels_segments import Part, Reached, one_cut, segments
from models.domain.staff import Role, Viewer, may
from models.tables import panels_reach as reach
from models.tables.feedback import Feedback
from models.tables.panels import (
    Panel,
    PanelBallot,
    PanelDone,
    PanelPlace,
    PanelResult,
    PanelRound,
    PanelSendout,
    PanelSurvey,
)
from models.tables.panels_reach import members_of, segment_of
from models.transactions import reading

#: How long what many said something about is suggested for "you said, we did".
_LATELY = timedelta(days=182)
#: How many of the latest surveys a part of a panel is told by.
_EARLIER = 2


@dataclass(frozen=True, slots=True)
class PanelLine:
    """A panel within the viewer's reach; `hosts`: it is theirs to host."""

    panel_id: str
    name: str
    host: str
    hosts: bool


@dataclass(frozen=True, slots=True)
class Counted:
    """Within reach of whoever holds this: how many are in this panel is counted across its municipalities."""

    panel_id: str

    @property
    def municipality_id(self) -> str:
        """Of the whole house; what takes this counts the members of one panel."""
        return "*"


@dataclass(frozen=True, slots=True)
class Recipients:
    """How many a survey would reach; None below ten. By municipality only where each has ten or more: else one that
    is left out could be worked out from the others."""

    members: int | None
    places: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """A part of a panel that may be asked by itself, in words' reach, and how many are in it."""

    part: Part
    reached: Reached


@dataclass(frozen=True, slots=True)
class Askable:
    """Whom a survey may be sent to; `again`: it was sent before, so only along the same cut."""

    parts: tuple[Asked, ...]
    again: bool


@dataclass(frozen=True, slots=True)
class SurveyLine:
    """A version of a survey."""

    survey_id: str
    series: str
    version: int
    survey: Survey
    state: str
    newest: bool


@dataclass(frozen=True, slots=True)
class SendoutLine:
    """A survey on its way or back. `results` is None until this viewer may see it: from `desks_from` on, no sooner."""

    sendout_id: str
    survey: Survey
    version: int
    state: str
    whom: Part
    opens_at: datetime
    closes_at: datetime
    reminders: int
    desks_from: datetime | None
    released: bool
    results: Results | None


@dataclass(frozen=True, slots=True)
class ProposalLine:
    """A proposed question as the host has approved it, or only that there is one."""

    ballot_id: str
    state: str
    wording: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class RoundLine:
    """A vote: what was put, in the order of the votes once it is counted (`few`: too few have voted to tell)."""

    round_id: str
    state: str
    closes_at: datetime
    wordings: tuple[Mapping[str, str], ...]
    few: bool


@dataclass(frozen=True, slots=True)
class DoneLine:
    """An entry of "you said – we did" and what the members made of it."""

    done_id: str
    said: Mapping[str, str]
    did: Mapping[str, str]
    state: str
    at: datetime
    judged_by: datetime


@dataclass(frozen=True, slots=True)
class OnePanel:
    """A panel as its page shows it."""

    line: PanelLine
    surveys: tuple[SurveyLine, ...]
    sendouts: tuple[SendoutLine, ...]
    proposals: tuple[ProposalLine, ...]
    rounds: tuple[RoundLine, ...]
    dones: tuple[DoneLine, ...]


@reading
async def panels(viewer: Viewer) -> list[PanelLine]:
    """The panels within reach: a host's own, or those of a coordinator's municipality."""
    if not may(viewer.role, "surveys.read"):
        return []
    if viewer.role is Role.PANEL_HOST:
        found = await Panel.filter(host_id=viewer.staff_id)
    else:
        return await _of_municipality(viewer)
    return [_line(viewer, one) for one in sorted(found, key=lambda one: one.name)]


@reading
async def panel(viewer: Viewer, panel_id: str, *, now: datetime) -> OnePanel:
    """One panel with everything its page shows. Raises NotFound out of reach."""
    line = await reached_panel(viewer, panel_id)
    versions = await PanelSurvey.filter(panel_id=panel_id).order_by("-created_at", "-version")
    newest = {one.series: max(other.version for other in versions if other.series == one.series) for one in versions}
    forms = {one.id: (rules.from_plain(one.form), one.version) for one in versions}
    sendouts = await PanelSendout.filter(panel_id=panel_id).order_by("-opens_at")
    told = {one.sendout_id: one for one in await PanelResult.filter(panel_id=panel_id)}
    return OnePanel(
        line=line,
        surveys=tuple(
            SurveyLine(one.id, one.series, one.version, forms[one.id][0], one.state, newest[one.series] == one.version)
            for one in versions
        ),
        sendouts=await _sendouts(line, [one for one in sendouts if one.survey_id in forms], forms, told, now),
        proposals=tuple(
            ProposalLine(one.id, one.state, {"da": one.wording_da, "en": one.wording_en})
            for one in await PanelBallot.filter(panel_id=panel_id, state="approved", round_id=None).order_by("at", "id")
        ),
        rounds=await _rounds(panel_id),
        dones=tuple(
            _done(one) for one in await PanelDone.filter(panel_id=panel_id).order_by("-at")
        ),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class OnTheWay:
    """When a survey that was sent is or will be open, and what it is called: beside it the panel is asked nothing."""

    title: Mapping[str, str]
    opens_at: datetime
    closes_at: datetime

    def overlaps(self, opens_at: datetime, closes_at: datetime) -> bool:
        """Whether a survey that is open in that time would be a second one."""
        return self.opens_at < closes_at and opens_at < self.closes_at


@reading
async def on_the_way(viewer: Viewer, panel_id: str, *, now: datetime) -> list[OnTheWay]:
    """What a panel is being asked or will be, the first first. Raises NotFound out of reach."""
    await reached_panel(viewer, panel_id)
    sent = await PanelSendout.filter(
        panel_id=panel_id, state__in=["planned", "open"], closes_at__gt=now
    ).order_by("opens_at")  # fmt: skip
    asked = {one.id: one for one in await PanelSurvey.filter(id__in=[one.survey_id for one in sent])} if sent else {}
    return [OnTheWay(rules.from_plain(asked[one.survey_id].form).title, one.opens_at, one.closes_at) for one in sent]


@dataclass(frozen=True, slots=True)
class OneSurvey:
    """One version of a survey with its panel, its sisters, newest first, and where this version was sent."""

    line: SurveyLine
    panel: PanelLine
    versions: tuple[SurveyLine, ...]
    sendouts: tuple[SendoutLine, ...]


@reading
async def survey(viewer: Viewer, survey_id: str, *, now: datetime) -> OneSurvey:
    """One version of a survey. Raises NotFound out of reach."""
    row = await PanelSurvey.get_or_none(id=survey_id)
    if row is None:
        raise NotFound
    line = await reached_panel(viewer, row.panel_id)
    series = await PanelSurvey.filter(series=row.series).order_by("-version")
    versions = tuple(
        SurveyLine(one.id, one.series, one.version, rules.from_plain(one.form), one.state, one.id == series[0].id)
        for one in series
    )
    mine = next(one for one in versions if one.survey_id == row.id)
    sendouts = await PanelSendout.filter(survey_id=row.id).order_by("-opens_at")
    told = {one.sendout_id: one for one in await PanelResult.filter(sendout_id__in=[one.id for one in sendouts])}
    forms = {row.id: (mine.survey, mine.version)}
    return OneSurvey(mine, line, versions, await _sendouts(line, sendouts, forms, told, now))


@dataclass(frozen=True, slots=True)
class Told:
    """What one panel was told of what was done; `writes`: this viewer may write the next, and sees what is judged."""

    line: PanelLine
    writes: bool
    dones: tuple[DoneLine, ...]


@reading
async def told(viewer: Viewer) -> list[Told]:
    """ "You said – we did" of the panels within reach, newest first. What the members have not approved is for those
    who write it."""
    if not may(viewer.role, "you_said.read"):
        return []
    writes = may(viewer.role, "you_said.write")
    lines = await panels(viewer) if writes else await _of_municipality(viewer)
    found = PanelDone.filter(panel_id__in=[one.panel_id for one in lines]).order_by("-at", "id")
    dones = await (found if writes else found.filter(state="approved"))
    return [Told(line, writes, tuple(_done(one) for one in dones if one.panel_id == line.panel_id)) for line in lines]


@reading
async def often_said(scope: Counted, municipality_id: str | None, *, now: datetime) -> list[About]:
    """What at least ten young people have given feedback about in the last half year that only statistics may see:
    of the viewer's own municipality, else of all the panel's. Not how many, and never a word of it."""
    places = await PanelPlace.filter(panel_id=scope.panel_id).values_list("municipality_id", flat=True)
    within = [str(one) for one in places if municipality_id is None or municipality_id == str(one)]
    rows = await Feedback.filter(
        municipality_id__in=within, audience=Audience.STATISTICS.value, opened_at__gte=now - _LATELY
    ).values_list("about", "person_id")
    people = {about: {person for of, person in rows if of == about.value} for about in About}
    return [about for about, who in people.items() if len(who) >= LEAST_BASE]


@reading
async def counting(viewer: Viewer, panel_id: str) -> Counted:
    """That this viewer may know how many are in this panel. Raises NotFound out of reach."""
    return Counted((await reached_panel(viewer, panel_id)).panel_id)


@reading
async def recipients(scope: Counted) -> Recipients:
    """Whom a survey would reach that is sent now, as numbers."""
    count = Counter(map(str, await members_of(scope.panel_id).values_list("municipality_id", flat=True)))
    places = await PanelPlace.filter(panel_id=scope.panel_id).select_related("municipality")
    by_place = tuple(sorted((one.municipality.name, count[one.municipality_id]) for one in places))
    total = sum(count.values())
    enough = len(by_place) > 1 and all(number >= LEAST_BASE for _, number in by_place)
    return Recipients(total if total >= LEAST_BASE else None, by_place if enough else ())


@reading
async def reached(scope: Counted, survey_id: str, *, now: datetime) -> Askable:
    """Whom a survey of the panel may be sent to: all, and each part with enough members in it and outside it; of one
    that was sent before, only along the cut it was sent by. The parts are told by age and by the latest results."""
    row = await PanelSurvey.get_or_none(id=survey_id, panel_id=scope.panel_id)
    if row is None:
        raise NotFound
    versions = await PanelSurvey.filter(series=row.series).values_list("id", flat=True)
    before = [segment_of(one) for one in await PanelSendout.filter(survey_id__in=list(versions)).exclude(state="few")]
    told = PanelSendout.filter(panel_id=scope.panel_id, state="counted").order_by("-closes_at").limit(_EARLIER)
    earlier = dict.fromkeys([one.id for one in await told] + [one.earlier for one in before if one.earlier])
    wanted = [one for one in segments(earlier) if one_cut(one, before)]
    counted = [one for one in await reach.reached(scope.panel_id, wanted, now) if one.enough]
    named = await reach.parts([one.segment for one in counted])
    return Askable(tuple(Asked(part, one) for part, one in zip(named, counted, strict=True)), bool(before))


def _done(row: PanelDone) -> DoneLine:
    return DoneLine(
        row.id, {"da": row.said_da, "en": row.said_en}, {"da": row.did_da, "en": row.did_en}, row.state, row.at,
        row.judged_by,
    )  # fmt: skip


async def _of_municipality(viewer: Viewer) -> list[PanelLine]:
    places = await PanelPlace.filter(municipality_id=viewer.municipality_id)
    found = await Panel.filter(id__in=[one.panel_id for one in places])
    return [_line(viewer, one) for one in sorted(found, key=lambda one: one.name)]


def _line(viewer: Viewer, row: Panel) -> PanelLine:
    return PanelLine(row.id, row.name, row.host_name, viewer.role is Role.PANEL_HOST)


@reading
async def reached_panel(viewer: Viewer, panel_id: str) -> PanelLine:
    """A panel within reach. Raises NotFound otherwise."""
    found = next((one for one in await panels(viewer) if one.panel_id == panel_id), None)
    if found is None:
        raise NotFound
    return found


async def _sendouts(
    line: PanelLine,
    rows: Sequence[PanelSendout],
    forms: Mapping[str, tuple[Survey, int]],
    told: Mapping[str, PanelResult],
    now: datetime,
) -> tuple[SendoutLine, ...]:
    parts = await reach.parts([segment_of(one) for one in rows])
    return tuple(
        _sendout(line, one, whom, forms[one.survey_id], told.get(one.id), now)
        for one, whom in zip(rows, parts, strict=True)
    )


def _sendout(
    line: PanelLine,
    row: PanelSendout,
    whom: Part,
    form: tuple[Survey, int],
    result: PanelResult | None,
    now: datetime,
) -> SendoutLine:
    mine = result is not None and result.desks_from <= now and (line.hosts or result.released_at is not None)
    return SendoutLine(
        sendout_id=row.id,
        survey=form[0],
        version=form[1],
        state=row.state,
        whom=whom,
        opens_at=row.opens_at,
        closes_at=row.closes_at,
        reminders=row.reminders,
        desks_from=result.desks_from if result else None,
        released=result is not None and result.released_at is not None,
        results=panels_results.from_plain(result.frozen) if result and mine else None,
    )


async def _rounds(panel_id: str) -> tuple[RoundLine, ...]:
    found = await PanelRound.filter(panel_id=panel_id).order_by("-opened_at")
    ballots: dict[str, list[PanelBallot]] = {one.id: [] for one in found}
    for ballot in await PanelBallot.filter(round_id__in=list(ballots)).order_by("at", "id") if found else []:
        ballots[ballot.round_id or ""].append(ballot)
    return tuple(_round(one, ballots[one.id]) for one in found)


def _round(row: PanelRound, ballots: list[PanelBallot]) -> RoundLine:
    if row.ranked is not None:
        order: list[str] = json.loads(row.ranked)
        ballots.sort(key=lambda one: order.index(one.id))
    wordings = tuple({"da": one.wording_da, "en": one.wording_en} for one in ballots)
    return RoundLine(row.id, row.state, row.closes_at, wordings, row.state == "counted" and row.ranked is None)
