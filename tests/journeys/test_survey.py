"""A survey built at the desk with a way past, tried, sent, answered on a phone, and its result seen."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from models.actions import panels, register, staff
from models.domain.register import Aftercare, Group
from models.domain.staff import Role, Viewer
from models.queries import panels as views
from models.transactions import HOUSE, Scope
from tests.actions.panel_group import enter
from tests.cast import Cast, link
from tests.stage import Desk, Stage

ALONE = {"label_da_c1": "Alene", "label_en_c1": "Alone", "leads_to_c1": "q3"}
SHARED = {"label_da_c2": "Med andre", "label_en_c2": "With others", "leads_to_c2": ""}


async def others(cast: Cast, sendout: str, now: datetime) -> None:
    """Twenty-three members on other phones: sixteen live with others, seven alone."""
    for place in range(23):
        entry = register.Entry(f"S-{place}", "Ung Test", date(2006, 5, 1), Group.PLACED, Aftercare.YES)
        person_id = await register.add_person(Scope(cast.randers), entry, now=now)
        person = await link(
            Scope(cast.randers), person_id, 700 + place, now=now, bot="elsewhere", confirmed_by=cast.per.staff_id
        )
        await enter(person, now)
        answering = await panels.begin(person, sendout, now=now)
        if place < 16:
            await panels.answer(person, answering, "q1", "c2", now=now)
            await panels.answer(person, answering, "q2", "Mere plads", now=now)
        else:
            await panels.answer(person, answering, "q1", "c1", now=now)
        await panels.answer(person, answering, "q3", 1 + place % 5, now=now)


async def build(desk: Desk, panel: str) -> str:
    """Sara makes three questions; living alone leads past the second. Returns the survey's address."""
    made = await desk.submit(f"/panels/{panel}", "/surveys", title_da="Din bolig", title_en="Your home")
    here = made.partition("?")[0]
    for kind in ("single", "text", "scale"):
        await desk.submit(here, here, deed="add", kind=kind, title_da="Din bolig", title_en="Your home")
    asked = {"text_da": "Hvordan bor du?", "text_en": "How do you live?", "deed": "save", "required": "yes"}
    await desk.submit(f"{here}/questions/q1", "questions/q1", **asked, **ALONE, **SHARED)
    asked = {"text_da": "Hvad er godt ved det?", "text_en": "What is good about it?", "deed": "save"}
    await desk.submit(f"{here}/questions/q2", "questions/q2", **asked)
    asked = {"text_da": "Er du glad for det?", "text_en": "Do you like it?", "deed": "save"}
    await desk.submit(f"{here}/questions/q3", "questions/q3", **asked, low="1", high="5", cut="4")
    assert "A: Hvis »Alene«, gå til 3." in await desk.text(here)
    return here


async def test_a_survey_is_built_tried_sent_answered_and_its_result_comes_to_the_members_first(stage: Stage) -> None:
    cast, now = stage.cast, stage.now()
    staff_id = await staff.add(HOUSE, email="sara@example.org", name="Sara Vang", role=Role.PANEL_HOST, now=now)
    host = Viewer(staff_id, None, Role.PANEL_HOST, "Sara Vang")
    panel = await panels.found(HOUSE, "Nord", [cast.randers, cast.odsherred], staff_id, now=now)
    amina = await stage.phone(cast.amina, confirmed_by=cast.mette)
    await amina.say("/ungepanel")
    await amina.press("Ja, jeg vil være med")
    desk = await stage.desk(host)
    here = await build(desk, panel)

    # What the desk's phone shows is what Amina's will.
    tried = await desk.submit(f"{here}/preview", "preview", 200, tap="panel.open ")
    assert "1 af højst 3 · Hvordan bor du?" in tried

    await desk.submit(here, here, deed="publish", title_da="Din bolig", title_en="Your home")
    chosen = {"opens": "0", "days": "7", "reminders": "2"}
    sure = await desk.submit(f"{here}/send", "/send", 200, **chosen)
    assert "Ja, send til færre end 10 medlemmer" in sure
    await desk.submit(f"{here}/send", "/send", **chosen, sure="yes")
    await stage.tick()
    assert "Ungepanelet vil gerne høre dig: Din bolig" in await amina.last()
    await amina.press("Svar nu")
    assert (await amina.last()).endswith("1 af højst 3 · Hvordan bor du?")
    await amina.press("Alene")
    assert "2 af 2 · Er du glad for det?" in await amina.last()
    await amina.press("4")
    assert "Tak. Dine svar er med." in await amina.last()

    sendout = (await views.panel(host, panel, now=now)).sendouts[0].sendout_id
    await others(cast, sendout, now)
    assert "24 af 24 har svaret" in await desk.text(f"/panels/{panel}")
    await desk.submit(f"/panels/{panel}", f"/sendouts/{sendout}/close")
    await stage.tick()
    assert any("Resultatet er her: Din bolig" in one for one in await amina.from_hoert())
    assert "Medlemmerne har resultatet for sig selv" in await desk.text(f"/panels/{panel}")
    await stage.later(days=4)
    told = await desk.text(f"/panels/{panel}")
    assert "67 % (16 af 24)" in told
    assert "16 har skrevet noget." in told
    unseen = await (await stage.desk(cast.per)).text(f"/panels/{panel}")
    assert "Panelets vært har ikke vist resultatet for kommunerne endnu." in unseen
    await desk.submit(f"/panels/{panel}", f"/panels/{panel}", deed="release", about=sendout)

    # A later result takes its place, and the earlier one is a press away.
    later = stage.now()
    await panels.send(host, here.rpartition("/")[2], opens_at=later, closes_at=later + timedelta(days=7), now=later)
    await stage.tick()
    for days in (8, 4):
        await stage.later(days=days)
    both = await desk.text(f"/panels/{panel}")
    assert (both.count("Se resultatet"), "16 har skrevet noget." in both) == (1, False)
    earlier = await desk.text(f"/panels/{panel}?result={sendout}")
    assert (earlier.count("Se resultatet"), "16 har skrevet noget." in earlier) == (1, True)
    assert await desk.text(f"/panels/{panel}?result={'0' * 32}") == both
