"""Feedback: who may read it, and the loop from said to done."""

import itertools
from datetime import UTC, datetime

import pytest

from models.domain.errors import Invalid, Stale
from models.domain.feedback import (
    About,
    Audience,
    Colleague,
    State,
    closing_due,
    goes_to_lead,
    has_reader,
    is_closed,
    may_read,
    may_reopen,
    move,
    narrow,
    narrower,
    next_states,
    reopen,
    who_has_it,
    withdraw,
)
from models.domain.promises import OpeningHours
from models.domain.staff import Role


def readers(audience):
    """(role, is caseworker, is substitute) of everyone who may read."""
    return {
        (role, mine, standing_in)
        for role, mine, standing_in in itertools.product(Role, (False, True), (False, True))
        if may_read(audience, viewer_is_caseworker=mine, viewer_role=role, viewer_is_substitute=standing_in)
    }


def test_for_my_caseworker_means_the_caseworker_the_substitute_and_the_coordinator():
    assert readers(Audience.CASEWORKER) == {
        (Role.CASEWORKER, True, False),
        (Role.CASEWORKER, False, True),
        (Role.CASEWORKER, True, True),
        *itertools.product([Role.COORDINATOR], (False, True), (False, True)),
    }


def test_for_someone_else_means_the_coordinator_and_never_the_caseworker_whatever_the_role():
    assert readers(Audience.SOMEONE_ELSE) == {(Role.COORDINATOR, False, False)}


def test_only_as_statistics_is_read_by_nobody():
    assert readers(Audience.STATISTICS) == set()
    assert [has_reader(audience) for audience in Audience] == [True, True, False]


def test_there_are_six_things_it_can_be_about():
    assert [about.value for about in About] == [
        "offer",
        "caseworker",
        "meeting",
        "decision",
        "something_good",
        "something_else",
    ]


LEGAL = {
    (State.SAID, State.SEEN): State.SEEN,
    (State.SAID, State.WITHDRAWN): State.WITHDRAWN,
    (State.SEEN, State.ANSWERED): State.ANSWERED,
    (State.ANSWERED, State.DONE): State.DONE,
    (State.ANSWERED, State.EXPLAINED): State.EXPLAINED,
} | {(state, state): state for state in State}
SKIPPED = {
    (State.SAID, State.ANSWERED),
    (State.SAID, State.DONE),
    (State.SAID, State.EXPLAINED),
    (State.SEEN, State.DONE),
    (State.SEEN, State.EXPLAINED),
    (State.SEEN, State.WITHDRAWN),
    (State.ANSWERED, State.WITHDRAWN),
}


@pytest.mark.parametrize(("state", "to"), list(itertools.product(State, State)))
def test_every_step_is_legal_skipped_or_too_late(state, to):
    if (state, to) in LEGAL:
        assert move(state, to) is LEGAL[state, to]
        return
    refusal, code = (Invalid, "feedback.too_early") if (state, to) in SKIPPED else (Stale, "feedback.moved_on")
    with pytest.raises(refusal) as refused:
        move(state, to)
    assert refused.value.code == code


def test_the_next_states_are_the_legal_steps():
    steps = {(state, to) for state in State for to in next_states(state)}
    assert steps == {(state, to) for state, to in LEGAL if state is not to}


def test_a_loop_is_closed_when_done_or_explained():
    assert {state for state in State if is_closed(state)} == {State.DONE, State.EXPLAINED}
    ends = {state for state in State if not next_states(state)}
    assert ends == {State.DONE, State.EXPLAINED, State.WITHDRAWN}


DESK = [
    Colleague("c", Role.CASEWORKER),
    Colleague("s", Role.CASEWORKER),
    Colleague("d", Role.CASEWORKER, duty=True),
    Colleague("k", Role.COORDINATOR),
    Colleague("l", Role.COORDINATOR, duty=True),
    Colleague("a", Role.ADMINISTRATOR),
]


@pytest.mark.parametrize(
    ("audience", "caseworker", "substitute", "away", "lead", "who"),
    [
        (Audience.CASEWORKER, "c", "s", set(), False, "c"),
        (Audience.CASEWORKER, "c", "s", {"c"}, False, "s"),
        (Audience.CASEWORKER, "c", "s", {"c", "s"}, False, "l"),
        (Audience.CASEWORKER, "c", None, {"c", "k", "l"}, False, "c"),
        (Audience.CASEWORKER, None, None, set(), False, "l"),
        (Audience.CASEWORKER, "c", "s", set(), True, "l"),
        (Audience.CASEWORKER, "l", "k", set(), True, "k"),
        (Audience.SOMEONE_ELSE, "c", "s", set(), False, "l"),
        (Audience.SOMEONE_ELSE, "c", "s", {"l"}, False, "k"),
        (Audience.SOMEONE_ELSE, "l", None, set(), False, "k"),
        (Audience.SOMEONE_ELSE, "l", "k", set(), False, None),
        (Audience.STATISTICS, "c", "s", set(), False, None),
    ],
)
def test_whoever_has_it_to_answer_may_read_it_and_is_there(audience, caseworker, substitute, away, lead, who):
    chosen = who_has_it(audience, DESK, caseworker_id=caseworker, substitute_id=substitute, away=away, lead=lead)
    assert chosen == who


def test_afterwards_fewer_may_see_it_and_never_more_and_only_while_nobody_has():
    assert [narrower(audience) for audience in Audience] == [
        (Audience.SOMEONE_ELSE, Audience.STATISTICS),
        (Audience.STATISTICS,),
        (),
    ]
    assert narrow(State.SAID, Audience.CASEWORKER, Audience.SOMEONE_ELSE) is Audience.SOMEONE_ELSE
    with pytest.raises(Invalid):
        narrow(State.SAID, Audience.SOMEONE_ELSE, Audience.CASEWORKER)
    for state in set(State) - {State.SAID}:
        with pytest.raises(Stale):
            narrow(state, Audience.CASEWORKER, Audience.STATISTICS)
    assert withdraw(State.SAID) is withdraw(State.WITHDRAWN) is State.WITHDRAWN
    with pytest.raises(Stale):
        withdraw(State.SEEN)


def test_that_it_did_not_help_is_taken_once_by_whoever_answered_and_once_by_a_coordinator():
    answered = (State.ANSWERED, State.DONE, State.EXPLAINED)
    assert {state for state in State if may_reopen(state, Audience.CASEWORKER, 0)} == set(answered)
    assert [may_reopen(State.DONE, Audience.CASEWORKER, n) for n in range(3)] == [True, True, False]
    assert [may_reopen(State.DONE, Audience.SOMEONE_ELSE, n) for n in range(3)] == [True, False, False]
    assert [goes_to_lead(n) for n in range(3)] == [False, False, True]
    assert reopen(State.EXPLAINED, Audience.SOMEONE_ELSE, 0) is State.SAID
    with pytest.raises(Stale):
        reopen(State.SEEN, Audience.CASEWORKER, 0)


def test_what_came_of_an_answer_is_said_within_two_weeks_on_a_working_day():
    friday = datetime(2026, 11, 27, 9, tzinfo=UTC)
    assert closing_due(friday, OpeningHours.DEFAULT) == datetime(2026, 12, 11, 8, tzinfo=UTC)
