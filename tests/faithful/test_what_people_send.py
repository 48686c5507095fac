"""Pictures, voice, sounds, films and files from the page have Telegram's form."""

from pathlib import Path

from tests.faithful.aiograms import Aiogram
from tests.webchat.served import Served, png
from tests.webchat.test_uploads import MP4, OGG, PDF


async def test_every_kind_of_file_comes_as_telegram_sends_it(aiogram: Aiogram, tmp_path: Path) -> None:
    served = Served(tmp_path)
    await served.begin()
    phone = await served.phone()
    await phone.upload(png(), kind="photo", name="x.png", mime="image/png", text="se https://example.dk")
    await phone.upload(OGG, kind="voice", mime="audio/ogg", seconds=7)
    await phone.upload(OGG, name="sang.ogg", mime="audio/ogg", seconds=61)
    await phone.upload(MP4, name="film.mp4", mime="video/mp4", seconds=3, width=640, height=360)
    await phone.upload(PDF, name="Brev.pdf", mime="application/pdf")
    updates = await served.updates()
    kinds = ["photo", "voice", "audio", "video", "document"]
    assert [kind for update in updates for kind in kinds if kind in update["message"]] == kinds
    lines = [{"update": update} for update in updates]
    for update in updates:
        found = next(update["message"][kind] for kind in kinds if kind in update["message"])
        params = {"file_id": (found[-1] if isinstance(found, list) else found)["file_id"]}
        answer = (await served.call("getFile", **params)).body
        lines.append({"method": "getFile", "params": params, "files": [], "answer": answer})
    assert await aiogram.judge(lines) == [[]] * 10
    await served.end()
