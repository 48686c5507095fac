"""What each invented municipality has decided at its desk: its range of offers, hours, duty plan, canned replies,
phases and local goals, texts, and plans for check-ins.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Final

from hoert.demo.people import DUTY_HOLDERS, PLACES, Place, World, Young, dice_for
from hoert.demo.writing import HOURS, PRICES
from locales import fingerprint, text
from models.actions.invented import Batch
from models.domain import rhythm
from models.domain.duty import week_of, working_days
from models.domain.figures.periods import Period
from models.domain.goals import Measured, Phase, Phases
from models.domain.localtime import instant, local_date
from models.domain.staff import Role
from models.tables.fields import new_id

#: Kind of support -> the share of those on the register who can have it at once; of what is not here, everybody.
_ROOM_FOR: Final = {
    "contact_person": 0.24, "stay_on": 0.12, "step_down": 0.1, "own_home": 0.12, "mentor": 0.1, "group": 0.09,
    "therapy": 0.08,
}  # fmt: skip

#: (title, Danish, English): what is written again and again.
_CANNED: Final = (
    (
        "Jeg undersøger det",
        "Hej {first_name}. Tak, fordi du skrev. Jeg undersøger det og skriver igen senest i morgen.\n"
        "Kærlig hilsen {my_first_name}",
        "Hi {first_name}. Thank you for writing. I'll look into it and write again by tomorrow.\n"
        "Best wishes, {my_first_name}",
    ),
    (
        "Skal vi mødes?",
        "Hej {first_name}. Skal vi mødes i næste uge? Du bestemmer, hvor vi ses. Skriv en dag, der passer dig.",
        "Hi {first_name}. Shall we meet next week? You decide where. Write a day that suits you.",
    ),
    (
        "Lån til indskud",
        "Du kan søge om lån til indskuddet. Tag lejekontrakten med, så udfylder vi det sammen på en halv time.",
        "You can apply for a loan for the deposit. Bring the lease, and we'll fill it in together in half an hour.",
    ),
    (
        "SU og løn",
        "Husk at melde fra i minSU, når du begynder at få løn. Skriv, hvis vi skal gøre det sammen.",
        "Remember to cancel your student grant when you start getting wages. Write if we should do it together.",
    ),
    (
        "Til lægen sammen",
        "Din egen læge kan henvise dig. Vil du have en med første gang, går jeg gerne med. Det er dig, der bestemmer.",
        "Your own doctor can refer you. If you want somebody along the first time, I'll gladly come. It's up to you.",
    ),
    (
        "Du kom ikke, og det er okay",
        "Hej {first_name}. Vi nåede ikke at ses i dag, og det er helt okay. Skal vi finde en ny tid, eller vil du "
        "hellere tale i telefon?",
        "Hi {first_name}. We didn't get to meet today, and that's quite okay. Shall we find a new time, or would you "
        "rather talk on the phone?",
    ),
)  # fmt: skip

#: Local goals of Randers that are counted by hand: title, unit, at the start, target, and how it has gone each quarter.
_COUNTED: Final = (
    ("Unge med et tilbud, før de fylder 18", "pct.", 58.0, 90.0,
     (58, 57, 61, 64, 63, 68, 70, 74, 73, 77, 79, 82, 81, 84, 86)),
    ("Dage fra ja til første dag med støtte", "dage", 41.0, 14.0,
     (41, 42, 38, 39, 35, 31, 33, 28, 26, 27, 23, 21, 22, 19, 17)),
)  # fmt: skip
#: One that was reached and ended: title, unit, at the start, target, how it went each quarter, and why it ended.
_REACHED: Final = (
    "Unge, der har mødt deres rådgiver, før de fylder 18", "pct.", 47.0, 80.0, (47, 52, 60, 71, 78, 83),
    "Nået før tid. Det er fast praksis nu.",
)  # fmt: skip
_HEARD: Final = "Flere unge oplever, at de bliver hørt"
#: How often the plan of Randers asks.
WEEKS: Final = 8


def settings_of(place: Place, begins: date) -> dict[str, object]:
    """What a municipality has decided. Odsherred has everything before it still to do."""
    if not place.telegram:
        return {}
    administrator = next(name for name, role in place.staff if role is Role.ADMINISTRATOR)
    return {
        "opening_hours": HOURS.to_plain()["weekly"],
        "phases": phases(begins).to_plain(),
        "texts": {"fingerprint": fingerprint("chat"), "by": administrator, "on": (begins + timedelta(20)).isoformat()},
    }


def phases(begins: date) -> Phases:
    """A year to prepare, two to change, one to anchor."""
    years = dict(zip(Phase, (0, 1, 3), strict=True))
    starts = {phase: begins.replace(year=begins.year + after) for phase, after in years.items()}
    return Phases(starts, begins.replace(year=begins.year + 4) - timedelta(days=1))


def put_range(batch: Batch, place: Place, municipality_id: str) -> None:
    """The kinds of support of a municipality, in plain words, with what they cost and how many can have them."""
    for kind in place.offers:
        (price, unit), share = PRICES[kind], _ROOM_FOR.get(kind)
        what, why = text(f"demo.offer.{kind}.what", "da"), text(f"demo.offer.{kind}.purpose", "da")
        batch.add(
            "range_offer", id=new_id(), municipality_id=municipality_id, kind=kind,
            title=text(f"demo.offer.{kind}.title", "da"), description=what, purpose=why, price=price, price_unit=unit,
            capacity=None if share is None else max(3, round(place.size[1] * share)),
        )  # fmt: skip


def furnish(batch: Batch, world: World) -> None:
    """Everything else that stands in the rooms of the municipalities."""
    for place in PLACES:
        here = world.municipalities[place.slug]
        for title, danish, english in _CANNED:
            batch.add(
                "canned_reply", id=new_id(), municipality_id=here, title=title, text_da=danish, text_en=english,
                changed_at=world.seeded_at - timedelta(days=200),
            )  # fmt: skip
        _duty(batch, world, place)
        _goals(batch, world, place)


def asked_on(young: Young) -> date:
    """A day on which the plan of the municipality asks somebody; the others lie whole rounds away."""
    return date.fromordinal(1 + young.who5_day + 8)


def follow_plan(batch: Batch, people: Iterable[Young], plan: str, offered: set[str], now: datetime) -> None:
    """The rhythms of everybody who is asked without a phone that is shown. What is due is answered as they live, so
    that the clock finds none of it: they always lie ahead.
    """
    apart = {row["person_id"] for row in batch.new["rhythm"]}
    for young in people:
        if not young.here(now) or not young.checkins or young.persona:
            continue
        if young.id not in apart:
            own = young.who5_weeks
            _rhythm(batch, young, "who5", own or 4, own > 0, young.who5_day, "", now, chosen=True)
        if young.id in offered:
            day = asked_on(young).toordinal()
            _rhythm(batch, young, "tils", WEEKS, True, day, plan, now, chosen=False)


def put_plans(batch: Batch, world: World, of_one: Young) -> str:
    """The plans of Randers: loneliness for whoever has an offer, my life now at rest, and one for one person.

    Returns the series of the first.
    """
    here, today = world.municipalities["randers"], local_date(world.seeded_at)
    first = ""
    for instrument, weeks, whom, person, state, days in (
        ("tils", WEEKS, "offer", None, "running", 130),
        ("life_now", 8, "all", None, "paused", 60),
        ("who5", 2, "person", of_one.id, "running", 5),
    ):
        key, starts = new_id(), today - timedelta(days=days)
        first = first or key
        batch.add(
            "check_in_plan", id=key, municipality_id=here, person_id=person, series=key, version=1,
            instrument=instrument, weeks=weeks, whom=whom, starts_on=starts, state=state,
            at=instant(starts, time(9, 30)),
        )  # fmt: skip
        if person is not None:
            _rhythm(batch, of_one, instrument, weeks, True, 3, key, world.seeded_at, chosen=False)
    return first


def _rhythm(
    batch: Batch, young: Young, instrument: str, weeks: int, active: bool, day: int, plan: str, now: datetime, *,
    chosen: bool,
) -> None:  # fmt: skip
    """Due on the days on which the number of the day, less `day`, is a whole number of rounds."""
    today = local_date(now)
    anchor = today - timedelta(days=(today.toordinal() - day) % (7 * weeks))
    beat = rhythm.Rhythm(weeks, anchor.weekday(), time(16))
    batch.add(
        "rhythm", id=new_id(), municipality_id=young.municipality_id, person_id=young.id, instrument=instrument,
        weeks=weeks, weekday=anchor.weekday(), hour=16, anchor=anchor, active=active,
        next_due_at=rhythm.next_due(beat, now, anchor), plan=plan, chosen=chosen,
    )  # fmt: skip


def _duty(batch: Batch, world: World, place: Place) -> None:
    """Two weeks back and three ahead, week by week in turn; whoever always stands by stands in."""
    here, today = world.municipalities[place.slug], local_date(world.seeded_at)
    turn = [name for name, role in place.staff if role is Role.CASEWORKER]
    stand_by = next(name for name in turn if name in DUTY_HOLDERS)
    away = _away(world, place, today)
    for day in working_days(week_of(today) - timedelta(days=14), 42, HOURS):
        there = [name for name in turn if not any(who == name and a <= day <= z for who, a, z in away)]
        holder = there[week_of(day).toordinal() // 7 % len(there)]
        # Whoever always stands by is the first to stand in; where everybody else is away, nobody does.
        others = sorted((name for name in there if name != holder), key=lambda name: name != stand_by)
        for rank, name in enumerate((holder, *others[:1])):
            batch.add(
                "duty_day", id=new_id(), municipality_id=here, day=day, rank=rank, staff_id=world.staff[name]
            )  # fmt: skip
    for name, first, last in away:
        batch.add(
            "absence", id=new_id(), municipality_id=here, staff_id=world.staff[name], first_day=first, last_day=last
        )  # fmt: skip


def _away(world: World, place: Place, today: date) -> list[tuple[str, date, date]]:
    """Who is away, and when: in Randers as the stories need it, elsewhere a week of somebody's."""
    known: tuple[tuple[str, int, int], ...]
    if place.slug == "randers":
        known = (("Kirsten Dam", -4, 8), ("Mette Holm", -44, -41), ("Siri Kjær", 30, 36))
    else:
        begin = 12 + dice_for(world.rng_seed, place.slug, "away").randrange(14)
        known = ((next(n for n, r in place.staff if r is Role.CASEWORKER and n not in DUTY_HOLDERS), begin, begin + 4),)
    return [(name, today + timedelta(days=first), today + timedelta(days=last)) for name, first, last in known]


def _goals(batch: Batch, world: World, place: Place) -> None:
    here, ends = world.municipalities[place.slug], phases(world.begins).ends
    made = instant(world.begins + timedelta(days=40), time(10))
    share = round(100 * place.heard[0][1])
    _goal(batch, here, _HEARD, Measured.HEARD, "%", float(share), float(min(90, share + 20)), ends, made)
    if place.slug != "randers":
        return
    for title, unit, baseline, target, values in _COUNTED:
        key = _goal(batch, here, title, Measured.OWN, unit, baseline, target, ends, made)
        _count(batch, world, here, key, values)
    title, unit, baseline, target, reached, because = _REACHED
    over = instant(world.begins + timedelta(days=92 * len(reached) + 20), time(10))
    key = _goal(
        batch, here, title, Measured.OWN, unit, baseline, target, ends, made, ended_at=over, ended_because=because
    )
    _count(batch, world, here, key, reached)


def _count(batch: Batch, world: World, municipality_id: str, goal_id: str, values: Sequence[int]) -> None:
    """The numbers of a goal, each entered a week after its quarter, as far as those are over."""
    quarter = Period.for_date("quarter", world.begins)
    for value in values:
        if quarter.ends_at > world.seeded_at:
            return
        batch.add(
            "local_goal_value", id=new_id(), municipality_id=municipality_id, goal_id=goal_id, quarter=quarter.key,
            value=float(value), entered_by_id=world.staff["Per Lund"],
            entered_at=quarter.ends_at + timedelta(days=6, hours=9),
        )  # fmt: skip
        quarter = quarter.next()


def _goal(
    batch: Batch, municipality_id: str, title: str, measured: Measured, unit: str, baseline: float, target: float,
    due_on: date, at: datetime, **ended: object,
) -> str:  # fmt: skip
    key = new_id()
    batch.add(
        "local_goal", id=key, municipality_id=municipality_id, title=title, measured=measured.value, unit=unit,
        baseline=baseline, target=target, due_on=due_on, created_at=at, **ended,
    )  # fmt: skip
    return key
