"""Ten seconds to take a reply back: it was never said, nothing is lost, nothing leaves twice, nobody waits for it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from models.actions import attachments, letters, messages
from models.domain.errors import NotFound, Stale
from models.domain.people import YoungPerson
from models.domain.staff import Viewer
from models.queries import messages as views
from models.tables.attachments import Attachment
from models.tables.messages import Message, Thread
from models.tables.outbox import Letter
from models.transactions import HOUSE
from tests.actions.rows import count, deliver, found, one
from tests.cast import Cast

TEN = timedelta(seconds=10)
SECOND = timedelta(seconds=1)


async def asked(cast: Cast, amina: YoungPerson, now: datetime) -> str:
    """Amina has asked something; returns her thread."""
    await messages.receive(amina, "Hej, har du tid?", source_key="webchat:1:1", now=now)
    await deliver(now)
    return await messages.open_thread(cast.mette, cast.amina, now=now)


async def replied(
    cast: Cast, thread: str, now: datetime, *, words: str = "Ja da", key: str = "k", version: int = 1
) -> str:
    return await messages.reply(cast.mette, thread, words, version=version, key=key, now=now, undo_until=now + TEN)


async def due(now: datetime) -> list[str]:
    letter_ids = [one.letter_id for one in await letters.due(HOUSE, bot="webchat", now=now)]
    return [row.kind for row in await found(Letter, id__in=letter_ids)]


async def test_a_reply_leaves_when_its_ten_seconds_are_over_and_not_before(
    cast: Cast, amina: YoungPerson, now: datetime
) -> None:
    thread = await asked(cast, amina, now)
    await replied(cast, thread, now)
    assert [await due(now + wait) for wait in (SECOND * 0, SECOND * 9.9, TEN)] == [[], [], ["message.reply"]]


async def test_taken_back_it_was_never_said_and_what_it_answered_waits_by_the_promise_it_had(
    cast: Cast, amina: YoungPerson, now: datetime
) -> None:
    thread = await asked(cast, amina, now)
    before = await one(Thread, id=thread)
    file = await attachments.attach(cast.mette, cast.amina, name="brev.txt", content=b"Kort brev", now=now)
    reply = await messages.reply(
        cast.mette, thread, "Ja da", version=1, key="k", now=now, files=[file], undo_until=now + TEN
    )
    taken = await messages.undo(cast.mette, cast.amina, reply, now=now + SECOND)
    assert (taken.words, taken.files) == ("Ja da", (file,))
    assert await count(Message, direction="out") == 0
    assert {(row.state, row.reason) for row in await found(Letter, about=reply)} == {("cancelled", "undone")}
    after = await one(Thread, id=thread)
    assert (after.waiting_since, after.promised_at, after.last_at) == (
        before.waiting_since, before.promised_at, before.last_at,
    )  # fmt: skip
    assert await due(now + TEN * 2) == []
    # The words and the file can be sent anew, once.
    await messages.reply(cast.mette, thread, "Ja, kl. 3", version=after.version, key="k2", now=now, files=taken.files)
    assert (await one(Message, direction="out")).id == (await one(Attachment, id=file)).message_id
    assert sorted(await due(now + SECOND)) == ["message.reply"]


async def test_it_is_too_late_when_any_of_it_is_on_its_way_or_the_time_is_over_or_it_was_done(
    cast: Cast, amina: YoungPerson, now: datetime
) -> None:
    thread = await asked(cast, amina, now)
    reply = await replied(cast, thread, now)
    with pytest.raises(Stale):
        await messages.undo(cast.mette, cast.amina, reply, now=now + TEN)
    await deliver(now + TEN)
    with pytest.raises(Stale):
        await messages.undo(cast.mette, cast.amina, reply, now=now + SECOND)
    assert [row.state for row in await found(Letter, about=reply)] == ["sent"]
    second = await replied(cast, thread, now, words="Ja, da", key="k2", version=2)
    await messages.undo(cast.mette, cast.amina, second, now=now + SECOND)
    with pytest.raises(Stale):
        await messages.undo(cast.mette, cast.amina, second, now=now + SECOND)
    assert await count(Message, direction="out") == 1


async def test_only_who_wrote_it_takes_it_back_and_only_from_that_person(
    cast: Cast, amina: YoungPerson, jonas: YoungPerson, now: datetime
) -> None:
    thread = await asked(cast, amina, now)
    reply = await replied(cast, thread, now)
    with pytest.raises(Stale):
        await messages.undo(cast.per, cast.amina, reply, now=now)
    with pytest.raises(Stale):
        await messages.undo(cast.per, cast.jonas, reply, now=now)
    with pytest.raises(NotFound):
        await messages.undo(cast.siri, cast.amina, reply, now=now)
    assert await count(Message, id=reply) == 1


async def test_what_the_person_does_meanwhile_is_answered_at_once_and_the_reply_still_leaves_in_its_time(
    cast: Cast, amina: YoungPerson, now: datetime
) -> None:
    thread = await asked(cast, amina, now)
    reply = await replied(cast, thread, now)
    await messages.receive(amina, "Og en ting til?", source_key="webchat:1:2", now=now + SECOND)
    assert await due(now + SECOND) == ["message.receipt"]
    await deliver(now + SECOND)
    assert [row.state for row in await found(Letter, about=reply)] == ["queued"]
    assert await due(now + TEN) == ["message.reply"]


async def test_a_colleague_who_saw_the_reply_has_not_seen_the_thread_without_it(
    cast: Cast, amina: YoungPerson, now: datetime
) -> None:
    thread = await asked(cast, amina, now)
    reply = await replied(cast, thread, now)
    seen = (await views.conversation(cast.per, cast.amina)).version
    await messages.undo(cast.mette, cast.amina, reply, now=now + SECOND)
    with pytest.raises(Stale):
        await messages.reply(cast.per, thread, "Som Mette skrev", version=seen, key="p", now=now + SECOND)
    listed = await views.inbox(cast.mette, views.Folder.ALL, now=now)
    assert [(line.line, line.last) for line in listed.threads] == [("Hej, har du tid?", "in")]


async def test_a_first_message_taken_back_leaves_an_empty_thread_that_can_be_listed(
    cast: Cast, amina: YoungPerson, now: datetime
) -> None:
    thread = await messages.open_thread(cast.mette, cast.amina, now=now)
    reply = await replied(cast, thread, now, version=0)
    await messages.undo(cast.mette, cast.amina, reply, now=now + SECOND)
    listed = await views.inbox(cast.mette, views.Folder.MINE, now=now)
    assert [(line.line, line.last) for line in listed.threads] == [("", "")]


async def test_back_in_the_browser_and_send_again_says_nothing_twice(
    cast: Cast, amina: YoungPerson, now: datetime
) -> None:
    thread = await asked(cast, amina, now)
    first = await messages.reply(cast.mette, thread, "Ja", version=1, key="r", now=now)

    async def again(who: Viewer, words: str, key: str, **later: float) -> str:
        seen = (await one(Thread, id=thread)).version
        return await messages.reply(who, thread, words, version=seen, key=key, now=now + timedelta(**later))

    assert [await again(cast.mette, words, "s", minutes=4) for words in ("Ja", " Ja\n")] == [first, first]
    assert await count(Letter, kind="message.reply") == 1
    meant = [await again(cast.per, "Ja", "t"), await again(cast.mette, "Ja", "u"), await again(cast.mette, "Jo", "v")]
    await messages.receive(amina, "Og så?", source_key="webchat:1:2", now=now + timedelta(minutes=6))
    meant += [await again(cast.mette, "Jo", "w", minutes=7), await again(cast.mette, "Jo", "x", minutes=12)]
    assert len({first, *meant}) == 6
