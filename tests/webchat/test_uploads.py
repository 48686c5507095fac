import asyncio
import struct
from collections import namedtuple
from datetime import timedelta

import aiohttp
import pytest
from telegram import Message, Update

from bot.webchat.files import sorted_out
from bot.webchat.params import Upload
from bot.webchat.uploads import _name
from tests.webchat.served import Phone, Served, png

OGG = b"OggS" + bytes(60)
WEBM = b"\x1aE\xdf\xa3" + bytes(60)
MP4 = b"\0\0\0\x20ftypisom" + bytes(60)
PDF = b"%PDF-1.7\n"
JPEG = b"\xff\xd8\xff\xe0\0\x04ab\xff\xc0\0\x11\x08" + struct.pack(">HH", 9, 7)


async def arrived(served: Served) -> Message:
    """The latest message that waits for the bot, as python-telegram-bot reads it."""
    update = Update.de_json((await served.updates())[-1], await served.bot())
    assert update.message is not None
    return update.message


async def content_of(served: Served, file_id: str) -> bytes:
    file = await (await served.bot()).get_file(file_id)
    return bytes(await file.download_as_bytearray())


async def test_a_photo_comes_as_telegram_sends_one(served: Served, amina: Phone) -> None:
    shown = (await amina.upload(png(30, 20), kind="photo", name="IMG_1.png", mime="image/png", text=" mit rum "))[
        "message"
    ]
    message = await arrived(served)
    assert [(one.width, one.height, one.file_size) for one in message.photo] == [(30, 20, len(png(30, 20)))]
    assert (message.caption, message.text, message.document) == ("mit rum", None, None)
    assert await content_of(served, message.photo[-1].file_id) == png(30, 20)
    assert (shown["from"], shown["text"], shown["photo"]["width"], shown["document"]) == ("me", "mit rum", 30, None)
    async with amina.web.get(shown["photo"]["url"]) as answer:
        assert (answer.content_type, await answer.read()) == ("image/png", png(30, 20))
    await served.updates(offset=(await served.updates())[-1]["update_id"] + 1)
    assert (await amina.messages())[0]["state"] == "received"


async def test_a_voice_message_a_song_a_film_and_a_document_come_as_what_they_are(served: Served, amina: Phone) -> None:
    await amina.upload(WEBM, kind="voice", name="x.webm", mime="audio/webm;codecs=opus", seconds=7)
    voice = (await arrived(served)).voice
    assert voice is not None
    assert (voice.duration, voice.mime_type, voice.file_size) == (timedelta(seconds=7), "audio/webm", len(WEBM))
    assert await content_of(served, voice.file_id) == WEBM
    await amina.upload(OGG, name="sang.ogg", mime="audio/ogg", seconds=61)
    audio = (await arrived(served)).audio
    assert audio is not None
    assert (audio.file_name, audio.duration) == ("sang.ogg", timedelta(seconds=61))
    await amina.upload(MP4, name="film.mp4", mime="video/mp4", seconds=3, width=640, height=360)
    video = (await arrived(served)).video
    assert video is not None
    assert (video.width, video.height, video.duration, video.mime_type) == (640, 360, timedelta(seconds=3), "video/mp4")
    await amina.upload(PDF, name="Brev æ.pdf", mime="application/x-whatever", text="fra skolen")
    message = await arrived(served)
    assert message.document is not None
    assert (message.document.file_name, message.document.mime_type) == ("Brev æ.pdf", "application/pdf")
    assert message.caption == "fra skolen"
    found = [(m["document"]["kind"], m["document"]["seconds"]) for m in await amina.messages()]
    assert found == [("voice", 7), ("audio", 61), ("video", 3), ("document", 0)]


@pytest.mark.parametrize(
    ("content", "claimed", "wish", "found"),
    [
        (JPEG, "image/jpeg", "photo", ("photo", "image/jpeg")),
        (JPEG, "image/jpeg", "file", ("document", "image/jpeg")),
        (b"<svg onload='x'/>", "image/svg+xml", "photo", ("document", "application/octet-stream")),
        (b"\xff\xd8\xff", "image/jpeg", "photo", ("document", "application/octet-stream")),
        (png(9999, 2), "image/png", "photo", ("document", "image/png")),
        (OGG, "text/html", "file", ("audio", "audio/ogg")),
        (MP4, "audio/mp4", "voice", ("voice", "audio/mp4")),
        (b"<script>", "audio/ogg", "voice", ("document", "application/octet-stream")),
        (b"<script>", "text/html", "file", ("document", "text/html")),
        (b"RIFF\0\0\0\0WAVE", "", "voice", ("voice", "audio/wav")),
        (b"MZ", "application/x-msdownload\r\nX: y", "file", ("document", "application/octet-stream")),
    ],
)
def test_a_file_is_what_its_content_is(content: bytes, claimed: str, wish: str, found: tuple[str, str]) -> None:
    kind, facts = sorted_out(Upload("a", claimed, content), wish, {"seconds": 1, "width": 2, "height": 3})
    assert (kind, facts["mime"]) == found


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("a.pdf", "a.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\x\\y.doc", "y.doc"),
        ("a\r\nb\u202egpj.exe", "abgpj.exe"),
        ("", "fil"),
        (".pdf", "fil.pdf"),
        ("x" * 300 + ".jpeg", "x" * 115 + ".jpeg"),
        ("æ" * 300, "æ" * 120),
    ],
)
def test_a_name_is_only_a_name(given: str, kept: str) -> None:
    assert _name(given) == kept


async def test_a_file_is_taken_once_whatever_the_network_does(served: Served, amina: Phone) -> None:
    first = await amina.upload(PDF, client_id="same")
    await served.restart()
    assert (await amina.upload(PDF, client_id="same"))["id"] == first["id"]
    assert (len(await served.updates()), len(served.chat.chats.store.rows("SELECT 1 FROM file"))) == (1, 1)


async def test_a_document_is_never_shown_by_the_browser_and_a_sound_can_be_fetched_in_parts(
    served: Served, amina: Phone
) -> None:
    await amina.upload(b"<script>alert(1)</script>", name="x.html", mime="text/html")
    await amina.upload(OGG, kind="voice", mime="audio/ogg")
    page, sound = [m["document"]["url"] for m in await amina.messages()]
    async with amina.web.get(page) as answer:
        assert (answer.content_type, answer.headers["Content-Disposition"]) == (
            "application/octet-stream",
            "attachment; filename*=UTF-8''x.html",
        )
    for asked, status, told, got in (
        ("bytes=0-3", 206, f"bytes 0-3/{len(OGG)}", b"OggS"),
        ("bytes=-2", 206, f"bytes {len(OGG) - 2}-{len(OGG) - 1}/{len(OGG)}", b"\0\0"),
        ("bytes=9999-", 416, f"bytes */{len(OGG)}", b""),
    ):
        async with amina.web.get(sound, headers={"Range": asked}) as answer:
            assert (answer.status, answer.headers["Content-Range"], await answer.read()) == (status, told, got)
    async with amina.web.get(sound) as answer:
        assert (answer.status, answer.content_type, await answer.read()) == (200, "audio/ogg", OGG)
    jonas = await served.phone("Jonas")
    async with jonas.web.get(sound) as answer:
        assert answer.status == 404


async def test_what_is_no_upload_is_refused_and_keeps_nothing(served: Served, amina: Phone) -> None:
    assert await amina.upload(b"", 400) == {"error": "empty"}
    assert await amina.upload(b"x", 400, client_id="") == {"error": "bad_facts"}
    assert await amina.upload(b"x", 400, kind="sticker") == {"error": "bad_facts"}
    assert await amina.upload(b"x", 400, seconds=-1) == {"error": "bad_seconds"}
    assert await amina.upload(b"x", 400, text="x" * 1025) == {"error": "too_long"}
    assert await amina.upload(b"x" * ((20 << 20) + 1), 413) == {"error": "too_big"}
    assert await amina.post("uploads", 400) == {"error": "not_a_form"}
    form = aiohttp.FormData({"facts": "{", "file": "x"}, default_to_multipart=True)
    async with amina.web.post("api/uploads", data=form) as answer:
        assert (answer.status, await answer.json()) == (400, {"error": "bad_facts"})
    async with amina.web.post(
        "api/uploads", data=b"nothing", headers={"Content-Type": "multipart/form-data; boundary=b"}
    ) as answer:
        assert answer.status == 400
    assert await served.browser().upload(b"x", 401) == {"error": "no_session"}
    await amina.post("lock")
    assert await amina.upload(b"x", 423) == {"error": "locked"}
    await amina.post("unlock")
    await amina.post("block", blocked=True)
    assert await amina.upload(b"x", 409) == {"error": "blocked"}
    store = served.chat.chats.store
    assert (store.rows("SELECT 1 FROM file"), store.rows("SELECT 1 FROM message")) == ([], [])


async def test_nobody_fills_the_disk(served: Served, amina: Phone, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.webchat.limits.PERSON_BYTES", 100)
    monkeypatch.setattr("bot.webchat.limits.STRANGER_BYTES", 10)
    await amina.upload(b"x" * 60)
    assert await amina.upload(b"x" * 60, 409) == {"error": "no_room"}
    await amina.upload(b"x" * 40)
    assert await amina.upload(b"x", 409) == {"error": "no_room"}
    bot = await served.bot()
    await bot.send_document(amina.chat_id, b"y" * 200)
    stranger = served.browser()
    await stranger.start()
    assert await stranger.upload(b"x" * 11, 409) == {"error": "no_room"}
    await stranger.upload(b"x" * 9)
    usage = namedtuple("usage", "free")
    monkeypatch.setattr("bot.webchat.limits.PERSON_BYTES", 1 << 20)
    monkeypatch.setattr("shutil.disk_usage", lambda _: usage((256 << 20) - 1))
    assert await amina.upload(b"x", 507) == {"error": "no_room"}


async def test_files_come_at_a_pace_of_their_own(served: Served, amina: Phone) -> None:
    await served.restart(enforce_rates=True, send_rates=False)
    for _ in range(20):
        await amina.upload(b"x")
    assert await amina.upload(b"x", 429) == {"error": "too_fast"}
    await amina.write("ord har deres eget tempo")
    served.clock.sleep(31)
    await amina.upload(b"x")


async def test_one_file_at_a_time_and_one_that_falls_silent_is_given_up(
    served: Served, amina: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.webchat.limits.UPLOAD_SILENCE", 0.5)
    token = next(iter(amina.web.cookie_jar)).value
    reader, writer = await asyncio.open_connection("127.0.0.1", served.ports[1])
    writer.write(
        f"POST /chat/api/uploads HTTP/1.1\r\nHost: x\r\nX-Hoert: 1\r\nCookie: hoert_chat={token}\r\n"
        "Content-Type: multipart/form-data; boundary=b\r\nContent-Length: 9000\r\n\r\n--b\r\n"
        'Content-Disposition: form-data; name="facts"\r\n\r\n{'.encode()
    )
    await asyncio.sleep(0.1)
    assert await amina.upload(b"x", 429) == {"error": "too_fast"}
    async with asyncio.timeout(5):
        assert (await reader.readline()).split()[1] == b"408"
    writer.close()
    await writer.wait_closed()
    await amina.upload(b"x")


async def test_what_was_uploaded_is_sealed_and_goes_with_the_chat(served: Served, amina: Phone) -> None:
    shown = (await amina.upload(b"kanariefugl" * 9, name="kanariefugl.txt", text="kanariefugl"))["message"]
    kept = b"".join(path.read_bytes() for path in sorted(served.folder.iterdir()) if path.is_file())
    assert kept.count(b"kanariefugl") == 0
    assert (await served.call("forgetChat", chat_id=amina.chat_id)).result is True
    assert served.chat.chats.store.rows("SELECT 1 FROM file") == []
    async with amina.web.get(shown["document"]["url"]) as answer:
        assert answer.status == 401
