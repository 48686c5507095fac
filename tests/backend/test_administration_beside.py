"""Two colleagues decide about the same at the same time: nothing of either is run over unseen."""

from __future__ import annotations

import re
from datetime import date, datetime

import pytest

from models.actions import canned, duty, panels
from models.domain.canned import Text
from models.domain.duty import Planned
from models.domain.staff import Role
from models.tables.goals import LocalGoal, LocalGoalValue
from models.tables.messages import CannedReply
from models.tables.offers import RangeOffer
from models.tables.register import Handover, Municipality, Person
from models.tables.staff import DutyDay, Staff
from models.transactions import HOUSE
from tests.actions.rows import change, count, found, one
from tests.backend.browsing import Browser, OpenBrowser, Page, Story
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
    typed = [value for name, value in later.items() if value and value != colleague.get(name)]
    assert [value for value in typed if value not in refused.words] == []
    assert [value for value in colleague.values() if value not in refused.body] == []
    assert (await admin.post(page + deed, **later, seen=shown_in(refused))).status == 303
    assert await _decided(cast) != stands


async def test_what_was_refused_at_a_field_does_not_run_over_a_colleague_at_the_next_press(
    browser: OpenBrowser, cast: Cast
) -> None:
    admin = await browser(cast.admin)
    page = "/administration/hours"
    seen = shown_in(await admin.get(page))
    wrong = await admin.post(page, **HOURS | {"opens_0": "25:00", "seen": seen})
    assert (wrong.status, shown_in(wrong)) == (422, seen)
    assert (await admin.post(page, **HOURS, seen=seen)).status == 303
    stands = await _decided(cast)
    again = await admin.post(page, **HOURS | {"opens_0": "10:00", "seen": seen})
    assert (again.status, "Mandag, åbner 10:00" in again.words, await _decided(cast)) == (409, True, stands)


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
    assert "Det er ikke gemt. Tekst på dansk Vi har åbent 10-15" in refused.words
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


async def test_a_goal_two_set_at_once_keeps_the_first_and_shows_the_second(browser: OpenBrowser, cast: Cast) -> None:
    per = await browser(cast.per)
    form = {"title": "Flere har en mentor", "measured": "own", "unit": "unge", "target": "12", "due_on": "2027-12-31"}
    path = (await per.post("/goals", **form)).leads_to.partition("?")[0]
    numbers, seen = re.findall(r'name="seen" value="([^"]*)"', (await per.get(path)).body)
    higher = form | {"target": "14", "seen": seen}
    assert [(await per.post(path, **higher)).status for _ in "ab"] == [303, 303]
    refused = await per.post(path, **form | {"due_on": "2028-06-30", "seen": seen})
    assert (refused.status, QUICKER in refused.words) == (409, True)
    assert "Det er ikke gemt. Mål 12 Inden 30. juni 2028" in refused.words
    assert (await one(LocalGoal, id=path[7:])).target == 14
    entered = {"quarter": "2026Q3", "seen": numbers}
    assert [(await per.post(f"{path}/values", value="7", **entered)).status for _ in "ab"] == [303, 303]
    other = await per.post(f"{path}/values", value="8", **entered)
    assert (other.status, "En kollega har skrevet tal imens" in other.words, 'value="8"' in other.body) == (
        409, True, True,
    )  # fmt: skip
    assert (await one(LocalGoalValue, goal_id=path[7:])).value == 7
    assert (await per.post(f"{path}/end", because="Nået")).status == 303
    for deed, fields in (("", higher | {"target": "20"}), ("/values", entered | {"value": "9"})):
        assert (await per.post(path + deed, **fields)).status == 409
    begin = {"prepare": "2026-01-01", "change": "2026-07-01", "anchor": "2027-07-01", "ends": "2027-12-31"}
    seen = shown_in(await per.get("/goals"))
    assert [(await per.post("/goals/phases", **begin, seen=seen)).status for _ in "ab"] == [303, 303]
    later = await per.post("/goals/phases", **begin | {"ends": "2028-12-31"}, seen=seen)
    assert (later.status, "31. december 2028" in later.words) == (409, True)


async def test_what_two_say_about_support_in_the_range_is_not_run_over(browser: OpenBrowser, cast: Cast) -> None:
    per = await browser(cast.per)
    first = {"title": "Mentor", "description": "En voksen, der er der for dig", "price": "350", "price_unit": "hour"}
    assert [(await per.post("/range", **first)).status for _ in "ab"] == [303, 303]
    again = await per.post("/range", **first | {"description": "Noget andet"})
    assert (again.status, "Noget andet" in again.body) == (422, True)
    path = f"/range/{(await one(RangeOffer, title='Mentor')).id}"
    form = first | {"shown": "yes", "seen": shown_in(await per.get(path))}
    assert [(await per.post(path, **form | {"price": "400"})).status for _ in "ab"] == [303, 303]
    refused = await per.post(path, **form | {"description": "To timer om ugen", "shown": "no"})
    assert (refused.status, QUICKER in refused.words, 'value="400"' in refused.body) == (409, True, True)
    assert "To timer om ugen" in refused.words
    stands = await one(RangeOffer, title="Mentor")
    assert (stands.price, stands.description, stands.active) == (40000, first["description"], True)


async def test_a_question_and_a_title_of_a_survey_are_kept_from_who_was_quicker(
    browser: OpenBrowser, cast: Cast, now: datetime
) -> None:
    per, panel = await browser(cast.per), await panels.found(HOUSE, "Ungepanelet", [cast.randers], None, now=now)
    begun = await per.post(f"/panels/{panel}/surveys", title_da="Bolig", title_en="Home")
    here = begun.leads_to.partition("?")[0]
    shown = shown_in(await per.get(here))
    title = {"title_da": "Bolig", "title_en": "Home", "seen": shown}
    assert (await per.post(here, deed="title", **title | {"title_da": "Din bolig"})).status == 303
    # A press from the older page keeps its hands off the title; another title typed there is shown, not kept.
    assert (await per.post(here, deed="add", kind="text", **title)).leads_to.endswith("/questions/q1?said=survey_saved")
    refused = await per.post(here, deed="title", **title | {"title_da": "Dit hjem"})
    assert (refused.status, QUICKER in refused.words, "Titel på dansk Dit hjem" in refused.words) == (422, True, True)
    assert 'value="Din bolig"' in refused.body
    at = f"{here}/questions/q1"
    asked = {"deed": "save", "text_en": "How do you live?", "seen": shown_in(await per.get(at))}
    written = [(await per.post(at, **asked, text_da="Hvordan bor du?")).leads_to for _ in "ab"]
    assert [where.endswith("said=survey_saved#question-q1") for where in written] == [True, True]
    lost = await per.post(at, **asked, text_da="Hvor bor du?")
    assert (lost.status, QUICKER in lost.words, "Hvor bor du?" in lost.words) == (422, True, True)
    assert 'value="Hvordan bor du?"' in lost.body


async def test_what_was_typed_about_somebody_a_colleague_changed_stays_in_view(
    browser: OpenBrowser, cast: Cast
) -> None:
    per, path = await browser(cast.per), f"/people/{cast.amina}/register"
    page = await per.get(path)
    form = {name: shown_in(page, name) for name in ("reference", "name", "birth_date", "phone", "seen")}
    form |= {"group": "placed", "aftercare": "no", "caseworker": cast.mette.staff_id}
    assert (await per.post(path, **form | {"phone": "22 33 44 55"})).status == 303
    refused = await per.post(
        path, **form | {"name": "Amina Ali", "birth_date": "2007-08-04", "group": "contact_person"}
    )
    assert (refused.status, "Registret er ændret" in refused.words, 'value="22 33 44 55"' in refused.body) == (
        409, True, True,
    )  # fmt: skip
    assert "Det er ikke gemt. Navn Amina Ali Fødselsdato 4. august 2007" in refused.words


async def test_a_reason_given_for_a_step_a_colleague_took_first_is_said_not_to_stand(
    mette: Browser, browser: OpenBrowser, cast: Cast, story: Story
) -> None:
    per, path = await browser(cast.per), f"/offers/{story.offer}/move"
    because = {"deed": "withdraw", "why": "Det blev til noget andet"}
    assert [(await per.post(path, **because)).status for _ in "ab"] == [303, 303]
    late = await mette.post(path, deed="withdraw", why="Vi talte om det i går")
    assert (late.status, "Tilbuddet er kommet videre" in late.words) == (409, True)
    assert "Det er ikke gemt. Hvorfor" in late.words
    assert "Vi talte om det i går" in late.words


async def test_a_caseworker_two_choose_at_once_is_chosen_by_who_was_first(browser: OpenBrowser, cast: Cast) -> None:
    per, path = await browser(cast.per), f"/people/{cast.amina}/caseworker"
    seen = shown_in(await per.get(path))
    siri = {"colleague": cast.siri.staff_id, "why": "Mette går på orlov", "seen": seen}
    assert [(await per.post(path, **siri)).status for _ in "ab"] == [303, 303]
    refused = await per.post(path, **siri | {"colleague": cast.lars.staff_id, "why": "Lars kender Amina"})
    assert (refused.status, "En kollega har skiftet rådgiver" in refused.words) == (409, True)
    assert ("Nu: Siri Kjær" in refused.words, 'value="Lars kender Amina"' in refused.body) == (True, True)
    assert f'value="{cast.lars.staff_id}" selected' in refused.body
    assert (await one(Person, id=cast.amina)).caseworker_id == cast.siri.staff_id
    assert await count(Handover) == 1


async def test_feedback_two_answer_at_once_keeps_the_words_of_the_second_in_view(
    mette: Browser, browser: OpenBrowser, cast: Cast, story: Story
) -> None:
    per, path = await browser(cast.per), f"/feedback/{story.feedback}"
    answered = {"body": "Vi flytter mødet", "closing": "done"}
    assert [(await mette.post(f"{path}/answer", **answered)).status for _ in "ab"] == [303, 303]
    late = await per.post(f"{path}/answer", body="Jeg ringer i morgen", closing="later")
    assert (late.status, "Der er svaret imens, eller den er lukket" in late.words) == (422, True)
    assert "Det er ikke gemt." in late.words
    assert "Jeg ringer i morgen" in late.words
    assert (await per.get(path)).words.count("Vi flytter mødet") == 1


async def test_a_canned_reply_pressed_twice_is_one(browser: OpenBrowser, cast: Cast) -> None:
    per = await browser(cast.per)
    fields = {"title": "Åbent", "da": "Vi har åbent 9-15"}
    assert [(await per.post("/canned", **fields)).status for _ in "ab"] == [303, 303]
    assert await count(CannedReply, title="Åbent") == 1


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
