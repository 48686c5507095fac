"""Letters out: what an answer from Telegram means, and what becomes of the letter."""

from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.domain.delivery import (
    BACKOFF,
    BETWEEN,
    GIVE_UP_TRIES,
    HALT,
    LEASE,
    PERSISTENCE,
    RESEND_AFTER,
    Blocked,
    CannotParse,
    Conflict,
    EditGone,
    Gone,
    LetterClass,
    LetterState,
    Next,
    NotModified,
    NotSent,
    Refused,
    Sent,
    Transport,
    Unauthorized,
    Unknown,
    after,
    backoff,
    carries_mark,
    chat_wait,
    classify,
    end_of_trying,
    may_send_now,
    outage_pause,
    priority,
    silent,
    unreachable,
)

NOW = datetime(2026, 11, 21, 11, tzinfo=UTC)
SPOKEN = {LetterClass.CRISIS, LetterClass.STAFF_REPLY}
NEVER_TWICE = {LetterClass.NUDGE, LetterClass.BROADCAST}

CERTAIN = st.one_of(
    st.builds(NotSent, st.sampled_from(["connect", "flood"]), st.none() | st.floats(0, 1e9)),
    st.builds(Blocked, st.just("blocked")),
    st.builds(Gone, st.just("chat_not_found")),
    st.builds(Refused, st.just("too_long")),
    st.sampled_from([NotModified(), CannotParse(), EditGone(), Unauthorized(), Conflict()]),
)
OUTCOMES = st.one_of(CERTAIN, st.builds(Sent, st.integers(1)), st.builds(Unknown, st.just("read_timeout")))
CLASSES = st.sampled_from(LetterClass)
JITTER = st.floats(-1, 1)
ENDS = st.none() | st.timedeltas(timedelta(0), timedelta(days=2)).map(lambda d: NOW + d)


def step(
    outcome, letter_class=LetterClass.STAFF_REPLY, attempts=0, unknowns=0, not_after=None, jitter=0.0, plain=False
):
    return after(
        outcome,
        letter_class=letter_class,
        attempts=attempts,
        unknowns=unknowns,
        now=NOW,
        not_after=not_after,
        jitter=jitter,
        plain=plain,
    )


def seconds(number):
    return NOW + timedelta(seconds=number)


# --- what an answer means -------------------------------------------------------------------------------------------

NOT_MODIFIED = (
    "Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a"
    " current content and reply markup of the message"
)
UNSUPPORTED = 'Bad Request: can\'t parse entities: Unsupported start tag "x" at byte offset 5'


@pytest.mark.parametrize(
    ("status", "description", "outcome"),
    [
        (400, "Bad Request: message text is empty", Refused("empty")),
        (400, "Bad Request: text must be non-empty", Refused("empty")),
        (400, "Bad Request: message is too long", Refused("too_long")),
        (400, "Bad Request: message caption is too long", Refused("too_long")),
        (400, "Bad Request: text is too long", Refused("too_long")),
        (400, UNSUPPORTED, CannotParse()),
        (400, "Bad Request: can't parse entities: Can't find end tag corresponding to start tag \"b\"", CannotParse()),
        (400, "Bad Request: chat not found", Gone("chat_not_found")),
        (400, "Bad Request: private chat not found", Gone("chat_not_found")),
        (400, "Bad Request: chat_id is empty", Gone("chat_not_found")),
        (400, "Bad Request: PEER_ID_INVALID", Gone("chat_not_found")),
        (400, NOT_MODIFIED, NotModified()),
        (400, "Bad Request: query is too old and response timeout expired or query ID is invalid", NotModified()),
        (400, "Bad Request: message to edit not found", EditGone()),
        (400, "Bad Request: message can't be edited", EditGone()),
        (400, "Bad Request: MESSAGE_ID_INVALID", EditGone()),
        (400, "Bad Request: message to be replied not found", Refused("reply_gone")),
        (400, "Bad Request: message thread not found", Refused("reply_gone")),
        (400, "Bad Request: reply markup is too long", Refused("buttons")),
        (400, "Bad Request: BUTTON_DATA_INVALID", Refused("buttons")),
        (400, "Bad Request: wrong file_id or the file is temporarily unavailable", Refused("file_gone")),
        (400, "Bad Request: file is too big", Refused("file_too_big")),
        (400, "Bad Request: group chat was upgraded to a supergroup chat", Gone("group")),
        (400, "Bad Request: something new", Refused("bad_request")),
        (401, "Unauthorized", Unauthorized()),
        (401, "Unauthorized: invalid token specified", Unauthorized()),
        (404, "Not Found", Unauthorized()),
        (404, "Not Found: method not found", Refused("method")),
        (421, "Misdirected Request: unallowed token specified", Unauthorized()),
        (403, "Forbidden: bot was blocked by the user", Blocked("blocked")),
        (403, "Forbidden: user is deactivated", Gone("deactivated")),
        (403, "Forbidden: bot can't initiate conversation with a user", Blocked("never_started")),
        (403, "Forbidden: the bot can't send messages to the bot", Gone("is_a_bot")),
        (403, "Forbidden: bot was kicked from the group chat", Blocked("forbidden")),
        (
            409,
            "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
            Conflict(),
        ),
        (409, "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook first", Conflict()),
        (413, "Request Entity Too Large", Refused("too_long")),
        (418, "", Refused("bad_request")),
        (408, "", Unknown("server")),
        (302, "<html>", Unknown("server")),
        (500, "Internal Server Error: restart", Unknown("server")),
        (502, "<html><body>Bad Gateway</body></html>", Unknown("server")),
        (504, "", Unknown("server")),
        (200, "", Unknown("unreadable")),
        (None, "", Unknown("no_answer")),
    ],
)
def test_each_answer_of_telegram_has_one_meaning(status, description, outcome):
    assert classify(status, description) == outcome


def test_an_accepted_message_is_sent():
    assert classify(200, "", message_id=17) == Sent(17)


@pytest.mark.parametrize(
    ("description", "retry_after", "expected"),
    [
        ("Too Many Requests: retry after 35", 35.0, 35.0),
        ("Too Many Requests: retry after 35", None, 35.0),
        ("Too Many Requests", None, None),
        ("", 0.0, 0.0),
        ("", -3.0, None),
        ("", float("nan"), None),
        ("", float("inf"), 86400.0),
        ("Too Many Requests: retry after 999999999", None, 86400.0),
    ],
)
def test_too_many_requests_says_how_long(description, retry_after, expected):
    assert classify(429, description, retry_after) == NotSent("flood", expected)


def test_how_far_the_request_came_decides_whether_it_can_have_arrived():
    certain = {"connect", "connect_timeout", "pool", "dns", "tls"}
    unknown = {"read_timeout", "write_timeout", "reset", "lease_expired"}
    assert set(get_args(Transport)) == certain | unknown | {"ok"}
    assert [classify(None, "", transport=t) for t in sorted(certain)] == [NotSent(t) for t in sorted(certain)]
    assert [classify(None, "", transport=t) for t in sorted(unknown)] == [Unknown(t) for t in sorted(unknown)]


@given(st.none() | st.integers(100, 599), st.text(max_size=60), st.none() | st.floats())
def test_nothing_telegram_says_leaves_with_its_words(status, description, retry_after):
    outcome = classify(status, f"Bad Request: kanarie {description}", retry_after)
    assert "kanarie" not in repr(outcome)


# --- what becomes of the letter -------------------------------------------------------------------------------------


def test_sent_is_sent_under_its_message_id():
    assert step(Sent(7), attempts=2, unknowns=1) == Next(LetterState.SENT, None, 3, unknowns=1, message_id=7)
    assert step(NotModified()) == Next(LetterState.SENT, None, 1)


@pytest.mark.parametrize("letter_class", LetterClass)
def test_a_blocked_or_broken_chat_holds_every_letter(letter_class):
    assert step(Blocked("blocked"), letter_class) == Next(LetterState.HELD, None, 1, error="blocked")
    assert step(Gone("deactivated"), letter_class) == Next(LetterState.HELD, None, 1, error="deactivated")


def test_a_refused_letter_is_dead_and_says_why():
    assert step(Refused("too_long")) == Next(LetterState.DEAD, None, 1, error="too_long")


def test_a_certain_failure_is_tried_again_slower_and_slower():
    waits = [step(NotSent("connect"), attempts=n) for n in range(10)]
    assert [(w.next_at - NOW).total_seconds() for w in waits] == [1, 2, 5, 10, 30, 60, 120, 300, 300, 300]
    assert waits[3] == Next(LetterState.WAITING, seconds(10), 4, error="connect")


def test_jitter_is_a_fifth_up_or_down_and_no_more():
    assert [backoff(3, jitter).total_seconds() for jitter in (-1, 0, 1, 7, -7)] == [8, 10, 12, 12, 8]


def test_a_flood_freezes_the_whole_bot_for_exactly_as_long_as_telegram_said():
    for letter_class in LetterClass:
        assert step(NotSent("flood", 35.0), letter_class, jitter=1.0) == Next(
            LetterState.WAITING, seconds(35), 1, freeze_until=seconds(35), error="flood"
        )
    assert step(NotSent("flood"), attempts=2) == Next(
        LetterState.WAITING, seconds(5), 3, freeze_until=seconds(5), error="flood"
    )


def test_a_flood_freezes_even_when_this_letter_has_lost_its_point():
    late = step(NotSent("flood", 35.0), LetterClass.NUDGE, not_after=seconds(10))
    assert late == Next(LetterState.CANCELLED, None, 1, freeze_until=seconds(35), error="expired")


@pytest.mark.parametrize(("outcome", "error"), [(Unauthorized(), "unauthorized"), (Conflict(), "conflict")])
def test_a_refused_token_or_a_second_instance_stops_everything_and_keeps_the_queue(outcome, error):
    stopped = Next(LetterState.WAITING, NOW + HALT, 1, freeze_until=NOW + HALT, error=error)
    assert [step(outcome, letter_class) for letter_class in LetterClass] == [stopped] * 6


def test_what_cannot_be_parsed_goes_once_as_plain_text():
    assert step(CannotParse()) == Next(LetterState.WAITING, NOW, 1, resend_plain=True, error="cannot_parse")
    assert step(CannotParse(), attempts=1, plain=True) == Next(LetterState.DEAD, None, 2, error="cannot_parse")


def test_a_screen_that_is_gone_is_sent_anew():
    assert step(EditGone()) == Next(LetterState.WAITING, NOW, 1, new_message=True, error="edit_gone")


@pytest.mark.parametrize("outcome", [CannotParse(), EditGone()])
def test_a_mend_that_does_not_mend_slows_down(outcome):
    assert [(step(outcome, attempts=n).next_at - NOW).total_seconds() for n in range(4)] == [0, 2, 5, 10]


@pytest.mark.parametrize("letter_class", sorted(SPOKEN))
def test_a_humans_words_are_sent_once_more_and_marked_then_staff_decide(letter_class):
    first = step(Unknown("read_timeout"), letter_class)
    assert first == Next(LetterState.WAITING, NOW + LEASE, 1, mark_resent=True, error="read_timeout", unknowns=1)
    second = step(Unknown("lease_expired"), letter_class, attempts=1, unknowns=1)
    assert second == Next(LetterState.UNSURE, None, 2, error="lease_expired", unknowns=2)
    assert [carries_mark(letter_class, n) for n in (0, 1, 2)] == [False, True, True]


def test_a_question_is_asked_again_three_times_and_never_marked():
    steps = [step(Unknown("reset"), LetterClass.QUESTION, attempts=n, unknowns=n) for n in range(4)]
    assert [s.state for s in steps] == [LetterState.WAITING] * 3 + [LetterState.UNSURE]
    assert [s.next_at for s in steps] == [seconds(60), seconds(300), seconds(1800), None]
    assert [s.mark_resent for s in steps] == [False] * 4
    assert carries_mark(LetterClass.QUESTION, 3) is False


def test_a_direct_answer_is_sent_once_more():
    steps = [step(Unknown("reset"), LetterClass.DIRECT_ANSWER, attempts=n, unknowns=n) for n in range(2)]
    assert [s.state for s in steps] == [LetterState.WAITING, LetterState.UNSURE]


def test_a_resend_that_would_come_too_late_is_not_made():
    late = step(Unknown("reset"), LetterClass.QUESTION, not_after=seconds(60))
    assert late == Next(LetterState.UNSURE, None, 1, error="reset", unknowns=1)


@pytest.mark.parametrize("letter_class", LetterClass)
def test_a_letter_that_has_lost_its_point_is_not_sent_next_morning(letter_class):
    ended = step(NotSent("connect"), letter_class, attempts=7, not_after=seconds(300))
    if letter_class in SPOKEN | {LetterClass.DIRECT_ANSWER}:
        assert ended == Next(LetterState.DEAD, None, 8, error="connect")
    else:
        assert ended == Next(LetterState.CANCELLED, None, 8, error="expired")


def test_a_letter_that_may_have_arrived_is_never_called_dead():
    ended = step(NotSent("connect"), attempts=7, unknowns=1, not_after=seconds(1))
    assert ended == Next(LetterState.UNSURE, None, 8, error="connect", unknowns=1)


def test_a_humans_words_are_tried_for_a_day():
    created = NOW - timedelta(hours=1)
    wanted = NOW + timedelta(minutes=5)
    ends = [end_of_trying(letter_class, created, wanted) for letter_class in LetterClass]
    assert ends == [created + PERSISTENCE] * 2 + [wanted] * 4
    assert end_of_trying(LetterClass.NUDGE, created, None) is None


def test_without_an_end_the_tries_themselves_last_a_day_and_then_it_shows():
    tries, spent = 0, 0.0
    while (result := step(NotSent("connect"), attempts=tries)).state is LetterState.WAITING:
        spent += (result.next_at - NOW).total_seconds()
        tries = result.attempts
    assert result == Next(LetterState.DEAD, None, GIVE_UP_TRIES, error="connect")
    assert 0 <= PERSISTENCE.total_seconds() - spent <= 300


@given(OUTCOMES, CLASSES, st.integers(0, 400), st.integers(0, 5), ENDS, JITTER, st.booleans())
def test_every_step_is_sound(outcome, letter_class, attempts, unknowns, not_after, jitter, plain):
    result = step(outcome, letter_class, attempts, unknowns, not_after, jitter, plain)
    assert result.attempts == attempts + 1
    assert result.unknowns == unknowns + isinstance(outcome, Unknown)
    assert (result.next_at is not None) is (result.state is LetterState.WAITING)
    assert result.state not in {LetterState.QUEUED, LetterState.SENDING}
    assert (result.state is LetterState.SENT) is isinstance(outcome, Sent | NotModified)
    if result.next_at is not None:
        assert result.next_at >= NOW
        assert not_after is None or result.next_at < not_after
    if result.freeze_until is not None and result.next_at is not None:
        assert result.next_at >= result.freeze_until
    if result.mark_resent:
        assert letter_class in SPOKEN


@given(CERTAIN, CLASSES, st.integers(0, 400), st.integers(0, 5), ENDS, JITTER)
def test_a_certain_failure_never_marks_a_letter_as_sent_again(
    outcome, letter_class, attempts, unknowns, not_after, jitter
):
    assert step(outcome, letter_class, attempts, unknowns, not_after, jitter).mark_resent is False


def live(outcomes, letter_class, not_after):
    """Follow one letter; returns its steps until it comes to rest."""
    steps, attempts, unknowns = [], 0, 0
    for outcome in outcomes:
        result = step(outcome, letter_class, attempts, unknowns, not_after)
        steps.append((outcome, result))
        attempts, unknowns = result.attempts, result.unknowns
        if result.state is not LetterState.WAITING:
            break
    return steps


@given(st.lists(OUTCOMES, min_size=1, max_size=30), st.sampled_from(sorted(NEVER_TWICE)), ENDS)
def test_a_nudge_is_never_sent_again_after_it_may_have_arrived(outcomes, letter_class, not_after):
    steps = live(outcomes, letter_class, not_after)
    maybe = [index for index, (outcome, _) in enumerate(steps) if isinstance(outcome, Unknown)]
    assert maybe in ([], [len(steps) - 1])
    if maybe:
        assert steps[-1][1].state is LetterState.UNSURE


@given(st.lists(OUTCOMES, min_size=1, max_size=30), CLASSES, ENDS)
def test_a_letter_arrives_at_most_once_more_than_its_class_allows(outcomes, letter_class, not_after):
    steps = live(outcomes, letter_class, not_after)
    maybe = sum(isinstance(outcome, Unknown) for outcome, _ in steps)
    assert maybe <= len(RESEND_AFTER[letter_class]) + 1
    assert [result.attempts for _, result in steps] == list(range(1, len(steps) + 1))


# --- order, quiet hours, rate ---------------------------------------------------------------------------------------


def test_a_cry_for_help_goes_before_a_reply_and_a_reply_before_everything_the_bot_starts():
    order = ["crisis", "staff_reply", "direct_answer", "question", "nudge", "broadcast"]
    assert sorted(frozenset(LetterClass), key=priority) == order
    assert [priority(LetterClass(name)) for name in order] == [0, 1, 2, 3, 4, 5]


def test_quiet_hours_bind_only_what_the_bot_starts_by_itself():
    free = {c for c in LetterClass if may_send_now(c, now=NOW, in_quiet_hours=True)}
    assert free == SPOKEN | {LetterClass.DIRECT_ANSWER}
    assert {c for c in LetterClass if may_send_now(c, now=NOW, in_quiet_hours=False)} == set(LetterClass)


def test_nothing_leaves_after_it_has_lost_its_point():
    assert may_send_now(LetterClass.NUDGE, now=NOW, in_quiet_hours=False, not_after=seconds(1)) is True
    assert may_send_now(LetterClass.NUDGE, now=NOW, in_quiet_hours=False, not_after=NOW) is False


def test_a_staff_reply_in_quiet_hours_makes_no_sound():
    assert {c for c in LetterClass if silent(c, in_quiet_hours=True)} == {LetterClass.STAFF_REPLY}
    assert {c for c in LetterClass if silent(c, in_quiet_hours=False)} == set()


def test_a_lease_is_longer_than_connecting_and_reading():
    assert timedelta(seconds=5 + 35) < LEASE
    assert [waits[0] for waits in RESEND_AFTER.values() if waits] == [LEASE.total_seconds()] * 4


def test_one_chat_gets_three_at_once_and_the_next_three_seconds_after_the_first():
    assert chat_wait([], NOW) == 0.0
    assert chat_wait([NOW, NOW], NOW) == 0.0
    assert chat_wait([NOW, NOW, NOW], seconds(1)) == 2.0
    assert chat_wait([seconds(2), NOW, seconds(1)], seconds(2.5)) == 0.5
    assert chat_wait([NOW, NOW, NOW], seconds(3)) == 0.0


@given(st.lists(st.floats(0, 2, allow_nan=False), max_size=60))
def test_whatever_a_chat_is_sent_telegrams_bucket_of_three_never_runs_dry(pauses):
    now, sent, level, filled = NOW, [], 3.0, NOW
    for pause in pauses:
        now += timedelta(seconds=pause)
        now += timedelta(seconds=chat_wait(sent, now))
        level, filled = min(3.0, level + (now - filled).total_seconds()), now
        assert level >= 1 - 1e-6
        level -= 1
        sent.append(now)


def test_letters_leave_evenly_and_just_under_thirty_a_second():
    assert 29 < timedelta(seconds=1) / BETWEEN < 30


def test_an_outage_stops_the_bot_longer_each_time_and_half_a_minute_at_most():
    assert [outage_pause(n).total_seconds() for n in (0, 1, 2, 3, 4, 5, 6, 7, 99)] == [1, 1, 2, 5, 10, 20, 30, 30, 30]


@pytest.mark.parametrize("reason", ["connect", "connect_timeout", "dns", "tls"])
def test_no_connection_at_all_is_an_outage(reason):
    assert unreachable(NotSent(reason))


@pytest.mark.parametrize(
    "outcome", [NotSent("flood", 3.0), NotSent("pool"), Unknown("reset"), Sent(1), Blocked("blocked")]
)
def test_everything_else_is_the_letters_own_affair(outcome):
    assert not unreachable(outcome)


def test_after_a_lease_that_ran_out_a_reply_is_sent_again_at_once():
    told = after(
        Unknown("lease_expired"), letter_class=LetterClass.STAFF_REPLY, attempts=0, unknowns=0, now=NOW, not_after=None
    )
    assert (told.state, told.next_at, told.mark_resent) == (LetterState.WAITING, NOW, True)


def test_the_backoff_is_the_one_in_the_design():
    assert BACKOFF == (1, 2, 5, 10, 30, 60, 120, 300)
