"""The register at the desk: a file looked at and imported, one person by a form; the plan of one person; the range."""

from __future__ import annotations

import csv
import html
import io
import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import FormData

import backend
from models.actions import offers, register_moving
from models.actions.offers import Content
from models.domain.localtime import local_date
from models.domain.offers import Answer
from models.queries import messages as threads
from models.queries import register, timeline
from models.transactions import Scope
from tests.backend.browsing import SAME_ORIGIN, Browser, OpenBrowser, Page, Story
from tests.cast import Cast, link

HEAD = "reference;name;birth_date;group;caseworker_email;phone\n"


@pytest.fixture
async def amina_offer(cast: Cast, now: datetime) -> str:
    """An offer Amina has said yes to; its id."""
    amina = await link(Scope(cast.randers), cast.amina, 1, now=now, confirmed_by=cast.mette.staff_id)
    offer = await offers.draft(cast.mette, cast.amina, "other", Content("Mentor"), now=now)
    await offers.publish(cast.mette, offer, now=now)
    await offers.answer(amina, offer, Answer.YES, now=now)
    return offer


async def send_file(desk: Browser, content: bytes, path: str = "/people/import") -> Page:
    form = FormData({"csrf": desk.csrf})
    form.add_field("file", content, filename="register.csv", content_type="text/csv")
    async with desk.client.post(path, data=form, headers=SAME_ORIGIN, allow_redirects=False) as answer:
        return Page(answer.status, await answer.text(), dict(answer.headers))


async def confirm(desk: Browser, preview: Page) -> Page:
    hidden = dict(re.findall(r'<input type="hidden" name="(content|seen)" value="([^"]*)"', preview.body))
    form = FormData({"csrf": desk.csrf, **hidden})
    form.add_field("nothing", b"", filename="")
    async with desk.client.post("/people/import/do", data=form, headers=SAME_ORIGIN, allow_redirects=False) as answer:
        return Page(answer.status, await answer.text(), dict(answer.headers))


async def test_per_looks_at_a_file_then_imports_it(browser: OpenBrowser, cast: Cast, now: datetime) -> None:
    per, mette = await browser(cast.per), await browser(cast.mette)
    assert "/people/import" in (await per.get("/people")).body
    assert "/people/import" not in (await mette.get("/people")).body
    assert "fødselsdato" in (await per.get("/people/import")).words.casefold()
    wrong = await send_file(per, (HEAD + "R-5;Ny;31.2.2007;placed;;\n").encode())
    assert (wrong.status, "Intet kan indlæses endnu: 1 fejl" in wrong.words) == (422, True)
    assert "2 Fødselsdato Datoen kan ikke læses." in wrong.words
    assert 'name="content"' not in wrong.body
    latin = await send_file(per, (HEAD + "R-5;S\u00f8ren;2007-08-03;placed;;\n").encode("latin-1"))
    assert "Filen er ikke gemt som UTF-8" in latin.words
    rows = "R-1001;Amina Ali;3.8.2007;placed;siri@example.org;\nR-5;Ny Ungersen;2007-01-01;anbragt;;\n"
    preview = await send_file(per, (HEAD + rows).encode())
    assert preview.status == 200
    for said in ("1 ny ung", "1 ung ændres", "Navn Amina Yusuf Amina Ali", "2 unge mangler i filen", "Jonas Birk"):
        assert said in preview.words
    assert (await register.person(cast.per, cast.amina, now=now)).name == "Amina Yusuf"
    done = await confirm(per, preview)
    assert (done.status, done.leads_to) == (303, "/people?said=register_imported")
    assert "Ny Ungersen" in (await per.get("/people")).words
    assert (await register.person(cast.per, cast.amina, now=now)).caseworker == "Siri Kjær"
    # The same page sent again: the register is another by now.
    stale = await confirm(per, preview)
    assert (stale.status, "Registret er ændret" in stale.words) == (409, True)
    assert "Der er ikke noget at gøre" in stale.words
    file = await per.post("/people/export")
    assert file.headers["Content-Disposition"] == 'attachment; filename="register.csv"'
    cells = [cell for row in csv.reader(io.StringIO(file.body.lstrip("\ufeff")), delimiter=";") for cell in row]
    assert ("Amina Ali" in cells, [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]) == (True, [])
    assert "Alt i filen står her allerede" in (await send_file(per, file.body.encode())).words


async def test_per_adds_and_changes_one_person_and_nothing_typed_is_lost(browser: OpenBrowser, cast: Cast) -> None:
    per = await browser(cast.per)
    fields = {"reference": "R-8", "name": "Ny Ung", "birth_date": "2007-01-01", "group": "placed", "aftercare": "no"}
    refused = await per.post("/people/new", **fields | {"birth_date": "2012-01-01", "phone": "40 40 40 40"})
    assert refused.status == 422
    assert "Fødselsdato: For ung endnu. Kan stå på registret fra 1. juli 2029" in refused.words
    assert 'value="40 40 40 40"' in refused.body
    assert (await per.post("/people/new", **fields | {"reference": "R" * 41})).status == 422
    added = await per.post("/people/new", **fields)
    assert added.status == 303
    edit = added.leads_to.partition("?")[0] + "/register"
    page = await per.get(edit)
    seen = re.search(r'name="seen" value="(\w+)"', page.body)
    assert seen is not None
    gone = fields | {"left_on": "2026-11-01", "seen": seen.group(1)}
    assert "Hvorfor?: Vælg hvorfor." in (await per.post(edit, **gone)).words
    long = await per.post(edit, **gone | {"reference": "R" * 41, "left_why": "moved"})
    assert (long.status, "Sagsnummer: " in long.words) == (422, True)
    assert (await per.post(edit, **gone, left_why="moved")).status == 303
    assert (await per.post(edit, **gone, left_why="asked")).status == 409
    assert "Ny Ung" not in (await per.get("/people")).words


async def test_the_plan_of_amina(mette: Browser, cast: Cast, now: datetime) -> None:
    url, today = f"/people/{cast.amina}", local_date(now)
    empty = await mette.get(f"{url}/plan")
    assert "Her er ingen mål endnu" in empty.words
    refused = await mette.post(f"{url}/goals", words="Egen bolig", follow_up_on="2020-01-01")
    assert (refused.status, "Vælg en dag fra i dag." in refused.words) == (422, True)
    assert ">Egen bolig</textarea>" in refused.body
    assert (await mette.post(f"{url}/goals", words="Egen bolig", area="home", follow_up_on=str(today))).status == 303
    assert (await mette.post(f"{url}/follow-ups", due_on=str(today), note="Spørg om mentor")).status == 303
    for wave, code in (("start", "temporary"), ("status", "own")):
        assert (await mette.post(f"{url}/progress", wave=wave, home=code)).status == 303
    assert "selected>Egen og stabil" in (await mette.get(f"{url}/progress?wave=status")).body
    assert (await mette.post(f"{url}/progress", wave="end", home="elsewhere")).status == 422
    front = await mette.get("/")
    assert "Se på et mål med Amina Yusuf" in front.words
    assert "Spørg Amina Yusuf igen, som aftalt" in front.words
    plan = await mette.get(f"{url}/plan")
    goal, day = (re.search(rf"{url}/{what}/([0-9a-f]{{32}})", plan.body) for what in ("goals", "follow-ups"))
    assert goal
    assert day
    assert "Bedre" in plan.words
    assert (await mette.post(f"{url}/goals/{goal.group(1)}", state="reached", standing="Flyttet ind")).status == 303
    empty_words = await mette.post(f"{url}/follow-ups/{day.group(1)}", came_of_it="")
    assert (empty_words.status, "Skriv, hvad der kom ud af det." in empty_words.words) == (422, True)
    assert (await mette.post(f"{url}/follow-ups/{day.group(1)}", came_of_it="Vil gerne")).status == 303
    # The same once more is the same; of what a colleague wrote instead nothing is lost.
    assert (await mette.post(f"{url}/follow-ups/{day.group(1)}", came_of_it="Vil gerne")).status == 303
    beaten = await mette.post(f"{url}/follow-ups/{day.group(1)}", came_of_it="Ved det ikke endnu")
    assert (beaten.status, "En kollega har allerede skrevet" in beaten.words) == (409, True)
    for said in ("Vil gerne", "Ved det ikke endnu", "Det skrev du. Det er ikke gemt."):
        assert said in beaten.words
    assert f'id="follow-up-{day.group(1)}-came-of-it"' in beaten.body
    # A row of somebody else does not exist here.
    other = f"/people/{cast.leila}"
    assert (await mette.post(f"{other}/goals/{goal.group(1)}", state="reached")).status == 404
    assert (await mette.post(f"{other}/follow-ups/{day.group(1)}", came_of_it="ja")).status == 404
    assert (await mette.post(f"{url}/reach", phone="ring mig", kin="Mormor")).status == 422
    assert (await mette.post(f"{url}/reach", phone="+45 31 31 31 31", kin="Mormor 40 40 40 40")).status == 303
    assert "Mormor 40 40 40 40" in (await mette.get(f"{url}/plan")).words
    case = (await mette.get(f"{url}/case")).words
    for said in ("Målet er nået", "Sat ved start", "Der er spurgt igen"):
        assert said in case


async def test_what_a_colleague_wrote_into_the_plan_meanwhile_is_not_run_over(
    mette: Browser, browser: OpenBrowser, cast: Cast
) -> None:
    per, url = await browser(cast.per), f"/people/{cast.amina}"
    await mette.post(f"{url}/goals", words="Egen bolig")
    await mette.post(f"{url}/reach", phone="20 10 10 10", kin="Mormor 40 40 40 40")
    page = await mette.get(f"{url}/plan")
    form = re.search(rf'({url}/goals/[0-9a-f]{{32}})".*?name="seen" value="([^"]+)"', page.body, re.DOTALL)
    reach = re.search(r'/reach".*?name="seen" value="([^"]+)"', page.body, re.DOTALL)
    assert form
    assert reach
    look, seen = form.groups()
    for _ in range(2):  # a second click says the same
        assert (await per.post(look, state="open", standing="Skrevet op", seen=seen)).status == 303
    beaten = await mette.post(look, state="open", standing="Har set en bolig", seen=seen)
    assert (beaten.status, "En kollega har skrevet om målet" in beaten.words) == (409, True)
    assert "Skrevet op" in beaten.words
    assert ">Har set en bolig</textarea>" in beaten.body
    fresh = re.search(rf'{look}".*?name="seen" value="([^"]+)"', beaten.body, re.DOTALL)
    assert fresh
    assert (await mette.post(look, state="open", standing="Har set en bolig", seen=fresh.group(1))).status == 303
    assert (await per.post(look, state="reached", standing="Flyttet ind")).status == 303
    late = await mette.post(look, state="reached", standing="Nøglen er hentet", seen=fresh.group(1))
    assert (late.status, "Målet er afsluttet." in late.words) == (409, True)
    assert "Nøglen er hentet" in late.words

    for _ in range(2):
        changed = await per.post(f"{url}/reach", phone="20 99 99 99", kin="Mormor 40 40 40 40", seen=reach.group(1))
        assert changed.status == 303
    over = await mette.post(f"{url}/reach", phone="20 10 10 10", kin="Morfar 41 41 41 41", seen=reach.group(1))
    assert (over.status, "En kollega har rettet det" in over.words) == (409, True)
    for said in ("20 99 99 99", "Morfar 41 41 41 41"):
        assert said in over.body


async def test_who_said_no_is_followed_up_from_the_list(browser: OpenBrowser, cast: Cast, now: datetime) -> None:
    amina = await link(Scope(cast.randers), cast.amina, 1, now=now, confirmed_by=cast.mette.staff_id)
    offer = await offers.draft(cast.mette, cast.amina, "other", Content("Psykolog"), now=now)
    await offers.publish(cast.mette, offer, now=now)
    await offers.answer(amina, offer, Answer.NO, now=now)
    mette = await browser(cast.mette)
    listed = await mette.get("/people?show=declined")
    assert "1 ung har sagt nej uden en aftalt dag at spørge igen. Aftal en." in listed.words
    there = re.search(r'href="([^"]*)">Aftal en dag<span class="sr-only">: Amina Yusuf', listed.body)
    assert there is not None
    page = await mette.get(html.unescape(there.group(1)))
    assert "Amina har sagt nej tak. Aftal en dag at spørge igen under Plan." in page.words
    assert re.search(r'<details class="confirm" open><summary>Aftal en dag', page.body)
    day = local_date(now) + timedelta(days=90)
    await mette.post(f"/people/{cast.amina}/follow-ups", due_on=day.isoformat(), note="Efter skolen")
    assert "Amina har sagt nej tak. Spørg igen 15. februar 2027." in (await mette.get(f"/people/{cast.amina}")).words
    listed = await mette.get("/people?show=declined")
    assert "Der er aftalt en dag at spørge igen med alle" in listed.words
    assert "15. februar 2027" in listed.words


async def test_a_visit_answers_what_waits_and_a_letter_does_not(
    mette: Browser, cast: Cast, story: Story, now: datetime
) -> None:
    url, today = f"/people/{cast.amina}", local_date(now)
    waits = (await threads.conversation(cast.mette, cast.amina)).promised_at
    letter = await mette.post(f"{url}/contacts", way="letter", held_on=str(today), body="Brev sendt", key="a")
    assert letter.status == 303
    assert (await threads.conversation(cast.mette, cast.amina)).promised_at == waits
    await mette.post(f"{url}/contacts", way="visit", held_on=str(today - timedelta(days=2)), body="Besøg", key="b")
    assert (await threads.conversation(cast.mette, cast.amina)).promised_at == waits
    for _ in range(2):
        await mette.post(f"{url}/contacts", way="phone", held_on=str(today), body="Ringede", key="c")
    assert (await threads.conversation(cast.mette, cast.amina)).promised_at is None
    ahead = await mette.post(
        f"{url}/contacts", way="phone", held_on=str(today + timedelta(days=1)), body="Ord", key="d"
    )
    assert (ahead.status, ">Ord</textarea>" in ahead.body) == (422, True)
    assert [one.what for one in await timeline.contacts(cast.mette, cast.amina)].count("phone") == 1


async def test_the_range_has_prices_and_places_and_an_offer_a_day_and_a_reason(
    browser: OpenBrowser, cast: Cast, amina_offer: str
) -> None:
    per = await browser(cast.per)
    wrong = await per.post("/range", title="Mentor", price="meget", price_unit="hour")
    assert (wrong.status, 'value="meget"' in wrong.body) == (422, True)
    assert "Vælg, hvad prisen er for." in (await per.post("/range", title="Mentor", price="350")).words
    assert (await per.post("/range", title="Mentor", price="1.250,50", price_unit="hour", capacity="3")).status == 303
    listed = (await per.get("/range")).words
    assert ("3 af 3 pladser er ledige · 1.250,50 kr. i timen" in listed, "Svær at læse" in listed) == (True, False)
    law = "Støtten omfatter individuelt tilrettelagte pædagogiske foranstaltninger efter servicelovens bestemmelser."
    assert (await per.post("/range", title="Støtte", description=law)).status == 303
    assert f"{law} Vises i chatten Svær at læse" in (await per.get("/range")).words
    move = f"/offers/{amina_offer}/move"
    refused = await per.post(move, deed="start", on="2010-01-01", why="Klar")
    assert (refused.status, ">Klar</textarea>" in refused.body) == (422, True)
    assert (await per.post(move, deed="start", on="2026-11-20", why="Klar nu")).status == 303
    assert "fra 20. november 2026: Klar nu" in (await per.get(f"/offers/{amina_offer}")).words
    assert "Det kan ikke slutte, før det er begyndt." in (await per.post(move, deed="end", on="2026-11-19")).words
    assert (await per.post(move, deed="end", on="2026-11-21", why="Flyttet")).status == 303


def test_on_paper_the_menus_and_forms_are_gone_and_what_matters_stays() -> None:
    style = (Path(backend.__file__).parent / "static/app.css").read_text(encoding="utf-8")
    printed = style[style.index("@media print") :]
    hidden = re.search(r"([^{}]*)\{ display: none !important; \}", printed)
    assert hidden is not None
    gone = {one.strip() for one in hidden.group(1).split(",")}
    assert {".desk-nav", ".desk-search", ".user-menu", ".tabs", ".actions", ".confirm", ".desk-footer"} <= gone
    assert gone & {".panel", ".section", ".facts", ".rows", ".table", ".row-quote", ".page-heading", ".figure"} == set()


async def test_per_reads_that_odsherred_said_no_opens_the_offer_and_takes_it_off_the_list(
    browser: OpenBrowser, cast: Cast, now: datetime
) -> None:
    offered = await register_moving.offer_transfer(cast.per, cast.amina, cast.odsherred, now=now)
    await register_moving.decline_transfer(cast.odd, offered, now=now)
    per, path = await browser(cast.per), f"/people/{cast.amina}/transfer"
    today = await per.get("/")
    assert "Amina Yusuf bliver hos jer: Odsherred Kommune har sagt nej til at tage over" in today.words
    assert f'href="{path}"' in today.body
    assert "Odsherred Kommune sagde nej til at tage over den 17. november 2026." in (await per.get(path)).words
    assert (await per.post(f"{path}/seen")).leads_to == "/?said=transfer_seen"
    assert "har sagt nej til at tage over" not in (await per.get("/")).words
