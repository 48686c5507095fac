"""Promises kept, as the whole team sees it: by an answer in time, of everybody together."""

from __future__ import annotations

from datetime import datetime, timedelta

from models.actions import messages
from models.domain.people import YoungPerson
from models.queries import messages_promises as promises
from models.queries.messages_promises import Kept
from models.transactions import HOUSE
from tests.actions.test_messages import TOMORROW, said, thread_of
from tests.cast import Cast


async def test_a_promise_is_kept_by_an_answer_in_time_and_by_nothing_else(
    amina: YoungPerson, jonas: YoungPerson, astrid: YoungPerson, cast: Cast, now: datetime
) -> None:
    async def team(at: datetime) -> tuple[int, int]:
        found = await promises.kept(cast.siri, now=at)
        return found.kept, found.of

    await said(amina, now, key="a")
    await said(jonas, now, key="b")
    await said(astrid, now, key="c")  # of another municipality
    assert await team(now) == (0, 0)  # nothing is due
    await messages.reply(cast.mette, (await thread_of(amina)).id, "Ja", version=1, key="r", now=now)
    assert await team(now) == (1, 1)
    late = now + TOMORROW
    await messages.break_due(HOUSE, now=late)
    await messages.reply(cast.siri, (await thread_of(jonas)).id, "Undskyld", version=1, key="s", now=late)
    assert await team(late) == (1, 2)  # answered late is not in time
    closed = await said(amina, late, key="d")
    await messages.settle(cast.mette, [closed], now=late)
    assert await team(late) == (1, 3)  # closed is not answered
    for outsider in (cast.admin, cast.nanna):
        assert await promises.kept(outsider, now=late) == Kept(0, 0)
    assert await team(now + timedelta(days=31)) == (0, 1)
