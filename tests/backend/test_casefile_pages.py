"""Deciding and handing over at the desk, without JavaScript; and two clicks at once."""

from __future__ import annotations

import html
import re
from datetime import date, datetime, timedelta

import pytest

from models.tables.messages import Message
from models.tables.register import Person
from tests.actions.rows import change
from tests.backend.browsing import Browser, OpenBrowser, Story
from tests.cast import Cast


def boxes(body: str) -> list[str]:
    return re.findall(r'name="record" value="([0-9a-f]{32})" class="form-checkbox"', body)


async def test_mette_decides_hands_over_and_fetches_a_copy(
    browser: OpenBrowser, cast: Cast, story: Story, now: datetime
) -> None:
    mette, per = await browser(cast.mette), await browser(cast.per)
    path = f"/people/{cast.amina}/case-file"
    assert path in (await mette.get(f"/inbox/{cast.amina}")).body
    assert path in (await mette.get(f"/people/{cast.amina}/case")).body
    page = await mette.get(path)
    there = boxes(page.body)
    assert len(there) == 8
    assert "8 ting er ikke afgjort. Hvad hører til sagen?" in page.words
    # Enter in a field presses the first button, and that one only takes what is chosen.
    assert page.body.index('value="file"') < page.body.index('name="until"')

    refused = await mette.post(path, choice="file", theme="housing", words="x" * 61)
    assert (refused.status, "Højst 60 tegn" in refused.words, "x" * 61 in refused.body) == (422, True, True)
    for fields, said in (
        ({"choice": "file", "theme": "housing"}, "Vælg mindst én."),
        ({"choice": "file", "record": there[0]}, "Vælg et emne, eller skriv dit eget."),
        ({"until": there[0]}, "Vælg et emne, eller skriv dit eget."),
    ):
        refused = await mette.post(path, **fields)
        assert (refused.status, said in refused.words) == (422, True)
    assert re.search(f'value="{there[0]}" class="form-checkbox" checked', refused.body) is None
    assert (await mette.post(path, choice="file", theme="housing", record=story.wish)).status == 404

    for fields, said in (
        ({"choice": "not", "record": there[1]}, "case_not"), ({"until": there[-1], "theme": "housing"}, "case_file"),
    ):  # fmt: skip
        done = await mette.post(path, **fields)
        assert (done.status, done.leads_to) == (303, f"{path}?said={said}")
    page = await mette.get(path)
    assert "Alt er afgjort. 7 ting er klar til at blive lagt på sagen." in page.words
    assert "Ikke relevant (1)" in page.words
    assert (await mette.post(f"{path}/undo", record=there[2])).leads_to == f"{path}?said=case_undone"

    # Handed over, the page says so and has the document; a second press, or one gone back to, is the same hand-over.
    for _ in range(2):
        assert (await per.post(f"{path}/hand-over")).leads_to == f"{path}?handed=2"
    receipt = await per.get(f"{path}?handed=2")
    assert "Lagt på sagen som nr. 2: 6 ting Per Lund, i dag kl. 10. Gem filen i kommunens sagssystem." in receipt.words
    assert ("data-at-once" in receipt.body, "data-at-once" in (await per.get(path)).body) == (True, False)
    document = re.search(r'action="(/case-files/[0-9a-f]{32})" method="post" data-at-once', receipt.body)
    assert document is not None
    made = await per.post(document[1], original="yes")
    assert (made.status, made.headers["Content-Type"], made.body[:5]) == (200, "application/pdf", "%PDF-")
    assert made.headers["Content-Disposition"] == 'attachment; filename="til-sagen-R-1001-2.pdf"'
    assert made.headers["Cache-Control"] == "no-store"
    again = await mette.post(f"{path}/hand-over")
    assert (again.status, "Der er ikke noget klar til sagen." in again.words) == (409, True)
    assert (await mette.post(f"{path}/undo", record=there[3])).status == 409
    page = await mette.get(path)
    assert "Nr. 2 · 6 ting · Per Lund" in page.words
    (address,) = set(re.findall(r"/case-files/[0-9a-f]{32}", page.body)) - {f"/case-files/{story.hand_over}"}
    copy = await mette.post(address)
    assert copy.headers["Content-Disposition"] == 'attachment; filename="til-sagen-R-1001-2-kopi.pdf"'
    listed = (await per.get("/case-files")).words
    assert "Amina Yusuf 1 ting er ikke afgjort Mette Holm · Den ældste kom" in listed
    # Whoever is deleted by itself is a press away, at what keeps them, or at all there is of them.
    await change(Person, {"id": cast.amina}, left_on=date(2023, 1, 1))
    await change(Person, {"id": cast.jonas}, left_on=date(2023, 1, 1))
    body = (await per.get("/case-files")).body
    assert f'<th scope="row"><a href="/people/{cast.amina}/case-file">Amina Yusuf</a></th>' in body
    assert f'<th scope="row"><a href="/people/{cast.jonas}/case">Jonas' in body
    await per.post("/language", language="en")
    assert "1 conversation has something undecided." in (await per.get("/case-files")).words


async def test_what_does_not_fit_on_the_page_is_counted_and_goes_along(
    mette: Browser, cast: Cast, story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("models.queries.casefile.PAGE", 3)
    path = f"/people/{cast.amina}/case-file"
    page = await mette.get(path)
    assert ("8 ting er ikke afgjort." in page.words, "5 til kommer, når de her er afgjort." in page.words) == (
        True,
        True,
    )
    await mette.post(path, choice="not", record=boxes(page.body)[0])
    while there := boxes((await mette.get(path)).body):
        await mette.post(path, until=there[-1], theme="housing")
    page = await mette.get(path)
    assert "Alt er afgjort. 7 ting er klar til at blive lagt på sagen." in page.words
    assert "4 til er klar og kommer med." in page.words
    assert (await mette.post(f"{path}/hand-over")).leads_to == f"{path}?handed=2"
    assert "Nr. 2 · 7 ting" in (await mette.get(path)).words


async def test_with_nothing_written_there_is_nothing_to_decide_and_that_is_good(mette: Browser, cast: Cast) -> None:
    page = await mette.get(f"/people/{cast.jonas}/case-file")
    assert page.status == 404  # Siri's
    listed = await mette.get("/case-files")
    assert "Alle samtaler er afgjort. Godt." in listed.words
    assert "Alt er afgjort. Godt." in (await mette.get(f"/people/{cast.amina}/case-file")).words


async def test_a_page_from_before_a_colleague_decided_changes_nothing_and_keeps_what_was_chosen(
    browser: OpenBrowser, cast: Cast, story: Story, now: datetime
) -> None:
    mette, per = await browser(cast.mette), await browser(cast.per)
    path = f"/people/{cast.amina}/case-file"
    page = await mette.get(path)
    first, second = [one for one in boxes(page.body) if one != story.reply][:2]
    shown = re.search(r'name="shown_at" value="([^"]+)"', page.body)
    assert shown is not None
    assert (await per.post(path, choice="file", theme="housing", record=first)).status == 303
    told = await mette.post(path, choice="not", record=first, shown_at=html.unescape(shown[1]))
    assert (told.status, "En kollega har afgjort noget af det imens" in told.words) == (409, True)
    assert first not in boxes(told.body)
    told = await mette.post(path, choice="not", record=second, words="Husleje", shown_at="i går")
    assert told.leads_to == f"{path}?said=case_not"
    await change(Message, {"id": story.reply}, edited_at=now + timedelta(minutes=1))
    there = boxes((await mette.get(path)).body)
    assert story.reply in there
    told = await mette.post(path, until=there[-1], theme="housing", shown_at=html.unescape(shown[1]))
    assert (told.status, "Noget af det er blevet rettet" in told.words) == (409, True)
    assert story.reply in boxes(told.body)
