"""What happens in the invented people's lives within a span of time: they are asked, write, get offers, are answered.

The history that is seeded and the days that are lived later are the same deeds over different spans. Personas are left
out: the visitor plays them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from heapq import heapify, heappop, heappush
from random import Random
from typing import Any

from hoert.demo import answers, writing
from hoert.demo.people import PLACES, OfferLife, Step, World, Young, dice_for, moment
from hoert.demo.stories import offered_content
from hoert.demo.writing import HOURS, Talk
from locales import has, text
from models.actions.invented import Batch
from models.domain import alerts, promises, scoring
from models.domain.alerts import Reason
from models.domain.figures.periods import Period
from models.domain.localtime import instant, local_date
from models.domain.register import adult_on
from models.tables.keys import Vault

TALKS = 16
THANKS = 4
_RUNNING = frozenset({"due", "asked", "open"})
_WITH = ("Thit Nørby", "Bo Ravnkilde", "Carl Vestrup", "Lis Maarup", "Rikke Sand", "Ole Bidstrup", "Jane Kiel")
_FEEDBACK = ("meeting", "offer", "decision", "something_good", "something_else")


@dataclass(slots=True)
class Span:
    """The time from `then` (not included) to `now` (included), and what is there already when it is lived."""

    batch: Batch
    world: World
    then: datetime
    now: datetime
    over: dict[str, Vault]
    absent: tuple[str, str, date]
    #: (person, instrument, period) -> (check-in, state)
    asked: dict[tuple[str, str, str], tuple[str, str]] = field(default_factory=dict)
    keys: set[str] = field(default_factory=set)
    threads: dict[str, dict[str, Any]] = field(default_factory=dict)
    waiting: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    offers: dict[str, dict[str, Any]] = field(default_factory=dict)
    fresh: bool = True
    #: Threads in which nothing waits any more.
    quiet: list[str] = field(default_factory=list)

    def within(self, at: datetime) -> bool:
        """Whether a moment lies in the span."""
        return self.then < at <= self.now

    def dice(self, *parts: object) -> Random:
        """Dice that fall the same for the same things."""
        return dice_for(self.world.rng_seed, *parts)

    def is_closed(self, young: Young, instrument: str, period: str) -> bool:
        """Whether this was asked and nothing more can come of it."""
        there = self.asked.get((young.id, instrument, period))
        return there is not None and there[1] not in _RUNNING

    def answering(self, young: Young, at: datetime) -> str:
        """Who answers for somebody at that moment: the caseworker, or the substitute of the one who is away."""
        away, instead, first = self.absent
        return instead if young.caseworker_id == away and local_date(at) >= first else young.caseworker_id


def asked_hoert5(span: Span, people: Iterable[Young], kinds: dict[tuple[str, int], str]) -> None:
    """Hørt-5 in every window that was open in the span, for everybody who could be asked."""
    rounds = {place.slug: list(_periods(span, place.slug, kinds)) for place in PLACES}
    for young in people:
        for period in rounds[young.place.slug]:
            if span.is_closed(young, "hoert5", period.key):
                continue
            asking = _hoert5(span, young, period)
            if asking is not None and asking.due_at <= span.now and not (young.persona and span.now < period.ends_at):
                _put(span, asking)


def asked_who5(span: Span, people: Iterable[Young], first: date) -> None:
    """WHO-5 for whoever is asked it, from `first` on, and somebody who follows up where it is low."""
    last = local_date(span.now)
    for young in people:
        for asking in answers.who5_between(span.world, young, first, last):
            if asking.due_at <= span.now and _put(span, asking) and asking.at is not None and asking.at <= span.now:
                _follow_up(span, asking, asking.at)


def asked_planned(span: Span, asked: Iterable[tuple[Young, str, int, date]], first: date) -> None:
    """What a plan of the municipality asks beside the usual: (whom, instrument, weeks, a day it was due)."""
    last = local_date(span.now)
    for young, instrument, weeks, anchor in asked:
        day = first + timedelta(days=(anchor - first).days % (7 * weeks))
        while day <= last:
            asking = answers.planned(span.world, young, instrument, day)
            if asking.due_at <= span.now and young.here(asking.due_at):
                _put(span, asking)
            day += timedelta(days=7 * weeks)


def looked(world: World, young: Young, until: datetime) -> datetime | None:
    """When somebody last opened their chat to look, up to an instant; None for who does not."""
    if young.silent or young.joined_at is None:
        return None
    dice = dice_for(world.rng_seed, young.reference, "looks")
    every, offset, hour = dice.choice((1, 2, 3, 4, 5, 7, 9, 14, 25)), dice.randrange(25), dice.randint(8, 22)
    day = local_date(until)
    day -= timedelta(days=(day.toordinal() + offset) % every)
    at = moment(day, hour)
    return max(young.joined_at, at if at <= until else moment(day - timedelta(days=every), hour))


def talked(span: Span, people: Iterable[Young], first: date) -> None:
    """The messages of these days, their answers, and the answers to what waited before."""
    asks: dict[str, list[tuple[datetime, str]]] = {}
    for place in PLACES:
        # Everybody there ever was, so that the same day always falls to the same person.
        talkers = [young for young in span.world.people if young.place is place and young.talks]
        day = first
        while day <= local_date(span.now):
            _ask(span, place.slug, place.size[1], talkers, day, asks)
            day += timedelta(days=1)
    for young in people:
        if not young.persona and (young.id in asks or young.id in span.waiting):
            _converse(span, young, asks.get(young.id, []))


def offered(span: Span, people: Iterable[Young]) -> None:
    """Offers are made, answered, begun and ended; the register knows what came of it."""
    for young in people:
        if young.persona or young.situation == "told" or young.offered_on is None:
            continue
        kind, whom, steps = offer_life(span.world, young)
        past = [step for step in steps if step.at <= span.now]
        row = span.offers.get(young.id)
        if not past:
            continue
        if row is None:
            if not span.fresh and not span.within(past[0].at):
                continue
            content = offered_content(young, kind, whom, _starts(steps))
            writing.put_offer(span.batch, young, kind, content, past, young.caseworker_id)
        else:
            # Where the visitor has done something to it, it goes no other way by itself.
            if row["state"] != state_after([step for step in steps if step.at <= row["at"]]):
                continue
            past = [step for step in past if step.at > row["at"]]
            writing.move_offer(span.batch, young, row["id"], kind, past, young.caseworker_id)
        if not span.fresh and (changes := register_after(past)):
            span.batch.change("person", young.id, **changes)


def gave_feedback(span: Span, people: Iterable[Young]) -> None:
    """Some have given feedback, and the loop was closed."""
    for young in people:
        dice = span.dice(young.reference, "feedback")
        if young.joined_at is None or young.situation == "told" or dice.random() > 0.16:
            continue
        start = max(young.joined_at, span.now - timedelta(days=500)) + timedelta(days=20)
        at = start + timedelta(days=dice.randint(0, 420), hours=dice.randint(0, 5))
        if not at < min(span.now - timedelta(days=12), young.left_at):
            continue
        about = dice.choice(_FEEDBACK)
        closed = promises.add_working_time(at, HOURS, timedelta(hours=dice.uniform(2, 14)))
        if dice.random() < 0.15:
            writing.put_feedback(span.batch, young, about, "statistics", at, state="done", closed_at=at)
            continue
        done = about in {"something_good", "meeting", "offer"} or dice.random() < 0.5
        writing.put_feedback(
            span.batch, young, about, "caseworker", at, words=text(f"demo.feedback.{about}.words", young.language),
            answer=text(f"demo.feedback.{about}.answer", young.language), by=young.caseworker_id,
            state="done" if done else "explained", seen_at=min(closed, at + timedelta(hours=20)), closed_at=closed,
            heard=dice.choice((0, 2, 3, 4, 4, 5, 5, 5)),
        )  # fmt: skip


def offer_life(world: World, young: Young) -> OfferLife:
    """The kind of offer somebody gets, with whom, and everything that comes of it, also what is still to come."""
    if young.id not in world.offers:
        world.offers[young.id] = _offer_life(world, young)
    return world.offers[young.id]


def _offer_life(world: World, young: Young) -> OfferLife:
    dice = dice_for(world.rng_seed, young.reference, "offer")
    kinds = young.place.offers
    kind = dice.choice((kinds[0], *kinds))
    whom = dice.choice(_WITH) if kind in {"contact_person", "own_home", "mentor"} else ""
    offered = young.offered_on or young.left_on
    at = instant(offered, time(dice.choice((9, 10, 11, 13)), dice.randrange(60)))
    if young.situation == "draft":
        return kind, whom, [Step("drafted", at)]
    steps = [Step("published", at)]
    looked = at + timedelta(days=dice.randint(0, 3), hours=5)
    said = looked + timedelta(days=dice.choice((0, 0, 1, 2, 3, 5, 8, 13, 19)), minutes=dice.randint(2, 200))
    steps.append(Step("seen", looked))
    if young.situation == "declined":
        words = text(f"demo.no.{dice.randint(1, 3)}", young.language) if dice.random() < 0.5 else ""
        steps.append(Step("no", said, words))
    else:
        if young.situation == "changed":
            words = text(f"demo.change.{dice.randint(1, 2)}", young.language)
            steps += [Step("change", said, words), Step("revised", said + timedelta(days=9))]
            said += timedelta(days=12)
        begun = max(said + timedelta(days=dice.randint(4, 40)), instant(adult_on(young.birth), time(10)))
        steps += [Step("yes", said), Step("started", begun)]
        if young.situation == "paused":
            steps.append(Step("paused", begun + timedelta(days=dice.randint(60, 500))))
        ends = begun + timedelta(days=dice.randint(90, 700)) if young.situation == "ended" else young.left_at
        steps.append(Step("ended", max(ends, begun + timedelta(days=1))))
    gone = young.left_at
    return kind, whom, sorted((s for s in steps if s.at < gone or s.deed == "ended"), key=lambda step: step.at)


def state_after(steps: Iterable[Step]) -> str:
    """The state an offer is in after these steps, "" before the first."""
    state = ""
    for step in steps:
        state = writing.STATE_AFTER[step.deed].value if step.deed in writing.STATE_AFTER else state
    return state


def register_after(steps: Iterable[Step]) -> dict[str, object]:
    """What the steps of an offer change on the register."""
    changes: dict[str, object] = {}
    for step in steps:
        if step.deed == "published":
            changes["offered_on"] = local_date(step.at)
        elif step.deed == "started":
            changes |= {"aftercare": "yes", "decided_on": local_date(step.at)}
        elif step.deed == "no":
            changes["aftercare"] = "declined"
    return changes


def done_at(span: Span, key: str, at: datetime, *, least: float = 1, most: float = 14) -> datetime:
    """When somebody has dealt with a matter that came up at `at`; never before the span begins."""
    hours = span.dice("done", key).uniform(least, most)
    return _not_before(span, key, promises.add_working_time(at, HOURS, timedelta(hours=hours)))


def _not_before(span: Span, key: str, when: datetime) -> datetime:
    """What should have been done before the span began is done a few working hours into it."""
    if when > span.then:
        return when
    return promises.add_working_time(span.then, HOURS, timedelta(hours=span.dice("after", key).uniform(0.7, 4)))


def _put(span: Span, asking: answers.Asking) -> bool:
    """Write an asking as far as it has come; False where there is nothing to write."""
    young = asking.person
    there = span.asked.get((young.id, asking.instrument, asking.period))
    if span.is_closed(young, asking.instrument, asking.period):
        return False
    if there is not None and not ((asking.at is not None and asking.at <= span.now) or asking.expires_at <= span.now):
        return False
    answers.put(
        span.batch, span.world, asking, span.over[young.municipality_id], span.now, there[0] if there else ""
    )  # fmt: skip
    return True


def _periods(span: Span, slug: str, kinds: dict[tuple[str, int], str]) -> Iterable[Period]:
    first, last = local_date(span.then), local_date(span.now)
    for year in range(first.year, last.year + 1):
        kind = kinds.get((slug, year), "none")
        if kind == "none":
            continue
        period = Period(kind, year)  # type: ignore[arg-type]
        while period.year == year:
            if period.ends_at > span.then and period.first_day <= last:
                yield period
            period = period.next()


def _hoert5(span: Span, young: Young, period: Period) -> answers.Asking | None:
    """Drawn once for everybody who goes on living: day after day the same people have not answered yet."""
    if span.fresh:
        return answers.hoert5(span.world, young, period)
    kept: dict[tuple[str, str], answers.Asking | None] = span.world.askings
    if (young.id, period.key) not in kept:
        kept[young.id, period.key] = answers.hoert5(span.world, young, period)
    return kept[young.id, period.key]


def _follow_up(span: Span, asking: answers.Asking, at: datetime) -> None:
    """What the score raises: low, or fallen since the one before, which the same dice give again."""
    young, score = asking.person, scoring.who5(asking.answers)
    if score is None or score > 50:
        return
    day = local_date(asking.due_at)
    earlier = answers.who5_between(span.world, young, day - timedelta(days=120), day - timedelta(days=1))
    known = [before for one in earlier if one.at is not None and (before := scoring.who5(one.answers)) is not None]
    reason = alerts.from_who5(score, known[-1] if known else None, follow_up_open=False)
    if reason is None:
        return
    closed = done_at(span, f"{young.reference}:{at}", at, least=3)
    put_closing(span, young, reason, at, closed)


def put_closing(span: Span, young: Young, reason: Reason, at: datetime, closed: datetime, about: str = "") -> None:
    """An alert that somebody deals with in the span, or has not dealt with yet."""
    is_closed = closed <= span.now
    taken = min(closed, promises.add_working_time(at, HOURS, timedelta(minutes=40)))
    writing.put_alert(
        span.batch, young, reason, at, span.answering(young, at), about=about,
        taken_at=taken if taken <= span.now else None, closed_at=closed if is_closed else None,
        done=text(f"demo.done.{reason.value}", young.language) if is_closed else "",
    )  # fmt: skip


def _ask(
    span: Span, slug: str, size: int, talkers: list[Young], day: date, asks: dict[str, list[tuple[datetime, str]]]
) -> None:
    expected = size / 190 * (0.75 if day.weekday() < 5 else 0.35)
    for number in range(3):
        dice = span.dice("talk", slug, day, number)
        if dice.random() > expected:
            return
        expected /= 3
        at = instant(day, time(dice.choice((8, 10, 12, 14, 15, 16, 17, 19, 20, 21, 22)), dice.randrange(60)))
        key = f"invented:{slug}:{day}:{number}"
        candidates = [young for young in talkers if young.here(at)] if span.within(at) else []
        if candidates and key not in span.keys:
            asks.setdefault(dice.choice(candidates).id, []).append((at, key))


def _converse(span: Span, young: Young, asks: list[tuple[datetime, str]]) -> None:
    there, before = span.threads.get(young.id), span.waiting.get(young.id, [])
    talk = Talk(span.batch, young)
    if there is not None:
        talk = Talk(
            span.batch, young, there["id"], there["version"], exists=True,
            waiting_before=[(row["id"], row["promised_at"], row["promise_broken_at"]) for row in before],
            waiting_since_before=min((row["at"] for row in before), default=None),
        )  # fmt: skip
    version = talk.version
    # (when, order, what, key): questions first, then their answers, then thanks.
    events = [(at, 0, key) for at, key in asks]
    for row in before:
        key = row["source_key"] or row["id"]
        events.append((_not_before(span, key, _reply_at(span, key, row["at"], row["promised_at"])), 1, key))
    heapify(events)
    while events and events[0][0] <= span.now:
        at, what, key = heappop(events)
        if talk.last_at is not None and at <= talk.last_at:
            at = talk.last_at + timedelta(minutes=1)
        if what == 0:
            row = talk.hears(at, text(f"demo.talk.{_number(span, key):02d}.ask", young.language), key=key)
            heappush(events, (_reply_at(span, key, at, row["promised_at"]), 1, key))
        elif what == 1 and (talk.waiting or talk.waiting_before):
            _reply(span, talk, at, key)
            if span.dice("thanks", key).random() < 0.5:
                heappush(events, (at + timedelta(minutes=span.dice("soon", key).randint(4, 300)), 2, key))
        elif what == 2 and not talk.waiting and at < young.left_at:
            thanks = text(f"demo.talk.thanks.{1 + _number(span, key) % THANKS}", young.language)
            talk.hears(at, thanks, key=f"{key}:t")
            talk.seen(at, span.answering(young, at))
    if talk.version > version and not talk.waiting and not talk.waiting_before:
        span.quiet.append(talk.thread_id)
    if talk.version > version:
        talk.close(span.answering(young, talk.last_at or span.now))


def _reply(span: Span, talk: Talk, at: datetime, key: str) -> None:
    young = talk.young
    for row in talk.waiting:
        promised = row["promised_at"]
        if isinstance(promised, datetime) and promised < at:
            talk.late(promised)
            put_closing(span, young, Reason.BROKEN_PROMISE, promised, at, about=str(row["id"]))
            break
    spoken = f"demo.talk.{_number(span, key):02d}.reply"
    words = spoken if not key.startswith("invented:story") and has(spoken) else "demo.talk.later"
    talk.says(at, text(words, young.language), span.answering(young, at), key=key)


def _reply_at(span: Span, key: str, at: datetime, promised: object) -> datetime:
    dice = span.dice("reply", key)
    when = promises.add_working_time(at, HOURS, timedelta(hours=dice.uniform(0.3, 6)))
    if not isinstance(promised, datetime):
        return when
    if dice.random() < 0.06:
        return promises.add_working_time(promised, HOURS, timedelta(hours=dice.uniform(1, 6)))
    return max(at + timedelta(minutes=2), min(when, promised - timedelta(minutes=9)))


def _number(span: Span, key: str) -> int:
    return span.dice("number", key).randint(1, TALKS)


def _starts(steps: Iterable[Step]) -> date | None:
    return next((local_date(step.at) for step in steps if step.deed == "started"), None)
