"""Check-in, score, alert, figure: a low score is met gently, and what many say becomes one honest figure."""

from __future__ import annotations

from datetime import UTC, date, datetime

from models.actions import checkins, register
from models.domain.people import YoungPerson
from models.domain.register import Aftercare, Group
from models.tables.checkins import CheckIn
from models.transactions import HOUSE, Scope, atomic
from tests import cast as casting
from tests.stage import Stage

ITEMS = ("space", "information", "audience", "influence", "feedback")


@atomic
async def asked_of(scope: Scope, person_id: str) -> str:
    row = await CheckIn.get(person_id=person_id, instrument="hoert5", asked_by="clock")
    return row.id


async def others(stage: Stage, count: int) -> list[YoungPerson]:
    """More young people of Randers, each with a chat somewhere else."""
    found = []
    for number in range(count):
        entry = register.Entry(
            reference=f"R-3{number:03}", name=f"Ung {number}", birth=date(2006, 6, 1 + number), group=Group.PLACED,
            aftercare=Aftercare.YES, caseworker_id=stage.cast.siri.staff_id, entered_on=date(2025, 1, 1),
        )  # fmt: skip
        person_id = await register.add_person(Scope(stage.cast.randers), entry, now=stage.now())
        found.append(
            await casting.link(
                Scope(stage.cast.randers),
                person_id,
                70_000 + number,
                now=stage.now(),
                bot="elsewhere",
                confirmed_by=stage.cast.siri.staff_id,
            )
        )
    return found


async def test_a_low_score_brings_help_gently_and_an_alert_a_human_closes(stage: Stage) -> None:
    cast = stage.cast
    phone = await stage.phone(cast.amina, confirmed_by=cast.mette)
    await phone.say("/tjekind")
    await phone.press("Hvordan har du det")
    for _ in range(5):
        await phone.press("Lidt af tiden")
    assert "har det svært" in await phone.last()
    assert "20" not in await phone.last()  # nobody is scored aloud

    desk = await stage.desk(cast.mette)
    assert "Amina" in await desk.text("/")
    await desk.submit("/", "/acknowledge")
    page = await desk.text(f"/people/{cast.amina}/wellbeing")
    assert "20" in page
    alerts = await desk.get("/alerts")
    alert = alerts.split("/alerts/")[1][:32]
    await desk.submit(f"/alerts/{alert}", "/close", note="Ringede til Amina. Vi mødes i morgen.")
    assert "Ringede til Amina" in await desk.text(f"/alerts/{alert}")


async def test_what_many_say_becomes_the_municipality_s_figure_and_no_caseworker_sees_who_said_what(
    stage: Stage,
) -> None:
    cast = stage.cast
    phone = await stage.phone(cast.amina, confirmed_by=cast.mette)
    crowd = await others(stage, 14)
    await stage.tick()
    await phone.press("Svar nu")
    for _ in range(5):
        await phone.press("Helt")
    assert "Tak" in await phone.last()
    for number, person in enumerate(crowd[:11]):
        check_in = await asked_of(HOUSE, person.person_id)
        for item in ITEMS:
            await checkins.answer(person, check_in, item, 4 if number < 7 else 2, now=stage.now())

    mette = await stage.desk(cast.mette)
    for tab in ("", "/wellbeing", "/case"):
        page = await mette.text(f"/people/{cast.amina}{tab}")
        assert "Det, jeg sagde, blev taget alvorligt" not in page

    per = await stage.desk(cast.per)
    assert "12 af 17" not in await per.text("/figures")
    stage.clock.start_at(datetime(2027, 1, 15, 9, 0, tzinfo=UTC))
    await stage.tick()
    page = await per.text("/figures")
    # 8 of 12 who could be computed feel heard; 17 in the target group; three of them were never asked by chat.
    assert "67 %" in page or "66 %" in page
    assert "12 af 17" in page
    odd = await stage.desk(cast.odd)
    assert "67 %" not in await odd.text("/figures")
