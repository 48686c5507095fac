"""Which pages of the desk are measured: every one there is, as everybody who may see it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from backend.guard import ANYONE, SIGNED_IN
from backend.routes import ROUTES
from hoert.demo.panel_surveys import MEETINGS
from models.actions import canned, goals, meetings
from models.actions.meetings import Content
from models.domain.canned import Text
from models.domain.goals import Goal, Measured
from models.domain.staff import Role, Viewer, may
from models.transactions import HOUSE, at_once, rows

#: What answers with something else than a page.
NO_PAGE: Final = frozenset({"events", "file", "figures-file", "case-file-copy"})
#: Pages about one thing the invented house has none of: a form or two, and nothing that grows.
LEFT_OUT: Final = frozenset({"dead-letter", "wish", "range-edit", "plan", "settings-app", "app"})
#: Lists as they are narrowed most.
NARROWED: Final = {"inbox": "?folder=all", "people": "?show=not_offered"}
_PART = re.compile(r"\{(\w+):[^{}]*(?:\{[^{}]*\})?[^{}]*\}")


@dataclass(frozen=True, slots=True)
class Page:
    """A page: as the table names it, and where to ask for it."""

    shown: str
    path: str


def pages(role: Role, known: Mapping[str, str]) -> Iterator[Page]:
    """Every page a role may open; `known`: an id for each part of an address."""
    for route in ROUTES:
        if route.method != "GET" or route.may == ANYONE or route.name in NO_PAGE | LEFT_OUT:
            continue
        if route.may != SIGNED_IN and not may(role, route.may):
            continue
        shown = _PART.sub(lambda part: f"{{{part[1].removesuffix('_id')}}}", route.path)
        ids = known if route.name != "survey-choose" else {**known, "survey_id": known["published_id"]}
        path = _PART.sub(lambda part, ids=ids: ids[part[1]], route.path)
        yield Page(shown, path)
        if route.name in NARROWED:
            yield Page(shown + NARROWED[route.name], path + NARROWED[route.name])


async def things(
    caseworker: Viewer, coordinator: Viewer, administrator: Viewer, person_id: str, *, now: datetime
) -> dict[str, str]:
    """What the pages about one thing are asked for with: what is of the caseworker's people, and a few things made."""
    lead = administrator if may(administrator.role, "canned_replies.administer") else coordinator
    content = Content(about="Om din plan", where="Biblioteket")
    starts, due = now + timedelta(days=3), (now + timedelta(days=300)).date()
    found = {
        "person_id": person_id,
        "staff_id": caseworker.staff_id,
        "key": "who5",
        "meeting_id": await meetings.make(caseworker, person_id, content, starts_at=starts, minutes=60, now=now),
        "goal_id": await goals.add(
            coordinator, Goal("Flere unge i fritidsjob", Measured.OWN, "unge", 10, 40, due), now=now,
        ),
        "canned_id": await canned.add(lead, Text("Tak", "Tak for din besked"), now=now),
    }  # fmt: skip
    for key, table in (("offer_id", "offer"), ("alert_id", "alert"), ("feedback_id", "feedback")):
        found[key] = await _first(
            f"SELECT x.id FROM {table} x JOIN person p ON p.id = x.person_id WHERE p.caseworker_id = ? ORDER BY x.id",  # noqa: S608 (names of our own)
            caseworker.staff_id,
        )
    found["panel_id"] = await _first("SELECT id FROM panel ORDER BY id")
    for key, state in (("survey_id", "draft"), ("published_id", "published")):
        found[key] = await _first(
            "SELECT id FROM panel_survey WHERE panel_id = ? AND state = ? ORDER BY id", found["panel_id"], state
        )
    found["question"] = MEETINGS.questions[0].key
    return found


async def _first(sql: str, *values: object) -> str:
    found = await at_once(HOUSE, lambda: rows(f"{sql} LIMIT 1", *values))
    return str(found[0]["id"])
