"""Every story in this folder, played for real on Telegram. The gallery plays them all in the web chat."""

from __future__ import annotations

from datetime import UTC
from pathlib import Path

import pytest

from models.settings import Settings
from tests.journeys import stories
from tests.journeys.stories import BadStory, Player, Story, everything
from tests.two_channels import two_channels


@pytest.mark.parametrize("story", everything(), ids=lambda story: story.name)
@pytest.mark.parametrize("settings", ["postgres"], indirect=True)
async def test_a_story_is_played_on_telegram(story: Story, settings: Settings, tmp_path: Path) -> None:
    async with two_channels(settings, story.begins.astimezone(UTC), tmp_path / "telegram") as stage:
        await Player(stage, story, "telegram").play()


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ('title = "x"\nmood = "good"\n[[turn]]\nAmina = "hej"', "nobody knows what mood means"),
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
