"""A meeting from the invitation to "right": told, declined, moved, prepared, reminded of, written down."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tests.stage import Phone, Stage

FORM = {
    "about": "Din bolig", "starts": "2026-11-20T15:00", "minutes": "45", "where": "Rådhuset, rum 3",
    "with_whom": "Mette",
}  # fmt: skip


async def calendar(stage: Stage, phone: Phone) -> str:
    """The newest file in the chat."""
    newest = next(one for one in reversed(await phone.messages()) if one["document"])
    async with phone.web.get(newest["document"]["url"]) as answer:
        return (await answer.read()).decode()


async def test_amina_and_mette_meet_and_agree_on_what_was_said(stage: Stage) -> None:
    cast = stage.cast
    phone = await stage.phone(cast.amina, confirmed_by=cast.mette)
    desk = await stage.desk(cast.mette)
    new, people = f"/people/{cast.amina}/meetings/new", f"/people/{cast.amina}/meetings"
    assert "Ingen møder endnu" in await desk.text(people)
    refused = await desk.submit(new, people, 422, **FORM | {"starts": "2026-11-01T15:00"})
    assert "Mødet skal ligge ude i fremtiden." in refused
    assert "Rådhuset, rum 3" in refused
    page = (await desk.submit(new, people, **FORM)).partition("?")[0]
    assert await phone.last() == (
        "Mette vil gerne mødes med dig: Din bolig\nHvornår: fredag kl. 15 til kl. 15.45\nHvor: Rådhuset, rum 3\n"
        "Sammen med: Mette"
    )
    assert await phone.labels() == ["Jeg kan ikke", "Det vil jeg tale om …", "Læg det i min kalender"]

    # The calendar file says a neutral word, until she chooses otherwise.
    await phone.press("Læg det i min kalender")
    file = await calendar(stage, phone)
    assert "SUMMARY:Møde\r\n" in file
    assert "DTSTART:20261120T140000Z\r\n" in file
    assert [word for word in ("bolig", "Rådhuset", "Mette", "Amina") if word in file] == []
    await phone.press("Skriv også hvad og hvor")
    assert "SUMMARY:Din bolig\r\n" in await calendar(stage, phone)

    # She can't; it waits at the desk with a promise; another time is a message.
    await phone.press("Jeg kan ikke", times=2)
    assert await phone.last() == (
        "Det er helt i orden. Mette får det at vide og skriver til dig.\nDu får svar senest i morgen kl. 11.15.\n"
        "Vil du sige hvorfor? Kun hvis du har lyst."
    )
    await phone.press("Find en anden tid")
    await phone.say("Torsdag i næste uge efter skole")
    assert "Du får svar senest" in await phone.last()
    assert "Amina Yusuf kan ikke til mødet fredag kl. 15" in await desk.text("/")
    assert "Foreslår en anden tid: Torsdag i næste uge efter skole" in await desk.text(page)

    # Mette moves it: Amina is told, what waited is answered, an old button shows how it is now.
    await desk.submit(f"{page}/edit", page, **FORM | {"starts": "2026-11-26T15:30"})
    assert (await phone.last()).startswith("Jeres møde er flyttet: Din bolig\nHvornår: torsdag 26. november kl. 15.30")
    today = await desk.text("/")
    assert "kan ikke til mødet" not in today
    assert "Ny besked" not in today
    await phone.press("Læg det i min kalender")
    assert "SEQUENCE:1\r\n" in await calendar(stage, phone)

    # What she wants to talk about can be changed until it begins; Mette sees it in time.
    await phone.press("Det vil jeg tale om")
    await phone.say("Min opsigelse")
    await phone.press("Se mødet")
    await phone.press("Ret det, jeg vil tale om")
    await phone.say("Min opsigelse og mit depositum")
    assert "Min opsigelse og mit depositum" in await desk.text(page)

    # The day before at 16 she is reminded, once.
    await stage.later(days=8, hours=4)
    assert not any(text.startswith("Husk") for text in await phone.from_hoert())
    await stage.later(hours=2)
    await stage.tick()
    assert [text for text in await phone.from_hoert() if text.startswith("Husk")] == [
        "Husk jeres møde i morgen kl. 15.30: Din bolig\nHvor: Rådhuset, rum 3\nSammen med: Mette"
    ]
    assert "”Min opsigelse og mit depositum”" in await desk.text("/")

    # It ends; Mette is asked for a word about it; Amina says not quite, then right.
    await stage.later(days=1, hours=1)
    assert "Skriv, hvad du og Amina Yusuf aftalte i dag kl. 15.30" in await desk.text("/")
    await desk.submit(page, "/agreed", agreed="Mette ringer til udlejer.")
    assert "Mette ringer til udlejer." in await phone.last()
    await phone.press("Ikke helt")
    await phone.say("Du ville også spørge om depositum")
    assert "siger, at det I aftalte i dag kl. 15.30, ikke er helt rigtigt" in await desk.text("/")
    await desk.submit(page, "/agreed", agreed="Mette ringer til udlejer og spørger om depositum.")
    await phone.press("Ja, det er rigtigt", times=2)
    assert "Godt. Så står det sådan, og Mette kan se det." in await phone.from_hoert()
    told = await desk.text(page)
    assert "Det er ikke rigtigt: Du ville også spørge om depositum" in told
    assert "Amina har sagt, at det er rigtigt." in told
    assert "aftalte" not in await desk.text("/")

    # Reminders off is kept, and a cancelled meeting is taken out of the calendar.
    await phone.say("/moeder")
    await phone.press("Mind mig om møder")
    again = (await desk.submit(new, people, **FORM | {"starts": "2026-12-04T15:00"})).partition("?")[0]
    await stage.later(days=7, hours=-3)
    assert not any("Husk jeres møde i morgen kl. 15:" in text for text in await phone.from_hoert())
    await desk.submit(again, "/cancel")
    assert (await phone.last()).startswith("Mødet i morgen kl. 15 er aflyst: Din bolig.")
    await phone.press("Tag det ud af min kalender")
    assert "METHOD:CANCEL\r\n" in await calendar(stage, phone)
    assert timedelta(0) < stage.now() - datetime(2026, 12, 3, tzinfo=UTC)
