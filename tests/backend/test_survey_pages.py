"""Building, trying and sending surveys, "you said – we did" and check-in plans, as browsers have them."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from datetime import date, datetime

import pytest

from backend.pages.qr import qr_code
from models.actions import feedback, panels, register, staff
from models.domain import panels as rules
from models.domain.feedback import About, Audience
from models.domain.register import Aftercare, Group
from models.domain.staff import Role, Viewer
from models.queries import panels as views
from models.settings import Settings
from models.tables.panels import PanelMember
from models.transactions import HOUSE, Scope
from tests.actions.panel_group import members
from tests.actions.rows import change
from tests.backend.browsing import LOOKING, Browser, MovedClock, OpenBrowser, Story, table_contents
from tests.cast import Cast, link
from tests.journeys.panel_form import FORM

QUESTION = {"text_da": "Hvordan bor du?", "text_en": "How do you live?"}
WAYS = {
    "label_da_c1": "Alene", "label_en_c1": "Alone", "leads_to_c1": "", "label_da_c2": "Med andre",
    "label_en_c2": "With others", "leads_to_c2": "",
}  # fmt: skip


@pytest.fixture
async def per(browser: OpenBrowser, cast: Cast) -> Browser:
    """The coordinator's browser, signed in."""
    return await browser(cast.per)


@pytest.fixture
async def panel(cast: Cast, now: datetime) -> str:
    return await panels.found(HOUSE, "Ungepanelet", [cast.randers], None, now=now)


async def begun(per: Browser, panel: str) -> str:
    """A draft with three questions: one choice, own words, a scale. Returns its address."""
    made = await per.post(f"/panels/{panel}/surveys", title_da="Bolig", title_en="Home")
    here = made.leads_to.partition("?")[0]
    for kind in ("single", "text", "scale"):
        await per.post(here, deed="add", kind=kind, title_da="Bolig", title_en="Home")
    await per.post(f"{here}/questions/q1", deed="save", **QUESTION, **WAYS, required="yes")
    await per.post(f"{here}/questions/q2", deed="save", text_da="Hvad mangler?", text_en="What is missing?")
    await per.post(
        f"{here}/questions/q3", deed="save", text_da="Er du glad?", text_en="Are you glad?", low="1", high="5", cut="4"
    )
    return here


async def test_every_press_saves_what_was_typed_and_what_is_wrong_stands_at_its_field(per: Browser, panel: str) -> None:
    here = await begun(per, panel)
    page = await per.get(here)
    assert "Alt er på plads. Prøv den på telefonen, og udgiv den." in page.words
    # Moving a question keeps the title that was just typed.
    moved = await per.post(here, deed="down:q1", title_da="Din bolig", title_en="Your home")
    assert moved.leads_to == f"{here}?said=survey_saved#question-q1"
    page = await per.get(here)
    assert re.findall(r'id="question-(q\d)"', page.body) == ["q2", "q1", "q3"]
    assert 'value="Your home"' in page.body

    # A choice is added in the middle of typing; then the English is missing.
    at = f"{here}/questions/q1"
    more = await per.post(at, deed="choice", **{**QUESTION, "text_en": ""}, **WAYS)
    assert more.leads_to == f"{at}?said=survey_saved#label-da-c3"
    wanting = await per.post(at, deed="save", **{**QUESTION, "text_en": ""}, **WAYS, label_da_c3="Andet")
    assert wanting.leads_to == f"{at}?check=1&said=question_wanting"
    shown = await per.get(f"{at}?check=1")
    assert re.findall(r'id="([a-z0-9-]+)-error"', shown.body) == ["text-en", "label-en-c3"]
    assert 'value="Andet"' in shown.body
    assert "Spørgsmål 2: Spørgsmålet mangler på dansk eller engelsk." in (await per.get(here)).words

    # What is no number is said, and nothing typed is lost.
    wrong = await per.post(
        f"{here}/questions/q3", deed="save", text_da="Glad i dag?", text_en="Glad?", low="1", high="fem", cut="4"
    )
    assert (wrong.status, 'value="Glad i dag?"' in wrong.body, 'value="fem"' in wrong.body) == (422, True, True)
    assert re.findall(r'id="([a-z0-9-]+)-error"', wrong.body) == ["high"]
    removed = await per.post(here, deed="remove:q2", title_da="Din bolig", title_en="Your home")
    assert removed.leads_to == f"{here}?said=survey_saved#questions"
    refused = await per.post(here, deed="publish", title_da="Din bolig", title_en="")
    assert (refused.status, "Skriv titlen på begge sprog." in refused.words) == (422, True)


async def test_what_a_panel_was_asked_long_ago_is_folded(per: Browser, cast: Cast, panel: str, now: datetime) -> None:
    for number in range(6):
        made = await panels.draft(cast.per, panel, replace(FORM, title={"da": f"Nr. {number}", "en": "x"}), now=now)
        assert ('class="fold"' in (await per.get(f"/panels/{panel}")).body) == (number == 5)
    await per.post(f"/surveys/{made}", deed="discard")
    assert 'class="fold"' not in (await per.get(f"/panels/{panel}")).body


async def test_the_way_is_drawn_and_told_in_words_and_a_way_back_is_named(per: Browser, panel: str) -> None:
    here = await begun(per, panel)
    await per.post(f"{here}/questions/q1", deed="save", **QUESTION, **{**WAYS, "leads_to_c1": "q3"}, required="yes")
    page = await per.get(here)
    assert page.body.count('class="chart-way-mark"') == 2  # wide and narrow
    assert "A: Hvis »Alene«, gå til 3. Ellers det næste." in page.words
    await per.post(here, deed="up:q3", title_da="Bolig", title_en="Home")
    await per.post(here, deed="up:q3", title_da="Bolig", title_en="Home")
    assert "Et valg fører tilbage til et tidligere spørgsmål." in (await per.get(here)).words
    await per.post(here, deed="down:q3", title_da="Bolig", title_en="Home")
    both = {**WAYS, "leads_to_c1": ".", "leads_to_c2": "."}
    await per.post(f"{here}/questions/q1", deed="save", **QUESTION, **both, required="yes")
    page = await per.get(here)
    assert page.words.count("Ingen svar fører hertil. Se tegningen og betingelserne.") == 2


async def test_a_question_that_is_not_for_everybody_has_a_way_past_it(
    per: Browser, cast: Cast, panel: str, now: datetime
) -> None:
    page = await per.get(f"/surveys/{await panels.draft(cast.per, panel, FORM, now=now)}")
    assert ("Vejen er lige" in page.words, page.body.count('class="chart-way-mark"')) == (False, 2)
    assert "svaret på 1 er »Med andre«. A: Ellers springes det over. Så det næste." in page.words


async def test_a_question_is_asked_of_some_only_by_every_condition_there_is(per: Browser, panel: str) -> None:
    here = await begun(per, panel)
    for kind in ("text", "multiple", "number", "ranking"):
        await per.post(here, deed="add", kind=kind)
    more = f"{here}/questions/q4"
    asked = {"deed": "save", "text_da": "Hvad hjælper?", "text_en": "What helps?"}
    assert "Alle, der kommer hertil." in (await per.get(more)).words
    assert "Hvem får spørgsmålet?" not in (await per.get(f"{here}/questions/q1")).words
    # Begun with the question it is about, saved with whatever else was typed.
    made = await per.post(more, **(asked | {"deed": "when"}), conditions="0", if_new="q3")
    assert made.leads_to == f"/surveys/{here[-32:]}/questions/q4?said=survey_saved#show-if"
    page = await per.get(more)
    assert ("Svaret på 3. Er du glad?" in page.words, 'value="Hvad hjælper?"' in page.body) == (True, True)
    one = {"conditions": "1", "if_0": "q3", "if_test_0": "at_most", "if_value_0": "2"}
    unread = await per.post(more, **asked, **(one | {"if_value_0": "to", "if_test_0": "at_least"}))
    assert (unread.status, 'value="to"' in unread.body) == (422, True)
    assert '<option value="at_least" selected>' in unread.body
    outside = await per.post(more, **asked, **(one | {"if_value_0": "9"}))
    assert "Det tal kan ingen svare." in (await per.get(outside.leads_to)).words
    await per.post(more, **asked, **one)
    shown = await per.get(here)
    assert shown.words.count("Vises kun, hvis svaret på 3 er højst 2.") == 2
    assert "Vises kun, hvis svaret på 3 er højst 2. A: Ellers springes det over." in shown.words
    # Two that no answer fits are named, and stand as typed until they are mended.
    both = one | {"conditions": "2", "if_1": "q3", "if_test_1": "at_least", "if_value_1": "4"}
    wanting = await per.get((await per.post(more, **asked, **both)).leads_to)
    assert "Ingen svar fører hertil. Se tegningen og betingelserne." in wanting.words
    assert (wanting.words.count("Betingelse 2"), 'value="4"' in wanting.body) == (2, True)
    # Moved before what it hangs on, the condition is named where it stands.
    for _ in range(3):
        await per.post(here, deed="up:q4")
    page = await per.get(f"{more}?check=1")
    assert 'id="if-test-0-error"' in page.body
    await per.post(more, **(asked | {"deed": "unless:1"}), **both)
    assert "Betingelse 2" not in (await per.get(more)).words
    # Every kind of question can be asked about in its own way; the same condition twice is one.
    words = ("Og?", "And?")
    tests = {"q1": ("is:c1", "is_not:c2"), "q2": ("answered",), "q5": ("contains:c1", "lacks:c2"),
             "q6": ("is", "is_not"), "q7": ("is:c1", "is_not:c2")}  # fmt: skip
    await per.post(here, deed="add", kind="text")
    rules = [(key, test) for key, each in tests.items() for test in each][:8]
    form = {"deed": "save", "text_da": words[0], "text_en": words[1], "conditions": "8"}
    for place, (key, test) in enumerate(rules):
        form |= {f"if_{place}": key, f"if_test_{place}": test, f"if_value_{place}": "7"}
    await per.post(f"{here}/questions/q8", **form)
    page = await per.get(f"{here}/questions/q8")
    assert [value for _, value in rules] == re.findall(r'<option value="([^"]+)" selected>', page.body)
    assert 'value="when"' not in page.body
    again = {f"if_{place}": "q2" for place in range(8)} | {f"if_test_{place}": "answered" for place in range(8)}
    await per.post(f"{here}/questions/q8", **(form | again))
    assert "Kun dem, hvis svar passer til betingelsen." in (await per.get(f"{here}/questions/q8")).words
    forged = await per.post(f"{here}/questions/q8", **(form | again | {"if_test_0": "contains:c1"}))
    assert forged.status == 422


async def test_the_preview_goes_the_members_way_and_stores_nothing(
    per: Browser, panel: str, database: Settings
) -> None:
    here = await begun(per, panel)
    await per.post(f"{here}/questions/q1", deed="save", **QUESTION, **{**WAYS, "leads_to_c1": "q3"}, required="yes")
    before = await table_contents(HOUSE)

    async def tap(page_body: str, label: str, **more: str) -> str:
        trial = html.unescape(re.search(r'name="trial" value="([^"]*)"', page_body).group(1))  # type: ignore[union-attr]
        found = re.search(rf'name="tap" value="([^"]*)">{label}', page_body)
        fields = {"tap": html.unescape(found.group(1))} if found else more
        return (await per.post(f"{here}/preview?in=da", trial=trial, **fields)).body

    body = (await per.get(f"{here}/preview")).body
    assert "Ungepanelet vil gerne høre dig: Bolig" in html.unescape(body)
    body = await tap(body, "Svar nu")
    assert "1 af højst 3 · Hvordan bor du?" in html.unescape(body)
    body = await tap(body, "Alene")
    assert "2 af 2 · Er du glad?" in html.unescape(body)
    body = await tap(body, "‹ Tilbage")
    body = await tap(body, "Med andre")
    assert "2 af 3 · Hvad mangler?" in html.unescape(body)
    body = await tap(body, "nothing", deed="say", words="Mere lys")
    body = await tap(body, "nothing", deed="say", words="Hvem er du?")
    assert "I chatten ville ordene gå til medlemmets rådgiver." in html.unescape(body)
    body = await tap(body, "5")
    assert "Tak. Dine svar er med." in html.unescape(body)
    assert "Your answers are added up" not in body
    english = await per.get(f"{here}/preview?in=en")
    assert "The youth panel would like to hear from you: Home" in english.words
    assert qr_code(f"{database.public_url}{here}/preview?in=en") in english.body  # on one's own phone
    assert {name: found for name, found in (await table_contents(HOUSE)).items() if name not in LOOKING} == before


async def test_sending_takes_two_presses_and_the_first_changes_nothing(
    per: Browser, panel: str, cast: Cast, clock: MovedClock
) -> None:
    here = await begun(per, panel)
    assert (await per.get(f"{here}/send")).status == 404
    assert (await per.post(here, deed="publish", title_da="Bolig", title_en="Home")).status == 303
    chosen = {"opens": "0", "days": "14", "reminders": "1"}
    before = await table_contents(HOUSE)
    sure = await per.post(f"{here}/send", **chosen)
    assert "Færre end 10 medlemmer får den." in sure.words
    assert "Ja, send til færre end 10 medlemmer" in sure.words
    assert "Højst 1, og kun til dem, der ikke har svaret." in sure.words
    assert await table_contents(HOUSE) == before
    assert (await per.post(f"{here}/send", **{**chosen, "days": "900"})).status == 422
    done = await per.post(f"{here}/send", **chosen, sure="yes")
    assert done.leads_to == f"/panels/{panel}?said=survey_sent"
    assert "højst 1 påmindelse til dem, der ikke har svaret" in (await per.get(f"/panels/{panel}")).words
    # One at a time: said where the time is chosen, and by the first press already.
    for sure_too in ({}, {"sure": "yes"}):
        again = await per.post(f"{here}/send", **chosen, **sure_too)
        assert (again.status, "Der er allerede en undersøgelse i den tid." in again.words) == (422, True)
        assert "»Bolig« er åben indtil" in again.words
    # Back from what will happen, what was chosen stands.
    back = await per.post(f"{here}/send", opens="14", days="28", reminders="0", whom="all", sure="no")
    assert [f'<option value="{one}" selected' in back.body for one in ("14", "28", "0")] == [True] * 3
    # Published, it stays as it is; an edit is the next version, and the first one still tells what it asks.
    frozen = await per.post(here, deed="up:q2", title_da="Andet", title_en="Other")
    assert (frozen.status, "ændrer sig ikke mere" in frozen.words) == (422, True)
    second = (await per.post(here, deed="revise")).leads_to.partition("?")[0]
    await per.post(second, deed="remove:q1", title_da="Bolig", title_en="Home")
    assert "Det her er en ældre version." in (await per.get(here)).words
    assert "Hvordan bor du?" in (await per.get(here)).words
    assert "Hvordan bor du?" not in (await per.get(second)).words
    sendout = (await views.panel(cast.per, panel, now=clock.now())).sendouts[0].sendout_id
    await panels.open_due(HOUSE, now=clock.now())
    assert (await per.post(f"/sendouts/{sendout}/close")).leads_to == f"/panels/{panel}?said=survey_closed"
    assert (await per.post(second, deed="discard")).leads_to == f"/panels/{panel}?said=survey_discarded"


async def test_of_a_survey_nobody_has_been_asked_yet_the_host_is_told_no_number_of_answers(
    browser: OpenBrowser, cast: Cast, now: datetime
) -> None:
    key = await staff.add(HOUSE, email="signe@example.org", name="Signe Bro", role=Role.PANEL_HOST, now=now)
    signe = await browser(Viewer(key, None, Role.PANEL_HOST, "Signe Bro"))
    panel = await panels.found(HOUSE, "Ungepanelet", [cast.randers], key, now=now)
    await members(cast, panel, 10, date(2007, 12, 1), now, after=0)
    here = await begun(signe, panel)
    await signe.post(here, deed="publish", title_da="Bolig", title_en="Home")
    await signe.post(f"{here}/send", opens="1", days="14", reminders="1", sure="yes")
    planned = (await signe.get(f"/panels/{panel}")).words
    assert ("Åbner" in planned, "højst 1 påmindelse" in planned, "af 0" in planned) == (True, True, False)


async def test_a_part_of_the_panel_is_chosen_by_its_number_and_one_too_small_is_not_there(
    per: Browser, panel: str, cast: Cast, clock: MovedClock
) -> None:
    here = await begun(per, panel)
    await per.post(here, deed="publish", title_da="Bolig", title_en="Home")
    await members(cast, panel, 20, date(2007, 12, 1), clock.now(), after=0)
    alone = await per.get(f"{here}/send")
    assert "20 medlemmer af panelet får den lige nu." in alone.words
    assert re.findall(r'name="whom" value="([^"]*)"', alone.body) == ["all"]
    await members(cast, panel, 10, date(2005, 1, 1), clock.now(), after=100)
    chosen = {"whom": "older", "opens": "0", "days": "14", "reminders": "1"}
    page = await per.get(f"{here}/send")
    assert re.findall(r'name="whom" value="([^"]*)"', page.body) == ["all", "younger", "older"]
    assert "Medlemmer på 20 år og mere 10 medlemmer lige nu" in page.words
    before = await table_contents(HOUSE)
    refused = await per.post(f"{here}/send", **{**chosen, "whom": "new:x"})
    assert (refused.status, "Den del af panelet kan ikke vælges." in refused.words) == (422, True)
    sure = await per.post(f"{here}/send", **chosen)
    assert "Medlemmer på 20 år og mere: 10 får den lige nu." in sure.words
    assert "Ja, send til 10 medlemmer" in sure.words
    assert await table_contents(HOUSE) == before
    await per.post(f"{here}/send", **chosen, sure="yes")
    for address in (here, f"/panels/{panel}"):
        assert "Medlemmer på 20 år og mere" in (await per.get(address)).words
    assert re.findall(r'name="whom" value="([^"]*)"', (await per.get(f"{here}/send")).body) == ["younger", "older"]
    elsewhere = await panels.found(HOUSE, "Et andet", [cast.randers], None, now=clock.now())
    # Nobody is left to choose from: it says so, and there is no button.
    await change(PanelMember, {"panel_id": panel, "municipality_id": cast.randers}, panel_id=elsewhere)
    none = await per.get(f"{here}/send")
    assert ("Lige nu er der ingen." in none.words, 'name="days"' in none.body) == (True, False)


async def count_me_in(cast: Cast, number: int, now: datetime) -> None:
    """One more young person, who has said something about a meeting that only statistics may see."""
    entry = register.Entry(f"M-{number}", "Ung Test", date(2006, 5, 1), Group.PLACED, Aftercare.YES)
    person_id = await register.add_person(Scope(cast.randers), entry, now=now)
    person = await link(Scope(cast.randers), person_id, 800 + number, now=now)
    given = await feedback.begin(person, About.MEETING, now=now)
    await feedback.choose_audience(person, given, Audience.STATISTICS, now=now)


async def test_you_said_we_did_is_written_by_those_who_may_and_read_when_the_panel_has_approved_it(
    per: Browser, mette: Browser, panel: str, cast: Cast, clock: MovedClock
) -> None:
    at = f"/panels/{panel}/you-said"
    empty = await per.get(f"{at}?about=meeting")
    assert "Mange af jer har sagt noget om møder." not in empty.body
    for number in range(10):
        await count_me_in(cast, number, clock.now())
    many = await per.get(at)
    assert re.findall(r'href="(/panels/[^"]*about=[^"]*)"', many.body) == [f"{at}?about=meeting#said-da"]
    assert "Mange af jer har sagt noget om møder." in (await per.get(f"{at}?about=meeting")).body
    wrong = await per.post(at, said_da="Svar kom for sent", said_en="", did_da="x" * 301, did_en="A duty")
    assert re.findall(r'id="([a-z-]+)-error"', wrong.body) == ["said-en", "did-da"]
    assert "Svar kom for sent" in wrong.body
    words = {"said_da": "Svar kom for sent", "said_en": "Late", "did_da": "Vi har en vagt", "did_en": "A duty"}
    for _ in range(2):  # a second click is the same
        assert (await per.post(at, **words)).leads_to == "/you-said?said=you_said_sent"
    await panels.tell_done(HOUSE, now=clock.now())
    assert (await per.get("/you-said")).words.count("Medlemmerne er ved at svare") == 1
    assert "Svar kom for sent" not in (await mette.get("/you-said")).words
    await panels.judge_due(HOUSE, now=clock.now() + 2 * rules.JUDGING)
    assert "Vi gjorde: Vi har en vagt" in (await mette.get("/you-said")).words
    assert (await mette.get(at)).status == 403


async def test_a_plan_is_made_in_two_presses_previewed_and_changed(
    per: Browser, story: Story, now: datetime, database: Settings
) -> None:
    chosen = {"instrument": "tils", "weeks": "4", "whom": "all", "person": "", "starts_on": now.date().isoformat()}
    wrong = await per.post("/check-in-plans", **{**chosen, "weeks": "2"})
    assert re.findall(r'id="([a-z-]+)-error"', wrong.body) == ["weeks"]
    past = await per.post("/check-in-plans", **{**chosen, "starts_on": "2020-01-01"})
    assert re.findall(r'id="([a-z-]+)-error"', past.body) == ["starts-on"]
    sure = await per.post("/check-in-plans", **chosen)
    assert "1 kan spørges af de 3, planen er for." in sure.words
    assert (await per.post("/check-in-plans", **chosen, sure="yes")).leads_to == "/check-in-plans?said=plan_made"
    assert "der er allerede" in (await per.post("/check-in-plans", **chosen, sure="yes")).words.casefold()
    listed = await per.get("/check-in-plans")
    assert "kun Amina Yusuf" in listed.words
    assert "Hver 4. uge · 1 af 3 kan spørges" in listed.words
    plan = f"/check-in-plans/{story.plan}"
    assert "kun Amina Yusuf" in (await per.get(plan)).words
    # Back from what will happen, what was chosen stands.
    back = await per.post("/check-in-plans", **{**chosen, "weeks": "8"}, sure="no")
    assert ('<option value="8" selected' in back.body, '<option value="tils" selected' in back.body) == (True, True)
    change = {"weeks": "4", "starts_on": chosen["starts_on"]}
    for _ in range(2):  # a second click is the same change
        assert (await per.post(plan, **change, sure="yes")).leads_to == "/check-in-plans?said=plan_changed"
    # Whoever comes by the earlier version sees the one that is in its place, and runs over nothing.
    assert "Version 2" in (await per.get(plan)).words
    for late in ({**change, "weeks": "8", "sure": "yes"}, {"deed": "end"}):
        beaten = await per.post(plan, **late)
        assert (beaten.status, "En kollega har ændret planen" in beaten.words) == (422, True)
    newer = re.findall(r'href="(/check-in-plans/[0-9a-f]{32})"', (await per.get("/check-in-plans")).body)
    assert (await per.post(newer[0], deed="pause")).leads_to == "/check-in-plans?said=plan_paused"
    phone = await per.get("/check-in-plans/preview/who5?in=en&at=1")
    assert "Per can see your answers." in phone.words
    assert phone.body.count('class="phone-tap"') == 6
    assert qr_code(f"{database.public_url}/check-in-plans/preview/who5?in=en") in phone.body  # on one's own phone
    assert [(await per.get(f"/check-in-plans/preview/{key}")).status for key in ("hoert5", "tils")] == [404, 200]
