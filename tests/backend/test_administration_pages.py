"""Administration in a browser: the list, the forms that lose nothing, links shown once, and no young person's name."""

from __future__ import annotations

import re
from datetime import date

import pytest

from backend import charts
from models.domain.alerts import Thresholds
from models.queries import duty as duty_views
from models.queries import municipality as views
from models.tables.register import Municipality, Person
from models.tables.staff import Staff
from tests.actions.rows import change, one
from tests.backend.browsing import OpenBrowser, Story
from tests.cast import Cast

ROOMS = ("", "/hours", "/duty", "/place", "/thresholds", "/retention", "/texts", "/staff", "/trail")
HOURS = {f"opens_{day}": "09:00" for day in range(5)} | {f"closes_{day}": "14:30" for day in range(5)}


async def test_an_administrator_lands_on_the_list_and_no_room_names_a_young_person(
    browser: OpenBrowser, cast: Cast, story: Story
) -> None:
    admin = await browser(cast.admin)
    assert (await admin.get("/")).leads_to == "/administration"
    for room in ROOMS:
        page = await admin.get(f"/administration{room}")
        assert (room, page.status) == (room, 200)
        assert [name for name in ("Amina", "Yusuf", "Jonas", "Leila") if name in page.words] == []
    listed = (await admin.get("/administration")).body
    assert 'href="/administration/hours"' in listed
    assert 'href="/people"' not in listed
    assert 'href="/people"' in (await (await browser(cast.per)).get("/administration")).body


async def test_hours_are_saved_and_what_cannot_be_is_said_at_its_field_with_nothing_lost(
    browser: OpenBrowser, cast: Cast
) -> None:
    per = await browser(cast.per)
    for wrong, said in (
        ({"opens_0": "09:10"}, "hele kvarterer"), ({"closes_1": "08:00"}, "Der lukkes, før der åbnes"),
        ({"opens_2": ""}, "Skriv både"), ({"closed": "i morgen"}, "Datoen kan ikke læses"),
    ):  # fmt: skip
        page = await per.post("/administration/hours", **(HOURS | wrong))
        assert (page.status, said in page.words, 'value="14:30"' in page.body) == (422, True, True)
    closed = "23.12.2026\n2027-01-04\n"
    assert (await per.post("/administration/hours", **HOURS, closed=closed)).leads_to.endswith("said=hours_saved")
    hours = (await views.decided(cast.per)).hours
    assert hours.closed == frozenset({date(2026, 12, 23), date(2027, 1, 4)})
    assert (hours.weekly[5], str(hours.weekly[4])) == (None, "(datetime.time(9, 0), datetime.time(14, 30))")
    empty = await per.post("/administration/hours", closed="")
    assert (empty.status, "Mindst én dag skal have åbent" in empty.words) == (422, True)


async def test_the_duty_plan_is_filled_in_and_repeated(browser: OpenBrowser, cast: Cast, now: object) -> None:
    per, mette, siri = await browser(cast.per), cast.mette.staff_id, cast.siri.staff_id
    days = {f"holder_2026-11-{day}": mette for day in (17, 18, 19, 20)} | {"second_2026-11-18": siri}
    saved = await per.post("/administration/duty", **{"from": "2026-11-16"}, **days)
    assert saved.leads_to == "/administration/duty?from=2026-11-16&said=duty_saved"
    twice = {"from": "2026-11-16", "holder_2026-11-19": mette, "second_2026-11-19": mette}
    wrong = await per.post("/administration/duty", **twice)
    assert (wrong.status, "Vælg to forskellige" in wrong.words) == (422, True)
    again = await per.post("/administration/duty/repeat", **{"from": "2026-11-16", "weeks": "2"})
    assert again.leads_to.endswith("said=duty_repeated")
    plan = await duty_views.plan(cast.per, None, "da", now=now)  # type: ignore[arg-type]
    planned = {day.day.day: (day.holder, day.stand_in) for week in plan.weeks[:2] for day in week if day.holder}
    assert planned == {
        17: (mette, ""), 18: (mette, siri), 19: (mette, ""), 20: (mette, ""), 24: (mette, ""), 25: (mette, siri),
        26: (mette, ""), 27: (mette, ""),
    }  # fmt: skip
    for nonsense in ("?from=x", "?from=9999-12-31"):
        assert (await per.get(f"/administration/duty{nonsense}")).status == 404


async def test_two_who_plan_the_duty_at_once_do_not_run_over_each_other(
    browser: OpenBrowser, cast: Cast, now: object
) -> None:
    per, (mette, siri, lars) = await browser(cast.per), (cast.mette.staff_id, cast.siri.staff_id, cast.lars.staff_id)
    page = await per.get("/administration/duty?from=2026-11-16")
    stood = dict(re.findall(r'name="(was_2026-11-\d\d)" value="([^"]*)"', page.body))
    form = {"from": "2026-11-16"} | stood | {name.replace("was", "holder"): "" for name in stood}
    await per.post("/administration/duty", **form | {"holder_2026-11-18": siri})
    saved = await per.post("/administration/duty", **form | {"holder_2026-11-19": mette})
    assert saved.leads_to.endswith("said=duty_saved")
    refused = await per.post("/administration/duty", **form | {"holder_2026-11-18": lars, "holder_2026-11-20": lars})
    assert (refused.status, "En kollega har ændret dagen, mens du planlagde" in refused.words) == (422, True)
    assert re.findall(r"Imens er der planlagt: ([\w ]+)\.", refused.words) == ["Siri Kjær", "Mette Holm"]
    chosen = re.findall(
        r'name="was_2026-11-(1[89])" value="(\w*) ".*?<option value="(\w*)" selected', refused.body, re.DOTALL
    )
    assert chosen == [("18", siri, lars), ("19", mette, mette)]
    plan = await duty_views.plan(cast.per, None, "da", now=now)  # type: ignore[arg-type]
    assert {day.day.day: day.holder for day in plan.weeks[0] if day.holder} == {18: siri, 19: mette}


async def test_a_colleague_who_is_ill_is_entered_and_said_where_threads_are_handed_over(
    browser: OpenBrowser, cast: Cast
) -> None:
    per, ill = await browser(cast.per), {"colleague": cast.siri.staff_id, "first_day": "2026-11-17"}
    nobody = await per.post("/administration/duty/absence", colleague="", first_day="2026-11-17", last_day="2026-11-18")
    assert (nobody.status, "Vælg en kollega" in nobody.words) == (422, True)
    wrong = await per.post("/administration/duty/absence", **ill, last_day="2026-11-16")
    assert (wrong.status, 'value="2026-11-16"' in wrong.body) == (422, True)
    saved = await per.post("/administration/duty/absence", **ill, last_day="2026-11-18")
    assert saved.leads_to == "/administration/duty?said=colleague_away"
    page = await per.get("/administration/duty")
    assert "Siri Kjær: 17. november 2026 – 18. november 2026" in page.words
    thread = await per.get(f"/inbox/{cast.amina}")
    assert "Siri Kjær · Rådgiver · væk til og med 18. november" in thread.words
    absence = re.search(r'name="absence" value="(\w{32})"', page.body)
    assert absence is not None
    await per.post("/administration/duty/absence/end", absence=absence.group(1))
    assert "Siri Kjær: 17" not in (await per.get("/administration/duty")).words


async def test_somebody_new_gets_a_link_that_is_shown_once_and_leaves_when_nobody_is_theirs(
    browser: OpenBrowser, cast: Cast
) -> None:
    admin = await browser(cast.admin)
    form = {"name": "Bo Ro", "email": "bo@example.org", "role": "caseworker"}
    page = await admin.post("/administration/staff", **form)
    token = re.search(r"/welcome#([A-Za-z0-9_-]{40,})", page.body)
    assert token is not None
    bo = (await one(Staff, email="bo@example.org")).id
    assert token.group(1) not in (await admin.get(f"/administration/staff/{bo}")).body
    taken = await admin.post("/administration/staff", **form)
    assert (taken.status, "har en konto i forvejen" in taken.words, 'value="Bo Ro"' in taken.body) == (422, True, True)
    assert (await admin.post("/administration/staff", **(form | {"role": "national"}))).status == 422
    siri = f"/administration/staff/{cast.siri.staff_id}"
    assert "Har 1 ung. En koordinator giver den videre" in (await admin.get(siri)).words
    gone = {"name": "Siri Kjær", "role": "caseworker", "active": "no"}
    refused = await admin.post(siri, **gone)
    assert (refused.status, "Har stadig unge" in refused.words) == (422, True)
    await change(Person, {"id": cast.jonas}, caseworker_id=cast.mette.staff_id)
    theirs = await browser(cast.siri)
    assert (await admin.post(siri, **gone)).leads_to == f"{siri}?said=staff_changed"
    assert (await theirs.get("/")).status == 303
    married = {"name": "Bo Ro Holm", "role": "caseworker", "active": "yes"}
    for email, status in (
        ("mette@example.org", 422),
        ("bo", 422),
        ("bø@example.org", 422),
        ("\u200bbo@example.org", 422),
        (" Bo.Holm@Example.org", 303),
    ):
        changed = await admin.post(f"/administration/staff/{bo}", **married, email=email)
        assert (email, changed.status, (await one(Staff, id=bo)).email) == (
            email, status, "bo@example.org" if status == 422 else "bo.holm@example.org",
        )  # fmt: skip
    assert "/welcome#" in (await admin.post(f"/administration/staff/{bo}/reset")).body
    assert (await admin.get("/administration/staff/" + "0" * 32)).status == 404
    assert (await admin.get(f"/administration/staff/{cast.odd.staff_id}")).status == 404


async def test_telegram_texts_thresholds_and_keeping_are_decided_by_an_administrator(
    browser: OpenBrowser, cast: Cast
) -> None:
    admin = await browser(cast.admin)
    await change(Municipality, {"id": cast.randers}, telegram_content="")
    assert (await admin.post("/administration/place/telegram")).status == 422
    assert (await admin.post("/administration/place/telegram", telegram="discreet")).status == 303
    bad = await admin.post("/administration/place", name="Randers Kommune", phone="ring", address="Laksetorvet 1")
    assert (bad.status, 'value="Laksetorvet 1"' in bad.body) == (422, True)
    assert (await admin.post("/administration/place", name="Randers Kommune", phone="89 15 15 16")).status == 303
    why = await admin.post("/administration/thresholds", low="40", fall="10", silence="45", why="")
    assert (why.status, 'value="40"' in why.body) == (422, True)
    long = await admin.post("/administration/thresholds", low="35", fall="10", silence="365")
    assert (long.status, "fra 30 til 120" in long.words) == (422, True)
    assert (await admin.post("/administration/thresholds", low="x", fall="10", silence="60")).status == 422
    assert (
        await admin.post("/administration/thresholds", low="40", fall="10", silence="45", why="Flere skal ses")
    ).status == 303
    assert (await admin.post("/administration/retention", people="730", updates="5", notices="90")).status == 422
    assert (await admin.post("/administration/retention", people="730", updates="20", notices="90")).status == 303
    page = await admin.get("/administration/texts?part=chat_home")
    shown = re.search(r'name="fingerprint" value="([0-9a-f]{16})"', page.body)
    assert shown is not None
    old = await admin.post("/administration/texts", fingerprint="0" * 16)
    assert old.leads_to.endswith("said=texts_changed")
    assert (await admin.post("/administration/texts", fingerprint=shown.group(1))).status == 303
    assert "Godkendt af Anna Dam" in (await admin.get("/administration/texts")).words
    decided = await views.decided(cast.admin)
    assert (decided.telegram, decided.kept["updates"]) == ("discreet", 20)
    assert decided.thresholds == Thresholds(40, 10, 45)


async def test_the_trail_is_filtered_paged_and_checked(browser: OpenBrowser, cast: Cast, story: Story) -> None:
    admin = await browser(cast.admin)
    page = await admin.get(f"/administration/trail?deed=meeting&staff={cast.mette.staff_id}")
    assert ("Mette Holm" in page.words, "R-1001" in page.words, "Per Lund ·" in page.words) == (True, True, False)
    assert "Læste loggen" in (await admin.get("/administration/trail?deed=trail")).words
    amina = await admin.post("/administration/trail", reference=" r-1001")
    assert (amina.status, "R-1001" in amina.words, "Mette Holm" in amina.words) == (200, True, True)
    assert set(re.findall(r"R-\d{4}", amina.words)) == {"R-1001"}
    assert "Amina" not in amina.words
    assert "Hanne" not in amina.words
    before = re.search(r'name="before" value="(\d+)"', amina.body)
    assert (before is None) == (amina.body.count("R-1001") < 50)
    older = await admin.post("/administration/trail", reference="R-1001", before="1")
    assert [
        page.body.count("<td") for page in (older, await admin.post("/administration/trail", reference="O-2001"))
    ] == [0, 0]
    assert (await admin.get("/administration/trail?day=x&before=999999999999999999999&after=x&deed=%27")).status == 200
    assert (await admin.post("/administration/trail/verify")).leads_to.endswith("said=trail_whole")


async def test_a_goal_is_written_followed_by_quarter_and_drawn_beside_the_figures(
    browser: OpenBrowser, cast: Cast
) -> None:
    per = await browser(cast.per)
    form = {"title": "Flere har en mentor", "measured": "own", "unit": "unge", "target": "12", "due_on": "2027-12-31"}
    bad = await per.post("/goals", **(form | {"target": "mange"}))
    assert (bad.status, 'value="mange"' in bad.body) == (422, True)
    made = (await per.post("/goals", **form)).leads_to.partition("?")[0]
    assert (await per.post(f"{made}/values", quarter="2026Q3", value="7,5")).status == 303
    assert (await per.post(f"{made}/values", quarter="2027Q4", value="8")).status == 422
    phases = {"prepare": "2026-01-01", "change": "2026-07-01", "anchor": "2027-07-01", "ends": "2027-12-31"}
    wrong = await per.post("/goals/phases", **(phases | {"anchor": "2026-01-01"}))
    assert (wrong.status, 'value="2026-07-01"' in wrong.body) == (422, True)
    assert (await per.post("/goals/phases", **phases)).status == 303
    figures = await (await browser(cast.mette)).get("/figures")
    assert "7,5 unge i 3. kvartal 2026. Målet er 12 unge inden 31. december 2027." in figures.words
    assert "Fase nu: Forandre" in figures.words
    drawn = figures.body[figures.body.index('class="chart chart-goal"') :]
    assert re.findall(r'chart-band-words"[^>]*>(\w+)<', drawn)[:3] == ["Forberede", "Forandre", "Forankre"]
    assert ('class="chart chart-goal"' in figures.body, 'href="/goals"' in figures.body) == (True, False)
    assert (await per.post(made, **(form | {"target": "14"}))).status == 303
    assert (await per.post(made, **form)).status == 303
    # A second click is no second goal.
    again = await per.post("/goals", **form)
    assert again.leads_to.partition("?")[0] == made
    heard = {"title": "Flere oplever at blive hørt", "measured": "heard", "target": "80", "due_on": "2027-12-31"}
    other = (await per.post("/goals", **heard)).leads_to.partition("?")[0]
    page = await per.get(other)
    assert "Målet er 80 % inden 31. december 2027. Det står i figuren under Tal." in page.words
    assert 'name="unit"' not in page.body
    assert "Se det i figuren ovenfor." in (await (await browser(cast.mette)).get("/figures")).words
    # Ended, it is off the figures; when and why, and how far it came, stand in a list of their own.
    assert "Afsluttede mål" not in (await per.get("/goals")).words
    unsaid = await per.post(f"{made}/end", because=" ")
    assert (unsaid.status, '<details class="confirm" open>' in unsaid.body) == (422, True)
    for because in ("Nået før tid", " Nået før tid"):
        assert (await per.post(f"{made}/end", because=because)).leads_to == f"{made}?said=goal_ended"
    other_reason = await per.post(f"{made}/end", because="Et andet tryk")
    assert (other_reason.status, "En kollega har afsluttet målet imens" in other_reason.words) == (409, True)
    assert "Det er ikke gemt. Hvorfor slutter det? Et andet tryk" in other_reason.words
    read = await per.get(made)
    assert ('class="chart chart-goal"' in read.body, f'action="{made}' in read.body) == (True, False)
    listed = await per.get("/goals?show=ended")
    came_to = "7,5 unge i 3. kvartal 2026. Målet var 12 unge inden 31. december 2027."
    for page in (read, listed, await per.get("/goals")):
        assert came_to in page.words
        assert "Hvorfor: Nået før tid" in page.words
        assert "Et andet tryk" not in page.words
    assert came_to not in (await (await browser(cast.mette)).get("/figures")).words
    assert (await per.get("/goals?show=ended&after=50")).leads_to == "/goals?show=ended"


async def test_how_one_is_told_is_one_s_own(browser: OpenBrowser, cast: Cast) -> None:
    mette = await browser(cast.mette)
    bad = await mette.post("/settings/notices", notify="sms", phone="")
    assert (bad.status, "Skriv dit nummer" in bad.words) == (422, True)
    assert (await mette.post("/settings/notices", notify="sms", phone="20 30 40 50")).status == 303
    row = await one(Staff, id=cast.mette.staff_id)
    assert (row.notify_mail, row.notify_sms, row.phone) == (False, True, "20 30 40 50")
    assert (await (await browser(cast.nanna)).post("/settings/notices", notify="mail")).status == 404


@pytest.mark.parametrize("numbers", [[], [0.0], [4, 4, 5.5, 7], [99.5, 1_000_000], [-3, 0, 2]])
def test_a_goal_is_drawn_inside_its_frame_whatever_its_numbers(numbers: list[float]) -> None:
    points = [
        charts.GoalPoint(f"{index}", date(2026, 3 * index + 1, 28), value, str(value))
        for index, value in enumerate(numbers)
    ]
    span = charts.PhaseSpan("Forberede", date(2026, 1, 1), date(2026, 6, 30))
    lines = charts.GoalLines(None, "", 12.0, "12", date(2027, 12, 31))
    made = charts.goal("g", "Finding", points, lines, [span], today=date(2026, 11, 17), t=lambda key, **_: key)
    for drawing in (made.wide, made.narrow):
        heights = [float(found) for found in re.findall(r'c?y[12]?="(-?[0-9.]+)"', drawing)]
        assert all(0 <= height <= 420 for height in heights)
    assert len(made.table.rows) == len(numbers) + 2
