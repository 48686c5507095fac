"""The panel's host at the desk: surveys written, published and sent, proposals put to a vote, results released.

A host may have several municipalities, and so none: nothing here touches a row of a young person.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from models.actions import trail
from models.domain import panels as rules
from models.domain import panels_check
from models.domain.errors import Invalid, NotFound, Stale
from models.domain.panels import Survey, Texts
from models.domain.panels_segments import EVERYBODY, Reached, Segment, one_cut
from models.domain.staff import Role, Viewer, may
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
from models.tables.panels_reach import segment_of
from models.tables.staff import Staff
from models.transactions import Scoped, alone, atomic

_LONGEST_WORDING = 200
_LONGEST_WINDOW = timedelta(days=60)


@atomic
async def found(
    scope: Scoped, name: str, municipality_ids: Sequence[str], host_id: str | None, *, now: datetime
) -> str:  # fmt: skip
    """Found a panel for the young people of these municipalities. Returns its id."""
    host = await _host(host_id) if host_id else None
    panel = await Panel.create(
        name=name, host_id=host_id, host_name=host.first_name if host else "", created_at=now
    )  # fmt: skip
    for municipality_id in municipality_ids:
        await PanelPlace.create(panel_id=panel.id, municipality_id=municipality_id)
    await trail.record(scope, "panel.found", about=panel.id, now=now)
    return panel.id


@atomic
async def give(scope: Scoped, panel_id: str, host_id: str, *, now: datetime) -> None:
    """Another host looks after a panel from now on; the one before reaches nothing of it any more."""
    panel = await Panel.get_or_none(id=panel_id)
    if panel is None:
        raise NotFound
    host = await _host(host_id)
    panel.host_id, panel.host_name = host.id, host.first_name
    await panel.save(update_fields=["host_id", "host_name"])
    await trail.record(scope, "panel.give", about=panel.id, now=now)


@atomic
async def widen(scope: Scoped, panel_id: str, municipality_ids: Sequence[str], *, now: datetime) -> None:
    """Young people of these municipalities may be members of a panel as well; the same again changes nothing."""
    if not await Panel.exists(id=panel_id):
        raise NotFound
    here = await PanelPlace.filter(panel_id=panel_id).values_list("municipality_id", flat=True)
    for municipality_id in sorted(set(municipality_ids) - {str(one) for one in here}):
        await PanelPlace.create(panel_id=panel_id, municipality_id=municipality_id)
    await trail.record(scope, "panel.widen", about=panel_id, now=now)


@atomic
async def draft(viewer: Viewer, panel_id: str, survey: Survey, *, now: datetime) -> str:
    """A new survey, not yet published. Returns its id."""
    await _panel(viewer, panel_id, "surveys.write")
    row = PanelSurvey(panel_id=panel_id, version=1, form=rules.to_plain(survey), state="draft", created_at=now)
    row.series = row.id
    await row.save()
    await trail.record(viewer, "survey.draft", about=row.id, now=now)
    return row.id


@atomic
async def revise(viewer: Viewer, survey_id: str, survey: Survey, *, now: datetime) -> str:
    """Change a survey. A draft is changed in place; a published one stays, and its next version is drafted. Whoever is
    answering goes on with the version they began. Returns the id of the draft."""
    row = await _survey(viewer, survey_id)
    await alone("survey", row.series)
    newest = await PanelSurvey.filter(series=row.series).order_by("-version").first()
    if newest is None or newest.id != row.id:
        raise Stale("survey_newer")
    if row.state == "draft":
        row.form = rules.to_plain(survey)
        await row.save(update_fields=["form"])
    else:
        row = await PanelSurvey.create(
            panel_id=row.panel_id, series=row.series, version=row.version + 1, form=rules.to_plain(survey),
            state="draft", created_at=now,
        )  # fmt: skip
    await trail.record(viewer, "survey.revise", about=row.id, now=now)
    return row.id


@atomic
async def publish(viewer: Viewer, survey_id: str, *, now: datetime) -> None:
    """From now on this version never changes. Raises Invalid with the first thing that is wrong with it."""
    row = await _survey(viewer, survey_id)
    if row.state != "draft":
        return
    wrong = panels_check.problems(rules.from_plain(row.form))
    if wrong:
        raise Invalid(f"survey_{wrong[0].code}", wrong[0].question or None)
    row.state, row.published_at = "published", now
    await row.save(update_fields=["state", "published_at"])
    await trail.record(viewer, "survey.publish", about=row.id, now=now)


@atomic
async def send(
    viewer: Viewer,
    survey_id: str,
    *,
    opens_at: datetime,
    closes_at: datetime,
    now: datetime,
    first_days: int = rules.FIRST_DAYS,
    reminders: int = rules.REMINDERS,
    to: Reached | None = None,
) -> str:
    """Plan a published survey for its panel, or for the part that was counted (`queries.panels.reached`); the clock
    counts it again before anybody is asked. One at a time: raises Stale when another's time overlaps, or it is not
    published, Invalid for a part too small, or one that would tell the answers of the rest. Returns the send-out's id.
    """
    row = await _survey(viewer, survey_id)
    if row.state != "published":
        raise Stale("survey_not_published")
    if not now - timedelta(hours=1) <= opens_at < closes_at <= opens_at + _LONGEST_WINDOW or not 0 <= first_days <= 30:
        raise Invalid("survey_window", "closes_at")
    if not 0 <= reminders <= rules.REMINDERS:
        raise Invalid("survey_reminders", "reminders")
    if to is not None and not to.enough:
        raise Invalid("survey_segment_few", "whom")
    await alone("panel", row.panel_id)
    if await PanelSendout.exists(
        panel_id=row.panel_id, state__in=["planned", "open"], opens_at__lt=closes_at, closes_at__gt=opens_at
    ):
        raise Stale("panel_busy")
    segment = to.segment if to is not None else EVERYBODY
    await _may_go_to(row, segment)
    sendout = await PanelSendout.create(
        panel_id=row.panel_id, survey_id=row.id, state="planned", whom=segment.whom.value, earlier=segment.earlier,
        opens_at=opens_at, closes_at=closes_at, first_days=first_days, reminders=reminders, created_at=now,
    )  # fmt: skip
    await trail.record(viewer, "survey.send", about=sendout.id, now=now)
    return sendout.id


@atomic
async def release(viewer: Viewer, sendout_id: str, *, now: datetime) -> None:
    """Let other desks see a result. Raises Stale while the members have it for themselves."""
    result = await PanelResult.get_or_none(sendout_id=sendout_id)
    if result is None:
        raise NotFound
    await _panel(viewer, result.panel_id, "panels.host")
    if result.desks_from > now:
        raise Stale("result_members_first")
    if result.released_at is None:
        result.released_at = now
        await result.save(update_fields=["released_at"])
        await trail.record(viewer, "survey.release", about=sendout_id, now=now)


@atomic
async def approve(viewer: Viewer, ballot_id: str, wording: Texts, *, now: datetime) -> None:
    """Approve a proposal in the host's wording; it is part of the next vote. Raises Invalid without both languages."""
    ballot = await _ballot(viewer, ballot_id)
    said = [wording.get(language, "").strip() for language in rules.LANGUAGES]
    if not all(0 < len(one) <= _LONGEST_WORDING for one in said):
        raise Invalid("proposal_wording", "wording")
    ballot.state, ballot.at, (ballot.wording_da, ballot.wording_en) = "approved", now, said
    await ballot.save(update_fields=["state", "at", "wording_da", "wording_en"])
    await trail.record(viewer, "proposal.approve", about=ballot.id, now=now)


@atomic
async def decline(viewer: Viewer, ballot_id: str, *, now: datetime) -> None:
    """A proposal that is not put to a vote."""
    ballot = await _ballot(viewer, ballot_id)
    ballot.state = "declined"
    await ballot.save(update_fields=["state"])
    await trail.record(viewer, "proposal.decline", about=ballot.id, now=now)


@atomic
async def open_round(viewer: Viewer, panel_id: str, *, closes_at: datetime, now: datetime) -> str:
    """Put what is approved to the vote. Raises Stale while one runs or when nothing is approved. Returns its id."""
    await _panel(viewer, panel_id, "panels.host")
    if not now < closes_at <= now + _LONGEST_WINDOW:
        raise Invalid("survey_window", "closes_at")
    await alone("panel", panel_id)
    waiting = PanelBallot.filter(panel_id=panel_id, state="approved", round_id=None)
    if await PanelRound.exists(panel_id=panel_id, state="open") or not await waiting.exists():
        raise Stale("panel_vote_not_now")
    voting = await PanelRound.create(panel_id=panel_id, state="open", opened_at=now, closes_at=closes_at)
    await waiting.update(round_id=voting.id)
    await trail.record(viewer, "vote.open", about=voting.id, now=now)
    return voting.id


@atomic
async def write_done(viewer: Viewer, panel_id: str, said: Texts, did: Texts, *, now: datetime) -> str:
    """ "You said – we did": the members are told, and may say within a week whether it is true. The same words again,
    while they are judged, are the same. Returns its id."""
    await _panel(viewer, panel_id, "you_said.write")
    parts = [texts.get(language, "").strip() for texts in (said, did) for language in rules.LANGUAGES]
    if not all(0 < len(one) <= rules.LONGEST_DONE for one in parts):
        raise Invalid("you_said_length", "did")
    await alone("panel", panel_id)
    already = await PanelDone.filter(
        panel_id=panel_id, said_da=parts[0], said_en=parts[1], did_da=parts[2], did_en=parts[3],
        state__in=["new", "asked"],
    ).first()  # fmt: skip
    if already is not None:
        return already.id
    row = await PanelDone.create(
        panel_id=panel_id, said_da=parts[0], said_en=parts[1], did_da=parts[2], did_en=parts[3], state="new", at=now,
        judged_by=now + rules.JUDGING,
    )  # fmt: skip
    await trail.record(viewer, "you_said.write", about=row.id, now=now)
    return row.id


async def _host(staff_id: str) -> Staff:
    host = await Staff.get_or_none(id=staff_id, role=Role.PANEL_HOST.value, active=True)
    if host is None:
        raise NotFound
    return host


async def _panel(viewer: Viewer, panel_id: str, deed: str) -> Panel:
    """A panel within reach: its host's, or of the coordinator's own municipality. Else it does not exist."""
    panel = await Panel.get_or_none(id=panel_id) if may(viewer.role, deed) else None
    if panel is None:
        raise NotFound
    if viewer.role is Role.PANEL_HOST:
        within = panel.host_id == viewer.staff_id
    else:
        within = viewer.municipality_id is not None and await PanelPlace.exists(
            panel_id=panel.id, municipality_id=viewer.municipality_id
        )
    if not within:
        raise NotFound
    return panel


async def _survey(viewer: Viewer, survey_id: str) -> PanelSurvey:
    row = await PanelSurvey.get_or_none(id=survey_id)
    if row is None:
        raise NotFound
    await _panel(viewer, row.panel_id, "surveys.write")
    return row


async def _may_go_to(row: PanelSurvey, segment: Segment) -> None:
    """What it is told by is a closed survey of the panel, and the survey was sent along no other cut before."""
    if segment.earlier and not await PanelSendout.exists(id=segment.earlier, panel_id=row.panel_id, state="counted"):
        raise NotFound
    versions = await PanelSurvey.filter(series=row.series).values_list("id", flat=True)
    before = await PanelSendout.filter(survey_id__in=list(versions)).exclude(state="few")
    if not one_cut(segment, map(segment_of, before)):
        raise Invalid("survey_segment_cut", "whom")


async def _ballot(viewer: Viewer, ballot_id: str) -> PanelBallot:
    ballot = await PanelBallot.get_or_none(id=ballot_id)
    if ballot is None:
        raise NotFound
    await _panel(viewer, ballot.panel_id, "panels.host")
    if ballot.state != "proposed":
        raise Stale("proposal_decided")
    return ballot
