"""A discreet Telegram: no kind of letter says anything of person, case or content; nothing is lost, nothing twice."""

from __future__ import annotations

from datetime import datetime

from bot import screens
from bot.doors import Doors
from bot.screens import Button, Screen
from models.actions import consent, letters, messages
from models.actions.letters import Taken
from models.domain.letters import KINDS
from models.domain.people import YoungPerson
from models.tables.consent import Joining, Link
from models.tables.messages import Message
from models.tables.outbox import Letter
from models.tables.register import Municipality, Person
from models.transactions import HOUSE, Scope
from tests.actions.rows import change, count, found, one
from tests.actions.world import CANARY, live
from tests.bot.talk import World
from tests.cast import Cast, link

#: Everything on stage that names a person, a place or a matter.
TELLING = (
    CANARY, "Frida", "Mette", "Holm", "Siri", "Lars", "Per ", "Randers", "Odsherred", "89 15", "kontaktperson",
    "to timer", "Kommune", "Ja tak", "glad og i godt", "cheerful", "trivsel",
)  # fmt: skip


async def test_no_kind_of_letter_tells_anything_on_a_discreet_telegram(cast: Cast, now: datetime) -> None:
    world = await live(cast, now)
    await change(Letter, {"state__in": ["queued", "waiting"]}, state="cancelled")
    await change(Municipality, {"id": cast.randers}, telegram_content="discreet")
    frida = world.amina.person_id
    here = Scope(cast.randers)
    telegram = await link(
        here, frida, 99, now=now, bot="telegram", language="da", confirmed_by=cast.mette.staff_id,
        purposes=["messages", "checkins", "figures", "panel"],
    )  # fmt: skip
    joining = await one(Joining)
    await change(Joining, {"id": joining.id}, step="purposes", bot="telegram", municipality_id=cast.randers)
    abouts = {
        "message": (world.reply, world.message), "offer": (world.offer,), "feedback": (world.feedback,),
        "checkin": (world.asked, world.check_in), "pulse": (world.asked,), "join": (joining.id,),
        "unreadable": (world.message,), "crisis": (world.message,),
    }  # fmt: skip
    shown: dict[str, str] = {}
    for kind in KINDS:
        for place, about in enumerate(abouts.get(kind.partition(".")[0], ("",))):
            key = f"walk:{kind}:{place}"
            if kind.startswith("join.") and kind != "join.words":
                letter_id = await letters.answer_chat(
                    HOUSE, kind, bot="telegram", chat_index="somebody", chat_id=98, language="da", key=key, now=now,
                    municipality_id=cast.randers, person_id=frida, about=about,
                )  # fmt: skip
            else:
                letter_id = await letters.post(
                    here, kind, person_id=frida, key=key, now=now, link_id=telegram.link_id,
                    about=telegram.link_id if kind == "join.words" else about,
                )  # fmt: skip
            await _see(letter_id, now, shown, f"{kind}:{place}")
    for nudge in await found(Letter, kind__startswith="discreet.", state="queued"):
        await _see(nudge.id, now, shown, f"{nudge.kind}:posted")
    assert {one: said for one, said in shown.items() if any(word in said for word in TELLING)} == {}
    assert {one.partition(":")[0] for one in shown} == {kind for kind, rule in KINDS.items() if rule.neutral}
    # Whatever was not shown there is in the web chat, or said why it is nowhere: the same letter, in another place.
    moved = [row for row in await found(Letter, natural_key__startswith="walk:") if not KINDS[row.kind].neutral]
    assert {row.bot for row in moved if row.state == "queued"} == {"webchat"}
    assert {row.state for row in moved} <= {"queued", "waiting", "cancelled"}
    assert len([row for row in moved if row.state == "queued"]) >= 30
    whole = await found(Letter, kind__in=["crisis", "checkin.low"], bot="webchat", natural_key__endswith=":whole")
    assert {row.kind for row in whole} == {"crisis", "checkin.low"}


async def _see(letter_id: int | None, now: datetime, shown: dict[str, str], name: str) -> None:
    async def draw(taken: Taken) -> tuple[Screen, list[list[str]]] | None:
        assert taken.discreet
        return await screens.render(taken, now)

    assert letter_id is not None
    taken = await letters.take(HOUSE, letter_id, draw, now=now, real_now=now)
    if isinstance(taken, Taken):
        made: Screen = taken.screen
        assert made.photo is None
        assert made.file is None
        labels = [button.label for row in made.buttons for button in row]
        shown[name] = "\n".join([made.text, *labels])
        await change(Letter, {"id": letter_id}, state="sent")


async def _discreet(world: World, *, confirmed: bool = True) -> tuple[str, YoungPerson]:
    await change(Person, {"id": world.cast.amina}, telegram_content="discreet")
    web = await link(
        Scope(world.cast.randers), world.cast.amina, 55, now=world.now,
        confirmed_by=world.cast.mette.staff_id if confirmed else None,
    )  # fmt: skip
    return web.link_id, web


async def test_what_is_written_on_telegram_is_taken_in_answered_without_content_and_better_said_once(
    world: World,
) -> None:
    talk = await world.linked(world.cast.amina)
    web, _ = await _discreet(world)
    world.later(minutes=1)
    await talk.say("Hej Mette. Kan du ringe?")
    assert talk.texts == [
        "Det er kommet frem. Svaret kommer i Hørt.\n"
        "Næste gang er det bedre at skrive derinde. Der er det kun dig, der kan låse op."
    ]
    assert talk.labels == ["Nyt link", "Hjælp nu"]
    world.later(minutes=1)
    await talk.say("Er du der?")
    assert talk.last == "Det er kommet frem. Svaret kommer i Hørt."
    assert await count(Message, person_id=world.cast.amina) == 2
    receipts = await found(Letter, kind__in=["message.first", "message.receipt"])
    assert [(row.bot, row.link_id, row.state) for row in receipts] == [("webchat", web, "queued")] * 2


async def test_words_of_crisis_get_the_lines_at_once_on_telegram_and_the_rest_in_the_web_chat(world: World) -> None:
    talk = await world.linked(world.cast.amina)
    await _discreet(world)
    world.later(minutes=1)
    await talk.say("jeg vil ikke leve mere")
    crisis = next(text for text in talk.texts if "112" in text)
    assert "Livslinien: 70 201 201" in crisis
    assert "Mette" not in crisis
    assert [row.state for row in await found(Letter, kind="crisis", bot="webchat")] == ["queued"]
    await talk.say("/help")
    assert "Mette" not in talk.last
    assert "112" in talk.last


async def test_without_a_web_chat_a_reply_waits_and_telegram_says_once_that_there_is_something(world: World) -> None:
    talk = await world.linked(world.cast.amina)
    await change(Person, {"id": world.cast.amina}, telegram_content="discreet")
    await talk.say("Hej")
    world.later(minutes=5)
    thread = (await one(Message)).thread_id
    for number, version in ((1, 1), (2, 2)):
        await messages.reply(
            world.cast.mette, thread, f"Svar {number}", version=version, key=f"k{number}", now=world.now
        )
        await world.settle()
    waiting = list(await found(Letter, kind="message.reply"))
    assert [(row.state, row.reason) for row in waiting] == [("held", "discreet")] * 2
    assert [text for text in talk.texts if text == "Der er noget til dig i Hørt."] == []
    assert len(talk.texts) == 1
    world.later(hours=25)
    thread_version = 3
    await messages.reply(world.cast.mette, thread, "Svar 3", version=thread_version, key="k3", now=world.now)
    await world.settle()
    assert talk.last == "Der er noget til dig i Hørt."


async def test_who_has_looked_is_told_again_and_who_has_not_is_not(world: World) -> None:
    talk = await world.linked(world.cast.amina)
    _web, person = await _discreet(world)
    world.later(minutes=1)

    async def something(number: int) -> None:
        await letters.post(
            person, "message.reply", person_id=world.cast.amina, key=f"r{number}", now=world.now,
            link_id=(await one(Link, bot="telegram")).id,
        )  # fmt: skip
        await world.settle()

    await something(1)
    await something(2)
    assert talk.texts == ["Der er noget til dig i Hørt."]
    world.later(minutes=30)
    letter = (await found(Letter, kind="message.reply"))[1]
    await letters.call_for_a_look(HOUSE, letter.id, looked_at=None, now=world.now)
    await world.settle()
    assert len(talk.texts) == 1
    await letters.call_for_a_look(HOUSE, letter.id, looked_at=world.now, now=world.now)
    world.later(minutes=1)
    await something(3)
    assert len(talk.texts) == 2
    world.later(minutes=1)
    await consent.seen(person, now=world.now)
    world.later(minutes=1)
    await something(4)
    assert len(talk.texts) == 3


async def test_home_settings_stop_and_start_work_there_without_a_name(world: World) -> None:
    talk = await world.linked(world.cast.amina)
    await _discreet(world)
    await talk.say("/hjem")
    assert talk.last == "Her står der kun, når der er noget nyt. Resten er i Hørt."
    await talk.press("Indstillinger")
    assert talk.labels == ["Stop alle spørgsmål", "English", "Hjælp nu"]
    await talk.press("Stop alle")
    assert talk.last.startswith("Okay. Jeg spørger ikke mere. Venter du på svar, kommer det stadig.")
    await talk.say("start")
    await talk.say("/indstillinger")
    await talk.press("English")
    assert talk.last == "Here you can choose language and quiet. You choose the rest in Hørt."


async def test_an_unproven_telegram_gets_no_way_in(world: World) -> None:
    talk = await world.linked(world.cast.amina, confirmed=False)
    await _discreet(world)
    world.later(minutes=1)
    await talk.say("Hej")
    assert talk.last.endswith("Du kan åbne det, når dine to ord er hørt.")
    assert talk.labels == ["Hjælp nu"]
    made = Screen("x", ((Button("Åbn", door=True),), (Button("Hjælp", "help"),)))
    bound = await one(Link, bot="telegram")
    taken = Taken(
        letter_id=1, municipality_id=world.cast.randers, person_id=world.cast.amina, link_id=bound.id,
        kind="discreet.waiting", letter_class=KINDS["discreet.waiting"].letter_class, about="", args={}, language="da",
        chat_id=talk.chat_id, nonce="n", edits=None, silent=False, resend=False, confirmed=True, discreet=True,
    )  # fmt: skip
    doors = Doors(None, "https://hoert.example", lambda: world.now)
    assert await doors(made, taken) == Screen("x", ((Button("Hjælp", "help"),),))
    await consent.confirm_words(world.cast.mette, bound.id, now=world.now)
    opened = await doors(made, taken)
    assert [button.url for row in opened.buttons for button in row] == ["https://hoert.example/chat/", ""]
