"""Limits that hold when many things come at once: passwords, second clicks, somebody else's changes."""

from __future__ import annotations

import asyncio
import re

import pytest
from aiohttp.test_utils import make_mocked_request
from multidict import CIMultiDict

from backend import security
from models.actions import staff, staff_attempts
from models.domain.errors import NotAllowed
from models.settings import SettingsError, load
from models.transactions import HOUSE, reading, rows
from tests.backend.browsing import Browser, MovedClock, OpenBrowser
from tests.cast import Cast

PASSWORD = "en lang sætning om æbler og pærer"
FIELDS = {"kind": "mentor", "title": "Mentor", "what": "En time om ugen", "starts": "2026-12-01"}


async def choose(staff_id: str, clock: MovedClock) -> None:
    token = await staff.make_sign_in_link(HOUSE, staff_id, now=clock.real_now())
    await staff.choose_password(token, PASSWORD, now=clock.real_now())


async def test_forty_wrong_passwords_at_once_are_no_more_than_ten(cast: Cast, clock: MovedClock) -> None:
    await choose(cast.siri.staff_id, clock)
    now = clock.real_now()
    answers = await asyncio.gather(
        *(staff.sign_in("mette@example.org", f"forkert {n}", address=f"10.0.0.{n}", real_now=now) for n in range(40)),
        return_exceptions=True,
    )
    assert sum(answer is None for answer in answers) == 10
    assert [str(answer) for answer in answers if answer is not None] == [str(NotAllowed("too_many_attempts"))] * 30
    assert await attempts(HOUSE) == 30
    signed_in = await staff.sign_in("siri@example.org", PASSWORD, address="10.0.1.1", demanded=False, real_now=now)
    assert isinstance(signed_in, staff.SignedIn)
    assert signed_in.viewer == cast.siri
    assert await attempts(HOUSE) == 30


@pytest.mark.parametrize("typed", ["²", "٣", "9" * 5000, "-5", "x"])
async def test_what_looks_like_a_number_and_is_none_is_refused_in_words(mette: Browser, cast: Cast, typed: str) -> None:
    fields = {"about": "Bolig", "starts_at": "2026-12-03T15:00", "minutes": typed}
    page = await mette.post(f"/people/{cast.amina}/meetings", **fields)
    assert (page.status, "form-error-message" in page.body, 'value="Bolig"' in page.body) == (422, True, True)
    for address in (f"/inbox/{cast.amina}?before={typed}", f"/offers?show=waiting&after={typed}"):
        assert (await mette.get(address)).status == 200


@pytest.mark.parametrize("settings", ["sqlite", "postgres"], indirect=True)
async def test_an_id_that_can_be_none_is_nobodys(browser: OpenBrowser, cast: Cast) -> None:
    mette, per, person = await browser(cast.mette), await browser(cast.per), f"/people/{cast.amina}"
    for given in ("x" * 40, "%00", "\u00b2" * 32, "../"):
        for desk, path in (
            (mette, f"{person}/offers/new?wish="), (mette, f"{person}/meetings/new?offer="),
            (per, "/check-in-plans/new?person="),
        ):  # fmt: skip
            assert (path, (await desk.get(f"{path}{given}")).status) == (path, 404)
        for path in ("/people?after=", "/inbox?after=", "/figures?place=", "/administration/duty?from="):
            assert (path, (await per.get(f"{path}{given}")).status in {200, 404}) == (path, True)
        fields = {"instrument": "who5", "weeks": "4", "whom": "person", "starts_on": "2026-12-01", "sure": "yes"}
        wrong = given.replace("%00", "0")
        answers = [
            await per.post("/check-in-plans", **fields, person=wrong),
            await per.post(f"{person}/assign", colleague=wrong, words="Tag den", key="k"),
            await per.post(f"{person}/caseworker", colleague=wrong, why="Ferie"),
            await per.post(f"{person}/register", name="Amina", substitute=wrong),
            await mette.post(f"{person}/case-file/undo", record=wrong),
            await mette.post(f"{person}/case-file", choice="not", record=wrong),
            await mette.post(f"{person}/reply", body="Hej", version="0", key="k", kept=wrong),
        ]
        assert [answer.status for answer in answers] == [404] * 7


async def test_one_address_behind_the_proxy_locks_out_nobody_else(
    browser: OpenBrowser, cast: Cast, clock: MovedClock
) -> None:
    await choose(cast.mette.staff_id, clock)
    nobody = await browser()

    async def tries(email: str, forwarded: str, password: str) -> int:
        headers = {"X-Forwarded-For": forwarded}
        return (await nobody.post("/sign-in", headers, email=email, password=password)).status

    # Whatever a browser claims stands to the left of what our proxy adds.
    wrong = [await tries(f"who{n}@example.org", f"198.51.100.{n}, 203.0.113.9", "forkert") for n in range(31)]
    assert wrong == [403] * 30 + [429]
    assert await tries("mette@example.org", "203.0.113.9", PASSWORD) == 429
    assert await tries("mette@example.org", "203.0.113.9, 203.0.113.10", PASSWORD) == 303


async def test_one_password_tried_at_everybody_s_account_from_everywhere_is_told_to_wait(
    cast: Cast, clock: MovedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(staff_attempts, "_WRONG_IN_ALL", 12)
    await choose(cast.siri.staff_id, clock)
    now, siri = clock.real_now(), {"demanded": False, "real_now": clock.real_now()}
    known = await staff.sign_in("siri@example.org", PASSWORD, address="10.0.2.1", known="a browser", **siri)
    assert isinstance(known, staff.SignedIn)
    for number in range(12):
        email, address = f"who{number}@example.org", f"10.0.1.{number}"
        assert await staff.sign_in(email, "forkert men lang", address=address, real_now=now) is None
    with pytest.raises(NotAllowed):
        await staff.sign_in("siri@example.org", PASSWORD, address="10.0.2.1", **siri)
    known = await staff.sign_in("siri@example.org", PASSWORD, address="10.0.2.1", known="a browser", **siri)
    assert isinstance(known, staff.SignedIn)


async def test_what_strangers_try_does_not_lock_out_the_browser_that_is_known(
    browser: OpenBrowser, cast: Cast, clock: MovedClock
) -> None:
    await choose(cast.mette.staff_id, clock)
    await choose(cast.siri.staff_id, clock)
    hers, strange = await browser(), await browser()

    async def tries(who: Browser, email: str, forwarded: str, password: str = PASSWORD) -> int:
        answer = await who.post("/sign-in", {"X-Forwarded-For": forwarded}, email=email, password=password)
        return answer.status

    assert await tries(hers, "mette@example.org", "10.0.0.1") == 303
    known = next(one for one in hers.client.session.cookie_jar if one.key == "hoert-known")
    assert re.fullmatch(r"[0-9a-f]{32}\.[0-9a-f]{64}", known.value)
    await hers.learn_token()
    assert (await hers.post("/sign-out")).status == 303
    wrong = [await tries(strange, "Mette@example.org", f"203.0.113.{n}", "forkert") for n in range(11)]
    assert wrong == [403] * 10 + [429]
    assert await tries(strange, "mette@example.org", "203.0.113.99") == 429
    # She comes in all the same, also from the address that was used up, with the browser she always uses.
    assert await tries(hers, "mette@example.org", "203.0.113.1") == 303
    # It is known for her account only, and only for ten wrong tries.
    assert [await tries(strange, "siri@example.org", f"203.0.114.{n}", "forkert") for n in range(10)] == [403] * 10
    assert await tries(hers, "siri@example.org", "10.0.0.1") == 429
    assert [await tries(hers, "mette@example.org", "10.0.0.1", "forkert") for _ in range(11)] == [403] * 10 + [429]
    assert len(await rows_of(HOUSE, "SELECT about FROM trail_entry WHERE deed = 'staff.refused'")) == 30


@pytest.mark.parametrize(
    ("trusted", "address"),
    [("127.0.0.1,::1", "203.0.113.10"), ("10.0.0.7", "127.0.0.1"), ("", "127.0.0.1")],
)
def test_only_a_trusted_proxy_is_believed_about_who_calls(tmp_path, trusted: str, address: str) -> None:
    settings = load({"HOERT_TRUSTED_PROXIES": trusted}, demo=True, data_dir=tmp_path)
    lines = [("X-Forwarded-For", "203.0.113.9"), ("X-Forwarded-For", "198.51.100.1, 203.0.113.10")]
    request = make_mocked_request("POST", "/sign-in", headers=CIMultiDict(lines)).clone(remote="127.0.0.1")
    assert security.caller(request, settings) == address


def test_a_proxy_that_is_no_address_is_refused(tmp_path) -> None:
    with pytest.raises(SettingsError, match=r"^HOERT_TRUSTED_PROXIES is addresses"):
        load({"HOERT_TRUSTED_PROXIES": "proxy"}, demo=True, data_dir=tmp_path)


@pytest.mark.parametrize("kind", ["note", "contact"])
async def test_a_note_sent_twice_at_once_is_one_note(mette: Browser, cast: Cast, kind: str) -> None:
    page = await mette.get(f"/inbox/{cast.amina}")
    keys = re.findall(r'name="key" value="([\w-]{16})"', page.body)
    assert len(keys) == 5  # a reply, a note, a contact, a call in vain, a hand-over: all forms of one page
    assert len(set(keys)) == 1
    body = {"body": "Ringede kort", "kind": kind, "key": keys[1]}
    sent = await asyncio.gather(*(mette.post(f"/people/{cast.amina}/note", **body) for _ in range(4)))
    assert [one.status for one in sent] == [303] * 4
    assert await count(HOUSE, "message") == 1
    other = {"note": "contact", "contact": "note"}[kind]
    await mette.post(f"/people/{cast.amina}/note", **body | {"kind": other})
    assert await count(HOUSE, "message") == 2


async def test_an_offer_sent_twice_at_once_is_one_draft(mette: Browser, cast: Cast) -> None:
    sent = await asyncio.gather(*(mette.post(f"/people/{cast.amina}/offers", **FIELDS) for _ in range(4)))
    assert len({one.leads_to for one in sent}) == 1
    assert await count(HOUSE, "offer") == 1
    await mette.post(f"/people/{cast.amina}/offers", **FIELDS | {"title": "En anden mentor"})
    assert await count(HOUSE, "offer") == 2


async def test_a_revision_of_what_somebody_else_changed_meanwhile_is_refused_and_its_text_stays(
    mette: Browser, cast: Cast
) -> None:
    offer = (await mette.post(f"/people/{cast.amina}/offers", **FIELDS)).leads_to.partition("?")[0]
    await mette.post(f"{offer}/move", deed="publish")
    assert 'name="revision" value="1"' in (await mette.get(f"{offer}/edit")).body
    first = await mette.post(offer, **FIELDS | {"title": "Den første", "revision": "1"})
    second = await mette.post(offer, **FIELDS | {"title": "Den anden", "revision": "1"})
    assert (first.status, second.status) == (303, 409)
    assert "Den første" in (await mette.get(offer)).words
    # What stands is in the fields, and what was typed beside it: the next press runs over nobody.
    assert re.findall(r'name="(?:title|revision)" value="([^"]*)"', second.body) == ["2", "Den første"]
    assert "Det er ikke gemt. Overskrift Den anden" in second.words
    assert "En kollega har ændret det, siden du åbnede siden." in second.words
    assert (await mette.post(offer, **FIELDS | {"title": "Den anden", "revision": "2"})).status == 303


@reading
async def attempts(scope: object) -> int:
    return len(await rows("SELECT id FROM sign_in_attempt"))


@reading
async def rows_of(scope: object, asked: str) -> list[dict[str, object]]:
    return await rows(asked)


@reading
async def count(scope: object, table: str) -> int:
    return len(await rows(f"SELECT id FROM {table}"))  # noqa: S608
