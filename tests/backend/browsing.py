"""Browsers at the desk, and a story with one of everything for them to look at."""

from __future__ import annotations

import html
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from importlib import import_module

from aiohttp.test_utils import TestClient

from models.actions import (
    alerts,
    attachments,
    canned,
    casefile,
    checkins,
    feedback,
    goals,
    inbox,
    meetings,
    messages,
    messages_beside,
    offers,
    offers_wishes,
    panels,
    progress,
    register,
    register_kept,
    staff,
)
from models.actions.attachments import Coming, make_ready
from models.actions.offers import Content
from models.crypto import token_hash
from models.domain import casefile as records
from models.domain import checkin_plans, panels_edit
from models.domain.alerts import Reason
from models.domain.canned import Text
from models.domain.checkin_plans import Whom
from models.domain.feedback import About, Audience
from models.domain.goals import Goal, Measured
from models.domain.instruments import instrument
from models.domain.localtime import local_date
from models.domain.panels import END, Choice, Kind, Survey
from models.domain.progress import Area, GoalState, Wave, Way
from models.queries import casefile as casefile_views
from models.queries import register as people
from models.queries import register_openings
from models.tables import MODULES
from models.tables.inbox import InboxUpdate
from models.tables.outbox import Letter
from models.transactions import HOUSE, Scope, atomic, reading, rows
from tests.cast import Cast, link
from tests.journeys.panel_form import FORM

SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}


@dataclass
class MovedClock:
    """A clock that stands until it is moved. The machine's clock stands with it."""

    at: datetime

    def now(self) -> datetime:
        return self.at

    def real_now(self) -> datetime:
        return self.at

    def move(self, **by: float) -> None:
        self.at += timedelta(**by)


@dataclass
class Page:
    """An answer as a browser has it."""

    status: int
    body: str
    headers: dict[str, str]

    @property
    def words(self) -> str:
        """What it says, without its markup."""
        bare = re.sub(r"(?s)<(script|style|svg|head).*?</\1>", " ", self.body)
        return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", bare))).strip()

    @property
    def leads_to(self) -> str:
        """Where a redirect goes."""
        return self.headers.get("Location", "")


@dataclass
class Browser:
    """Somebody's browser."""

    client: TestClient
    csrf: str = ""

    async def get(self, path: str, **headers: str) -> Page:
        async with self.client.get(path, allow_redirects=False, headers=headers) as answer:
            return Page(answer.status, await answer.text(errors="replace"), dict(answer.headers))

    async def post(self, path: str, headers: dict[str, str] | None = None, **fields: str) -> Page:
        """Send a form as one of our own pages would."""
        return await self.send(path, {"csrf": self.csrf} | fields, SAME_ORIGIN | (headers or {}))

    async def send(self, path: str, fields: dict[str, str], headers: dict[str, str]) -> Page:
        """Send exactly this."""
        async with self.client.post(path, data=fields, headers=headers, allow_redirects=False) as answer:
            return Page(answer.status, await answer.text(errors="replace"), dict(answer.headers))

    async def learn_token(self) -> None:
        """Take the CSRF token from a page, as a form does."""
        found = re.search(r'name="csrf-token" content="([0-9a-f]*)"', (await self.get("/settings")).body)
        assert found is not None
        self.csrf = found.group(1)


OpenBrowser = Callable[..., Awaitable[Browser]]


@dataclass(frozen=True)
class Story:
    """Ids of one of everything, all Amina's, so that every page has something to show."""

    person: str
    thread: str
    message: str
    reply: str
    offer: str
    wish: str
    ranged: str
    meeting: str
    alert: str
    feedback: str
    link: str
    unconfirmed: str
    dead_letter: int
    file: str = "0" * 32
    panel: str = "0" * 32
    transfer: str = "0" * 32
    canned: str = "0" * 32
    staff: str = "0" * 32
    goal: str = "0" * 32
    opening: str = "0" * 32
    survey: str = "0" * 32
    sent: str = "0" * 32
    sendout: str = "0" * 32
    plan: str = "0" * 32
    session: str = "0" * 32
    hand_over: str = "0" * 32
    plan_goal: str = "0" * 32
    follow_up: str = "0" * 32
    token: str = "0" * 32
    webhook: str = "0" * 32

    def path(self, template: str) -> str:
        """The address of a route with these ids in it."""
        ids = {
            "person_id": self.person, "offer_id": self.offer, "wish_id": self.wish, "range_id": self.ranged,
            "meeting_id": self.meeting, "alert_id": self.alert, "feedback_id": self.feedback,
            "message_id": self.reply, "link_id": self.unconfirmed, "inbox_id": str(self.dead_letter),
            "attachment_id": self.file,
            "transfer_id": self.transfer, "canned_id": self.canned, "opening_id": self.opening,
            "session_id": self.session, "token_id": self.token, "webhook_id": self.webhook,
            "staff_id": self.staff, "goal_id": self.goal,
            "plan_goal_id": self.plan_goal, "follow_up_id": self.follow_up,
            "panel_id": self.panel, "survey_id": self.survey, "sendout_id": self.sendout, "plan_id": self.plan,
            "hand_over_id": self.hand_over, "question": "q1",
            "key": "who5" if "check-in" in template else "livslinien",
        }  # fmt: skip
        return re.sub(r"\{(\w+):[^{}]*(?:\{32\})?\}", lambda found: ids[found.group(1)], template)


#: What must never act: every field a person can write in carries it in the canary test.
CANARY = '<img src=x onerror="alert(1)">{{7*7}}</p><svg/onload=alert(2)>'


async def tell_story(cast: Cast, now: datetime, *, words: str = "Hej Mette, er mødet på torsdag?") -> Story:
    """Amina writes, is answered, offered something, checks in, gives feedback; an alert is raised; a reply is stuck."""
    amina = await link(Scope(cast.randers), cast.amina, 11, now=now, confirmed_by=cast.mette.staff_id)
    second = await link(Scope(cast.randers), cast.amina, 12, now=now, bot="telegram")
    before = now - timedelta(hours=3)
    first = await messages.receive(amina, words, source_key="webchat:a:1", now=before)
    thread = await messages.open_thread(cast.mette, cast.amina, now=before)
    reply = await messages.reply(cast.mette, thread, words, version=1, key="story-reply", now=before)
    await messages.note(cast.mette, thread, words, now=before)
    await messages.note(cast.mette, thread, words, now=before, contact=True)
    offer = await offers.draft(
        cast.mette, cast.amina, "contact_person", Content(title=words[:120], what=words, with_whom=words, where=words,
        how_often=words, purpose=words, starts="2026-12-01", next_meeting="2026-12-03T15:00:00+01:00"), now=before,
    )  # fmt: skip
    await offers.publish(cast.mette, offer, now=before)
    described = offers_wishes.Described(words[:120], words, words)
    ranged = await offers_wishes.add_to_range(cast.per, described, now=before)
    wish, _ = await offers_wishes.wish(amina, ranged, now=before)
    await offers_wishes.say_wish(amina, wish, words, now=before)
    about = meetings.Content(about=words[:120], where=words, with_whom=words)
    ended = await meetings.make(
        cast.mette, cast.amina, about, starts_at=now - timedelta(hours=2), minutes=30, now=before
    )
    await meetings.agree(cast.mette, ended, words, version=0, now=now)
    meeting = await meetings.make(
        cast.mette, cast.amina, about, starts_at=now + timedelta(days=1), minutes=60, now=before, offer_id=offer
    )
    await meetings.prepare(amina, meeting, words, now=before)
    await meetings.say(amina, meeting, "cannot", words, now=before)
    for key, codes in (("who5", (1, 1, 2, 1, 1)), ("hoert5", (5, 4, 3, 2, 1))):
        check_in = await checkins.begin(amina, key, now=before)
        for item, code in zip(instrument(key).items, codes, strict=True):
            await checkins.answer(amina, check_in, item.key, code, now=before)
    said = await feedback.begin(amina, About.MEETING, now=before)
    await feedback.choose_audience(amina, said, Audience.CASEWORKER, now=before)
    await feedback.say(amina, said, words, now=before)
    spoken = await messages.receive(
        amina, f"{words} Det kan ikke vente", source_key="webchat:a:2", now=now, kind="document", urgent=True
    )
    await offers.say(amina, offer, "change", words, now=before, message_id=spoken.message_id)
    file = await attachments.expect(amina, Coming("document", "f"), message_id=spoken.message_id, now=now)
    await attachments.keep(Scope(cast.randers), file, make_ready(words, b"Mit brev"), now=now)
    alert = await alerts.raise_alert(
        Scope(cast.randers), cast.amina, Reason.CANNOT_WAIT, about=first.message_id, now=now
    )
    assert alert is not None
    raw = inbox.read_raw({"update_id": 7, "message": {"message_id": 3, "chat": {"id": 11}, "text": words}})
    await inbox.receive(HOUSE, "webchat", [raw], now=now)
    waiting = await inbox_id(HOUSE, 7)
    for _ in range(inbox.TRIES):
        await inbox.failed(HOUSE, waiting, "ValueError", now=now)
    await stick(Scope(cast.randers), reply)
    plan_goal, follow_up = await plan_of(cast, words, before)
    opened = await staff.open_session(HOUSE, cast.mette.staff_id, now=now, browser="firefox windows")
    panel = await panels.found(HOUSE, "Ungepanelet", [cast.randers], None, now=before)
    survey, sent, sendout = await _surveys(cast, panel, words, before)
    plan = await checkins.plan(
        cast.per, checkin_plans.Content("life_now", 8, Whom.PERSON, cast.amina, now.date()), now=now
    )
    plain = words.replace("{", "(").replace("}", ")")
    always = await canned.add(cast.per, Text(words[:80], f"Hej {{first_name}}. {plain}", plain), now=before)
    await messages.assign(cast.per, thread, cast.mette.staff_id, words=words, now=before)
    await messages_beside.later(cast.mette, thread, now + timedelta(hours=2), now=now)
    await messages_beside.writing(cast.per, thread, now=now)
    return Story(
        cast.amina,
        thread,
        first.message_id,
        reply,
        offer,
        wish,
        ranged,
        meeting,
        alert,
        said,
        amina.link_id,
        second.link_id,
        waiting,
        file,
        panel,
        survey=survey,
        sent=sent,
        sendout=sendout,
        plan=plan,
        canned=always,
        staff=cast.siri.staff_id,
        goal=await goals.add(cast.per, Goal(words[:40], Measured.OWN, "unge", 4, 12, date(2027, 12, 31)), now=before),
        opening=await opening_of(cast, f"{words} Han har ringet.", before),
        session=token_hash(opened.token)[:32],
        hand_over=await handed_over(cast, first.message_id, words[:60], before),
        plan_goal=plan_goal,
        follow_up=follow_up,
    )


async def plan_of(cast: Cast, words: str, now: datetime) -> tuple[str, str]:
    """Amina's plan: a goal, progress, a day to ask again, a visit, whom to contact; the goal's and the day's ids."""
    today = local_date(now)
    goal = await progress.set_goal(cast.mette, cast.amina, progress.Aim(words, "home", today), now=now)
    await progress.look_at_goal(cast.mette, goal, words, state=GoalState.OPEN, follow_up_on=today, now=now)
    await progress.set_progress(cast.mette, cast.amina, Wave.START, {Area.HOME: "temporary"}, now=now)
    await progress.set_progress(cast.mette, cast.amina, Wave.STATUS, {Area.HOME: "own"}, now=now)
    follow_up = await progress.agree_follow_up(cast.mette, cast.amina, today, words, now=now)
    thread = await messages.open_thread(cast.mette, cast.amina, now=now)
    note = await messages.note(cast.mette, thread, words, now=now)
    await progress.describe_contact(cast.mette, cast.amina, note, Way.LETTER, today - timedelta(days=3), now=now)
    await register_kept.change_contact(cast.mette, cast.amina, "+45 20 00 00 00", words, now=now)
    return goal, follow_up


async def _surveys(cast: Cast, panel: str, words: str, now: datetime) -> tuple[str, str, str]:
    """A draft of a survey in these words, and one that is on its way: both, and the sending."""
    said = {"da": words, "en": words}
    asked = replace(
        panels_edit.blank(Kind.SINGLE, "q1"), text=said, choices=(Choice("c1", said, END), Choice("c2", said))
    )
    draft = await panels.draft(cast.per, panel, Survey(said, (asked,)), now=now)
    sent = await panels.draft(cast.per, panel, FORM, now=now)
    await panels.publish(cast.per, sent, now=now)
    return draft, sent, await panels.send(cast.per, sent, opens_at=now, closes_at=now + timedelta(days=9), now=now)


async def handed_over(cast: Cast, record: str, theme: str, now: datetime) -> str:
    """The first message went to the case file; the document is not made for it."""
    about = {"theme": records.Theme.OTHER, "words": theme, "now": now}
    await casefile.decide(cast.mette, cast.amina, [record], records.Choice.FILE, **about)
    content = await casefile_views.ready(cast.mette, cast.amina, now=now)
    return (await casefile._hand_over(cast.mette, content, b"%PDF")).hand_over_id


async def opening_of(cast: Cast, why: str, now: datetime) -> str:
    """Lars has opened Amina, who is not his; its id."""
    known_as = (await people.person(cast.per, cast.amina, now=now)).reference
    await register.open_other(cast.lars, known_as, why, now=now)
    return (await register_openings.unseen(cast.per))[0].opening_id


@reading
async def inbox_id(scope: Scope, update_id: int) -> int:
    """The row of one raw update."""
    return int((await InboxUpdate.get(update_id=update_id)).id)


@atomic
async def stick(scope: Scope, message_id: str) -> None:
    """The letters of a message are held: the person has blocked the chat."""
    await Letter.filter(about=message_id, kind="message.reply").update(state="held", reason="blocked")


#: Where a look, and the session or token it was done with, are written down.
LOOKING = {"trail_entry", "staff_session", "api_token"}


@reading
async def table_contents(scope: object) -> dict[str, list[str]]:
    """Every row of every table."""
    tables = {
        cls._meta.db_table
        for module in MODULES
        for cls in vars(import_module(module)).values()
        if hasattr(cls, "_meta") and getattr(cls._meta, "db_table", "") and cls.__module__ == module
    }
    return {
        name: sorted(str({key: bytes(value) if isinstance(value, memoryview) else value for key, value in row.items()})
                     for row in await rows(f"SELECT * FROM {name}"))  # noqa: S608
        for name in sorted(tables - LOOKING)
    }  # fmt: skip
