"""Every story in this folder, played for real in the web chat and on Telegram; what it shows is whole and plain in both
languages, and together the stories show every kind of letter."""

from __future__ import annotations

import os
from contextlib import nullcontext
from datetime import UTC
from pathlib import Path
from zlib import crc32

import pytest

from locales import LANGUAGES
from models.domain.letters import KINDS
from models.settings import Settings
from tests.gallery.capture import Caught, catching
from tests.gallery.plain import faults
from tests.journeys import stories
from tests.journeys.stories import BadStory, Player, Story, everything
from tests.stage import on_stage
from tests.two_channels import two_channels


def played(channel: str) -> pytest.MarkDecorator:
    """Every story is played in the web chat, where it can be, and looked at; a sixth of them on Telegram, too, always
    the same (HOERT_TEST_ENGINES=all: all of them)."""
    every = [one for one in everything() if channel in one.channels]
    if os.environ.get("HOERT_TEST_ENGINES") != "all" and channel == "telegram":
        every = [one for one in every if one.channels == ("telegram",) or not crc32(one.name.encode()) % 6]
    return pytest.mark.parametrize("story", every, ids=lambda story: story.name)


def check(story: Story, found: list[Caught]) -> None:
    """What a story showed is what it says it shows, in both languages, with nothing wrong on it."""
    for language in LANGUAGES:
        shown = sorted({one.kind for one in found if one.language == language})
        assert shown == list(story.shows), f"{story.path.name}: shows = {shown}"
    assert [fault for one in found for fault in faults(one)] == []


@played("webchat")
@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
async def test_a_story_is_played_in_the_web_chat(story: Story, settings: Settings) -> None:
    with catching() as found:
        async with on_stage(settings, story.begins.astimezone(UTC)) as stage:
            await Player(stage, story, "webchat").play()
    check(story, found)


@played("telegram")
@pytest.mark.parametrize("settings", ["postgres"], indirect=True)
async def test_a_story_is_played_on_telegram(story: Story, settings: Settings, tmp_path: Path) -> None:
    alone = story.channels == ("telegram",)
    with catching() if alone else nullcontext([]) as found:
        async with two_channels(settings, story.begins.astimezone(UTC), tmp_path / "telegram") as stage:
            await Player(stage, story, "telegram").play()
    if alone:
        check(story, found)


def test_the_stories_show_every_kind_of_letter() -> None:
    told = {kind for story in everything() for kind in story.shows}
    assert sorted(set(KINDS) - told) == []


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ('title = "x"\nmood = "good"\n[[turn]]\nAmina = "hej"', "nobody knows what mood means"),
        ('title = "x"\nshows = ["hom"]\n[[turn]]\nAmina = "hej"', "there is no hom"),
        ('title = "x"\nchannel = "fax"\n[[turn]]\nAmina = "hej"', "there is no fax"),
        ('title = "x"\n[[turn]]\nAmina = "hej"\nMette = "reads"', "one person (or the clock) does one thing"),
        ('title = "x"\n[[turn]]\nOle = "reads"', "who is Ole?"),
    ],
)
def test_a_story_that_cannot_be_played_says_why(tmp_path: Path, told: str, why: str) -> None:
    path = tmp_path / "story.toml"
    path.write_text(told, encoding="utf-8")
    with pytest.raises(BadStory) as refused:
        stories.read(path)
    assert why in str(refused.value)
