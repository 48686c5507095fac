"""Help now is one tap or one word away in any state, and nobody is told that it was looked at."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from models.actions import consent, feedback, messages
from models.domain.feedback import About, Audience
from models.queries import register, timeline, today
from models.queries.inbox import owner
from models.tables.alerts import Alert
from models.tables.audit import TrailEntry
from models.tables.messages import Message
from models.transactions import HOUSE
from tests.bot.talk import Talk, World, all_of

WAYS = ("/hjælp", "/hjaelp", "/help", "hjælp", "Hjælp!", "help me", "help")


async def stranger(world: World) -> Talk:
    return world.stranger()


async def joining(world: World) -> Talk:
    talk = world.stranger()
    made = await consent.invite(world.cast.mette, world.cast.amina, now=world.now)
    await talk.say(f"/start {made.token}")
    return talk


async def unconfirmed(world: World) -> Talk:
    return await world.linked(world.cast.amina, confirmed=False)


async def checking_in(world: World) -> Talk:
    talk = await world.linked(world.cast.amina)
    await talk.say("/tjekind")
    await talk.press("Hvordan har du det")
    return talk


async def asked(world: World) -> Talk:
    talk = await world.linked(world.cast.amina)
    person = (await owner(HOUSE, bot="telegram", chat_index=talk.index)).person
    assert person is not None
    row = await feedback.begin(person, About.MEETING, now=world.now)
    await feedback.choose_audience(person, row, Audience.SOMEONE_ELSE, now=world.now)
    await messages.ask(person, "feedback.words", row, letter_id=None, now=world.now)
    return talk


async def stopped(world: World) -> Talk:
    talk = await world.linked(world.cast.amina)
    await talk.say("/stop")
    return talk


async def paused(world: World) -> Talk:
    talk = await world.linked(world.cast.amina)
    person = (await owner(HOUSE, bot="telegram", chat_index=talk.index)).person
    assert person is not None
    await consent.pause(person, 4, now=world.now)
    return talk


STATES: tuple[Callable[[World], Awaitable[Talk]], ...] = (
    stranger, joining, unconfirmed, checking_in, asked, stopped, paused,
)  # fmt: skip


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__)
async def test_every_way_to_ask_for_help_is_answered_in_every_state_and_leaves_nothing(
    world: World, state: Callable[[World], Awaitable[Talk]]
) -> None:
    talk = await state(world)
    before = await _seen_by_staff(world)
    for way in WAYS:
        await talk.say(way)
        assert (way, talk.last.startswith("Er du i fare, så ring 112.")) == (way, True)
    await talk.press_data(talk.shown[-1].message_id, "help")
    assert talk.texts[-1].startswith("Er du i fare, så ring 112.")
    assert len([text for text in talk.texts if text.startswith("Er du i fare, så ring 112.")]) == len(WAYS) + 1
    assert await _seen_by_staff(world) == before
    assert await all_of(HOUSE, Message) == []


async def test_a_check_in_and_an_open_question_wait_while_somebody_looks_for_help(world: World) -> None:
    talk = await asked(world)
    await talk.say("hjælp")
    await talk.say("Mødet gik for hurtigt")
    assert talk.last.startswith("Tak, fordi du sagde det.")


async def _seen_by_staff(world: World) -> str:
    """All that anybody at the desk could read about the person, and the whole trail."""
    cast = world.cast
    parts: list[object] = [[(row.deed, row.person_id, row.about) for row in await all_of(HOUSE, TrailEntry)]]
    for viewer in (cast.mette, cast.per):
        parts += [
            await today.today(viewer, now=world.now), await timeline.happenings(viewer, cast.amina),
            await register.looked(viewer, cast.amina),
        ]  # fmt: skip
    return repr([*parts, [row.reason for row in await all_of(HOUSE, Alert)]])
