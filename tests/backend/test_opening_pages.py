"""Opening somebody who is not one's own, at the desk."""

from __future__ import annotations

from models.actions import register
from models.queries import live
from tests.backend.browsing import Browser, MovedClock, OpenBrowser, Story
from tests.backend.calling import OpenSystem
from tests.cast import Cast


async def test_siri_opens_amina_with_a_reason_and_per_reads_it(browser: OpenBrowser, cast: Cast) -> None:
    siri, per = await browser(cast.siri), await browser(cast.per)
    assert "/open-other" in (await siri.get("/people")).body
    assert "/open-other" not in (await per.get("/people")).body
    refused = await siri.post("/open-other", who="Amina Yusuf", why="haster")
    assert refused.status == 422
    assert 'value="Amina Yusuf"' in refused.body
    assert "Skriv lidt mere om hvorfor" in refused.words
    done = await siri.post("/open-other", who="Amina Yusuf", why="Amina har ringet, og Mette er syg")
    assert done.status == 303
    page = await siri.get(done.leads_to)
    assert "Amina er ikke din. Du har åbnet siden med en grund, og den lukker i dag kl. 18." in page.words
    today = await per.get("/")
    assert "Siri Kjær har åbnet Amina Yusuf, som ikke er tilknyttet" in today.words
    assert "Amina har ringet, og Mette er syg" in today.words
    looked = (await per.get(f"/people/{cast.amina}/case")).words
    assert "Siri Kjær Åbnede en ung, som ikke er deres" in looked
    again = await siri.post("/open-other", who="Amina Yusuf", why="Amina har ringet en gang til")
    assert again.leads_to == f"/people/{cast.amina}?said=open_already"
    assert "Der er ikke skrevet nogen grund ned" in (await siri.get(again.leads_to)).words
    assert (await siri.post(f"/people/{cast.amina}/close")).status == 303
    assert (await siri.get(f"/people/{cast.amina}")).status == 404


async def test_when_it_is_over_every_door_is_closed_though_no_tick_came(
    browser: OpenBrowser, system: OpenSystem, cast: Cast, story: Story, clock: MovedClock
) -> None:
    pages = [
        f"/people/{cast.amina}", f"/inbox/{cast.amina}", f"/people/{cast.amina}/case", f"/people/{cast.amina}/plan",
        f"/people/{cast.amina}/case-file", f"/files/{story.file}", f"/offers/{story.offer}",
    ]  # fmt: skip
    calls = [f"/people/{cast.amina}", f"/people/{cast.amina}/case-file"]
    await register.open_other(cast.siri, "R-1001", "Amina har ringet, og Mette er syg", now=clock.at)
    called, earlier = await system(cast.siri), cast.siri.asking(clock.at)
    for status, written in ((200, 303), (404, 404)):
        siri = await browser(cast.siri)
        assert [(path, (await siri.get(path)).status) for path in pages] == [(path, status) for path in pages]
        assert [(path, (await called.call("GET", path)).status) for path in calls] == [(one, status) for one in calls]
        assert (await siri.post(f"/people/{cast.amina}/note", body="Hun ringede")).status == written
        # The stream was opened while she reached her, and lives for minutes: it is asked by the moment, too.
        assert bool((await live.shown(earlier, cast.amina, {}, now=clock.at))[f"thread-{cast.amina}"]) is (
            status == 200
        )
        clock.move(hours=8)
    assert not (await live.standing(earlier, cast.amina, now=clock.at)).due


async def test_somebody_from_elsewhere_is_not_known_here(mette: Browser) -> None:
    answer = await mette.post("/open-other", who="Astrid Fjeld", why="Vi har talt sammen før")
    assert (answer.status, "ingen her med det navn" in answer.words) == (422, True)
