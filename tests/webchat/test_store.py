import sqlite3
import struct
from pathlib import Path

import pytest

from bot.webchat.server import WebChat, WebChatSettings
from bot.webchat.store import _STEPS, FILE_NAME, StoreInUse
from models.crypto import Unreadable
from tests.webchat.served import MASTER_KEY, TOKEN, Phone, Served, png

CANARY = "kanariefugl"
WRITTEN = [f"{CANARY} 1", f"{CANARY} 2", CANARY, CANARY, f"{CANARY} 3"]


def on_disk(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file())


async def fill(served: Served) -> Phone:
    """A chat in which every field that a person or the bot can write holds the canary."""
    phone = await served.phone(CANARY)
    bot = await served.bot()
    await phone.write(f"{CANARY} 1", client_id=CANARY)
    rows = {"inline_keyboard": [[{"text": CANARY, "callback_data": CANARY}]]}
    sent = await served.call("sendMessage", chat_id=phone.chat_id, text=f"{CANARY} 2", reply_markup=rows)
    await phone.press(sent.result["message_id"], CANARY)
    await bot.send_document(phone.chat_id, CANARY.encode() * 50, filename=f"{CANARY}.txt", caption=CANARY)
    await bot.send_photo(phone.chat_id, png() + CANARY.encode(), caption=CANARY)
    await served.call("setChatHeader", chat_id=phone.chat_id, title=CANARY, subtitle=CANARY)
    await served.call("setWebhook", url=f"http://127.0.0.1:9/{CANARY}", secret_token=CANARY)
    await phone.post("pin", pin="73915591")
    await phone.upload(CANARY.encode() * 50, name=f"{CANARY}.txt", text=f"{CANARY} 3")
    await phone.post("devices/code")
    await served.call("createSignIn", chat_id=phone.chat_id)
    return phone


async def test_nothing_that_was_written_can_be_read_on_disk(served: Served) -> None:
    phone = await fill(served)
    token = next(iter(phone.web.cookie_jar)).value
    for form in (CANARY, CANARY[::-1], token, TOKEN, "73915591"):
        assert (form, on_disk(served.folder).count(form.encode())) == (form, 0)
    await served.stop()
    assert on_disk(served.folder).count(CANARY.encode()) == 0
    await served.begin()
    assert [m["text"] for m in await phone.messages()] == WRITTEN


async def test_erasing_leaves_neither_key_nor_row_nor_number(served: Served, amina: Phone) -> None:
    await amina.write("bliver")
    phone = await fill(served)
    wrapped = served.chat.chats.store.row("SELECT wrapped FROM person WHERE user_id = ?", phone.chat_id)
    assert wrapped is not None
    assert on_disk(served.folder).count(wrapped["wrapped"]) > 0
    assert (await served.call("forgetChat", chat_id=phone.chat_id)).result is True
    assert (await served.call("forgetChat", chat_id=phone.chat_id)).result is False
    store = served.chat.chats.store
    tables = [r["name"] for r in store.rows("SELECT name FROM sqlite_schema WHERE sql LIKE '%user_id INTEGER%'")]
    assert sorted(tables) == ["file", "message", "pending", "person", "press", "push", "seen", "session", "signin"]
    for table in tables:
        assert (table, store.rows(f"SELECT 1 FROM {table} WHERE user_id = ?", phone.chat_id)) == (table, [])  # noqa: S608
    assert on_disk(served.folder).count(wrapped["wrapped"]) == 0
    number = struct.pack(">q", phone.chat_id)[-6:].lstrip(b"\0")
    assert on_disk(served.folder).count(number) == 0
    assert (await phone.post("hello"))["new"] is True
    refusal = (400, "Bad Request: chat not found")
    assert (await served.call("sendMessage", chat_id=phone.chat_id, text="x")).refusal == refusal
    assert await amina.texts() == ["bliver"]


async def test_a_deleted_message_is_gone_from_the_row(served: Served, amina: Phone) -> None:
    await served.call("sendMessage", chat_id=amina.chat_id, text="x" * 4000)
    await served.call("deleteMessage", chat_id=amina.chat_id, message_id=1)
    row = served.chat.chats.store.row("SELECT length(body) AS size FROM message")
    assert row is not None
    assert row["size"] < 200


async def test_a_field_moved_to_another_row_cannot_be_read(served: Served, amina: Phone) -> None:
    await amina.write("a")
    await amina.write("b")
    store = served.chat.chats.store
    store.run("UPDATE message SET body = (SELECT body FROM message WHERE message_id = 1) WHERE message_id = 2")
    with pytest.raises(Unreadable):
        served.chat.chats.messages.get(amina.chat_id, 2)
    assert await amina.get("messages", 500) == {"error": "internal"}


async def test_two_people_have_two_keys_that_are_not_derived(served: Served, amina: Phone) -> None:
    jonas = await served.phone("Jonas")
    store = served.chat.chats.store
    keys = {store.key(amina.chat_id), store.key(jonas.chat_id), MASTER_KEY}
    assert (len(keys), {len(key) for key in keys}) == (3, {32})
    for key in keys:
        assert on_disk(served.folder).count(key) == 0


async def test_a_wrong_master_key_is_noticed_at_the_start(served: Served, amina: Phone) -> None:
    await served.stop()
    other = WebChat(WebChatSettings(served.folder, TOKEN, master_key=b"x" * 32))
    with pytest.raises(Unreadable):
        await other.start()
    await other.close()
    await served.begin()
    assert await amina.messages() == []


async def test_a_store_belongs_to_one_process(served: Served) -> None:
    second = WebChat(WebChatSettings(served.folder, TOKEN, master_key=MASTER_KEY))
    with pytest.raises(StoreInUse):
        await second.start()


async def test_a_store_of_another_version_is_refused(tmp_path: Path) -> None:
    made = sqlite3.connect(tmp_path / FILE_NAME)
    made.execute("PRAGMA user_version = 99")
    made.close()
    chat = WebChat(WebChatSettings(tmp_path, TOKEN, master_key=MASTER_KEY))
    with pytest.raises(ValueError, match="version 99"):
        await chat.start()


async def test_a_store_of_version_one_becomes_version_two_and_keeps_everything(served: Served, amina: Phone) -> None:
    """What version 1 knew is taken out of a full store and put into a file of version 1, byte for byte."""
    jonas = await fill(served)
    await amina.write("bliver")
    await served.stop()
    now = served.folder / FILE_NAME
    later = now.rename(served.folder / "later")
    before = sqlite3.connect(now)
    before.executescript(f"{_STEPS[0]} PRAGMA user_version=1;")
    before.execute("ATTACH ? AS later", (str(later),))
    tables = [name for (name,) in before.execute("SELECT name FROM sqlite_schema WHERE sql LIKE 'CREATE TABLE%'")]
    for table in tables:
        columns = ", ".join(row[1] for row in before.execute(f"PRAGMA main.table_info({table})"))
        before.execute(f"INSERT INTO main.{table} ({columns}) SELECT {columns} FROM later.{table}")  # noqa: S608
    before.commit()
    kept = {table: before.execute(f"SELECT count(*) FROM main.{table}").fetchone()[0] for table in tables}  # noqa: S608
    before.close()
    await served.begin()
    store = served.chat.chats.store
    assert store.db.execute("PRAGMA user_version").fetchone()[0] == 2
    assert {table: len(store.rows(f"SELECT 1 FROM {table}")) for table in tables} == kept  # noqa: S608
    assert {table for table in kept if kept[table] == 0} == {"commands"}
    assert [m["text"] for m in await jonas.messages()] == WRITTEN
    assert (await jonas.post("hello"))["has_pin"] is True
    assert [one["name"] for one in (await jonas.get("devices"))["devices"]] == [""]
    url = (await jonas.messages())[-1]["document"]["url"]
    async with jonas.web.get(url) as answer:
        assert await answer.read() == CANARY.encode() * 50
    await amina.upload(b"nyt", name="nyt.txt")
    assert await amina.texts() == ["bliver", ""]
    bot = await served.bot()
    await bot.send_message(amina.chat_id, "hej")
    found = sqlite3.connect(":memory:")
    found.executescript("".join(_STEPS))
    schema = "SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name"
    assert [tuple(row) for row in store.rows(schema)] == found.execute(schema).fetchall()
    found.close()


async def test_the_file_is_safe_at_every_commit(served: Served) -> None:
    db = served.chat.chats.store.db
    pragmas = ("journal_mode", "synchronous", "foreign_keys", "secure_delete")
    assert [db.execute(f"PRAGMA {name}").fetchone()[0] for name in pragmas] == ["wal", 2, 1, 1]
    assert (served.folder / FILE_NAME).stat().st_mode & 0o777 == 0o600


async def test_a_backup_is_whole_and_still_sealed(served: Served, tmp_path: Path) -> None:
    phone = await fill(served)
    target = tmp_path / "copy"
    target.mkdir()
    await served.chat.backup(target / FILE_NAME)
    assert on_disk(target).count(CANARY.encode()) == 0
    restored = WebChat(WebChatSettings(target, TOKEN, master_key=MASTER_KEY))
    await restored.start()
    found, _ = restored.chats.messages.before(phone.chat_id, 1 << 60, 10)
    await restored.close()
    assert [m.content.text for m in found] == WRITTEN


@pytest.mark.parametrize("token", ["", "x", "0:" + "a" * 35, "12:" + "a" * 34, "12:" + "a" * 34 + "/"])
def test_a_token_has_telegrams_form(token: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="token"):
        WebChat(WebChatSettings(tmp_path, token, master_key=MASTER_KEY))


def test_the_settings_show_no_secret(tmp_path: Path) -> None:
    shown = repr(WebChatSettings(tmp_path, TOKEN, master_key=b"secret-secret-secret-secret-secr"))
    assert (shown.count(TOKEN), shown.count("secret")) == (0, 0)
    with pytest.raises(ValueError, match="32 bytes"):
        WebChat(WebChatSettings(tmp_path, TOKEN, master_key=b"short"))


async def test_the_log_holds_no_words_numbers_or_tokens(served: Served, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(0, "bot")
    caplog.set_level(0, "aiohttp")
    phone = await fill(served)
    served.chat.chats.store.run("UPDATE message SET body = x'00'")
    await phone.get("messages", 500)
    await served.call("editMessageText", chat_id=phone.chat_id, message_id=2, text=CANARY)
    text = "\n".join(
        f"{r.name} {r.getMessage()} {r.__dict__}" for r in caplog.records if r.name.startswith(("bot", "aiohttp"))
    )
    assert [r.message for r in caplog.records if r.levelname == "ERROR"] == ["page call failed", "bot api call failed"]
    for form in (CANARY, str(phone.chat_id), TOKEN):
        assert (form, text.count(form)) == (form, 0)
