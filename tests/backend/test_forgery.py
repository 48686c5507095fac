"""A state change happens only when one of our own pages asked for it, in time and in reason (every form that is forged:
`test_rights`).
"""

from __future__ import annotations

import asyncio
import io

import pytest
from aiohttp import FormData

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


async def test_a_repeated_field_counts_once_and_rights_cannot_be_posted(
    mette: Browser, cast: Cast, story: Story
) -> None:
    claimed = {"role": "administrator", "municipality_id": cast.odsherred, "active": "no", "duty_holder": "yes"}
    others = {"person_id": cast.jonas, "staff_id": cast.siri.staff_id, "thread_id": "0" * 32, "direction": "out"}
    before = await table_contents(HOUSE)
    twice = [("csrf", mette.csrf), ("hello", "Hej, jeg er Mette"), ("hello", "En andens ord"), *claimed.items()]
    async with mette.client.post(
        "/settings/hello", data=FormData(twice), headers=SAME_ORIGIN, allow_redirects=False
    ) as sent:
        assert sent.status == 303
    said = {"body": "Ringede kort", "kind": "note", "key": "forged-key"}
    assert (await mette.post(f"/people/{cast.amina}/note", **said, **claimed, **others)).status == 303
    after = await table_contents(HOUSE)
    [staff_was], [staff_is] = (set(one) - set(two) for one, two in _both_ways(before["staff"], after["staff"]))
    assert staff_is == staff_was.replace("'hello': ''", "'hello': 'Hej, jeg er Mette'")
    [note] = set(after["message"]) - set(before["message"])
    for column, value in (("person_id", cast.amina), ("staff_id", cast.mette.staff_id), ("direction", "note"),
                          ("thread_id", story.thread), ("municipality_id", cast.randers)):  # fmt: skip
        assert f"'{column}': '{value}'" in note


def _both_ways(one: list[str], two: list[str]) -> tuple[tuple[list[str], list[str]], tuple[list[str], list[str]]]:
    return (one, two), (two, one)


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
