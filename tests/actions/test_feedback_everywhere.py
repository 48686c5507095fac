"""Three audiences, kept apart on every way to read: the views are found by asking the modules, so none is forgotten.

The desk's pages are walked in the same way by `tests/backend/test_feedback_everywhere.py`.
"""

from __future__ import annotations

import importlib
import inspect
import itertools
import pkgutil
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from models import queries
from models.domain.checkin_plans import Content as Planned
from models.domain.checkin_plans import Whom
from models.domain.errors import Refusal
from models.domain.people import YoungPerson
from models.domain.staff import Viewer
from models.queries.messages import Folder
from models.queries.register import Show as People
from models.tables.checkins import CheckIn
from models.tables.messages import Message, Thread
from models.tables.offers import Offer
from models.tables.register import Person
from tests import hidden
from tests.actions.rows import change, found
from tests.cast import Cast
from tests.hidden import FOR_SOMEONE_ELSE, FOR_THE_CASEWORKER, Hidden

#: Who asks: a member of staff, or a young person. What is asked by the house itself, or
#: through a proof that somebody hosts a panel, is shown to neither as it is.
ASKERS = {"Viewer": "Viewer", "Whose": "Whose", "YoungPerson": "Whose"}


def views() -> Iterator[tuple[str, Any]]:
    """Every public view that somebody asks, by module and name."""
    for module in pkgutil.iter_modules(queries.__path__):
        for name, view in vars(importlib.import_module(f"models.queries.{module.name}")).items():
            inner = getattr(view, "__wrapped__", None)
            if inner is None or name.startswith("_") or view.__module__ != f"models.queries.{module.name}":
                continue
            asked = [one.annotation for one in inspect.signature(inner).parameters.values()]
            if "Vault" in asked:
                continue  # a part of other views: no edge can open a vault
            kinds = set(asked[0].split(" | "))
            assert kinds <= {*ASKERS, "Scope", "Scoped", "Hosted", "Counted"}, f"who asks {module.name}.{name}?"
            for kind in sorted({ASKERS[kind] for kind in kinds & set(ASKERS)}):
                yield f"{kind} {module.name}.{name}", view


_OF_OTHERS = (
    "answering_id", "canned_id", "goal_id", "hand_over_id", "handover_id", "meeting_id", "old_id", "panel_id",
    "plan_id", "sendout_id", "survey_id", "transfer_id", "wish_id",
)  # fmt: skip


async def supply(given: Hidden, cast: Cast, now: datetime) -> dict[str, list[Any]]:
    """What there is to ask with, by the name of the parameter: of everything that is Amina's, all."""
    people = [cast.amina, cast.jonas]
    return {
        "now": [now + timedelta(days=2)], "day": [date(2026, 11, 19)], "since": [now - timedelta(days=9)],
        "until": [now + timedelta(days=2)], "letter_id": [0], "shared": [True, False], "hidden": [True, False],
        # Of other journeys: nothing of theirs is anybody's words of feedback, and asking raises no more than NotFound.
        **{name: ["0" * 32] for name in _OF_OTHERS},
        "person_id": people, "person_ids": [people],
        "feedback_id": [*given.someone_else, *given.caseworker, given.counted],
        "alert_id": list(given.alerts), "inbox_id": list(given.dead),
        "message_id": [one.id for one in await found(Message, "id")] or ["0" * 32],
        "check_in_id": [one.id for one in await found(CheckIn, "id")] or ["0" * 32],
        "offer_id": [one.id for one in await found(Offer, "id")] or ["0" * 32],
        "note_id": [one.id for one in await found(Message, "id")] or ["0" * 32],
        "attachment_id": list(given.files), "attachment_ids": [list(given.files)], "page": [0], "link_id": ["0" * 32],
        "staff_id": [cast.mette.staff_id], "after": [""], "before": [10**6],
        "words": [FOR_SOMEONE_ELSE, FOR_THE_CASEWORKER], "slugs": [("randers",)],
        "states": [("open", "acknowledged", "closed")],
        "reasons": [frozenset({"crisis_words", "broken_promise"})],
        "thread_id": [one.id for one in await found(Thread, "id")] or ["0" * 32],
        "limit": [100], "real_now": [now], "slug": ["randers"], "first": [None], "language": ["da"], "older": [""],
        "most": [100], "period": [""], "deed": [""], "fingerprint": ["0"], "today": [date(2026, 11, 19)],
        "content": [Planned("tils", 8, Whom.ALL, None, date(2026, 12, 1))],
    }  # fmt: skip


#: Parameters that mean something else in one view.
SPECIAL: dict[tuple[str, str], Callable[[], list[Any]]] = {
    ("Viewer feedback.feedbacks", "show"): lambda: list(importlib.import_module("models.queries.feedback").Show),
    ("Viewer feedback.feedback_page", "show"): lambda: list(importlib.import_module("models.queries.feedback").Show),
    ("Viewer feedback.feedback_page", "after"): lambda: [0],
    ("Viewer alerts.alert_page", "after"): lambda: [0],
    ("Viewer alerts.alert_page", "owners"): lambda: [None],
    ("Viewer offers.grouped", "groups"): lambda: [[list(importlib.import_module("models.domain.offers").OfferState)]],
    ("Viewer offers.grouped", "first"): lambda: [100],
    ("Viewer offers.grouped", "after"): lambda: [0],
    ("Viewer offers.wishes", "first"): lambda: [100],
    ("Viewer offers.wishes", "after"): lambda: [0],
    # Keys that came with rows: these read nothing themselves.
    ("Viewer within.names", "rows"): lambda: [[]],
    ("Viewer within.births", "rows"): lambda: [[]],
    ("Viewer register.people", "show"): lambda: list(People),
    ("Viewer messages.inbox", "folder"): lambda: list(Folder),
    ("Viewer casefile.undecided", "after"): lambda: [0],
    ("Viewer goals.ended", "after"): lambda: [0],
    ("Viewer goals.ended", "first"): lambda: [100],
    ("Viewer trail.trail", "after"): lambda: [0],
    ("Viewer trail.trail", "reference"): lambda: [""],
    ("Viewer within.opened_with", "rows"): lambda: [[]],
    ("Viewer messages.waiting", "besides"): lambda: [[]],
    ("Viewer live.shown", "here"): lambda: [{}],
    ("Viewer staff.searched", "session"): lambda: [""],
    ("Viewer staff.searched", "name"): lambda: [""],
    ("Viewer register_chats.silent", "chat"): lambda: [True, False],
    ("Viewer offers.offers", "states"): lambda: [list(importlib.import_module("models.domain.offers").OfferState)],
}


async def read_everything(asker: Viewer | YoungPerson, kind: str, with_what: dict[str, list[Any]]) -> dict[str, str]:
    """All that every view says to this asker, as one text a view."""
    said: dict[str, str] = {}
    for name, view in views():
        if not name.startswith(kind):
            continue
        parameters = list(inspect.signature(view.__wrapped__).parameters.values())[1:]
        unknown = [one.name for one in parameters if one.name not in with_what and (name, one.name) not in SPECIAL]
        assert unknown == [], f"say in `supply` what {name} is asked with: {unknown}"
        choices = [
            SPECIAL[name, one.name]() if (name, one.name) in SPECIAL else with_what[one.name] for one in parameters
        ]
        for chosen in itertools.product(*choices):
            asked = dict(zip((one.name for one in parameters), chosen, strict=True))
            try:
                answer = repr(await view(asker, **asked))
            except Refusal:
                continue
            # What was asked with is no answer.
            for value in chosen:
                answer = answer.replace(repr(value), "?") if isinstance(value, str) and value in {
                    FOR_SOMEONE_ELSE, FOR_THE_CASEWORKER} else answer  # fmt: skip
            said[name] = said.get(name, "") + answer
    return said


def traces(said: dict[str, str], words: str, ids: tuple[str, ...]) -> list[str]:
    """The views that let the words through, or even that there is such feedback."""
    return [name for name, text in said.items() if words in text or any(one in text for one in ids)]


@pytest.fixture
async def given(amina: YoungPerson, cast: Cast, now: datetime) -> Hidden:
    return await hidden.hide(amina, cast, now, chat_id=1)


async def test_for_someone_else_reaches_neither_caseworker_nor_substitute_nor_a_leader_who_is_either(
    given: Hidden, amina: YoungPerson, cast: Cast, now: datetime
) -> None:
    with_what = await supply(given, cast, now)
    assert len(traces(await read_everything(cast.per, "Viewer", with_what), FOR_SOMEONE_ELSE, ())) >= 3
    await change(Person, {"id": cast.amina}, substitute_id=cast.lars.staff_id)
    for viewer in (cast.mette, cast.lars, cast.siri, cast.odd, cast.admin, cast.nanna):
        said = await read_everything(viewer, "Viewer", with_what)
        assert traces(said, FOR_SOMEONE_ELSE, given.someone_else) == [], viewer.name
    await change(Person, {"id": cast.amina}, substitute_id=cast.per.staff_id)
    said = await read_everything(cast.per, "Viewer", with_what)
    assert traces(said, FOR_SOMEONE_ELSE, given.someone_else) == []


async def test_for_the_caseworker_reaches_those_it_may_and_nobody_else(
    given: Hidden, cast: Cast, now: datetime
) -> None:
    with_what = await supply(given, cast, now)
    for viewer in (cast.mette, cast.per):
        assert traces(await read_everything(viewer, "Viewer", with_what), FOR_THE_CASEWORKER, ()) != []
    for viewer in (cast.siri, cast.lars, cast.odd, cast.admin, cast.nanna):
        said = await read_everything(viewer, "Viewer", with_what)
        assert traces(said, FOR_THE_CASEWORKER, given.caseworker) == [], viewer.name


async def test_only_as_statistics_is_a_number_and_reaches_nobody(given: Hidden, cast: Cast, now: datetime) -> None:
    with_what = await supply(given, cast, now)
    for viewer in (cast.mette, cast.per, cast.siri):
        said = await read_everything(viewer, "Viewer", with_what)
        assert [name for name, text in said.items() if given.counted in text] == []


async def test_another_young_person_meets_none_of_it(
    given: Hidden, amina: YoungPerson, jonas: YoungPerson, cast: Cast, now: datetime
) -> None:
    with_what = await supply(given, cast, now)
    own = await read_everything(amina, "Whose", with_what)
    assert len(traces(own, FOR_SOMEONE_ELSE, ())) >= 2
    said = await read_everything(jonas, "Whose", with_what)
    for words, ids in ((FOR_SOMEONE_ELSE, given.someone_else), (FOR_THE_CASEWORKER, given.caseworker)):
        assert traces(said, words, ids) == []
