"""Born on 29 February: too young on the 28th, in on 1 March, and let go on 1 March in a year without that day."""

from __future__ import annotations

import re
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from models.actions import offers, register
from models.domain.register import Aftercare, Group
from models.settings import Settings
from models.transactions import Scope
from tests.journeys.test_offer import OFFER
from tests.stage import Stage, on_stage

COPENHAGEN = ZoneInfo("Europe/Copenhagen")


async def noor(stage: Stage) -> str:
    entry = register.Entry(
        "R-2902", "Noor Said", date(2008, 2, 29), Group.PLACED, Aftercare.NO, caseworker_id=stage.cast.mette.staff_id,
        entered_on=date(2025, 9, 1),
    )  # fmt: skip
    return await register.add_person(Scope(stage.cast.randers), entry, now=stage.now())


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
async def test_noor_is_invited_from_1_march_and_believed_with_the_day_that_is_not_there(settings: Settings) -> None:
    async with on_stage(settings, datetime(2026, 2, 28, 23, 55, tzinfo=COPENHAGEN)) as stage:
        person_id = await noor(stage)
        page = f"/people/{person_id}/invitation"
        desk = await stage.desk(stage.cast.mette)
        assert "Noor kan få en invitation fra 1. marts 2026" in await desk.submit(page, "/invitation", 422)
        await stage.later(minutes=5)
        code = re.findall(r"\b[A-Z0-9]{4}-[A-Z0-9]{4}\b", await desk.submit(page, "/invitation", 200))[0]
        phone = stage.new_phone()
        await phone.open(code)
        await phone.say("2. marts")
        assert "Mette" not in await phone.last()
        await phone.say("29. februar")
        assert "Mette fra Randers Kommune" in await phone.last()
        await phone.press("Det er fint")
        await phone.press("Færdig")
        assert (await phone.last()).startswith("Hej Noor.")


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
async def test_noor_turns_23_on_1_march(settings: Settings) -> None:
    async with on_stage(settings, datetime(2030, 11, 30, 12, tzinfo=COPENHAGEN)) as stage:
        cast, person_id = stage.cast, await noor(stage)
        phone = await stage.phone(person_id, confirmed_by=cast.mette)
        await stage.tick()
        assert await phone.from_hoert() == []
        await stage.later(days=1)
        assert (await phone.last()).startswith("Noor, den 1. marts 2031 fylder du 23.")

        # The 28th is a day like any other, to its last minute.
        await stage.later(days=89, hours=11, minutes=50)
        offer = await offers.draft(cast.mette, person_id, "contact_person", OFFER, now=stage.now())
        await offers.publish(cast.mette, offer, now=stage.now())
        await stage.settle()
        await phone.say("/tilbud")
        await phone.press("Nej tak")
        await phone.press("Fortryd mit svar")
        assert "Tilbuddet står der igen" in await phone.last()
        await stage.later(minutes=10)
        await phone.press("Ja tak")
        assert (await phone.last()).startswith("Du er fyldt 23. Derfor kan det ikke ændres her mere.")
        await stage.later(hours=11)
        assert (await phone.last()).startswith("Kære Noor. Du er fyldt 23, og nu lukker chatten her.")
