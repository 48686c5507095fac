"""Words of crisis are met wherever a person may write: in every open question, in a caption, in what is mended.

The questions are found by asking the code, so that a new one is tried too.
"""

from __future__ import annotations

import ast
from datetime import timedelta
from pathlib import Path

import pytest

import bot
from models.actions import alerts, feedback, meetings, messages, offers, offers_wishes
from models.actions.offers import Content
from models.domain.feedback import About, Audience
from models.queries import alerts as desk
from models.queries.inbox import owner
from models.queries.messages_badges import badges
from models.tables.alerts import Alert
from models.tables.messages import Message
from models.transactions import HOUSE
from tests.actions.rows import one
from tests.bot.talk import Talk, World, all_of

CRY = "jeg vil ikke leve mere"
VOICE = {"voice": {"file_id": "f", "file_unique_id": "u", "duration": 3}}


#: Questions about something that has a row of its own, and may be gone.
ABOUT_A_ROW = ("feedback", "meeting", "offer", "panel", "wish")
#: What follows where the kind is put together.
ENDINGS = {"meeting.": ("reason", "time", "topics", "not_quite"), "offer.": ("change", "regret")}


def questions() -> list[str]:
    """Every kind of question the chat opens for a free text: the second argument of `messages.ask`."""
    kinds = set()
    for path in Path(bot.__file__).parent.glob("*.py"):
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (isinstance(call, ast.Call) and ast.unparse(call.func) == "messages.ask"):
                continue
            said = [one.value for one in ast.walk(call.args[1]) if isinstance(one, ast.Constant)]
            kinds |= {str(value) for value in said} - {""}
    assert {kind for kind in kinds if kind.endswith(".")} == set(ENDINGS)
    return sorted((kinds - set(ENDINGS)) | {first + last for first in ENDINGS for last in ENDINGS[first]})


async def crying(world: World, kind: str) -> Talk:
    talk = await world.linked(world.cast.amina)
    person = (await owner(HOUSE, bot="telegram", chat_index=talk.index)).person
    assert person is not None
    about = "now"
    if kind.startswith("feedback."):
        about = await feedback.begin(person, About.MEETING, now=world.now)
        await feedback.choose_audience(person, about, Audience.SOMEONE_ELSE, now=world.now)
    if kind.startswith("offer."):
        about = await offers.draft(world.cast.mette, world.cast.amina, "other", Content(title="Mentor"), now=world.now)
        await offers.publish(world.cast.mette, about, now=world.now)
    if kind.startswith("meeting."):
        starts = world.now + timedelta(days=2)
        about = await meetings.make(
            world.cast.mette, world.cast.amina, meetings.Content(about="Bolig"), starts_at=starts, minutes=30,
            now=world.now,
        )  # fmt: skip
    if kind.startswith("wish."):
        described = offers_wishes.Described(title="Mentor")
        kind_of_support = await offers_wishes.add_to_range(world.cast.per, described, now=world.now)
        about, _ = await offers_wishes.wish(person, kind_of_support, now=world.now)
    await messages.ask(person, kind, about, letter_id=None, now=world.now)
    return talk


async def raised() -> list[str]:
    return [row.reason for row in await all_of(HOUSE, Alert)]


def test_the_questions_that_are_tried_are_all_there_are() -> None:
    assert {"feedback.words", "feedback.missing", "call.number"} <= set(questions())


async def test_an_answer_about_what_is_gone_is_a_message_that_somebody_reads(world: World) -> None:
    talk = await world.linked(world.cast.amina)
    person = (await owner(HOUSE, bot="telegram", chat_index=talk.index)).person
    assert person is not None
    about_a_row = [kind for kind in questions() if kind.partition(".")[0] in ABOUT_A_ROW]
    for kind in about_a_row:
        await messages.ask(person, kind, "f" * 32, letter_id=None, now=world.now)
        await talk.say(f"Det er mit svar på {kind}")
    assert len(await all_of(HOUSE, Message)) == len(about_a_row) > len(ABOUT_A_ROW)


@pytest.mark.parametrize("kind", questions())
async def test_in_every_open_question_a_cry_raises_one_alert_and_brings_up_help(world: World, kind: str) -> None:
    talk = await crying(world, kind)
    await talk.say(CRY)
    assert await raised() == ["crisis_words"]
    assert any(text.startswith("Tak, fordi du skriver det. Det lyder hårdt.") for text in talk.texts)
    assert "Hjælp nu" in [label for shown in talk.shown for label in shown.labels]


async def test_in_a_caption_in_a_mended_caption_and_beside_a_check_in(world: World) -> None:
    talk = await world.linked(world.cast.amina)
    calm = await talk.send(**VOICE, caption="hej")
    assert await raised() == []
    await talk.send(kind="edited_message", message_id=calm, **VOICE, caption=CRY, edit_date=9)
    assert await raised() == ["crisis_words"]
    await talk.send(**VOICE, caption=CRY)
    await talk.say("/tjekind")
    await talk.press("Hvordan har du det")
    await talk.say(CRY)
    assert await raised() == ["crisis_words"] * 3


async def test_two_cries_within_a_minute_are_two_alerts_for_one_human_and_one_of_them_taken_leaves_the_other(
    world: World,
) -> None:
    cast, talk = world.cast, await world.linked(world.cast.amina)
    await talk.say(CRY)
    world.later(seconds=20)
    await talk.say("jeg hopper ud foran et tog")
    first, second = await desk.alerts(cast.mette)
    assert (first.mine, second.mine) == (True, True)
    await alerts.acknowledge(cast.mette, first.alert_id, now=world.now)
    assert (await badges(cast.mette, now=world.now)).alerts == 1


async def test_it_was_a_mistake_tells_the_human_and_closes_nothing(world: World) -> None:
    cast, talk = world.cast, await world.linked(world.cast.amina)
    await talk.say(CRY)
    for _ in range(2):
        await talk.press("Det var en fejl")
    said = "Tak, fordi du siger det. Mette får det at vide og ser på det alligevel, for en sikkerheds skyld."
    assert talk.last == said
    row = await one(Alert)
    assert (row.state, row.acknowledged_at) == ("open", None)
    view = await desk.alert(cast.mette, row.id)
    assert [step.deed for step in view.history] == ["alert.crisis_words", "alert.mistake"]
    assert (await desk.alerts(cast.mette))[0].mistake is True


async def test_at_night_the_time_is_computed_and_it_says_that_nobody_reads(world: World) -> None:
    talk = await world.linked(world.cast.amina)
    world.later(hours=13)
    await talk.say(CRY)
    told = next(text for text in talk.texts if text.startswith("Tak, fordi du skriver det."))
    assert "Mette får besked nu og ser på det senest i morgen kl. 9." in told
    assert "Ingen i kommunen læser, før kontoret åbner." in told
