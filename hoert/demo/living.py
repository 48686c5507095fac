"""The invented people go on living: what happens between two instants when the demo's clock is moved.

New ones turn up on the registers, some leave at 23, they answer, write, get offers, and their caseworkers see to them.
Whoever the visitor plays does nothing by themselves. Living the same days twice changes nothing the second time: what
is there already is read first.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from hoert.demo import lives, world, writing
from hoert.demo.people import Cast, World, Young
from locales import text
from models.actions import figures, invented
from models.actions.invented import Batch
from models.domain import rhythm
from models.domain.localtime import instant, local_date
from models.tables.keys import municipality_vault
from models.transactions import HOUSE

#: A WHO-5 that came due this long before the span may still be answered within it.
_WHO5_OPEN = timedelta(days=5)


async def live(cast: Cast, then: datetime, now: datetime, rng_seed: int | None = None) -> None:  # noqa: ARG001
    """Let everybody live from `then` to `now` (aware UTC). Nothing is published here: that is for the ticks after it.

    Every die falls by the seed of the world, so that a day lived twice is the same day; `rng_seed` changes nothing.
    Does nothing when `now` is not after `then`.
    """
    if now <= then:
        return
    told = await world.world_of(cast)
    there = {row["id"]: row for row in await invented.people(HOUSE)}
    span = await _span(cast, told, then, now)
    world.grow(told, local_date(now))
    people = _move_house(span, there)
    await invented.write(HOUSE, span.batch)
    for year in range(local_date(then).year, local_date(now).year + 1):
        # Fixed before anybody is asked, as the clock does on 1 January.
        await figures.plan_year(HOUSE, now=max(then, instant(date(year, 1, 1), time(1))))
    span.batch = Batch()
    slugs = {key: slug for slug, key in cast.municipalities.items()}
    kinds = {(slugs[key], year): kind for (key, year), kind in (await invented.kinds(HOUSE)).items() if key in slugs}
    reached = [young for young in people if _can_be_asked(there.get(young.id), young)]
    lives.offered(span, people)
    lives.asked_hoert5(span, reached, kinds)
    lives.asked_who5(span, reached, local_date(then - _WHO5_OPEN))
    await _asked_by_plan(span, people)
    lives.talked(span, people, local_date(then))
    await _looked_at_plans(span, {young.id: young for young in people})
    await _see_to_alerts(span, {young.id: young for young in people})
    writing.put_trail_in_order(span.batch)
    await invented.write(HOUSE, span.batch)
    await invented.read_up(HOUSE, span.quiet)
    await invented.deliver(HOUSE, now=now)


async def _span(cast: Cast, told: World, then: datetime, now: datetime) -> lives.Span:
    waiting: dict[str, list[dict[str, Any]]] = {}
    for row in await invented.unanswered(HOUSE):
        waiting.setdefault(row["person_id"], []).append(row)
    return lives.Span(
        Batch(),
        told,
        then,
        now,
        over={key: await municipality_vault(key) for key in cast.municipalities.values()},
        absent=world.absent_from(told),
        asked={
            (row["person_id"], row["instrument"], row["period"]): (row["id"], row["state"])
            for row in await invented.askings(HOUSE, since=then - _WHO5_OPEN)
        },
        keys=await invented.keys_written(HOUSE, since=then - timedelta(days=1)),
        threads={row["person_id"]: row for row in await invented.threads(HOUSE)},
        waiting=waiting,
        offers={row["person_id"]: row for row in await invented.offers(HOUSE)},
        fresh=False,
    )


def _move_house(span: lives.Span, there: dict[str, dict[str, Any]]) -> list[Young]:
    """Who comes onto a register, joins, or leaves in the span. Returns everybody whose life goes on by itself."""
    today, people = local_date(span.now), []
    for young in span.world.people:
        row = there.get(young.id)
        if young.persona or young.entered_on > today:
            continue
        if row is None:
            if young.entered_on < local_date(span.then):
                continue  # erased by the visitor, and so by us
            world.enter(span, young)
        elif row["left_on"] is not None or row["erased_at"] is not None:
            continue
        if young.joined_at is not None and young.joined_at <= span.now and (row is None or not row["links"]):
            writing.put_joined(span.batch, young, now=span.now)
        elif row is not None and young.left_on <= today:
            _leave(span, young, row)
        if row is not None:
            young.caseworker_id = row["caseworker_id"] or young.caseworker_id
            young.link_id = row["link_id"] or young.link_id
            _look_in(span, young, row)
        people.append(young)
    return people


def _look_in(span: lives.Span, young: Young, row: dict[str, Any]) -> None:
    """Most people look into their chat now and then without a word."""
    at = lives.looked(span.world, young, span.now)
    if row["link_state"] == "active" and at is not None and span.within(at):
        span.batch.change("link", row["link_id"], seen_at=at)


async def _asked_by_plan(span: lives.Span, people: list[Young]) -> None:
    """What the plans of a municipality ask of those whose phone is not shown is answered here, or not; the clock finds
    nothing of it due.
    """
    whose = {young.id: young for young in people}
    found = await invented.rhythms(HOUSE)
    asked = [
        (whose[row["person_id"]], row["instrument"], row["weeks"], row["anchor"])
        for row in found
        if row["active"] and row["plan"] and row["person_id"] in whose and row["instrument"] in {"tils", "who5"}
    ]
    lives.asked_planned(span, asked, local_date(span.then - _WHO5_OPEN))
    for row in found:
        if row["active"] and row["next_due_at"] <= span.now:
            beat = rhythm.Rhythm(row["weeks"], row["weekday"], time(row["hour"]))
            span.batch.change("rhythm", row["id"], next_due_at=rhythm.next_due(beat, span.now, row["anchor"]))


async def _looked_at_plans(span: lives.Span, people: dict[str, Young]) -> None:
    """Goals are looked at when their day has come, and people are asked again, within two days."""
    today = local_date(span.now)
    for row in await invented.goals_due(HOUSE, before=today - timedelta(days=2)):
        young = people.get(row["person_id"])
        if young is None or young.situation == "told":
            continue
        by = span.answering(young, span.now)
        if row["kind"] == "goal":
            again = today + timedelta(days=span.dice("goal", row["id"]).randint(30, 70))
            span.batch.change("plan_goal", row["id"], follow_up_on=again, changed_by_id=by, changed_at=span.now)
        else:
            done = young.vault.seal("follow_up_date", "done", row["id"], text("demo.again.done", "da"))
            span.batch.change("follow_up_date", row["id"], done_sealed=done, done_by_id=by, done_at=span.now)


def _leave(span: lives.Span, young: Young, row: dict[str, Any]) -> None:
    span.batch.change("person", young.id, left_on=young.left_on)
    if row["link_id"]:
        span.batch.change("link", row["link_id"], state="closed", closed_at=young.left_at)


def _can_be_asked(row: dict[str, Any] | None, young: Young) -> bool:
    """Whether the clock would ask: joined in this span, or linked, consenting and not stopped."""
    if row is None or not row["links"]:
        return young.joined_at is not None
    return row["link_state"] == "active" and row["stopped_at"] is None and bool(row["checkins"])


async def _see_to_alerts(span: lives.Span, people: dict[str, Young]) -> None:
    for row in await invented.open_alerts(HOUSE):
        young = people.get(row["person_id"])
        if young is None:
            continue
        closed = lives.done_at(span, row["id"], row["raised_at"])
        if closed > span.now:
            continue
        owner, done = span.answering(young, closed), text(f"demo.done.{row['reason']}", young.language)
        columns: dict[str, object] = {
            "state": "closed", "closed_at": closed, "closed_by_id": owner, "owner_id": owner,
            "done_sealed": young.vault.seal("alert", "done", row["id"], done),
        }  # fmt: skip
        if row["state"] == "open":
            taken = closed - timedelta(minutes=25)
            columns |= {"acknowledged_at": taken, "acknowledged_by_id": owner}
            writing.put_trail(span.batch, young, "alert.acknowledge", owner, taken, row["id"])
        writing.put_trail(span.batch, young, "alert.close", owner, closed, row["id"])
        span.batch.change("alert", row["id"], **columns)
