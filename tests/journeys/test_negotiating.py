"""An offer talked over: something else, answered and changed, changed again, yes; and a wish from the range."""

from __future__ import annotations

from tests.journeys.test_offer import publish
from tests.stage import Stage


async def test_amina_and_mette_find_the_offer_that_fits(stage: Stage) -> None:
    cast = stage.cast
    phone = await stage.phone(cast.amina, confirmed_by=cast.mette)
    desk = await stage.desk(cast.mette)
    offer = await publish(stage)

    # She would rather have something else; it waits at the desk with her words, the offer and a promise.
    await phone.press("Se mit tilbud")
    await phone.press("Ikke helt")
    await phone.say("Kan det være om aftenen? Og hellere hos mig")
    assert "Du får svar senest i morgen kl. 11.15" in await phone.last()
    today = await desk.text("/")
    assert "Amina Yusuf vil hellere noget andet: Kontaktperson: Sofie Holm" in today
    assert "”Kan det være om aftenen? Og hellere hos mig”" in today
    assert "Ny besked fra Amina" not in today
    assert "Kan det være om aftenen?" in await desk.text("/offers")

    # An answer without words is refused; in words it comes as a message, and the promise is kept.
    page = f"/offers/{offer}"
    assert "Skriv et svar" in await desk.submit(page, "/answer", 422, answer=" ")
    await desk.submit(page, "/answer", answer="Det spørger jeg Sofie om.")
    assert "Det spørger jeg Sofie om." in await phone.last()
    assert "senest i morgen" not in await desk.text(page)

    # The revised offer says what changed, and what was answered.
    edit = f"{page}/edit"
    form = {
        "title": "Kontaktperson: Sofie Holm", "what": "2 timer om ugen. I aftaler selv hvor.",
        "with_whom": "Sofie Holm", "starts": "2026-12-01", "how_often": "2 timer om ugen, om aftenen",
        "where": "Hjemme hos dig", "purpose": "I kan fx tale om bolig og skole.", "next_meeting": "2026-12-03T15:00",
    }  # fmt: skip
    await desk.submit(edit, page, revision="1", **form)
    assert await phone.last() == (
        "Mette har ændret dit tilbud efter det, du skrev. Det her er nyt:\n"
        "· Hvor tit: 2 timer om ugen → 2 timer om ugen, om aftenen\n· Hvor: Hjemme hos dig"
    )
    await phone.press("Se mit tilbud")
    shown = await phone.last()
    assert "Mette svarede: “Det spørger jeg Sofie om.”" in shown
    assert "· Hvor: Hjemme hos dig" in shown

    # Nothing changed is nothing to tell; a second round, answered and changed in one.
    assert "Der er ikke ændret noget" in await desk.submit(edit, page, 422, revision="2", **form)
    await phone.press("Ikke helt")
    await phone.say("Jeg vil gerne vente til januar")
    await desk.submit(edit, page, revision="2", answer="Helt fint.", **form | {"starts": "2027-01-04"})
    texts = await phone.from_hoert()
    assert "Helt fint." in texts[-2]
    assert texts[-1].endswith("· Fra: 1. december → 4. januar 2027")

    # It fits: two taps are one yes.
    await phone.press("Se mit tilbud")
    await phone.press("Ja tak", times=2)
    yeses = [text for text in await phone.from_hoert() if text.startswith("Godt. Mette har fået dit ja")]
    assert len(yeses) == 1

    # The whole of it stands dated on both sides.
    await phone.press("Hvad er der sket?")
    history = " ".join(await phone.from_hoert())
    for said in ("Du skrev: “Jeg vil gerne vente til januar”", "Mette svarede: “Helt fint.”", "Du sagde ja tak"):
        assert said in history
    told = await desk.text(page)
    assert "Hvor tit: 2 timer om ugen → 2 timer om ugen, om aftenen" in told
    assert "Svarede: Helt fint." in told

    # A running offer is changed by telling, not by asking.
    await desk.submit(page, "/move", deed="start")
    assert "Dit tilbud er gået i gang" in await phone.last()
    await desk.submit(edit, page, revision="3", **form | {"starts": "2027-01-04", "how_often": "1 time om ugen"})
    assert (await phone.last()).endswith(
        "· Hvor tit: 2 timer om ugen, om aftenen → 1 time om ugen\nDu behøver ikke svare. Passer det ikke, så skriv."
    )


async def test_jonas_asks_for_something_in_the_range_and_hears_what_came_of_it(stage: Stage) -> None:
    cast = stage.cast
    phone = await stage.phone(cast.jonas, confirmed_by=cast.siri)
    lead, desk = await stage.desk(cast.per), await stage.desk(cast.siri)
    assert "Skriv, hvad det er." in await lead.submit("/range", "/range", 422, title=" ")
    for title, purpose in (("Mentor", "at holde fast i skole"), ("Økonomihjælp", "at få styr på pengene")):
        await lead.submit("/range", "/range", title=title, description=f"{title} et par timer.", purpose=purpose)

    # Nobody has offered him anything yet: he can browse, and ask; twice is once.
    await phone.say("/tilbud")
    await phone.press("Se, hvad der findes")
    await phone.press("Mentor")
    assert await phone.last() == "Mentor\nMentor et par timer.\n\nHjælp til: at holde fast i skole"
    await phone.press("Det vil jeg gerne høre om", times=2)
    asked = await phone.last()
    assert asked.startswith("Siri ved nu, at du gerne vil høre om: Mentor\nDu får svar senest i morgen kl. 11.15.")
    assert len([text for text in await phone.from_hoert() if text.startswith("Siri ved nu")]) == 1
    await phone.say("Helst en, der kender til IT")
    assert (await phone.last()).startswith("Tak. Det er sendt med til Siri.")

    # It waits at the desk, with the reason; Siri makes an offer from it.
    today = await desk.text("/")
    assert "Jonas Birk vil gerne høre om: Mentor" in today
    assert "Helst en, der kender til IT" in today
    assert "Helst en, der kender til IT" in await desk.text(f"/people/{cast.jonas}/offers")
    wish = next(part for part in (await desk.get("/offers")).split('"') if part.startswith("/wishes/"))
    made = await desk.submit(
        f"/people/{cast.jonas}/offers/new?wish={wish.rsplit('/', 1)[1]}", "/offers", title="Mentor: Ali", kind="mentor",
    )  # fmt: skip
    assert "Jonas Birk vil gerne høre om: Mentor" in await desk.text("/")
    await desk.submit(made.partition("?")[0], "/move", deed="publish")
    assert await phone.last() == "Du bad om at høre om noget. Siri har lavet et tilbud til dig ud fra det."
    assert "Mentor" not in await desk.text("/") or "vil gerne høre om" not in await desk.text("/")

    # The other one is explained, and he sees both, dated.
    await phone.press("Se mit tilbud")
    await phone.press("Se, hvad der findes")
    await phone.press("Økonomihjælp")
    await phone.press("Det vil jeg gerne høre om")
    second = next(part for part in (await desk.get("/offers")).split('"') if part.startswith("/wishes/"))
    await desk.submit(second, "/explain", answer="Det har vi først plads til i marts.")
    assert "Det har vi først plads til i marts." in await phone.last()
    assert "inden" not in (await desk.text(second)).split("Unge")[-1]
    await phone.press("Se, hvad der findes")
    assert (await phone.last()).endswith(
        "Det har du bedt om at høre om:\n17. november: Du bad om at høre om Mentor.\n"
        "17. november: Siri lavede et tilbud til dig.\n17. november: Du bad om at høre om Økonomihjælp.\n"
        "17. november: Siri svarede: “Det har vi først plads til i marts.”"
    )
