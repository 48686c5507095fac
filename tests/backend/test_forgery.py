"""A state change happens only when one of our own pages asked for it, in time and in reason (every form that is forged:
`test_rights`).
"""

from __future__ import annotations

import asyncio
import io

import pytest

from backend import forms
from models.tables.register import Person
from models.transactions import HOUSE, atomic
from tests.backend.browsing import SAME_ORIGIN, Browser, Story, table_contents
from tests.cast import Cast


async def test_a_browser_without_fetch_metadata_is_known_by_its_origin(mette: Browser) -> None:
    origin = str(mette.client.make_url("")).rstrip("/")
    answer = await mette.send("/language", {"csrf": mette.csrf, "language": "da"}, {"Origin": origin})
    assert answer.status == 303


async def test_a_body_that_does_not_arrive_is_not_waited_for(mette: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forms, "BODY_DEADLINE", 0.2)
    url = mette.client.make_url("/language")
    reader, writer = await asyncio.open_connection(url.host, url.port)
    cookie = next(f"{one.key}={one.value}" for one in mette.client.session.cookie_jar)
    writer.write(
        f"POST /language HTTP/1.1\r\nHost: {url.host}:{url.port}\r\nCookie: {cookie}\r\nSec-Fetch-Site: same-origin\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 100\r\n\r\nabc".encode()
    )
    await writer.drain()
    assert (await asyncio.wait_for(reader.readline(), 5)).split()[1] == b"408"
    writer.close()
    await writer.wait_closed()


async def test_a_body_above_one_mebibyte_is_refused(mette: Browser) -> None:
    body = io.BytesIO(b"csrf=" + mette.csrf.encode() + b"&words=" + b"x" * (1024 * 1024))
    headers = SAME_ORIGIN | {"Content-Type": "application/x-www-form-urlencoded"}
    async with mette.client.post("/search", data=body, headers=headers) as answer:
        assert answer.status == 413


async def test_a_repeated_field_counts_once_and_rights_cannot_be_posted(mette: Browser, story: Story) -> None:
    before = await table_contents(HOUSE)
    answer = await mette.post(
        "/settings/absence", first_day="2026-12-01", last_day="2026-11-01", role="administrator",
        municipality_id="0" * 32, staff_id="0" * 32,
    )  # fmt: skip
    assert answer.status == 422
    assert await table_contents(HOUSE) == before


async def test_a_fault_shows_an_incident_number_and_nothing_else(
    mette: Browser, cast: Cast, caplog: pytest.LogCaptureFixture
) -> None:
    await damage(HOUSE, cast.amina)
    with caplog.at_level("DEBUG", logger="backend"):
        page = await mette.get("/people")
    assert page.status == 500
    failed = next(record for record in caplog.records if record.message == "a page failed")
    assert failed.code in page.words
    assert (failed.fault, failed.route) == ("Unreadable", "people")
    assert "wrong place" not in page.body + caplog.text


async def test_a_request_is_logged_by_route_and_never_by_address(
    mette: Browser, story: Story, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("INFO", logger="backend"):
        await mette.get(f"/inbox/{story.person}?before=2")
    record = next(one for one in caplog.records if one.message == "request")
    assert (record.method, record.route, record.status) == ("GET", "thread", 200)
    assert story.person not in str(vars(record))


@atomic
async def damage(scope: object, person_id: str) -> None:
    """A name that no key opens."""
    await Person.filter(id=person_id).update(name_sealed=b"\x01" + b"x" * 60)
