"""What each tick does: read what is due from rows and let the deeds do it. A late tick catches up by reading."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from models.actions import (
    alerts,
    alerts_silence,
    api,
    attachments,
    away,
    checkins,
    clock,
    consent,
    erasure,
    erasure_retention,
    feedback,
    figures,
    inbox,
    letters,
    meetings,
    messages,
    offers,
    panels,
    register,
    staff,
    trail,
    webhooks,
)
from models.transactions import HOUSE

log = logging.getLogger("hoert.clock")

Work = Callable[[datetime, datetime], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Tick:
    """One kind of tick: its name, how often in seconds, and its work in order (Hørt's now, the machine's now)."""

    name: str
    seconds: int
    work: tuple[Work, ...]


TICKS: tuple[Tick, ...] = (
    Tick(
        "sweep",
        10,
        (lambda now, real: letters.sweep(HOUSE, now=now, real_now=real), lambda now, _: letters.recall(HOUSE, now=now)),
    ),
    Tick(
        "due",
        30,
        (
            lambda now, _: erasure.finish_erasures(HOUSE, now=now),
            lambda now, _: checkins.expire_due(HOUSE, now=now),
            lambda now, _: checkins.plan_due(HOUSE, now=now),
            lambda now, _: checkins.ask_due(HOUSE, now=now),
            lambda now, _: checkins.remind_due(HOUSE, now=now),
            lambda now, _: panels.let_go(HOUSE, now=now),
            lambda now, _: meetings.end_due(HOUSE, now=now),
            lambda now, _: meetings.remind_due(HOUSE, now=now),
            lambda now, _: panels.close_due(HOUSE, now=now),
            lambda now, _: panels.open_due(HOUSE, now=now),
            lambda now, _: panels.ask_due(HOUSE, now=now),
            lambda now, _: panels.remind_due(HOUSE, now=now),
            lambda now, _: messages.break_due(HOUSE, now=now),
            lambda now, _: messages.cover_due(HOUSE, now=now),
            lambda now, _: feedback.break_due(HOUSE, now=now),
            lambda now, _: attachments.unheard_due(HOUSE, now=now),
            lambda now, _: alerts.escalate_due(HOUSE, now=now),
            lambda now, _: register.close_openings(HOUSE, now=now),
        ),
    ),
    Tick("seal", 300, (lambda now, _: trail.seal_due(HOUSE, now=now),)),
    Tick(
        "figures",
        600,
        (
            lambda now, _: figures.plan_year(HOUSE, now=now),
            lambda now, _: checkins.plan_heard(HOUSE, now=now),
            lambda now, _: checkins.follow_plans(HOUSE, now=now),
            lambda now, _: figures.publish_due(HOUSE, now=now),
            lambda now, _: offers.remind_due(HOUSE, now=now),
            lambda now, _: checkins.plan_pulses(HOUSE, now=now),
            lambda now, _: panels.enrol(HOUSE, now=now),
            lambda now, _: panels.count_rounds(HOUSE, now=now),
            lambda now, _: panels.judge_due(HOUSE, now=now),
            lambda now, _: panels.tell_done(HOUSE, now=now),
        ),
    ),
    Tick(
        "leaving",
        1800,
        (
            lambda now, _: register.say_farewells(HOUSE, now=now),
            lambda now, _: alerts_silence.raise_no_contact(HOUSE, now=now),
        ),
    ),
    Tick(
        "forget",
        3600,
        (
            lambda _, __: erasure.empty_write_ahead_log(HOUSE),
            lambda now, _: consent.forget_strangers(HOUSE, now=now),
            lambda now, _: letters.purge(HOUSE, now=now),
            lambda now, _: inbox.forget(HOUSE, now=now),
            lambda now, _: attachments.forget_unclaimed(HOUSE, now=now),
            lambda _, real: staff.forget(HOUSE, real_now=real),
            lambda now, _: away.forget(HOUSE, now=now),
            lambda now, _: erasure_retention.let_go(HOUSE, now=now),
            lambda _, real: api.forget(HOUSE, real_now=real),
            lambda now, real: webhooks.forget(HOUSE, now=now, real_now=real),
        ),
    ),
)


async def run(tick: Tick, now: datetime, real_now: datetime) -> bool:
    """Run one tick; a fault in one part is logged by kind and never keeps the others from running. True if all ran."""
    whole = True
    for work in tick.work:
        try:
            await work(now, real_now)
        except Exception as exc:
            whole = False
            log.exception("clock.tick_failed", extra={"tick": tick.name, "fault": type(exc).__name__})
    if whole:
        await clock.ran(HOUSE, tick.name, real_now=real_now)
    return whole


async def run_all(now: datetime, real_now: datetime) -> None:
    """Every tick once, in order: after the demo's clock was moved, and in tests."""
    for tick in (TICKS[4], TICKS[3], TICKS[1], TICKS[0], TICKS[2], TICKS[5]):
        await run(tick, now, real_now)
