"""An offer's life, and every answer in every state."""

import itertools
from datetime import UTC, date, datetime, timedelta

import pytest

from models.domain.errors import Invalid, Stale
from models.domain.offers import (
    Answer,
    Change,
    OfferState,
    WishState,
    answer,
    available_answers,
    changes,
    counts_as_offered,
    end,
    is_waiting,
    may_wish,
    pause,
    publish,
    revise,
    settle_wish,
    start,
    waiting_days,
    withdraw,
)

NOW = datetime(2026, 11, 21, 11, tzinfo=UTC)
UNTIL = date(2030, 5, 14)
D, P, A, N, C, S, Z, E, W = OfferState
CLOSED = (Stale, "offer.closed")
DRAFT = (Invalid, "offer.draft")

# Columns: YES, NO, CHANGE, ASK, REGRET.
TABLE = {
    D: (DRAFT, DRAFT, DRAFT, DRAFT, DRAFT),
    P: (A, N, C, P, P),
    A: (A, CLOSED, CLOSED, A, P),
    N: (CLOSED, N, CLOSED, N, P),
    C: (A, N, C, C, P),
    S: (S, CLOSED, CLOSED, S, CLOSED),
    Z: (Z, CLOSED, CLOSED, Z, CLOSED),
    E: (CLOSED, CLOSED, CLOSED, CLOSED, CLOSED),
    W: (CLOSED, CLOSED, CLOSED, CLOSED, CLOSED),
}


def result(deed, *args, **kwargs):
    try:
        return deed(*args, **kwargs)
    except (Stale, Invalid) as refusal:
        return type(refusal), refusal.code


def test_the_nine_states_are_named_as_they_are_stored():
    assert [state.value for state in OfferState] == [
        "draft",
        "published",
        "accepted",
        "declined",
        "change_asked",
        "started",
        "paused",
        "ended",
        "withdrawn",
    ]


@pytest.mark.parametrize(("state", "pressed"), list(itertools.product(OfferState, Answer)))
def test_every_answer_in_every_state(state, pressed):
    expected = TABLE[state][list(Answer).index(pressed)]
    assert result(answer, state, pressed, now=NOW, until=UNTIL) == expected


@pytest.mark.parametrize(("state", "pressed"), list(itertools.product(OfferState, Answer)))
def test_a_second_press_of_the_same_button_changes_nothing(state, pressed):
    first = result(answer, state, pressed, now=NOW, until=UNTIL)
    if isinstance(first, OfferState):
        assert answer(first, pressed, now=NOW, until=UNTIL) is first


@pytest.mark.parametrize("state", OfferState)
def test_every_button_shown_works(state):
    for pressed in available_answers(state):
        assert isinstance(result(answer, state, pressed, now=NOW, until=UNTIL), OfferState)


def test_the_buttons_stand_in_the_order_of_the_screen():
    assert available_answers(P) == (Answer.YES, Answer.CHANGE, Answer.NO, Answer.ASK)
    assert available_answers(N) == (Answer.REGRET, Answer.ASK)
    assert available_answers(W) == ()


def test_regret_is_open_until_the_day_of_the_23rd_birthday_in_copenhagen():
    last_minute = datetime(2030, 5, 13, 21, 59, tzinfo=UTC)
    birthday = datetime(2030, 5, 13, 22, 0, tzinfo=UTC)
    assert result(answer, N, Answer.REGRET, now=last_minute, until=UNTIL) is P
    assert result(answer, A, Answer.REGRET, now=last_minute, until=UNTIL) is P
    assert result(answer, N, Answer.REGRET, now=birthday, until=UNTIL) == (Stale, "offer.too_late")
    assert result(answer, A, Answer.REGRET, now=birthday, until=UNTIL) == (Stale, "offer.too_late")
    assert result(answer, P, Answer.YES, now=birthday, until=UNTIL) == (Stale, "offer.too_late")
    assert result(answer, P, Answer.ASK, now=birthday, until=UNTIL) is P
    assert result(answer, A, Answer.YES, now=birthday, until=UNTIL) is A


MOVED = (Stale, "offer.moved_on")
# Columns: publish, revise, start, pause, end, withdraw.
MUNICIPALITY = {
    D: (P, D, MOVED, MOVED, MOVED, W),
    P: (P, P, MOVED, MOVED, MOVED, W),
    A: (MOVED, P, S, MOVED, MOVED, W),
    N: (MOVED, P, MOVED, MOVED, MOVED, MOVED),
    C: (MOVED, P, MOVED, MOVED, MOVED, W),
    S: (MOVED, S, S, Z, E, MOVED),
    Z: (MOVED, Z, S, Z, E, MOVED),
    E: (MOVED, MOVED, MOVED, MOVED, E, MOVED),
    W: (MOVED, MOVED, MOVED, MOVED, MOVED, W),
}


@pytest.mark.parametrize("state", OfferState)
def test_every_deed_of_the_municipality_in_every_state(state):
    deeds = (publish, revise, start, pause, end, withdraw)
    assert tuple(result(deed, state) for deed in deeds) == MUNICIPALITY[state]


def test_nothing_starts_without_a_yes():
    begun = {state for state in OfferState if result(start, state) is S}
    assert begun == {A, Z, S}


def test_only_a_published_offer_waits_for_an_answer():
    assert [state for state in OfferState if is_waiting(state)] == [P]


def test_a_draft_has_not_been_offered_to_anyone():
    assert [state for state in OfferState if not counts_as_offered(state)] == [D, W]


@pytest.mark.parametrize(
    ("published", "now", "days"),
    [
        ("2026-11-21T08:00+00:00", "2026-11-21T22:59+00:00", 0),
        ("2026-11-21T22:59+00:00", "2026-11-21T23:00+00:00", 1),
        ("2026-10-24T12:00+00:00", "2026-10-26T12:00+00:00", 2),
        ("2026-11-12T09:00+00:00", "2026-11-21T11:00+00:00", 9),
        ("2026-11-21T11:00+00:00", "2026-11-20T11:00+00:00", 0),
    ],
)
def test_waiting_is_counted_in_days_in_copenhagen(published, now, days):
    assert waiting_days(datetime.fromisoformat(published), datetime.fromisoformat(now)) == days


def test_what_a_revision_changed_is_said_field_by_field_in_reading_order() -> None:
    before = {"title": "Kontaktperson", "how_often": "1 time", "where": "Rådhuset", "purpose": "Skole"}
    after = {"title": "Kontaktperson ", "how_often": "2 timer", "where": "", "purpose": "Skole", "starts": "2026-12-01"}
    assert changes(before, after) == (
        Change("how_often", "1 time", "2 timer"), Change("starts", "", "2026-12-01"), Change("where", "Rådhuset", ""),
    )  # fmt: skip
    assert changes(before, before) == ()
    assert changes({"kind": "a"}, {"kind": "b"}) == ()


def test_a_wish_is_settled_once_and_the_same_again_changes_nothing() -> None:
    waiting, offered, explained = WishState.WAITING, WishState.OFFERED, WishState.EXPLAINED
    assert settle_wish(waiting, offered) is offered
    assert settle_wish(explained, explained) is explained
    with pytest.raises(Stale):
        settle_wish(offered, WishState.TAKEN_BACK)


def test_wishes_are_open_until_midnight_in_copenhagen_before_the_23rd_birthday() -> None:
    birthday = date(2030, 8, 3)
    midnight = datetime(2030, 8, 2, 22, tzinfo=UTC)
    assert may_wish(midnight - timedelta(seconds=1), birthday)
    assert not may_wish(midnight, birthday)
