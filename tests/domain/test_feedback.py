"""Feedback: who may read it, and the loop from said to done."""

import itertools

import pytest

from models.domain.errors import Invalid, Stale
from models.domain.feedback import About, Audience, State, has_reader, is_closed, may_read, move, next_states
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
    assert {state for state in State if not next_states(state)} == {State.DONE, State.EXPLAINED}
