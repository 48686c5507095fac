"""Whatever a phone can send: kept as what it is, fetched, answered kindly, and the next message is served.

The fault catalogue's groups D and E where media and content matter: 43 to 45 and 56 to 61.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from locales import text
from models.actions import attachments, messages, register
from models.domain.errors import NotFound
from models.domain.register import Aftercare, Group
from models.queries import attachments as views
from models.queries import feedback as given
from models.queries.messages import Entry, conversation
from models.tables.alerts import Alert
from models.tables.attachments import Attachment, AttachmentPart
from models.tables.feedback import Feedback
from models.tables.inbox import InboxUpdate
from models.tables.messages import Message, MessageVersion
from models.transactions import HOUSE, Scope
from tests.bot.talk import World, all_of, count
from tests.files import MAKER, PDF, film, office, picture, voice

LARGE = 25 * 1024 * 1024
ORIGIN = {"type": "hidden_user", "date": 1, "sender_user_name": "En anden"}
BOT_USER = {"id": 9, "is_bot": True, "first_name": "gif", "username": "gif"}


def one_file(**more: Any) -> dict[str, Any]:
    return {"file_id": "f", "file_unique_id": "u", **more}


def photo(file_id: str = "photo") -> dict[str, Any]:
    return {
        "photo": [
            one_file(width=9, height=9),
            {"file_id": file_id, "file_unique_id": file_id, "width": 90, "height": 90},
        ]
    }


def spoken(file_id: str = "voice") -> dict[str, Any]:
    return {"voice": {**one_file(duration=3), "file_id": file_id}}


def document(file_id: str, name: str, size: int = 100) -> dict[str, Any]:
    return {"document": {"file_id": file_id, "file_unique_id": file_id, "file_name": name, "file_size": size}}


STICKER = one_file(width=1, height=1, is_animated=False, is_video=False, type="regular", emoji="😢")
POLL = {
    "id": "1", "question": "Hvad?", "options": [{"text": "A", "voter_count": 0, "persistent_id": "a"}],
    "total_voter_count": 0, "is_closed": False, "is_anonymous": True, "type": "regular", "members_only": False,
    "allows_multiple_answers": False, "allows_revoting": False,
}  # fmt: skip
STORY = {"id": 1, "chat": {"id": 7, "type": "private", "first_name": "x"}}

#: What comes, the kind it is kept as, and what becomes of its file ("" where it has none).
ODD: dict[str, tuple[dict[str, Any], str, str]] = {
    "sticker": ({"sticker": STICKER}, "sticker", ""),
    "gif": ({"animation": {**one_file(width=1, height=1, duration=1), "file_id": "film"},
             "document": {**one_file(), "file_id": "film"}}, "animation", "kept"),
    "voice": (spoken(), "voice", "kept"),
    "audio": ({"audio": {**one_file(duration=3, file_name="x.mp3"), "file_id": "sound"}}, "audio", "kept"),
    "video": ({"video": {**one_file(width=1, height=1, duration=1), "file_id": "film"}}, "video", "kept"),
    "round": ({"video_note": {**one_file(length=1, duration=1), "file_id": "film"}}, "video_note", "kept"),
    "photo": (photo(), "photo", "kept"),
    "pdf": (document("pdf", "../brev.doc"), "document", "kept"),
    "office": (document("docx", "brev.docx"), "document", "kept"),
    "exe": (document("exe", "spil.exe"), "document", "refused"),
    "in disguise": (document("exe", "brev.pdf"), "document", "refused"),
    "html": (document("html", "side.html"), "document", "refused"),
    "svg": (document("svg", "logo.svg"), "document", "refused"),
    "large": (document("large", "film.mov", LARGE), "document", "refused"),
    "gone": (document("gone", "væk.pdf"), "document", "waiting"),
    "location": ({"location": {"latitude": 56.46, "longitude": 10.03}}, "location", ""),
    "live": ({"location": {"latitude": 56.46, "longitude": 10.03, "live_period": 900}}, "live_location", ""),
    "contact": ({"contact": {"first_name": "Bo", "phone_number": "12345678", "vcard": "BEGIN:VCARD\nADR:Hjemme"}},
                "contact", ""),
    "poll": ({"poll": POLL}, "poll", ""),
    "dice": ({"dice": {"emoji": "🎲", "value": 3}}, "dice", ""),
    "story": ({"story": STORY}, "other", ""),
    "next year": ({}, "other", ""),
    "forwarded": ({"text": "se her", "forward_origin": ORIGIN}, "forwarded", ""),
    "via bot": ({"text": "se her", "via_bot": BOT_USER}, "via_bot", ""),
    "reply": ({"text": "ja, den der", "quote": {"text": "mødet", "position": 0}}, "text", ""),
}  # fmt: skip
WORDS = (
    "👨\u200d👩\u200d👧\u200d👦🏳️\u200d🌈🇩🇰", "z" + "\u0336\u0321" * 250 + "algo", "\u202egnp.exe\u202c",
    "nul\x00midt", "halv \ud83d", "a\u200bb\u200cc", "𝕳" * 4096, "<b>fed</b><script>alert(1)</script>",
    "[x](tg://user?id=1) _*[]()~`", "'; DROP TABLE message; --", "{{7*7}} %s%n", "\r\n200 OK", "\x1b[31mrød",
    "=HYPERLINK(1)", "＝1+1", "\t@SUM(A1)",
)  # fmt: skip


def filled(world: World) -> None:
    """What the phone's files hold."""
    world.telegram.files |= {
        "voice": voice(), "sound": b"ID3\x04" + bytes(50), "film": film(), "photo": picture(), "pdf": PDF,
        "docx": office(), "exe": b"MZ" + bytes(60), "html": b"<html><script>1</script>", "svg": b"<svg onload='x'/>",
    }  # fmt: skip


async def entries(world: World) -> list[Entry]:
    return list((await conversation(world.cast.mette, world.cast.amina)).entries)


@pytest.mark.parametrize("language", ["da", "en"])
async def test_57_whatever_a_phone_can_send_is_kept_answered_and_the_next_is_served(
    world: World, language: str
) -> None:
    filled(world)
    talk = await world.linked(world.cast.amina, language=language)
    for name, (content, kind, state) in ODD.items():
        before = len(talk.texts)
        await talk.send(**content)
        assert len(talk.texts) > before, name
        entry = (await entries(world))[-1]
        assert (name, entry.kind, [one.state for one in entry.files]) == (name, kind, [state] if state else [])
    assert await count(HOUSE, Message) == len(ODD)
    said = "\n".join(talk.texts)
    for key in ("refused.type", "refused.too_big", "instead.file", "danger"):
        assert text(f"chat.media.{key}", language) in said
    for key in ("voice", "sound", "video", "clip", "photo", "document", "contact", "live_location"):
        assert text(f"chat.media.receipt.{key}", language, name="Mette") in said
    contact = next(one for one in await entries(world) if one.kind == "contact")
    assert contact.words == "(kontakt) Bo 12345678"
    await talk.say("Er du der?")
    assert (await entries(world))[-1].words == "Er du der?"


async def test_57_what_can_be_refused_at_once_is_never_fetched_and_thanked_for_and_the_rest_promises_nothing(
    world: World,
) -> None:
    filled(world)
    talk = await world.linked(world.cast.amina)
    refused = "Den slags fil kan jeg ikke tage imod."
    instead = "Send den som PDF eller billede, eller skriv, hvad der står.\nMette kan se, at du prøvede."
    await talk.send(**document("exe", "Spil.EXE"))
    await talk.send(document={**document("photo", "IMG_1")["document"], "mime_type": "image/heic"})
    await talk.send(**document("large", "film.mov", LARGE))
    too_big = "Den er for stor til mig. Jeg kan tage 20 MB."
    assert talk.texts == [f"{refused}\n{instead}"] * 2 + [f"{too_big}\n{instead}"]
    assert world.telegram.fetched == []
    await talk.send(**document("exe", "brev.pdf"))
    first, then = talk.texts[3:]
    assert first.startswith("Jeg henter filen og siger til, hvis noget er galt. Så kan Mette åbne den.\nDu får svar")
    assert then == f"{refused}\n{instead}"
    assert world.telegram.fetched == ["exe"]
    assert [row.file_sealed for row in await all_of(HOUSE, Attachment)] == [None] * 4
    # Where words were asked for, what cannot be taken is no feedback; with words of its own it is those.
    await talk.say("/feedback")
    await talk.press("møde")
    await talk.press("En anden")
    await talk.send(**document("exe", "spil.exe"))
    assert talk.last.startswith("Det kan jeg ikke tage imod. Skriv det, eller send en talebesked.")
    assert await count(HOUSE, Feedback, state="said") == 0
    await talk.send(**document("exe", "spil.exe"), caption="mødet var for langt")
    assert await count(HOUSE, Feedback, state="said") == 1


@pytest.mark.parametrize("language", ["da", "en"])
async def test_56_58_59_60_whatever_stands_in_a_message_stays_what_it_is_and_hides_nothing(
    world: World, language: str
) -> None:
    filled(world)
    talk = await world.linked(world.cast.amina, language=language)
    for said in WORDS:
        await talk.say(said)
        await talk.send(**document("pdf", said[:200]), caption=said[:1024])
    shown = await entries(world)
    assert len(shown) == 2 * len(WORDS)
    for entry in shown:
        assert set(entry.words) & set("\x00\x1b\u202e\u202c\u200b\ud83d\r") == set()
    names = [one.name for entry in shown for one in entry.files]
    assert len(names) == len(WORDS)
    assert [
        name for name in names if not name.isprintable() or set(name) & set('<>:/"|?*') or not name.endswith(".pdf")
    ] == []
    assert talk.texts[-1] != ""


async def test_61_whatever_somebody_is_called_the_register_s_name_stands_and_telegram_s_is_not_kept(
    world: World,
) -> None:
    talk = await world.linked(world.cast.amina)
    for name in ("", "x" * 256, "🙂🙃", "\u202eJonas Birk", "Jonas Birk"):
        sender = {"id": talk.chat_id, "is_bot": False, "first_name": name, "language_code": "da"}
        await talk.send(text="Det er mig", **{"from": sender})
        await talk.send(contact={"first_name": name, "phone_number": "12345678"}, **{"from": sender})
        first, second = (await entries(world))[-2:]
        assert (first.words, second.kind, "\u202e" in second.words) == ("Det er mig", "contact", False)
    assert {row.payload for row in await all_of(HOUSE, InboxUpdate)} == {None}
    assert await count(HOUSE, Message, person_id=world.cast.jonas) == 0
    for number, name in enumerate(("🌻🌻", "Jonas Birk", f"{'ø' * 39} Birk")):
        entry = register.Entry(f"R-61{number}", name, date(2007, 5, 1), Group.PLACED, Aftercare.NO)
        someone = await world.linked(await register.add_person(Scope(world.cast.randers), entry, now=world.now))
        await someone.say("/hjem")
        assert someone.last == f"Hej {name.split()[0]}. Vælg her, eller skriv bare."
        await someone.say("Er du der?")
        assert "Din besked er sendt." in someone.last


async def test_57_an_album_has_one_receipt_and_waits_for_one_answer(world: World) -> None:
    filled(world)
    talk = await world.linked(world.cast.amina)
    for number in range(10):
        await talk.send(**photo(), media_group_id="album", caption="mit værelse" if number == 0 else None)
    assert len(talk.texts) == 1
    assert await count(HOUSE, Attachment, state="kept") == 10
    assert [row.needs_answer for row in await all_of(HOUSE, Message)].count(True) == 1
    for row in await all_of(HOUSE, Attachment):
        kept = await views.content(world.cast.mette, row.id)
        assert (kept.mime, MAKER.encode() in kept.content, b"Exif" in kept.content) == ("image/jpeg", False, False)


async def test_57_an_edited_caption_keeps_both_versions_is_checked_for_crisis_and_may_be_a_stop(world: World) -> None:
    filled(world)
    talk = await world.linked(world.cast.amina)
    number = await talk.send(**photo(), caption="mit værelse")
    await talk.send(kind="edited_message", message_id=number, edit_date=9, **photo(), caption="jeg vil ikke leve mere")
    entry = (await entries(world))[0]
    assert (entry.words, entry.earlier) == ("(billede)\njeg vil ikke leve mere", ("(billede)\nmit værelse",))
    assert "crisis_words" in [row.reason for row in await all_of(HOUSE, Alert)]
    await talk.send(kind="edited_message", message_id=number, edit_date=10, **photo(), caption="stop")
    assert await count(HOUSE, MessageVersion) == 2
    assert any(row.kind == "photo" for row in await all_of(HOUSE, Message))


async def test_57_a_voice_message_might_be_urgent_and_somebody_opens_it_or_an_alert_goes_round(world: World) -> None:
    """Nobody hears it by the urgent promise: read now, from one to the next. Opened in time: nothing."""
    filled(world)
    talk = await world.linked(world.cast.amina)
    await talk.send(**spoken())
    assert talk.labels == ["Hjælp nu", "Kan det ikke vente?", "Du behøver ikke svare", "Det var ikke til Mette"]
    await talk.send(**spoken())
    rows = await all_of(HOUSE, Message)
    assert [row.urgent for row in rows] == [True, True]
    await talk.press("Du behøver ikke svare")
    first, second = sorted(await all_of(HOUSE, Attachment), key=lambda row: row.created_at)
    with pytest.raises(NotFound):
        await attachments.open_file(world.cast.siri, first.id, now=world.now)
    await attachments.open_file(world.cast.mette, first.id, now=world.now)
    assert await attachments.unheard_due(HOUSE, now=world.now) == 0
    world.later(hours=5)
    assert await attachments.unheard_due(HOUSE, now=world.now) == 1
    assert [(row.reason, row.kind, row.about) for row in await all_of(HOUSE, Alert)] == [
        ("unheard", "read_now", second.message_id)
    ]
    assert await attachments.unheard_due(HOUSE, now=world.now) == 0


async def test_57_at_night_the_receipt_says_that_nobody_listens(world: World) -> None:
    filled(world)
    world.later(hours=12)
    talk = await world.linked(world.cast.amina)
    await talk.send(**spoken())
    assert talk.texts == [
        "Tak for din talebesked. Mette lytter til den.\n"
        "Ingen lytter, mens der er lukket. Tryk Hjælp nu, hvis det haster.\n"
        "Du får svar senest i morgen kl. 10.\nEr du i fare, så ring 112.\nAlt, hvad du skriver her, går til Mette."
    ]


async def test_57_a_file_that_is_gone_is_tried_again_then_asked_for_once_and_what_was_said_is_an_alert(
    world: World,
) -> None:
    talk = await world.linked(world.cast.amina)
    for _ in range(2):
        await talk.send(**spoken("gone"))
    for _ in range(4):
        world.later(minutes=5)
        await world.settle()
    assert [(row.state, row.reason, row.tries) for row in await all_of(HOUSE, Attachment)] == [("lost", "gone", 3)] * 2
    assert [said for said in talk.texts if "kunne ikke hente" in said] == [
        "Jeg kunne ikke hente det, du sagde.\nSend det igen, eller skriv det her."
    ]
    assert [row.reason for row in await all_of(HOUSE, Alert)] == ["unheard"] * 2
    assert [one.state for entry in await entries(world) for one in entry.files] == ["lost"] * 2


async def test_57_while_telegram_is_down_or_refuses_the_token_nothing_is_lost_and_then_it_is_fetched(
    world: World,
) -> None:
    filled(world)
    world.telegram.down = True
    talk = await world.linked(world.cast.amina)
    await talk.send(**spoken())
    for number in range(12):
        world.telegram.down, world.telegram.revoked = number < 6, number >= 6
        world.later(minutes=16)
        await world.settle()
    assert [row.state for row in await all_of(HOUSE, Attachment)] == ["waiting"]
    world.telegram.revoked = False
    world.later(minutes=16)
    await world.settle()
    kept = (await all_of(HOUSE, Attachment))[0]
    assert (kept.state, (await views.content(world.cast.mette, kept.id)).content) == ("kept", voice())
    assert world.telegram.fetched == ["voice"]


async def test_a_process_killed_between_download_and_commit_fetches_again_and_one_copy_is_kept(world: World) -> None:
    """Two that have the same file in hand keep it once; whoever died holds it no longer than its lease."""
    filled(world)
    world.telegram.down = True
    talk = await world.linked(world.cast.amina)
    await talk.send(**document("pdf", "brev.pdf"))
    world.telegram.down = False
    world.later(minutes=1)
    dead = await attachments.claim(HOUSE, bots=("telegram",), limit=9, now=world.now)
    ready = attachments.make_ready(dead[0].name, PDF)
    await world.settle()
    assert (len(dead), await count(HOUSE, Attachment, state="kept")) == (1, 0)
    world.later(minutes=4)
    await world.settle()
    here = Scope(world.cast.randers)
    assert await attachments.keep(here, dead[0].attachment_id, ready, now=world.now) is False
    assert await attachments.keep(Scope(world.cast.odsherred), dead[0].attachment_id, ready, now=world.now) is False
    assert (await count(HOUSE, Attachment, state="kept"), await count(HOUSE, AttachmentPart)) == (1, 1)
    assert world.telegram.fetched == ["pdf"]


async def test_a_voice_message_is_the_feedback_for_those_eyes_only(world: World) -> None:
    filled(world)
    talk = await world.linked(world.cast.amina)
    await talk.say("/feedback")
    await talk.press("møde")
    await talk.press("En anden")
    await talk.send(**spoken())
    row = (await all_of(HOUSE, Feedback))[0]
    file = (await all_of(HOUSE, Attachment))[0]
    assert (row.state, file.about, file.state, await count(HOUSE, Message)) == ("said", row.id, "kept", 0)
    for viewer in (world.cast.mette, world.cast.siri, world.cast.odd):
        with pytest.raises(NotFound):
            await views.content(viewer, file.id)
        with pytest.raises(NotFound):
            await attachments.open_file(viewer, file.id, now=world.now)
    found = await given.feedback(world.cast.per, row.id)
    assert [one.attachment_id for one in found.files] == [file.id]
    assert (await views.content(world.cast.per, file.id)).content == voice()
    world.later(hours=5)
    assert await attachments.unheard_due(HOUSE, now=world.now) == 1
    assert [(alert.reason, alert.owner_id) for alert in await all_of(HOUSE, Alert)] == [
        ("unheard", world.cast.per.staff_id)
    ]


async def test_files_of_a_reply_come_after_its_words_in_order_once_and_truthfully(world: World) -> None:
    filled(world)
    mette, talk = world.cast.mette, await world.linked(world.cast.amina)
    await talk.say("Hvornår er mødet?")
    before = len(talk.shown)
    chosen = [
        await attachments.attach(mette, world.cast.amina, name=name, content=content, now=world.now)
        for name, content in (("plan.pdf", PDF), ("kort.png", picture("PNG")), ("hilsen", voice()))
    ]
    thread = await messages.open_thread(mette, world.cast.amina, now=world.now)
    for _ in range(2):
        await messages.reply(mette, thread, "Her er det hele", version=1, key="key-12345", now=world.now, files=chosen)
    await world.settle()
    new = talk.shown[before:]
    assert [one.file[:2] if one.file else one.text for one in new] == [
        "Mette skriver:\nHer er det hele", ("document", "plan.pdf"), ("photo", "kort.png"), ("voice", "hilsen.ogg"),
    ]  # fmt: skip
    entry = (await entries(world))[-1]
    assert [one.name for one in entry.files] == ["plan.pdf", "kort.png", "hilsen.ogg"]
    assert entry.delivery is not None
    assert entry.delivery.state == "sent"


async def test_what_was_chosen_and_never_sent_is_forgotten_after_a_day(world: World) -> None:
    mette = world.cast.mette
    await attachments.attach(mette, world.cast.amina, name="x", content=PDF, now=world.now)
    left = []
    for hours in (23, 25):
        await attachments.forget_unclaimed(HOUSE, now=world.now + timedelta(hours=hours))
        left.append((await count(HOUSE, Attachment), await count(HOUSE, AttachmentPart)))
    assert left == [(1, 1), (0, 0)]
