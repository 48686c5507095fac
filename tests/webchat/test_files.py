import io
import struct
from datetime import timedelta

import aiohttp
import pytest
from telegram import Message
from telegram.error import BadRequest

from bot.webchat.files import image_size
from tests.webchat.served import TOKEN, Phone, Served, png


async def fetched(phone: Phone, url: str) -> tuple[int, str, bytes]:
    async with phone.web.get(url) as answer:
        return answer.status, answer.content_type, await answer.read()


async def test_a_photo_reaches_the_page_and_nobody_else(served: Served, amina: Phone) -> None:
    jonas = await served.phone("Jonas")
    bot = await served.bot()
    sent = await bot.send_photo(amina.chat_id, png(), caption="<b>se</b>", parse_mode="HTML")
    assert [(p.width, p.height, p.file_size) for p in sent.photo] == [(3, 2, len(png()))]
    assert (sent.caption, [e.type for e in sent.caption_entities]) == ("se", ["bold"])
    (message,) = await amina.messages()
    assert (message["text"], message["photo"]["width"], message["photo"]["height"]) == ("se", 3, 2)
    url = message["photo"]["url"]
    assert await fetched(amina, url) == (200, "image/png", png())
    assert (await fetched(jonas, url))[0] == 404
    assert (await fetched(served.browser(), url))[0] == 401


async def test_a_photo_can_be_sent_again_by_its_id(served: Served, amina: Phone) -> None:
    jonas = await served.phone("Jonas")
    bot = await served.bot()
    sent = await bot.send_photo(amina.chat_id, png())
    again = await bot.send_photo(jonas.chat_id, sent.photo[-1].file_id)
    assert again.photo[0].width == 3
    (message,) = await jonas.messages()
    assert await fetched(jonas, message["photo"]["url"]) == (200, "image/png", png())
    await served.call("forgetChat", chat_id=amina.chat_id)
    assert await fetched(jonas, message["photo"]["url"]) == (200, "image/png", png())
    with pytest.raises(BadRequest) as raised:
        await bot.send_photo(jonas.chat_id, sent.photo[-1].file_id)
    assert raised.value.message == "Wrong file_id or the file is temporarily unavailable"


async def test_a_document_is_a_download_with_its_name(served: Served, amina: Phone) -> None:
    bot = await served.bot()
    sent = await bot.send_document(amina.chat_id, b"<script>", filename="Min plan æ.html", caption="din plan")
    assert sent.document is not None
    assert (sent.document.file_name, sent.document.file_size) == ("Min plan æ.html", 8)
    (message,) = await amina.messages()
    assert (message["document"]["name"], message["document"]["size"]) == ("Min plan æ.html", 8)
    async with amina.web.get(message["document"]["url"]) as answer:
        assert (answer.content_type, await answer.read()) == ("application/octet-stream", b"<script>")
        assert answer.headers["Content-Disposition"] == "attachment; filename*=UTF-8''Min%20plan%20%C3%A6.html"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


async def test_a_file_goes_with_its_message(served: Served, amina: Phone) -> None:
    bot = await served.bot()
    sent = await bot.send_photo(amina.chat_id, png())
    url = (await amina.messages())[0]["photo"]["url"]
    await sent.delete()
    assert (await fetched(amina, url))[0] == 404
    assert served.chat.chats.store.rows("SELECT 1 FROM file") == []


async def test_the_bot_gets_its_file_back_for_an_hour(served: Served, amina: Phone) -> None:
    bot = await served.bot()
    sent = await bot.send_document(amina.chat_id, b"indhold", filename="a.txt")
    assert sent.document is not None
    file = await bot.get_file(sent.document.file_id)
    assert bytes(await file.download_as_bytearray()) == b"indhold"
    served.clock.sleep(3601)
    path = str(file.file_path).partition(f"/file/bot{TOKEN}")[2]
    async with served.raw.get(f"/file/bot{TOKEN}{path}") as answer:
        assert answer.status == 404
    async with served.raw.get(f"/file/botx{path}") as answer:
        assert answer.status == 401
    assert (await served.call("getFile", file_id="x")).refusal == (400, "Bad Request: invalid file_id")


async def test_files_may_be_attached_under_another_name(served: Served, amina: Phone) -> None:
    form = aiohttp.FormData()
    form.add_field("chat_id", str(amina.chat_id))
    form.add_field("photo", "attach://billede")
    form.add_field("billede", png(5, 4), filename="x.png", content_type="image/png")
    async with served.raw.post(f"/bot{TOKEN}/sendPhoto", data=form) as answer:
        photo = (await answer.json())["result"]["photo"]
    assert [(size["width"], size["height"]) for size in photo] == [(5, 4)]


async def test_a_voice_message_is_a_download_on_the_page(served: Served, amina: Phone) -> None:
    bot = await served.bot()
    sent = await bot.send_voice(amina.chat_id, b"OggS", filename="svar.ogg", duration=7, caption="hør")
    assert sent.voice is not None
    assert (sent.voice.duration, sent.voice.file_size) == (timedelta(seconds=7), 4)
    assert (sent.document, sent.caption) == (None, "hør")
    assert bytes(await (await bot.get_file(sent.voice.file_id)).download_as_bytearray()) == b"OggS"
    (message,) = await amina.messages()
    assert (message["document"]["name"], message["text"]) == ("svar.ogg", "hør")


async def test_files_are_taken_up_to_50_mebibytes_and_given_back_up_to_20(served: Served, amina: Phone) -> None:
    to = {"chat_id": str(amina.chat_id)}
    for size, status in (((20 << 20), 200), ((20 << 20) + 1, 400)):
        form = aiohttp.FormData(to)
        form.add_field("document", io.BytesIO(b"x" * size), filename="x.bin")
        async with served.raw.post(f"/bot{TOKEN}/sendDocument", data=form) as answer:
            document = (await answer.json())["result"]["document"]
        got = await served.call("getFile", file_id=document["file_id"])
        assert (got.status, got.body.get("description")) == (
            status,
            None if status == 200 else "Bad Request: file is too big",
        )
    form = aiohttp.FormData(to)
    form.add_field("document", io.BytesIO(b"x" * (52 << 20)), filename="x.bin")
    async with served.raw.post(f"/bot{TOKEN}/sendDocument", data=form) as answer:
        assert (answer.status, (await answer.json())["description"]) == (413, "Request Entity Too Large")


@pytest.mark.parametrize(
    ("photo", "error"),
    [
        (None, "there is no photo in the request"),
        ("HWnothing_of_that_kind_is_here", "wrong file_id or the file is temporarily unavailable"),
        ("attach://nothing", "wrong file_id or the file is temporarily unavailable"),
        ("http://127.0.0.1:9/x.png", "failed to get HTTP URL content"),
    ],
)
async def test_photos_that_are_not_there(served: Served, amina: Phone, photo: str | None, error: str) -> None:
    params = {"chat_id": amina.chat_id, **({"photo": photo} if photo else {})}
    assert (await served.call("sendPhoto", **params)).refusal == (400, f"Bad Request: {error}")


async def test_captions_have_1024_characters_and_photos_are_images(served: Served, amina: Phone) -> None:
    bot = await served.bot()
    with pytest.raises(BadRequest) as raised:
        await bot.send_photo(amina.chat_id, png(), caption="x" * 1025)
    assert raised.value.message == "Message caption is too long"
    with pytest.raises(BadRequest) as raised:
        await bot.send_photo(amina.chat_id, b"no image")
    assert raised.value.message == "Image_process_failed"
    with pytest.raises(BadRequest) as raised:
        await bot.send_photo(amina.chat_id, b"")
    assert raised.value.message == "File must be non-empty"
    assert await amina.messages() == []


async def test_a_caption_can_be_edited_and_a_text_cannot_replace_it(served: Served, amina: Phone) -> None:
    bot = await served.bot()
    sent = await bot.send_photo(amina.chat_id, png(), caption="a")
    edited = await sent.edit_caption("b")
    assert isinstance(edited, Message)
    assert (edited.caption, len(edited.photo)) == ("b", 1)
    with pytest.raises(BadRequest) as raised:
        await sent.edit_text("c")
    assert raised.value.message == "There is no text in the message to edit"


@pytest.mark.parametrize(
    ("content", "size"),
    [
        (png(7, 9), ("image/png", 7, 9)),
        (b"GIF89a" + struct.pack("<HH", 7, 9), ("image/gif", 7, 9)),
        (b"\xff\xd8\xff\xe0\0\x04ab\xff\xc0\0\x11\x08" + struct.pack(">HH", 9, 7), ("image/jpeg", 7, 9)),
        (b"RIFF\0\0\0\0WEBPVP8X" + b"\0" * 8 + b"\x06\0\0\x08\0\0", ("image/webp", 7, 9)),
        (b"RIFF\0\0\0\0WEBPVP8 " + b"\0" * 10 + struct.pack("<HH", 7, 9), ("image/webp", 7, 9)),
        (b"RIFF\0\0\0\0WEBPVP8L" + b"\0" * 5 + (6 | 8 << 14).to_bytes(4, "little"), ("image/webp", 7, 9)),
        (b"\x89PNG\r\n\x1a\n", None),
        (b"\xff\xd8\xff", None),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", None),
    ],
)
def test_the_size_is_read_from_the_image_itself(content: bytes, size: tuple[str, int, int] | None) -> None:
    assert image_size(content) == size
