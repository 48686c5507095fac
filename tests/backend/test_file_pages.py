"""Files at the desk: served to who may open them, written down, never run; chosen for a reply without JavaScript."""

from __future__ import annotations

import re
from datetime import datetime
from io import BytesIO

from aiohttp import FormData

from models.actions import attachments, messages
from models.actions.attachments import Coming, make_ready
from models.domain.people import YoungPerson
from models.tables.attachments import Attachment
from models.tables.audit import TrailEntry
from models.tables.messages import Message
from models.transactions import Scope
from tests.actions.rows import count, found
from tests.backend.browsing import SAME_ORIGIN, Browser, Page, Story
from tests.cast import Cast, link
from tests.files import PDF, picture, voice

HOSTILE = "\u202e<script>alert(1)</script>.xhtml"


async def came(cast: Cast, person: YoungPerson, kind: str, content: bytes | None, now: datetime) -> str:
    """Something came from a phone; without content it is still on its way."""
    number = await count(Message)
    told = await messages.receive(person, f"({kind})", source_key=f"w:{number}", now=now, kind=kind, urgent=True)
    file = await attachments.expect(person, Coming(kind, "f", HOSTILE, 9, 65), message_id=told.message_id, now=now)
    if content is not None:
        await attachments.keep(Scope(cast.randers), file, make_ready(HOSTILE, content), now=now)
    return file


async def reply(browser: Browser, cast: Cast, *files: tuple[str, bytes], version: int = 0, kept: str = "") -> Page:
    """Send the form of a reply with files, as a browser does."""
    form = FormData()
    fields = {"csrf": browser.csrf, "body": "Her er planen", "version": str(version), "key": "k" * 12}
    for name, value in fields.items():
        form.add_field(name, value)
    if kept:
        form.add_field("kept", kept)
    for name, content in files or (("", b""),):
        form.add_field("file", BytesIO(content), filename=name, content_type="application/octet-stream")
    path = f"/people/{cast.amina}/reply"
    async with browser.client.post(path, data=form, headers=SAME_ORIGIN, allow_redirects=False) as answer:
        return Page(answer.status, await answer.text(), dict(answer.headers))


async def test_sound_and_pictures_are_shown_documents_saved_and_every_opening_is_written_down(
    mette: Browser, cast: Cast, now: datetime
) -> None:
    amina = await link(Scope(cast.randers), cast.amina, 1, now=now, confirmed_by=cast.mette.staff_id)
    spoken = await came(cast, amina, "voice", voice(), now)
    shown = await came(cast, amina, "photo", picture(), now)
    saved = await came(cast, amina, "document", PDF, now)
    await came(cast, amina, "voice", None, now)
    page = await mette.get(f"/inbox/{cast.amina}")
    sound = f'src="/files/{spoken}" aria-label="Talebesked · 1:05 · 1 KB">'
    assert f'<audio controls preload="none" data-unheard {sound}' in page.body
    assert f'<img src="/files/{shown}"' in page.body
    assert "<script>alert" not in page.body
    assert "Talebesked, på vej" in page.words
    assert "Kan haste – lyt først" in page.words
    # Neither what can be played nor what is on its way is read by being on the screen; the button says what does it.
    assert page.body.count(" data-unheard") == 2
    assert "Der er noget at lytte til. Amina får det at vide, når du har afspillet det" in page.words
    assert "media-src 'self'" in page.headers["Content-Security-Policy"]
    assert await count(TrailEntry, deed="file.open") == 0
    for file, kind, way in (
        (spoken, "audio/ogg", "inline"),
        (shown, "image/jpeg", "inline"),
        (saved, "application/pdf", "attachment"),
    ):
        async with mette.client.get(f"/files/{file}") as answer:
            headers = answer.headers
            assert (answer.status, headers["Content-Type"], headers["Content-Disposition"][: len(way)]) == (
                200,
                kind,
                way,
            )
            assert (headers["Cache-Control"], headers["X-Content-Type-Options"]) == ("no-store", "nosniff")
            assert "sandbox" in headers["Content-Security-Policy"]
            assert re.fullmatch(r"[\x20-\x7e]+", headers["Content-Disposition"])
    assert [entry.about for entry in await found(TrailEntry, "id", deed="file.open")] == [spoken, shown, saved]


async def test_a_player_may_ask_for_a_piece(mette: Browser, cast: Cast, now: datetime) -> None:
    amina = await link(Scope(cast.randers), cast.amina, 1, now=now, confirmed_by=cast.mette.staff_id)
    file, content = await came(cast, amina, "voice", voice(), now), voice()
    size = len(content)
    for asked, status, expected, told in (
        ("bytes=0-", 206, content, f"bytes 0-{size - 1}/{size}"),
        ("bytes=10-19", 206, content[10:20], f"bytes 10-19/{size}"),
        (f"bytes={size}-", 416, b"", f"bytes */{size}"),
        ("bytes=-5", 200, content, None),
    ):
        async with mette.client.get(f"/files/{file}", headers={"Range": asked}) as answer:
            got = (answer.status, await answer.read(), answer.headers.get("Content-Range"))
            assert got == (status, expected, told)
    assert await count(TrailEntry, deed="file.open") == 2


async def test_whoever_asks_for_a_later_piece_first_has_opened_the_file_all_the_same(
    mette: Browser, cast: Cast, now: datetime
) -> None:
    amina = await link(Scope(cast.randers), cast.amina, 1, now=now, confirmed_by=cast.mette.staff_id)
    file = await came(cast, amina, "voice", voice(), now)
    for asked in ("bytes=1-", "bytes=5-"):
        async with mette.client.get(f"/files/{file}", headers={"Range": asked}) as answer:
            assert answer.status == 206
    assert [entry.about for entry in await found(TrailEntry, "id", deed="file.open")] == [file]


async def test_files_go_along_with_a_reply_and_a_refusal_keeps_the_words_and_what_was_good(
    mette: Browser, cast: Cast, now: datetime
) -> None:
    await link(Scope(cast.randers), cast.amina, 1, now=now, confirmed_by=cast.mette.staff_id)
    page = await reply(mette, cast, ("plan.pdf", PDF), ("spil.exe", b"MZ" + bytes(9)))
    assert page.status == 422
    assert "Den slags fil kan ikke sendes." in page.words
    assert ">Her er planen</textarea>" in page.body
    kept = re.findall(r'name="kept" value="([0-9a-f]{32})"[^>]* checked', page.body)
    assert (len(kept), await count(Message)) == (1, 0)
    page = await reply(mette, cast, ("stor.pdf", PDF + bytes(20 * 1024 * 1024)))
    assert (page.status, "Filen er for stor. Den må højst fylde 20 MB." in page.words) == (422, True)
    assert (await reply(mette, cast, version=7, kept=kept[0])).status == 409
    page = await reply(mette, cast, ("kort.png", picture("PNG")), kept=kept[0])
    assert page.status == 303
    message = (await found(Message))[0]
    rows = await found(Attachment, "created_at", message_id=message.id)
    assert [row.mime for row in rows] == ["application/pdf", "image/png"]
    page = await mette.get(f"/inbox/{cast.amina}")
    assert "plan.pdf" in page.words
    assert (await reply(mette, cast, version=1, kept="0" * 32)).status == 303  # the same form once more: the same deed
    assert await count(Message) == 1


async def test_nobody_sends_what_a_colleague_has_chosen_or_what_was_chosen_for_somebody_else(
    mette: Browser, cast: Cast, now: datetime, story: Story
) -> None:
    for viewer, person in ((cast.per, cast.amina), (cast.mette, cast.leila)):
        file = await attachments.attach(viewer, person, name="x.pdf", content=PDF, now=now)
        page = await reply(mette, cast, version=7, kept=file)
        assert (page.status, "En af filerne er her ikke mere." in page.words) == (422, True)
