"""The panel by the clock: members enrolled, surveys opened, sent, reminded of, counted; votes counted; members told.

All of it looks across municipalities, so it runs for the house; a letter goes out in the scope of its own municipality.
"""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime, timedelta

from tortoise.expressions import Q

from models.actions import letters
from models.actions.panels_answers import _forget_unsent, _part
from models.domain import panels as rules
from models.domain import panels_results, rhythm
from models.domain.consent import Purpose
from models.domain.panels import Answer
from models.domain.panels_segments import EVERYBODY
from models.tables.alerts import Alert
from models.tables.consent import Link
from models.tables.keys import municipality_vault
from models.tables.messages import Thread
from models.tables.panels import (
    PanelAnswering,
    PanelBallot,
    PanelDone,
    PanelMeasured,
    PanelMember,
    PanelResult,
    PanelRound,
    PanelSendout,
    PanelSurvey,
    PanelVote,
)
from models.tables.panels_reach import members_of, reached, segment_of, within
from models.tables.register import Person
from models.transactions import Scope, Scoped, atomic, rows

_PAGE = 500
_RUNNING = ("due", "invited", "open")
#: How long a letter about a result, or about what was done, is worth sending.
_NEWS = timedelta(days=14)


@atomic
async def enrol(scope: Scoped, *, now: datetime) -> int:
    """Whoever said yes to the panel when they joined Hørt, or before there was one, is a member of it."""
    found = await rows(
        "SELECT c.municipality_id, c.person_id, pp.panel_id FROM consent c "
        "JOIN panel_place pp ON pp.municipality_id = c.municipality_id "
        "JOIN person p ON p.id = c.person_id AND p.left_on IS NULL AND p.erased_at IS NULL "
        "WHERE c.purpose = ? AND c.withdrawn_at IS NULL AND NOT EXISTS "
        "(SELECT 1 FROM panel_member m WHERE m.person_id = c.person_id AND m.panel_id = pp.panel_id) LIMIT ?",
        Purpose.PANEL.value, _PAGE,
    )  # fmt: skip
    for row in found:
        await PanelMember.create(**row, joined_at=now)
    return len(found)


@atomic
async def let_go(scope: Scoped, *, now: datetime) -> int:
    """Whoever has withdrawn their yes, by whatever way, or is off the register, is no member any more."""
    found = await rows(
        "SELECT DISTINCT m.municipality_id, m.person_id FROM panel_member m JOIN person p ON p.id = m.person_id "
        "WHERE p.left_on IS NOT NULL OR NOT EXISTS (SELECT 1 FROM consent c WHERE c.person_id = m.person_id "
        "AND c.purpose = ? AND c.withdrawn_at IS NULL) LIMIT ?",
        Purpose.PANEL.value, _PAGE,
    )  # fmt: skip
    for row in found:
        await _part(row["municipality_id"], row["person_id"])
    return len(found)


@atomic
async def open_due(scope: Scoped, *, now: datetime) -> int:
    """Open the surveys whose time has come. A part of a panel in which, or outside which, there are too few by now is
    not asked."""
    opened = 0
    for sendout in await PanelSendout.filter(state="planned", opens_at__lte=now):
        [found] = await reached(sendout.panel_id, [segment_of(sendout)], sendout.opens_at)
        sendout.state = "open" if found.enough else "few"
        await sendout.save(update_fields=["state"])
        opened += sendout.state == "open"
    return opened


@atomic
async def ask_due(scope: Scoped, *, now: datetime) -> int:
    """Invite the members of an open survey. Someone who paused, or whose conversation with a human is open, is asked
    afterwards, while there is still time."""
    asked = 0
    for sendout in await PanelSendout.filter(state="open", closes_at__gt=now):
        await _expect(sendout)
        silent = Person.filter(Q(stopped_at__not_isnull=True) | Q(paused_until__gt=now) | Q(left_on__not_isnull=True))
        resting = frozenset(map(str, await silent.values_list("id", flat=True)))
        for row in await PanelAnswering.filter(sendout_id=sendout.id, state="due", opened_at=None).limit(_PAGE):
            if row.person_id in resting or await _held(row, sendout, now):
                continue
            if not await Link.exists(person_id=row.person_id, state="active"):
                continue
            row.state, row.asked_at = "invited", now
            await row.save(update_fields=["state", "asked_at"])
            await letters.post(
                Scope(row.municipality_id), "panel.invite", person_id=row.person_id, key=f"panel:{row.id}",
                about=row.id, now=now, not_after=sendout.closes_at,
            )  # fmt: skip
            asked += 1
    return asked


@atomic
async def remind_due(scope: Scoped, *, now: datetime) -> int:
    """Remind those, and only those, who have not sent their answers in; at most twice."""
    reminded = 0
    for sendout in await PanelSendout.filter(state="open", closes_at__gt=now):
        waiting = PanelAnswering.filter(
            sendout_id=sendout.id, state__in=["invited", "open"], asked_at__not_isnull=True,
            reminders__lt=min(sendout.reminders, rules.REMINDERS),
        )  # fmt: skip
        for row in await waiting.order_by("asked_at").limit(_PAGE):
            before = [row.reminded_at] if row.reminded_at else []
            if not rules.reminder_due(now, asked_at=row.asked_at, reminded=before, closes_at=sendout.closes_at):
                continue
            if await _held(row, sendout, now):
                continue
            row.reminders, row.reminded_at = row.reminders + 1, now
            await row.save(update_fields=["reminders", "reminded_at"])
            await letters.post(
                Scope(row.municipality_id), "panel.reminder", person_id=row.person_id,
                key=f"panel-reminder:{row.id}:{row.reminders}", about=row.id, now=now,
                not_after=min(sendout.closes_at, now + timedelta(days=1)),
            )  # fmt: skip
            reminded += 1
    return reminded


@atomic
async def close_due(scope: Scoped, *, now: datetime) -> int:
    """Close and count what is over, and tell the members first. What was not sent in is deleted and does not count."""
    closed = 0
    for sendout in await PanelSendout.filter(state="open", closes_at__lte=now):
        for row in await PanelAnswering.filter(sendout_id=sendout.id, state__in=list(_RUNNING)):
            await _forget_unsent(row, "expired", now)
        form = (await PanelSurvey.get(id=sendout.survey_id)).form
        invited = await PanelAnswering.filter(sendout_id=sendout.id).count()
        told = panels_results.results(rules.from_plain(form), await _coded(sendout.id), invited=invited)
        await PanelResult.create(
            sendout_id=sendout.id, panel_id=sendout.panel_id, frozen=panels_results.to_plain(told), counted_at=now,
            desks_from=now + timedelta(days=sendout.first_days),
        )  # fmt: skip
        sendout.state = "counted"
        await sendout.save(update_fields=["state"])
        await _tell(sendout.panel_id, "panel.result.new", sendout.id, now)
        closed += 1
    return closed


@atomic
async def count_rounds(scope: Scoped, *, now: datetime) -> int:
    """Count the votes that are over: what is kept is the order, not who wanted what."""
    counted = 0
    for voting in await PanelRound.filter(state="open", closes_at__lte=now):
        ballots = await PanelBallot.filter(round_id=voting.id).order_by("at", "id")
        given = await PanelVote.filter(about__in=[one.id for one in ballots])
        votes = Counter(one.about for one in given)
        order = panels_results.vote_order(
            {one.id: votes[one.id] for one in ballots}, voters=len({one.person_id for one in given})
        )
        voting.state, voting.ranked = "counted", json.dumps(order) if order is not None else None
        await voting.save(update_fields=["state", "ranked"])
        await PanelBallot.filter(round_id=voting.id).update(state="voted")
        await PanelVote.filter(id__in=[one.id for one in given]).delete()
        counted += 1
    return counted


@atomic
async def tell_done(scope: Scoped, *, now: datetime) -> int:
    """Tell the members of a new "you said – we did"; their week to judge it begins."""
    told = 0
    for row in await PanelDone.filter(state="new"):
        row.state, row.judged_by = "asked", now + rules.JUDGING
        await row.save(update_fields=["state", "judged_by"])
        await _tell(row.panel_id, "panel.done.new", row.id, now)
        told += 1
    return told


@atomic
async def judge_due(scope: Scoped, *, now: datetime) -> int:
    """The week is over: it stands, or it goes back to the host. What is kept is the verdict, not who gave it."""
    judged = 0
    for row in await PanelDone.filter(state="asked", judged_by__lte=now):
        words = Counter(one.choice for one in await PanelVote.filter(about=row.id))
        row.state = "approved" if rules.approved(words["yes"], words["no"]) else "disputed"
        await row.save(update_fields=["state"])
        await PanelVote.filter(about=row.id).delete()
        judged += 1
    return judged


async def _expect(sendout: PanelSendout) -> None:
    """Every member it is for has a row in an open survey, also those who joined after it was opened. Who was not in its
    part of the panel that day does not come into it later."""
    known = await PanelAnswering.filter(sendout_id=sendout.id).values_list("person_id", flat=True)
    members, segment = members_of(sendout.panel_id).exclude(person_id__in=list(known)), segment_of(sendout)
    if segment != EVERYBODY and known:
        members = members.filter(joined_at__gte=sendout.opens_at)
    [expected] = await within(await members, [segment], sendout.opens_at)
    for member in expected:
        await PanelAnswering.create(
            municipality_id=member.municipality_id, person_id=member.person_id, sendout_id=sendout.id, state="due"
        )


async def _coded(sendout_id: str) -> list[dict[str, Answer]]:
    """The coded rows of a survey, of every municipality of the panel, in no order that tells anything."""
    found: list[dict[str, Answer]] = []
    for row in await PanelMeasured.filter(sendout_id=sendout_id).order_by("id"):
        over = await municipality_vault(row.municipality_id)
        codes = json.loads(over.open("panel_measured", "codes", row.id, row.codes_sealed))
        found.append({key: tuple(code) if isinstance(code, list) else code for key, code in codes.items()})
    return found


async def _tell(panel_id: str, kind: str, about: str, now: datetime) -> None:
    for member in await members_of(panel_id):
        await letters.post(
            Scope(member.municipality_id), kind, person_id=member.person_id, key=f"{kind}:{about}:{member.id}",
            about=about, now=now, not_after=now + _NEWS,
        )  # fmt: skip


async def _held(row: PanelAnswering, sendout: PanelSendout, now: datetime) -> bool:
    thread = await Thread.get_or_none(person_id=row.person_id, state="open")
    alert = await Alert.filter(person_id=row.person_id, state="open").order_by("raised_at").first()
    return rhythm.held_back(
        now,
        unanswered_since=thread.waiting_since if thread else None,
        alert_open_since=alert.raised_at if alert else None,
        instrument="panel",
        due_at=sendout.opens_at,
    )
