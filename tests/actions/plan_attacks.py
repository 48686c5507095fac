"""Attempts on somebody's plan and place on the register, for `test_scope`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any

from models.actions import progress, register_kept
from models.domain.progress import Area, GoalState, Wave, Way

A_DAY = date(2027, 6, 1)

BY_STAFF: dict[str, Callable[[Any], Awaitable[object]]] = {
    "progress.agree_follow_up": lambda by: progress.agree_follow_up(
        by.who, by.world.amina.person_id, A_DAY, "igen", now=by.now
    ),
    "progress.describe_contact": lambda by: progress.describe_contact(
        by.who, by.world.amina.person_id, by.world.reply, Way.PHONE, date(2026, 11, 1), now=by.now
    ),
    "progress.followed_up": lambda by: progress.followed_up(by.who, by.world.follow_up, "ja", now=by.now),
    "progress.look_at_goal": lambda by: progress.look_at_goal(
        by.who, by.world.plan_goal, "langt", state=GoalState.REACHED, follow_up_on=None, now=by.now
    ),
    "progress.set_goal": lambda by: progress.set_goal(
        by.who, by.world.amina.person_id, progress.Aim("bolig"), now=by.now
    ),
    "progress.set_progress": lambda by: progress.set_progress(
        by.who, by.world.amina.person_id, Wave.STATUS, {Area.WORK: "none"}, now=by.now
    ),
    "register.change_contact": lambda by: register_kept.change_contact(
        by.who, by.world.amina.person_id, "", "mor", now=by.now
    ),
    "register.change_one": lambda by: register_kept.change_one(
        by.who, by.world.amina.person_id, register_kept.Filled({}), seen="", now=by.now
    ),
}
