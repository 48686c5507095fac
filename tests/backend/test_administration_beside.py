"""Two colleagues decide about the same at the same time: nothing of either is run over unseen."""

from __future__ import annotations

import re
from datetime import date

import pytest

from models.actions import canned, duty
from models.domain.canned import Text
from models.domain.duty import Planned
from models.domain.staff import Role
from models.tables.messages import CannedReply
from models.tables.register import Municipality, Person
from models.tables.staff import DutyDay, Staff
from tests.actions.rows import change, found, one
from tests.backend.browsing import OpenBrowser, Page
from tests.cast import Cast

HOURS = {f"opens_{day}": "09:00" for day in range(5)} | {f"closes_{day}": "14:30" for day in range(5)}
QUICKER = "En kollega har ændret det, siden du åbnede siden"
#: Where it is decided: the page, where its form goes, what the colleague sends and what comes after.
DECIDED = (
    ("/administration/hours", "", HOURS, HOURS | {"closed": "23.12.2026"}),
    ("/administration/place", "", {"name": "Randers Kommune", "phone": "89 15 15 16"},
     {"name": "Randers", "phone": ""}),
    ("/administration/thresholds", "", {"low": "40", "fall": "10", "silence": "60", "why": "Vi har tid"},
     {"low": "35", "fall": "10", "silence": "60", "why": "Vi følger normen"}),
    ("/administration/retention", "", {"people": "730", "updates": "30", "notices": "90"},
     {"people": "1095", "updates": "30", "notices": "90"}),
    ("/helplines", "/own", {"name": "Vagten", "number": "89 15 15 17", "hours": "always"}, {"name": "", "number": ""}),
)  # fmt: skip


def shown_in(page: Page, name: str = "seen") -> str:
    """The mark of what a form shows."""
    mark = re.search(rf'name="{name}" value="([^"]*)"', page.body)
    assert mark is not None
    return mark.group(1)


async def _decided(cast: Cast) -> tuple[object, ...]:
    row = await one(Municipality, id=cast.randers)
    return row.name, row.phone, row.emergency_phone, row.settings


@pytest.mark.parametrize(("page", "deed", "colleague", "later"), DECIDED)
async def test_what_a_colleague_decided_meanwhile_is_shown_before_it_is_decided_otherwise(
    browser: OpenBrowser, cast: Cast, page: str, deed: str, colleague: dict[str, str], later: dict[str, str]
) -> None:
    admin = await browser(cast.admin)
    seen = shown_in(await admin.get(page))
    assert (await admin.post(page + deed, **colleague, seen=seen)).status == 303
    stands = await _decided(cast)
    assert (await admin.post(page + deed, **colleague, seen=seen)).status == 303  # a second press of the same
    refused = await admin.post(page + deed, **later, seen=seen)
    assert (refused.status, QUICKER in refused.words, await _decided(cast)) == (409, True, stands)
    assert [said for said in (later.get("why", ""),) if said not in refused.words] == []
    assert [value for value in colleague.values() if value not in refused.body] == []
    assert (await admin.post(page + deed, **later, seen=shown_in(refused))).status == 303
    assert await _decided(cast) != stands


async def test_a_form_from_before_gives_nobody_back_the_account_a_colleague_closed(
    browser: OpenBrowser, cast: Cast
) -> None:
    await change(Person, {"id": cast.jonas}, caseworker_id=cast.mette.staff_id)
    admin, siri = await browser(cast.admin), f"/administration/staff/{cast.siri.staff_id}"
    seen = shown_in(await admin.get(siri))
    form = {"name": "Siri Kjær", "email": "siri@example.org", "role": "caseworker", "seen": seen}
    assert (await admin.post(siri, **form, active="no")).status == 303
    assert (await admin.post(siri, **form, active="no")).status == 303
    for stale in (form | {"name": "Siri Kjær Holm"}, form | {"role": "coordinator"}):
        refused = await admin.post(siri, **stale, active="yes")
        assert (refused.status, QUICKER in refused.words) == (409, True)
    account = await one(Staff, id=cast.siri.staff_id)
    assert (account.active, account.name, account.role) == (False, "Siri Kjær", Role.CASEWORKER.value)
    again = form | {"seen": shown_in(refused)}
    assert (await admin.post(siri, **again, active="yes")).status == 303
    assert (await one(Staff, id=cast.siri.staff_id)).active is True


async def test_a_canned_reply_two_write_anew_keeps_the_first_and_shows_the_second(
    browser: OpenBrowser, cast: Cast, now: object
) -> None:
    kept = await canned.add(cast.per, Text("Åbent", "Vi har åbent 9-15"), now=now)  # type: ignore[arg-type]
    per, path = await browser(cast.per), f"/canned/{kept}"
    seen = shown_in(await per.get(path))
    first = {"title": "Åbent", "da": "Vi har åbent 9-14", "used": "yes", "seen": seen}
    assert (await per.post(path, **first)).status == 303
    assert (await per.post(path, **first)).status == 303
    refused = await per.post(path, **(first | {"da": "Vi har åbent 10-15"}))
    assert (refused.status, QUICKER in refused.words) == (409, True)
    assert "Det er ikke gemt. Åbent Vi har åbent 10-15" in refused.words
    assert (await one(CannedReply, id=kept)).text_da == "Vi har åbent 9-14"
    assert "Vi har åbent 9-14</textarea>" in refused.body


async def test_the_duty_plan_of_two_keeps_the_days_of_both_and_asks_about_the_same_day(
    browser: OpenBrowser, cast: Cast, now: object
) -> None:
    per, mette, siri = await browser(cast.per), cast.mette.staff_id, cast.siri.staff_id
    begins = await per.get("/administration/duty?from=2026-11-16")
    form = _sent(begins)
    colleague = [Planned(date(2026, 11, 18), siri), Planned(date(2026, 11, 19), siri, mette)]
    await duty.plan(cast.admin, colleague, now=now)  # type: ignore[arg-type]
    mine = form | {"holder_2026-11-17": mette}
    assert (await per.post("/administration/duty", **mine)).status == 303
    assert await _planned() == {17: [mette], 18: [siri], 19: [siri, mette]}
    both = form | {"holder_2026-11-18": mette, "holder_2026-11-20": mette}
    refused = await per.post("/administration/duty", **both)
    assert (refused.status, "En kollega har ændret dagen" in refused.words) == (422, True)
    assert await _planned() == {17: [mette], 18: [siri], 19: [siri, mette]}
    meanwhile = re.findall(r"Imens er der planlagt: ([\w, ]+)\.", refused.words)
    assert meanwhile == ["Mette Holm", "Siri Kjær", "Siri Kjær, Mette Holm"]
    shown = _sent(refused)
    assert [shown[f"holder_2026-11-{day}"] for day in (17, 18, 19, 20)] == [mette, mette, siri, mette]
    assert (await per.post("/administration/duty", **shown)).status == 303
    assert await _planned() == {17: [mette], 18: [mette], 19: [siri, mette], 20: [mette]}


def _sent(page: Page) -> dict[str, str]:
    """The fields of the plan as a browser sends them."""
    fields = {"from": shown_in(page, "from")}
    for name, choices in re.findall(r'(?s)<select [^>]*name="((?:holder|second)_[^"]*)">(.*?)</select>', page.body):
        chosen = re.search(r'value="([^"]*)" selected', choices)
        fields[name] = chosen.group(1) if chosen else ""
    return fields | dict(re.findall(r'name="(was_[^"]*)" value="([^"]*)"', page.body))


async def _planned() -> dict[int, list[str]]:
    days: dict[int, list[str]] = {}
    for row in await found(DutyDay, "day", "rank"):
        days.setdefault(row.day.day, []).append(row.staff_id)
    return days
