"""Beside a thread: answering later, handing over with words, who writes, and for whom one looks after somebody."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from models.actions import canned, messages, messages_beside, staff
from models.domain.canned import Text
from models.domain.errors import Invalid, NotAllowed, NotFound
from models.domain.people import YoungPerson
from models.queries import messages as views
from models.queries import messages_beside as beside
from models.queries.messages import Cover, Folder
from models.queries.messages_badges import badges
from models.queries.today import today
from models.tables.messages import CannedReply, Message, ReplyLater
from models.tables.outbox import Letter
from models.tables.register import Person
from models.transactions import HOUSE
from tests.actions.rows import change, count, found
from tests.cast import Cast

HOUR = timedelta(hours=1)


async def where(viewer, now: datetime) -> dict[str, bool]:
    return {
        folder.value: bool((await views.inbox(viewer, folder, now=now)).threads)
        for folder in (Folder.MINE, Folder.LATER, Folder.ALL)
    }


async def read(cast: Cast, amina: YoungPerson, now: datetime, words: str = "Hej, har du tid?") -> str:
    """Amina has asked something and Mette has read it; returns her thread."""
    await messages.receive(amina, words, source_key=f"webchat:1:{words}", now=now)
    thread = await messages.open_thread(cast.mette, cast.amina, now=now)
    await messages.read(cast.mette, thread, position=99, now=now)
    return thread


async def test_put_aside_it_is_away_for_its_reader_alone_and_comes_back_on_top_and_on_today(
    cast: Cast, amina: YoungPerson, now: datetime
) -> None:
    thread = await read(cast, amina, now)
    promised = (await views.conversation(cast.mette, cast.amina)).promised_at
    await messages_beside.later(cast.mette, thread, now + HOUR, now=now)
    assert await where(cast.mette, now) == {"mine": False, "later": True, "all": True}
    assert await where(cast.per, now) == {"mine": False, "later": False, "all": True}
    assert (await today(cast.mette, now=now)).threads == ()
    assert (await views.unread(cast.mette, now=now))["mine"] == 0
    back = now + HOUR
    assert await where(cast.mette, back) == {"mine": True, "later": True, "all": True}
    assert [line.later for line in (await today(cast.mette, now=back)).threads] == [back]
    assert (await views.unread(cast.mette, now=back))["mine"] == 1
    assert (await views.conversation(cast.mette, cast.amina)).promised_at == promised


async def test_what_was_not_read_yet_is_put_aside_all_the_same_and_its_promise_runs_on(
    cast: Cast, amina: YoungPerson, now: datetime
) -> None:
    await messages.receive(amina, "Hej, har du tid?", source_key="webchat:1:1", now=now)
    thread = await messages.open_thread(cast.mette, cast.amina, now=now)
    await messages_beside.later(cast.mette, thread, now + HOUR, now=now)
    assert await where(cast.mette, now) == {"mine": False, "later": True, "all": True}
    line = (await views.inbox(cast.mette, Folder.LATER, now=now)).threads[0]
    promised = (await views.conversation(cast.mette, cast.amina)).promised_at
    assert (line.unread, line.later, line.promised_at) == (True, now + HOUR, promised)
    assert ((await today(cast.mette, now=now)).threads, (await badges(cast.mette, now=now)).unread) == ((), 0)
    assert (await badges(cast.mette, now=now + HOUR)).unread == 1


async def test_whatever_new_happens_brings_it_back_before_its_time_and_for_good(
    cast: Cast, amina: YoungPerson, now: datetime
) -> None:
    thread, month = await read(cast, amina, now), now + timedelta(days=30)
    waits = (await found(Message))[0].id
    broken = now + timedelta(days=8)
    news = {
        "written": lambda: messages.receive(amina, "Hallo?", source_key="webchat:1:9", now=now),
        "changed": lambda: messages.edit(amina, "webchat:1:Hej, har du tid?", "Har du tid i dag?", now=now),
        "it cannot wait": lambda: messages.cannot_wait(amina, waits, now=now),
        "handed back": lambda: messages.assign(cast.per, thread, cast.mette.staff_id, words="Se her", now=now),
        "broken": lambda: messages.break_due(HOUSE, now=broken),
    }
    for name, comes in news.items():
        await messages.assign(cast.per, thread, cast.mette.staff_id, now=now)
        await messages_beside.later(cast.mette, thread, month, now=now)
        assert (name, (await where(cast.mette, now))["mine"]) == (name, False)
        await comes()
        await messages.read(cast.mette, thread, position=99, now=now)
        assert (name, await where(cast.mette, now)) == (name, {"mine": True, "later": False, "all": True})
    # Its moment is enough: no tick has to have said that the promise is broken.
    await messages.assign(cast.per, thread, cast.mette.staff_id, now=broken)
    await messages_beside.later(cast.mette, thread, month, now=broken)
    assert (await where(cast.mette, broken + timedelta(days=4)))["mine"] is True


async def test_answering_or_taking_it_up_ends_it_and_a_moment_that_is_over_is_refused(
    cast: Cast, amina: YoungPerson, now: datetime
) -> None:
    thread = await read(cast, amina, now)
    for wrong in (now, now - HOUR, now + timedelta(days=91)):
        with pytest.raises(Invalid):
            await messages_beside.later(cast.mette, thread, wrong, now=now)
    await messages_beside.later(cast.mette, thread, now + HOUR, now=now)
    await messages_beside.not_later(cast.mette, thread, now=now)
    assert await count(ReplyLater) == 0
    await messages_beside.later(cast.mette, thread, now + HOUR, now=now)
    await messages.reply(cast.per, thread, "Ja", version=1, key="k", now=now)
    assert await count(ReplyLater) == 0


async def test_pages_of_threads_go_on_where_they_ended_also_after_what_came_back(
    cast: Cast, amina: YoungPerson, jonas: YoungPerson, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = await read(cast, amina, now)
    await change(Person, {"id": cast.jonas}, caseworker_id=cast.mette.staff_id)
    await messages.receive(jonas, "Hej", source_key="webchat:2:1", now=now - HOUR)
    second = await messages.open_thread(cast.mette, cast.jonas, now=now)
    await messages.assign(cast.per, second, cast.mette.staff_id, now=now)
    await messages_beside.later(cast.mette, first, now + timedelta(minutes=1), now=now)
    later = now + HOUR
    whole = [line.thread_id for line in (await views.inbox(cast.mette, Folder.ALL, now=later)).threads]
    assert whole == [first, second]
    monkeypatch.setattr(views, "PAGE", 1)
    page = await views.inbox(cast.mette, Folder.ALL, now=later)
    rest = await views.inbox(cast.mette, Folder.ALL, now=later, after=page.later)
    assert [line.thread_id for line in (*page.threads, *rest.threads)] == [first, second]
    assert rest.later == ""
    # What is answered meanwhile goes to the end of the list, and takes nobody before it along.
    await messages.reply(cast.mette, first, "Ja", version=None, key="r", now=later)
    rest = await views.inbox(cast.mette, Folder.ALL, now=later, after=page.later)
    assert [line.thread_id for line in rest.threads] == [second]
    for nonsense in (first, "2.1.1." + first, "1..x." + first, f"1.{'9' * 18}.1.{first}", "²"):
        again = await views.inbox(cast.mette, Folder.ALL, now=later, after=nonsense)
        assert [line.thread_id for line in again.threads] == [second]


async def test_today_names_what_is_promised_first_also_where_much_is_unread(
    cast: Cast, amina: YoungPerson, jonas: YoungPerson, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    await read(cast, amina, now - HOUR)
    await change(Person, {"id": cast.jonas}, caseworker_id=cast.mette.staff_id)
    await messages.receive(jonas, "tak", source_key="webchat:2:1", now=now)
    assert [line.person_id for line in (await today(cast.mette, now=now)).threads] == [cast.jonas, cast.amina]
    monkeypatch.setattr("models.queries.today.MOST_THREADS", 1)
    found = await today(cast.mette, now=now)
    assert ([line.person_id for line in found.threads], found.more_threads) == ([cast.amina], 1)


async def test_words_for_a_colleague_are_a_note_that_is_unread_for_them_and_never_a_letter(
    cast: Cast, amina: YoungPerson, now: datetime
) -> None:
    thread = await read(cast, amina, now)
    before = await count(Letter)
    for _ in range(2):
        await messages.assign(cast.mette, thread, cast.siri.staff_id, words="Spørg til boligen", key="k", now=now)
    assert await count(Letter) == before
    assert [(row.direction, row.kind) for row in await found(Message, "position")] == [
        ("in", "text"),
        ("note", "handed"),
    ]
    line = (await today(cast.siri, now=now)).threads[0]
    assert (line.line, line.last, line.last_by, line.unread) == ("Spørg til boligen", "handed", "Mette Holm", True)
    assert (await views.unread(cast.mette, now=now))["all"] == 0
    await messages.read(cast.siri, thread, position=99, now=now)
    assert (await views.unread(cast.siri, now=now))["mine"] == 0


async def test_who_looks_after_somebody_is_told_for_whom_and_until_when(
    cast: Cast, amina: YoungPerson, now: datetime
) -> None:
    await read(cast, amina, now)
    await change(Person, {"id": cast.amina}, substitute_id=cast.siri.staff_id)
    assert (await beside.beside(cast.siri, cast.amina, now=now)).cover is None
    last = (now + timedelta(days=3)).date()
    await staff.be_absent(cast.mette, date(2026, 1, 1), last, now=now)
    expected = Cover("Mette Holm", last)
    assert (await beside.beside(cast.siri, cast.amina, now=now)).cover == expected
    assert [one.cover for one in (await views.inbox(cast.siri, Folder.STANDING_IN, now=now)).threads] == [expected]
    assert (await beside.beside(cast.mette, cast.amina, now=now)).cover is None
    assert (await beside.beside(cast.per, cast.amina, now=now)).cover is None


async def test_who_writes_is_told_to_others_for_as_long_as_they_write(
    cast: Cast, amina: YoungPerson, now: datetime
) -> None:
    thread = await read(cast, amina, now)
    await messages_beside.writing(cast.mette, thread, now=now)

    async def writers(viewer, after: int = 0) -> tuple[str, ...]:
        return (await beside.beside(viewer, cast.amina, now=now + timedelta(seconds=after))).writers

    assert (await writers(cast.per), await writers(cast.mette)) == (("Mette Holm",), ())
    assert await writers(cast.per, 20) == ()
    await messages_beside.writing(cast.mette, thread, now=now, done=True)
    assert await writers(cast.per) == ()
    await messages_beside.writing(cast.mette, thread, now=now)
    await messages.reply(cast.mette, thread, "Ja", version=1, key="k", now=now)
    assert await writers(cast.per) == ()


async def test_canned_replies_are_their_municipality_s_and_written_by_whoever_runs_it(
    cast: Cast, amina: YoungPerson, now: datetime
) -> None:
    both = await canned.add(
        cast.admin, Text("Vi ringer", "Hej {first_name}. {my_first_name} ringer.", "Hi {first_name}"), now=now
    )
    await canned.add(cast.per, Text("Åbent", "Vi har åbent 9-15"), now=now)
    await canned.add(cast.odd, Text("Andres", "Odsherred"), now=now)
    for viewer, refusal in ((cast.mette, NotAllowed), (cast.odd, NotFound)):
        with pytest.raises(refusal):
            await canned.change(viewer, both, Text("x", "y"), now=now)
    assert [(one.title, one.words) for one in await beside.canned(cast.mette, cast.amina)] == [
        ("Vi ringer", "Hej Amina. Mette ringer."), ("Åbent", "Vi har åbent 9-15"),
    ]  # fmt: skip
    await change(Person, {"id": cast.amina}, language="en")
    assert [one.words for one in await beside.canned(cast.mette, cast.amina, words="RINGER")] == ["Hi Amina"]
    await canned.change(cast.per, both, Text("Vi ringer", "x", active=False), now=now)
    assert [one.title for one in await beside.canned(cast.mette, cast.amina)] == ["Åbent"]
    assert (await beside.all_canned(cast.mette), len(await beside.all_canned(cast.per))) == ([], 2)
    assert await count(CannedReply) == 3
