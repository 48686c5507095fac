"""Where people are going: goals of the plan, progress in the eight areas, days on which to ask again. First those with
a name, then as many of the others as make a working day.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Final

from hoert.demo.lives import Span
from hoert.demo.people import Young
from hoert.demo.stories import KIRSTEN, LARS, METTE, SIRI, Stage
from locales import text
from models.actions.invented import Batch
from models.domain.localtime import instant, local_date
from models.domain.progress import CODES, Area, GoalState
from models.tables.fields import new_id

#: Who, about which area, which words (demo.goal.<key>), made so many days ago, looked at again in so many days (None:
#: it has ended), by whom, and whether there are words on how far it is.
_GOALS: Final = (
    ("Amina", "wellbeing", "sleep", 44, 9, METTE, True), ("Amina", "education", "finish", 44, 40, METTE, False),
    ("Amina", "home", "own_room", 50, None, METTE, True), ("Jonas", "work", "job", 90, -3, SIRI, True),
    ("Noah", "network", "afterwards", 60, 0, LARS, True), ("Noah", "", "rent", 9, 12, LARS, False),
    ("Sofie", "network", "eat_together", 75, -6, METTE, False), ("Sofie", "home", "settle", 75, 24, METTE, True),
    ("Mads", "home", "keys", 30, 4, SIRI, False), ("Emil", "education", "production", 25, 3, KIRSTEN, False),
    ("Elias", "wellbeing", "get_out", 28, 0, LARS, True), ("Victor", "education", "apprentice", 210, 18, METTE, True),
    ("Victor", "crime", "old_friends", 210, None, METTE, True), ("Yasmin", "", "licence", 120, 30, SIRI, True),
    ("Ida", "work", "shop", 60, 0, METTE, True), ("Malou", "education", "nurse", 300, None, KIRSTEN, True),
    ("Josefine", "", "bills", 8, 20, METTE, False),
)  # fmt: skip

#: Who is to be asked again, in so many days, and what was said about it (demo.again.<key>); with what came of it.
_AGAIN: Final = (
    ("Oliver", "oliver", 27, 33, SIRI, ""), ("Frederik", "frederik", 240, -2, LARS, ""),
    ("Leila", "leila", 24, 5, METTE, ""), ("Josefine", "josefine", 60, -8, METTE, "josefine.done"),
)  # fmt: skip

#: Of each area: at the start, now (or at the end, for whoever is leaving); "" was not looked at.
_PROGRESS: Final = {
    "Amina": ("planned started", "none none", "temporary own", "mixed mixed", "few several", "none none",
              "not_needed not_needed", "none none"),
    "Jonas": ("none planned", "none part_time", "temporary temporary", "mixed good", "few few", "none none",
              "not_needed not_needed", "threatened none"),
    "Noah": ("started completed", "part_time full_time", "own own", "good mixed", "several several", "none none",
             "not_needed not_needed", "none none"),
    "Sofie": ("planned started", "none none", "unsafe own", "mixed poor", "nobody few", "none none",
              "not_needed not_needed", "threatened none"),
    "Mads": ("none started", "trainee trainee", "temporary temporary", "mixed mixed", "few few", "risk none",
             "needed ongoing", "threatened threatened"),
    "Elias": ("started none", "none none", "own own", "mixed poor", "few nobody", "none none", "ongoing finished",
              "none none"),
    "Victor": ("none started", "none trainee", "unsafe own", "poor good", "nobody several", "charged none",
               "ongoing finished", "homeless none"),
    "Yasmin": ("started started", "none part_time", "own own", "mixed good", "several several", "none none",
               "not_needed not_needed", "none none"),
    "Ida": ("completed completed", "none part_time", "temporary own", "mixed mixed", "few several", "none none",
            "not_needed not_needed", "none none"),
    "Emil": ("planned ", "none ", "temporary ", "mixed ", "few ", "none ", "not_needed ", "none "),
}  # fmt: skip

_POOL: Final = 10
_AREAS: Final = ("education", "work", "home", "wellbeing", "network", "home", "education", "work", "network", "")


def tell(stage: Stage) -> None:
    """The plans of the people with a name."""
    for who, area, key, made, again, by, further in _GOALS:
        _goal(
            stage.batch, stage.people[who], area, stage.t(who, f"goal.{key}"), stage.ago(made, 10),
            stage.staff[by], local_date(stage.now) + timedelta(days=again) if again is not None else None,
            standing=text(f"demo.goal.{key}.standing", "da") if further else "",
            looked_at=stage.ago(made // 3, 11), state=GoalState.OPEN if again is not None else GoalState.REACHED,
        )  # fmt: skip
    for who, key, made, again, by, done in _AGAIN:
        _again(stage, who, key, stage.ago(made, 11), again, stage.staff[by], done)
    for who, said in _PROGRESS.items():
        young = stage.people[who]
        then = max(stage.ago(320, 10), (young.joined_at or stage.now) - timedelta(days=20))
        later = "end" if who == "Noah" else "status"
        for area, codes in zip(Area, said, strict=True):
            before, _, after = codes.partition(" ")
            _progress(stage.batch, young, "start", area, before, then, young.caseworker_id)
            if after:
                _progress(stage.batch, young, later, area, after, stage.ago(18, 14), young.caseworker_id)


def others(span: Span, people: Iterable[Young], offered: set[str]) -> None:
    """The plans of those without a name who have an offer: a goal or two each, and how it goes."""
    today = local_date(span.now)
    for young in people:
        if young.id not in offered or young.joined_at is None or not young.here(span.now) or young.situation == "told":
            continue
        dice = span.dice(young.reference, "plan")
        begun = max(young.joined_at, span.now - timedelta(days=500))
        for number in dice.sample(range(1, _POOL + 1), dice.choice((0, 1, 1, 2))):
            reached = dice.random() < 0.3
            made = begun + (span.now - begun) * dice.random() * 0.8
            # Most are looked at in time; one in thirty or so is due today.
            again = None if reached else today + timedelta(days=max(0, dice.randint(-2, 90)))
            _goal(
                span.batch, young, _AREAS[number - 1], text(f"demo.aim.{number:02d}", young.language), made,
                young.caseworker_id, again, looked_at=made + (span.now - made) * 0.6,
                state=GoalState.REACHED if reached else GoalState.OPEN,
            )  # fmt: skip
        if dice.random() < 0.6:
            for area in Area:
                codes = CODES[area]
                before = max(dice.randrange(len(codes)), dice.randrange(len(codes)))
                after = min(len(codes) - 1, max(0, before + dice.choice((-1, 0, 0, 1, 1, 1))))
                _progress(span.batch, young, "start", area, codes[before], begun, young.caseworker_id)
                if begun < span.now - timedelta(days=120):
                    _progress(
                        span.batch, young, "status", area, codes[after], span.now - timedelta(days=dice.randint(4, 90)),
                        young.caseworker_id,
                    )  # fmt: skip


def asked_again(span: Span, people: Iterable[Young]) -> None:
    """Days agreed with those who said no; with a few of them none is agreed yet."""
    today = local_date(span.now)
    for young in people:
        dice = span.dice(young.reference, "again")
        if young.situation != "declined" or not young.here(span.now) or dice.random() < 0.25:
            continue
        _follow_up(
            span.batch, young, today + timedelta(days=dice.randint(2, 120)),
            text(f"demo.again.{dice.randint(1, 3)}", "da"), span.now - timedelta(days=dice.randint(5, 50)),
            young.caseworker_id,
        )  # fmt: skip


def _again(stage: Stage, who: str, key: str, made: datetime, days: int, by: str, done: str) -> None:
    due = local_date(stage.now) + timedelta(days=days)
    ended = instant(due, time(14)) if done else None
    _follow_up(
        stage.batch, stage.people[who], due, text(f"demo.again.{key}", "da"), made, by,
        done=text(f"demo.again.{done}", "da") if done else "", done_at=ended,
    )  # fmt: skip


def _goal(
    batch: Batch, young: Young, area: str, words: str, made: datetime, by: str, again: date | None, *,
    looked_at: datetime, state: GoalState, standing: str = "",
) -> None:  # fmt: skip
    key, sealed = new_id(), young.vault.seal
    changed = max(made, looked_at)
    batch.add(
        "plan_goal", id=key, municipality_id=young.municipality_id, person_id=young.id, area=area,
        words_sealed=sealed("plan_goal", "words", key, words),
        standing_sealed=sealed("plan_goal", "standing", key, standing) if standing else None, state=state.value,
        follow_up_on=again, made_by_id=by, made_at=made, changed_by_id=by, changed_at=changed,
        closed_at=None if state is GoalState.OPEN else changed,
    )  # fmt: skip


def _follow_up(
    batch: Batch, young: Young, due: date, note: str, made: datetime, by: str, *, done: str = "",
    done_at: datetime | None = None,
) -> None:  # fmt: skip
    key, sealed = new_id(), young.vault.seal
    batch.add(
        "follow_up_date", id=key, municipality_id=young.municipality_id, person_id=young.id, due_on=due,
        note_sealed=sealed("follow_up_date", "note", key, note), made_by_id=by, made_at=made,
        done_sealed=sealed("follow_up_date", "done", key, done) if done else None, done_by_id=by if done else None,
        done_at=done_at,
    )  # fmt: skip


def _progress(batch: Batch, young: Young, wave: str, area: Area, code: str, at: datetime, by: str) -> None:
    batch.add(
        "progress", id=new_id(), municipality_id=young.municipality_id, person_id=young.id, wave=wave, area=area.value,
        code=code, staff_id=by, at=at,
    )  # fmt: skip
