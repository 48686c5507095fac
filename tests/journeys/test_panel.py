"""The youth panel on two phones: join, answer on one and go on with the other, propose, vote, and see the result first.

Words of crisis written to the panel reach the person's own municipality and nobody else.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest

from models.actions import panels, staff
from models.domain.staff import Role, Viewer
from models.queries import panels as desk
from models.queries import panels_hosted as host_views
from models.tables.alerts import Alert
from models.tables.messages import Message
from models.tables.panels import PanelAnswer
from models.transactions import HOUSE
from tests.actions.rows import count, found, one
from tests.actions.test_panels import crowd
from tests.journeys.panel_form import FORM
from tests.journeys.test_two_channels import Both, both
from tests.stage import Phone

__all__ = ["both"]


@dataclass
class Hosted:
    host: Viewer
    panel: str
    sendout: str


@pytest.fixture
async def hosted(both: Both) -> Hosted:
    now = both.stage.now()
    staff_id = await staff.add(HOUSE, email="sara@example.org", name="Sara Vang", role=Role.PANEL_HOST, now=now)
    host = Viewer(staff_id, None, Role.PANEL_HOST, "Sara Vang")
    cast = both.stage.cast
    panel = await panels.found(HOUSE, "Nord", [cast.randers, cast.odsherred], staff_id, now=now)
    survey = await panels.draft(host, panel, FORM, now=now)
    await panels.publish(host, survey, now=now)
    sendout = await panels.send(host, survey, opens_at=now, closes_at=now + timedelta(days=14), now=now)
    return Hosted(host, panel, sendout)


async def shows(phone: Phone, words: str) -> bool:
    """Whether it stands on the screen; what else has come meanwhile is below."""
    return any(words in one for one in await phone.from_hoert())


async def test_a_member_answers_on_two_phones_proposes_votes_and_sees_the_result_first(
    both: Both, hosted: Hosted
) -> None:
    stage, web, telegram = both.stage, both.web, both.telegram
    await web.say("/ungepanel")
    assert "Sara er vært for panelet og ser ikke dit navn." in await web.last()
    await web.press("Ja, jeg vil være med")
    await stage.tick()
    assert "Det er højst 4 spørgsmål. Du kan svare indtil tirsdag 1. december" in await web.last()
    await web.press("Svar nu")
    assert (await web.last()).endswith("1 af højst 4 · Hvordan bor du?")
    await web.press("Med andre")
    assert "2 af 4 · Hvem bor du med?" in await web.last()
    await web.press("Venner", times=2)
    assert (await web.labels())[:3] == ["☑ Venner", "☐ Familie", "Færdig"]
    shown = len(await web.from_hoert())

    # The bus comes; she goes on with the other phone, where she left off.
    await telegram.say("/panel")
    await telegram.press("Din bolig")
    assert (await telegram.labels())[:3] == ["☑ Venner", "☐ Familie", "Færdig"]
    await telegram.press("Færdig")
    await telegram.press("Pris")
    assert "1. Pris" in await telegram.last()
    await telegram.press("Ro")
    assert "1. Pris\n2. Ro\n3. Plads" in await telegram.last()
    await telegram.press("Fortryd sidste")
    await telegram.say("C B A")
    assert "4 af 4 · Hvad mangler?" in await telegram.last()
    assert len(await web.from_hoert()) == shown
    # The first phone still shows its ticks: a tap there is a correction, and then it is where the other one is.
    await web.press("Familie")
    assert (await web.labels())[:3] == ["☑ Venner", "☑ Familie", "Færdig"]
    await web.press("Færdig")
    assert "4 af 4 · Hvad mangler?" in await web.last()
    await telegram.press("Stop")
    await web.press("Spring over")
    assert (await web.from_hoert())[-2].startswith("Den knap hører til noget, der er lukket.")
    await web.press("Ungepanel")
    await web.press("Din bolig")
    await web.press("Alene")
    await web.say("ro, plads, pris")
    assert "3 af 3 · Hvad mangler?" in await web.last()

    # Words nobody may wait for are no answer: they reach her own municipality, with her name.
    await web.say("Jeg vil ikke leve mere")
    assert (await one(Alert)).municipality_id == stage.cast.randers
    assert await count(Message, direction="in") == 1
    assert await count(PanelAnswer, question="why") == 0
    await web.say("/ungepanel")
    await web.press("Fortsæt: Din bolig")
    await web.say("Der mangler lys i gangen")
    assert "Tak. Dine svar er med.\nDet gik til panelet." in await web.last()
    assert await count(Message, direction="in") == 1

    await web.press("Til panelet")
    await web.press("Foreslå et spørgsmål")
    await web.say("Spørg om penge")
    assert "Tak. Bliver det til et spørgsmål" in await web.last()
    (ballot, words), = await host_views.proposed(await host_views.hosted(hosted.host, hosted.panel))  # fmt: skip
    assert words == "Spørg om penge"
    now = stage.now()
    await panels.approve(hosted.host, ballot, {"da": "Rækker pengene?", "en": "Is the money enough?"}, now=now)
    await panels.open_round(hosted.host, hosted.panel, closes_at=now + timedelta(days=5), now=now)
    await web.press("Til panelet")
    await web.press("Stem")
    await web.press("Rækker pengene?", times=2)
    assert "☑ Rækker pengene?" in await web.labels()

    await crowd(stage.cast, hosted.sendout, 11, now)
    await stage.later(days=15)
    await stage.later(days=2)
    told = await web.from_hoert()
    assert any("Resultatet er her: Din bolig" in one and "12 af" in one for one in told)
    assert (await desk.panel(hosted.host, hosted.panel, now=stage.now())).sendouts[0].results is None
    await web.press("Se resultatet")
    assert await shows(web, "1 af 4 · Hvordan bor du?\n\nFor få svar til at vise det.")
    await web.press("Næste ›")
    await web.press("Næste ›")
    assert await shows(web, "1. Ro\n2. Pris\n3. Plads\n\n12 har svaret på det her.")
    await stage.later(days=3)
    assert (await desk.panel(hosted.host, hosted.panel, now=stage.now())).sendouts[0].results is not None

    await web.press("Til panelet")
    await web.press("Stem")
    assert await shows(web, "For få stemte")
    await web.press("Til panelet")
    await web.press("Meld mig ud")
    await web.press("Ja, slet det")
    assert await shows(web, "Du er ude af panelet, og dit er slettet.")
    assert await found(PanelAnswer, person_id=stage.cast.amina) == []
