"""SIGKILL at every point of the way in and out, then a clean start: nothing is lost, nothing seen more than it may."""

from __future__ import annotations

import json
import os

import pytest

from locales import text
from tests.kill.points import BY_NAME, Point
from tests.kill.stage import KILLED, Stage
from tests.kill.stories import STORIES, Story, nothing_is_lost_or_doubled
from tests.kill.table import BEGIN, END, ENGINES, PAGE, cases, table

#: Every point in half of its stories, and every story on every engine; HOERT_KILL_SEEDS plays all against all.
CASES = [
    pytest.param(engine, story, point, id=f"{point.number}-{point.name}-{story.name}-{engine}")
    for engine, story, point in cases(everything="HOERT_KILL_SEEDS" in os.environ)
]


@pytest.mark.parametrize(("engine", "story", "point"), CASES, indirect=["engine"])
async def test_a_kill_loses_nothing_and_doubles_only_what_may_be(
    stage: Stage, story: type[Story], point: Point
) -> None:
    """A 4 to 12."""
    told = story()
    await told.play(stage)
    kind = told.kind if point.letter != "none" else ""
    assert await stage.kill(point.name, told.passages.get(point.name, 1), kind=kind) == KILLED
    await stage.settle()
    truth = await stage.truth()
    told.holds(truth)
    await nothing_is_lost_or_doubled(stage, truth)

    mark = json.loads(stage.mark.read_text(encoding="utf-8"))
    assert mark["point"] == point.name
    if point.letter == "none":
        assert [(letter["kind"], letter["unknowns"]) for letter in truth.letters if letter["unknowns"]] == []
        return
    letter = next(letter for letter in truth.letters if letter["id"] == mark["letter"])
    state, seen, unknowns = told.fate(point)
    # What is due is only a number; every other point lies behind the look at what kind of letter it is.
    assert point.name == "due" or letter["kind"] == told.kind
    assert (letter["state"], letter["unknowns"]) == (state, unknowns)
    own = [one for one in truth.letters if one["name"] == letter["name"] and one["id"] > stage.letters_before]
    entries = await stage.seen(letter["name"], "message", "edit")
    assert len(entries) == len(own) - 1 + seen
    again = text("chat.message.reply.again", "da")
    marked = sum(again in entry["text"] for entry in entries)
    assert marked == int(told.kind == "message.reply" and bool(unknowns))


def test_every_point_is_told_by_some_story() -> None:
    assert {point.name for story in STORIES for point in story.points()} == set(BY_NAME)


def test_what_is_played_each_time_leaves_out_no_point_no_story_and_no_engine() -> None:
    played = list(cases(everything=False))
    assert {engine for engine, _, _ in played} == set(ENGINES)
    assert {(engine, story) for engine, story, _ in played} == {
        (engine, story) for engine in ENGINES for story in STORIES
    }
    assert {point.name for _, _, point in played} == set(BY_NAME)
    everything = {(story, point.name) for _, story, point in cases(everything=True)}
    assert everything == {(story, point.name) for story in STORIES for point in story.points()}
    assert len(played) == len(set(played))


def test_the_page_tells_of_these_kills() -> None:
    page = PAGE.read_text(encoding="utf-8")
    shown = page.partition(BEGIN)[2].partition(END)[0].strip()
    assert shown == table(), "run: python -m tests.kill.table --write"
