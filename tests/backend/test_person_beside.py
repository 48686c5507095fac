"""Two colleagues do something about one young person at the same time: nothing of either is run over unseen, and
nobody is written to twice."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

from models.actions import offers, progress, register_kept
from models.domain.progress import Area, GoalState, Wave
from models.queries import meetings as meeting_views
from models.queries import offers as offer_views
from models.queries import progress as progress_views
from tests.backend.browsing import Browser, MovedClock, OpenBrowser, Page, Story
from tests.cast import Cast

AREAS = [area.value for area in Area]


def shown_in(page: Page, name: str = "seen") -> str:
    """The mark of what the first form with one shows."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page.body)
    assert found is not None
    return found.group(1)


def filled(page: Page) -> dict[str, str]:
    """What the form of the progress shows, as a browser sends it."""
    chosen = {
        area: re.search(rf'(?s)<select[^>]*id="{area}".*?</select>', page.body).group(0)  # type: ignore[union-attr]
        for area in AREAS
    }
    return {
        area: found.group(1) if (found := re.search(r'value="(\w*)" selected', options)) else ""
        for area, options in chosen.items()
    } | {f"was_{area}": shown_in(page, f"was_{area}") for area in AREAS}


async def said(cast: Cast) -> dict[str, str]:
    plan = await progress_views.plan(cast.mette, cast.amina)
    return {line.area.value: line.said[Wave.STATUS].code for line in plan.areas if Wave.STATUS in line.said}


async def test_what_a_colleague_said_of_another_area_meanwhile_stands(
    mette: Browser, cast: Cast, now: datetime, clock: MovedClock
) -> None:
    start = {Area.EDUCATION: "none", Area.WORK: "none"}
    await progress.set_progress(cast.mette, cast.amina, Wave.STATUS, start, now=now)
    at = f"/people/{cast.amina}/progress"
    form, later = filled(await mette.get(f"{at}?wave=status")), now + timedelta(minutes=1)
    await progress.set_progress(cast.per, cast.amina, Wave.STATUS, {Area.EDUCATION: "started"}, now=later)
    clock.move(minutes=2)
    assert (await mette.post(at, wave="status", **form | {"work": "trainee"})).status == 303
    assert await said(cast) == {"education": "started", "work": "trainee"}


async def test_what_a_colleague_said_of_the_same_area_meanwhile_is_shown_before_it_is_said_otherwise(
    mette: Browser, cast: Cast, now: datetime, clock: MovedClock
) -> None:
    await progress.set_progress(cast.mette, cast.amina, Wave.STATUS, {Area.WORK: "none"}, now=now)
    at = f"/people/{cast.amina}/progress"
    form = filled(await mette.get(f"{at}?wave=status")) | {"wave": "status", "work": "trainee", "home": "own"}
    later = now + timedelta(minutes=1)
    await progress.set_progress(cast.per, cast.amina, Wave.STATUS, {Area.WORK: "full_time"}, now=later)
    refused = await mette.post(at, **form)
    assert (refused.status, await said(cast)) == (409, {"work": "full_time"})
    assert "Det stod på din side. Det er ikke gemt. Job Praktik eller løntilskud Bolig Egen og stabil" in refused.words
    again = filled(refused)
    assert (again["work"], again["was_work"], again["home"]) == ("full_time", "full_time", "")
    clock.move(minutes=2)
    assert (await mette.post(at, **again | {"wave": "status", "work": "trainee"})).status == 303
    assert await said(cast) == {"work": "trainee"}


async def test_what_was_said_of_an_area_is_not_offered_to_be_unsaid(mette: Browser, cast: Cast, now: datetime) -> None:
    await progress.set_progress(cast.mette, cast.amina, Wave.STATUS, {Area.WORK: "none"}, now=now)
    page = await mette.get(f"/people/{cast.amina}/progress?wave=status")
    assert page.words.count("Ikke talt om") == len(AREAS) - 1


async def test_a_meeting_a_colleague_moved_meanwhile_is_neither_moved_back_nor_cancelled_unread(
    mette: Browser, cast: Cast, story: Story, now: datetime
) -> None:
    at = f"/meetings/{story.meeting}"
    page = await mette.get(f"{at}/edit")
    read = shown_in(page, "sequence")
    theirs = {"about": "Bolig", "starts": "2026-12-10T10:00", "minutes": "60", "where": "Biblioteket", "with_whom": ""}
    for _ in range(2):  # a second press says the same
        assert (await mette.post(at, **theirs, sequence=read)).status == 303
    mine = theirs | {"starts": "2026-12-08T14:00", "minutes": "30", "where": "Hos dig"}
    beaten = await mette.post(at, **mine, sequence=read)
    assert beaten.status == 409
    assert "Hvornår? tirsdag 8. december kl. 14 Hvor længe? 30 minutter Hvor? Hos dig" in beaten.words
    assert [f'value="{value}"' in beaten.body for value in ("2026-12-10T10:00", "Biblioteket")] == [True, True]
    unread = await mette.post(f"{at}/cancel", sequence=read)
    found = (await meeting_views.meeting(cast.mette, story.meeting, now=now)).meeting
    assert (unread.status, "torsdag 10. december kl. 10" in unread.words, found.state) == (409, True, "planned")
    assert (await mette.post(f"{at}/cancel", sequence=shown_in(unread, "sequence"))).status == 303
    late = await mette.post(at, **mine, sequence=shown_in(beaten, "sequence"))
    assert (late.status, "Hvor? Hos dig" in late.words, f'action="{at}"' in late.body) == (409, True, False)


async def test_a_form_refused_at_what_was_typed_stays_one_for_what_its_writer_read(
    mette: Browser, cast: Cast, story: Story, now: datetime
) -> None:
    meeting, offer = f"/meetings/{story.meeting}", f"/offers/{story.offer}"
    read = shown_in(await mette.get(f"{meeting}/edit"), "sequence")
    typed = {"about": "Bolig", "starts": "2026-12-10T10:00", "minutes": "60"}
    assert (await mette.post(meeting, **typed, sequence=read)).status == 303
    wrong = await mette.post(meeting, **typed | {"about": ""}, sequence=read)
    assert (wrong.status, shown_in(wrong, "sequence")) == (422, read)
    revision = shown_in(await mette.get(f"{offer}/edit"), "revision")
    assert (await mette.post(offer, title="Mentor", revision=revision)).status == 303
    wrong = await mette.post(offer, title="Mentor", next_meeting="snart", revision=revision)
    assert (wrong.status, shown_in(wrong, "revision")) == (422, revision)

    plan, person = f"/people/{cast.amina}/plan", f"/people/{cast.amina}"
    page = await mette.get(plan)
    goal = shown_in(page)
    reach = re.findall(r'name="seen" value="([^"]*)"', page.body)[-1]
    later = {"standing": "Per så på det", "state": GoalState.OPEN, "follow_up_on": date(2026, 12, 24), "now": now}
    await progress.look_at_goal(cast.per, story.plan_goal, **later)  # type: ignore[arg-type]
    await register_kept.change_contact(cast.per, cast.amina, "20 20 20 20", "Onkel", now=now)
    wrong = await mette.post(f"{person}/goals/{story.plan_goal}", seen=goal, standing="x", follow_up_on="2001-01-01")
    assert (wrong.status, shown_in(wrong)) == (422, goal)
    wrong = await mette.post(f"{person}/reach", seen=reach, phone="0", kin="Mor")
    assert (wrong.status, re.findall(r'name="seen" value="([^"]*)"', wrong.body)[-1]) == (422, reach)

    agreed = await mette.get(f"/people/{cast.amina}/meetings")
    ended = next(
        one for one in re.findall(r"/meetings/[0-9a-f]{32}", agreed.body) if one != f"/meetings/{story.meeting}"
    )
    assert (await mette.post(f"{ended}/agreed", agreed="Vi ses", version="1")).status == 303
    wrong = await mette.post(f"{ended}/agreed", agreed=" ", version="1")
    assert (wrong.status, shown_in(wrong, "version")) == (422, "1")


async def test_what_a_colleague_has_answered_is_not_answered_twice_and_the_second_answer_is_shown(
    mette: Browser, cast: Cast, story: Story
) -> None:
    at = f"/offers/{story.offer}"
    key = shown_in(await mette.get(at), "key")
    for _ in range(2):  # a second press says the same
        assert (await mette.post(f"{at}/answer", answer="Ja, om mandagen", key="per")).status == 303
    late = await mette.post(f"{at}/answer", answer="Nej, om tirsdagen", key=key)
    assert (late.status, "En kollega har svaret imens" in late.words, "Nej, om tirsdagen" in late.words) == (
        409, True, True,
    )  # fmt: skip
    revised = await mette.post(at, title="Mentor", answer="Nej, om tirsdagen", key="b")
    assert (revised.status, "Nej, om tirsdagen" in revised.words) == (409, True)
    history = (await offer_views.offer(cast.mette, story.offer)).history
    assert [one.words for one in history if one.deed == "answered"] == ["Ja, om mandagen"]


async def test_a_wish_a_colleague_has_answered_says_so_and_shows_the_words_that_were_not_sent(
    mette: Browser, browser: OpenBrowser, cast: Cast, story: Story
) -> None:
    per, at = await browser(cast.per), f"/wishes/{story.wish}"
    sent = [(await per.post(f"{at}/explain", answer="Ikke før marts", key="per")).status for _ in "ab"]
    late = await mette.post(f"{at}/explain", answer="Der er plads nu", key="mette")
    assert (sent, late.status) == ([303, 303], 409)
    told = ("En kollega har svaret imens", "Der er plads nu", "Ikke før marts")
    assert [words in late.words for words in told] == [True, True, True]


async def test_an_offer_that_was_withdrawn_meanwhile_says_so_where_it_was_being_revised(
    mette: Browser, cast: Cast, story: Story, now: datetime
) -> None:
    at = f"/offers/{story.offer}"
    form = {"title": "Mentor", "what": "Mine ord", "revision": shown_in(await mette.get(f"{at}/edit"), "revision")}
    await offers.move(cast.per, story.offer, "withdraw", now=now)
    late, page = await mette.post(at, **form), await mette.get(f"{at}/edit")
    assert (late.status, "Mine ord" in late.words, "Gå til tilbuddet" in late.words) == (409, True, True)
    assert ("Tilbuddet er kommet videre" in page.words, "Vis det igen" in page.words) == (True, False)


async def test_pressed_twice_the_register_says_nothing_of_a_colleague(cast: Cast, browser: OpenBrowser) -> None:
    per, at = await browser(cast.per), f"/people/{cast.amina}/register"
    page = await per.get(at)
    fields = dict(re.findall(r'<input[^>]* name="(\w+)" value="([^"]*)"', page.body))
    form = fields | {"group": "placed", "aftercare": "no", "caseworker": cast.mette.staff_id, "phone": "20 30 40 50"}
    assert [(await per.post(at, **{k: v for k, v in form.items() if k != "csrf"})).status for _ in "ab"] == [303, 303]
