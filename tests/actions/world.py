"""Every journey walked once, with a word in each text that must never be found again in the clear."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from models.actions import (
    alerts,
    api,
    attachments,
    away,
    canned,
    casefile,
    checkins,
    clock,
    consent,
    duty,
    erasure,
    feedback,
    figures,
    goals,
    inbox,
    letters,
    messages,
    messages_beside,
    panels,
    register,
    rotation,
    trail,
    webhooks,
)
from models.actions import staff as desk
from models.actions.attachments import Coming, make_ready
from models.actions.consent import Chat
from models.actions.staff_codes import begin_half
from models.crypto import token_hash
from models.domain import casefile as rules
from models.domain import checkin_plans, delivery
from models.domain.alerts import Reason
from models.domain.api import EVENTS
from models.domain.canned import Text
from models.domain.consent import Purpose
from models.domain.duty import Planned
from models.domain.feedback import About, Audience, State
from models.domain.goals import Goal, Measured
from models.domain.people import YoungPerson
from models.domain.register import Aftercare, Group
from models.domain.staff import Role, Viewer
from models.domain.staff_codes import code_at, step_of
from models.queries import staff as accounts
from models.queries.casefile import ready
from models.tables.casefile_reach import records_of
from models.tables.checkins import CheckIn
from models.tables.consent import Joining, SignIn
from models.tables.figures import Publication
from models.tables.inbox import InboxUpdate
from models.tables.keys import chat_index
from models.tables.outbox import BotState
from models.tables.panels import PanelBallot
from models.tables.register import Opening
from models.transactions import HOUSE, Scope, reading
from tests.actions.panel_group import SURVEY
from tests.actions.rows import add, deliver, found, one
from tests.actions.world_parts import CANARY, met, offered, planned, wished
from tests.cast import Cast, link

CHAT = 77123456789
PLAN = checkin_plans.Content("tils", 8, checkin_plans.Whom.ALL, None, date(2026, 11, 1))


@dataclass(frozen=True)
class World:
    """What was made on the way, for tests that look at all of it."""

    amina: YoungPerson
    jonas: YoungPerson
    astrid: YoungPerson
    thread: str
    message: str
    reply: str
    offer: str
    draft: str
    wish: str
    ranged: str
    meeting: str
    plan_goal: str
    follow_up: str
    feedback: str
    check_in: str
    asked: str
    heard: str
    alert: str
    link: str
    barred: str
    transfer: str
    opening: str
    hand_over: str
    letter: int
    dead: int
    file: str
    unsent: str
    goal: str
    ends: datetime
    host: Viewer
    panel: str
    survey: str
    sendout: str
    answering: str
    counted: str
    ballot: str
    voted: str
    done: str
    plan: str
    session: str
    token: str
    webhook: str


def update(number: int, chat_id: int, text: str, **more: Any) -> inbox.Raw:
    """A raw text message as Telegram would send it."""
    body = {"message_id": number, "chat": {"id": chat_id, "type": "private"}, "text": text, "date": 0, **more}
    return inbox.read_raw({"update_id": number, "message": body})


async def live(cast: Cast, now: datetime) -> World:
    """Let a day pass in Randers, and a little in Odsherred: every table has rows afterwards."""
    secret = register.Entry(
        reference="R-9000", name=f"Frida {CANARY}", birth=date(2007, 2, 3), group=Group.PLACED,
        aftercare=Aftercare.NO, phone=f"+45 {CANARY}", caseworker_id=cast.mette.staff_id, entered_on=date(2025, 1, 1),
    )  # fmt: skip
    frida = await register.add_person(Scope(cast.randers), secret, now=now)
    amina = await _join(cast, frida, now)
    jonas = await link(Scope(cast.randers), cast.jonas, 2, now=now, confirmed_by=cast.siri.staff_id)
    astrid = await link(Scope(cast.odsherred), cast.astrid, 3, now=now, confirmed_by=cast.odd.staff_id)
    session = await _sign_in(cast, now)
    token, webhook = await _systems(cast, now)
    dead = await _receive(now)
    received = await messages.receive(amina, f"{CANARY} hvornår ringer du?", source_key="webchat:a:1", now=now)
    await messages.edit(amina, "webchat:a:1", f"{CANARY} hvornår kommer du?", now=now)
    await messages.ask(amina, "offer_words", "", letter_id=None, now=now)
    thread = await messages.open_thread(cast.mette, frida, now=now)
    await messages.read(cast.mette, thread, position=1, now=now)
    reply = await messages.reply(cast.mette, thread, f"{CANARY} i morgen", version=2, key="k1", now=now)
    await messages.note(cast.mette, thread, f"{CANARY} ringede til mor", now=now)
    await canned.add(cast.per, Text("Vi ringer", "Hej {first_name}. Jeg ringer i morgen."), now=now)
    await messages_beside.writing(cast.per, thread, now=now)
    later = await messages.receive(amina, f"{CANARY} er du der?", source_key="webchat:a:2", now=now)
    file, unsent = await _files(cast, amina, later.message_id, now)
    offer, draft = await offered(cast, amina, now)
    wish, ranged = await wished(cast, amina, now)
    meeting = await met(cast, amina, offer, now)
    plan_goal, follow_up = await planned(cast, frida, now)
    said = await feedback.begin(amina, About.OFFER, now=now)
    await feedback.choose_audience(amina, said, Audience.CASEWORKER, now=now)
    await feedback.say(amina, said, f"{CANARY} I lytter ikke", now=now)
    await feedback.answer(cast.mette, said, f"{CANARY} det gør vi snart", now=now)
    await feedback.not_helped(amina, said, now=now)
    await feedback.say_why(amina, said, f"{CANARY} hvornår", now=now)
    await feedback.answer(cast.mette, said, f"{CANARY} det gør vi nu", State.DONE, now=now)
    await feedback.heard(amina, said, 4, now=now)
    other = await feedback.begin(amina, About.MEETING, now=now)
    await feedback.choose_audience(amina, other, Audience.CASEWORKER, now=now)
    await feedback.say(amina, other, f"{CANARY} mødet var godt", now=now)
    check_in = await checkins.begin(amina, "who5", now=now)
    for item in ("cheerful", "calm", "active", "rested", "interested"):
        await checkins.answer(amina, check_in, item, 1, now=now)
    await checkins.ask_now(cast.mette, frida, "tils", now=now)
    await checkins.ask_due(HOUSE, now=now)
    asked = await checkins.begin(amina, "life_now", now=now)
    raised = await alerts.raise_alert(Scope(cast.randers), frida, Reason.CANNOT_WAIT, about="first", now=now)
    assert raised is not None
    await alerts.close(cast.mette, raised, f"{CANARY} talte med hende", now=now)
    heard = await _heard(cast, amina, now)
    await checkins.share(amina, heard, "audience", now=now)
    await checkins.never_again(amina, asked, "money", now=now)
    second = await alerts.raise_alert(Scope(cast.randers), frida, Reason.CANNOT_WAIT, about="second", now=now)
    assert second is not None
    await deliver(now)
    letter = await letters.post(amina, "message.reply", person_id=frida, key="trouble", about=reply, now=now)
    assert letter is not None
    await letters.take(HOUSE, letter, _say_nothing, now=now, real_now=now)
    await letters.settle(HOUSE, letter, delivery.Refused("too_long"), now=now)
    await clock.ran(HOUSE, "due", real_now=now)
    goal = await _administer(cast, now)
    plan = await checkins.plan(cast.per, PLAN, now=now)
    panel = await _panel(cast, amina, now)
    await figures.plan_year(HOUSE, now=now)
    barred, transfer = await _come_and_go(cast, amina, now + timedelta(minutes=1))
    hand_over = await _case_file(cast, amina.person_id, received.message_id, now + timedelta(minutes=11))
    await messages_beside.later(cast.mette, thread, now + timedelta(hours=3), now=now)
    await _renew_and_erase(cast, now)
    await trail.seal_due(HOUSE, now=now + timedelta(hours=1))
    return World(
        amina, jonas, astrid, thread, later.message_id, reply, offer, draft, wish, ranged, meeting,
        plan_goal, follow_up, other, check_in, asked, heard, second, amina.link_id, barred, transfer,
        (await one(Opening)).id, hand_over, letter, dead, file, unsent, goal, now, **panel,
        session=session, plan=plan,
        token=token, webhook=webhook,
    ) if received.first else _never()  # fmt: skip


async def _administer(cast: Cast, now: datetime) -> str:
    """A duty plan, a goal with a number, and somebody told that something waits."""
    tomorrow = now.date() + timedelta(days=1)
    await duty.plan(cast.per, [Planned(tomorrow, cast.lars.staff_id, cast.mette.staff_id)], now=now)
    await away.post_alerts(HOUSE, now=now)
    aim = Goal("Flere har en mentor", Measured.OWN, "unge", 4, 12, date(2027, 12, 31))
    goal = await goals.add(cast.per, aim, now=now)
    await goals.enter(cast.per, goal, "2026Q3", 5.5, now=now)
    return goal


async def _systems(cast: Cast, now: datetime) -> tuple[str, str]:
    """A token of Mette's that has done something once, and a webhook of Randers."""
    made = await api.make_token(
        cast.mette, "Fagsystem", expires_at=now + timedelta(days=30), read_only=False, now=now, real_now=now
    )

    async def deed() -> api.Answer:
        return api.Answer(201, {"said": CANARY})

    await api.once(cast.mette, api.Once(made.token_id, CANARY, CANARY.encode()), deed, real_now=now)
    hook = await webhooks.register(
        cast.admin, "https://fagsystem.example.org/hoert", [event.value for event in EVENTS], loopback=False, now=now,
        real_now=now,
    )  # fmt: skip
    return made.token_id, hook.webhook_id


async def _files(cast: Cast, person: YoungPerson, message_id: str, now: datetime) -> tuple[str, str]:
    """One that was fetched, one that waits, and one that staff have chosen and not sent."""
    here = Scope(cast.randers)
    kept = await attachments.expect(person, Coming("voice", f"{CANARY}-1", size=9), message_id=message_id, now=now)
    content = f"{CANARY} i en fil, der er lang nok".encode() * 20_000
    assert await attachments.keep(here, kept, make_ready(f"{CANARY}.txt", content), now=now)
    said = await feedback.begin(person, About.OFFER, now=now)
    await attachments.expect(person, Coming("photo", f"{CANARY}-2", f"{CANARY}.jpg"), about=said, now=now)
    unsent = await attachments.attach(
        cast.mette, person.person_id, name=f"{CANARY}.txt", content=CANARY.encode(), now=now
    )
    return kept, unsent


async def _case_file(cast: Cast, person_id: str, record: str, now: datetime) -> str:
    """Everything decided: the first message on file and handed over, what came after it not relevant."""
    said = f"{CANARY} flytter"
    await casefile.decide(
        cast.mette, person_id, [record], rules.Choice.FILE, theme=rules.Theme.OTHER, words=said, now=now
    )
    await settled(cast.mette, person_id, now=now)
    content = await ready(cast.mette, person_id, now=now)
    return (await casefile._hand_over(cast.mette, content, CANARY.encode())).hand_over_id


async def settled(viewer: Viewer, person_id: str, *, now: datetime) -> None:
    """Everything of a person that is undecided is not relevant to the case."""
    if found := await records(viewer, person_id):
        await casefile.decide_until(viewer, person_id, found[-1], rules.Choice.NOT_RELEVANT, now=now)


@reading
async def records(viewer: Viewer, person_id: str) -> list[str]:
    """Everything recorded of a person, in order."""
    return [row.record_id for row in await records_of(viewer.municipality_id or "", person_id)]


async def _come_and_go(cast: Cast, amina: YoungPerson, now: datetime) -> tuple[str, str]:
    """A stranger on Frida's second channel, a chat shut out, a new caseworker for Jonas, who moves; a yes for later."""
    randers = Scope(cast.randers)
    stranger = await link(randers, amina.person_id, 8, now=now, bot="telegram")
    written = f"telegram:{stranger.chat_index[:40]}:1"
    await messages.receive(stranger, f"{CANARY} det er ikke mig", source_key=written, now=now)
    await consent.wrong_person(cast.mette, stranger.link_id, now=now)
    second = await link(randers, amina.person_id, 9, now=now, bot="telegram")
    await consent.bar(cast.mette, second.link_id, "asked", now=now)
    third = await register.add_municipality(HOUSE, slug="middelfart", name="Middelfart Kommune", now=now)
    moving = await register.add_person(randers, register.Entry(
        "R-9002", "Flyt Ter", date(2006, 1, 1), Group.PLACED, Aftercare.NO, caseworker_id=cast.mette.staff_id,
    ), now=now)  # fmt: skip
    await register.open_other(cast.siri, "Amina Yusuf", f"{CANARY} ringede forgæves", now=now)
    await register.close_other(cast.siri, cast.amina, now=now)
    await register.change_caseworker(cast.per, moving, cast.siri.staff_id, why=f"{CANARY} på orlov", now=now)
    await register.follow_up_at(amina, f"{CANARY}@example.org", now=now)
    return second.link_id, await register.offer_transfer(cast.per, moving, third, now=now)


async def _panel(cast: Cast, amina: YoungPerson, now: datetime) -> dict[str, Any]:
    """A panel with a survey that is counted and one that runs, a proposal, a vote, and something that was done."""
    staff_id = await desk.add(HOUSE, email="sara@example.org", name="Sara Vang", role=Role.PANEL_HOST, now=now)
    host = Viewer(staff_id, None, Role.PANEL_HOST, "Sara Vang")
    panel = await panels.found(HOUSE, "Ungepanelet", [cast.randers], staff_id, now=now)
    await consent.choose_purpose(amina, Purpose.PANEL, on=True, now=now)
    await panels.join(amina, now=now)
    survey = await panels.draft(host, panel, SURVEY, now=now)
    await panels.publish(host, survey, now=now)
    before = now - timedelta(minutes=30)
    counted = await panels.send(host, survey, opens_at=before, closes_at=now + timedelta(minutes=1), now=now)
    await panels.open_due(HOUSE, now=now)
    answered = await panels.begin(amina, counted, now=now)
    await panels.answer(amina, answered, "what", ("music",), now=now)
    await panels.answer(amina, answered, "more", f"{CANARY} kan lide at synge", now=now)
    await panels.close_due(HOUSE, now=now + timedelta(minutes=1))
    later = now + timedelta(minutes=1)
    sendout = await panels.send(host, survey, opens_at=later, closes_at=now + timedelta(days=7), now=now)
    await panels.open_due(HOUSE, now=later)
    answering = await panels.begin(amina, sendout, now=now)
    await panels.tick(amina, answering, "what", "food", on=True, now=now)
    await panels.propose(amina, panel, f"{CANARY} vil vide mere om bolig", now=now)
    voted = (await one(PanelBallot)).id
    await panels.approve(host, voted, {"da": "Hvor vil du bo?", "en": "Where do you want to live?"}, now=now)
    await panels.open_round(host, panel, closes_at=now + timedelta(days=7), now=now)
    await panels.vote(amina, voted, on=True, now=now)
    await panels.propose(amina, panel, f"{CANARY} vil vide mere om penge", now=now)
    ballot = (await one(PanelBallot, state="proposed")).id
    said, did = {"da": "For sent svar", "en": "Late answers"}, {"da": "Ny vagt", "en": "A new duty"}
    done = await panels.write_done(host, panel, said, did, now=now)
    await panels.tell_done(HOUSE, now=now)
    return {
        "host": host, "panel": panel, "survey": survey, "sendout": sendout, "answering": answering, "counted": counted,
        "ballot": ballot, "voted": voted, "done": done,
    }  # fmt: skip


async def _renew_and_erase(cast: Cast, now: datetime) -> None:
    """The house's own keys are kept, and somebody who was on the register is no longer."""
    await rotation.begin(HOUSE, rotation.Level.MASTER, now=now)
    while await rotation.step(HOUSE, now=now) is not None:
        pass
    entry = register.Entry("R-9001", "Kort Tid", date(2006, 1, 1), Group.PLACED, Aftercare.NO)
    gone = await register.add_person(Scope(cast.randers), entry, now=now)
    await erasure.erase(HOUSE, gone, now=now)
    await erasure.finish_erasures(HOUSE, now=now)


def _never() -> World:
    raise AssertionError("the first message was not the first")


async def _say_nothing(taken: letters.Taken) -> tuple[str, list[list[str]]]:
    return taken.kind, []


async def _join(cast: Cast, person_id: str, now: datetime) -> YoungPerson:
    chat = Chat("webchat", chat_index("webchat", CHAT), CHAT, "da")
    await consent.greet_stranger(HOUSE, Chat("webchat", "stranger", 5, "da"), f"{CANARY} hvem er I?", key="s", now=now)
    await consent.invite(cast.mette, person_id, now=now)
    made = await consent.invite(cast.mette, person_id, now=now)
    waiting = Chat("telegram", chat_index("telegram", CHAT), CHAT, "en")
    await consent.open_invitation(HOUSE, waiting, made.token, key="w", now=now)
    await consent.open_invitation(HOUSE, chat, made.token, key="a", now=now)
    joining = (await _joining(chat.chat_index)).id
    await consent.say_birthday(HOUSE, joining, chat, "3. februar", key="b", now=now)
    await consent.accept_explanation(HOUSE, joining, chat, key="c", now=now)
    for purpose in (Purpose.MESSAGES, Purpose.CHECKINS, Purpose.FIGURES):
        await consent.toggle_purpose(HOUSE, joining, chat, purpose, key=f"d{purpose}", now=now)
    link_id = await consent.finish_joining(HOUSE, joining, chat, key="e", now=now)
    assert link_id is not None
    await consent.confirm_words(cast.mette, link_id, now=now)
    return YoungPerson(cast.randers, person_id, link_id, "webchat", chat.chat_index, "da", confirmed=True)


async def _joining(index: str) -> Joining:
    return await one(Joining, chat_index=index)


async def _sign_in(cast: Cast, now: datetime) -> str:
    """Mette's session; Lars has an app, and is half way in; Siri has a link."""
    opened = await desk.open_session(HOUSE, cast.mette.staff_id, now=now)
    await desk.keep_search(cast.mette, opened.token, "bolig")
    begun = await begin_half(HOUSE, cast.lars.staff_id, back="/", now=now)
    half = await accounts.half_way(HOUSE, begun.token, real_now=now)
    assert half is not None
    assert half.secret is not None
    await desk.confirm_first_app(
        HOUSE, begun.token, code_at(half.secret, step_of(now)), address="10.0.0.2", browser="firefox mac", real_now=now
    )
    await begin_half(HOUSE, cast.lars.staff_id, back="/", now=now)
    await desk.make_sign_in_link(HOUSE, cast.siri.staff_id, now=now)
    await desk.sign_in("nobody@example.org", f"{CANARY}-password", address="10.0.0.1", real_now=now)
    await desk.be_absent(cast.siri, date(2027, 1, 1), date(2027, 1, 5), now=now)
    return token_hash(opened.token)[:32]


async def _receive(now: datetime) -> int:
    """Three updates: one waits, one is done, one is dead."""
    batch = [update(n, CHAT, f"{CANARY} nummer {n}") for n in (1, 2, 3)]
    await inbox.receive(HOUSE, "webchat", [*batch, update(4, 12345, f"{CANARY} fra en fremmed")], now=now)
    await inbox.move_offset(HOUSE, "telegram", 5, now=now)
    rows = await found(InboxUpdate, "id")
    await inbox.open_update(HOUSE, rows[0].id)
    await inbox.done(HOUSE, rows[0].id, now=now)
    for _ in range(inbox.TRIES):
        await inbox.failed(HOUSE, rows[1].id, "ValueError", now=now)
    return int(rows[1].id)


async def _heard(cast: Cast, person: YoungPerson, now: datetime) -> str:
    """Hørt-5 as the clock asks it, and a publication."""
    row = await add(
        CheckIn(
            municipality_id=cast.randers, person_id=person.person_id, instrument="hoert5", version=1, period="2026Q4",
            asked_by="clock", state="due", due_at=now, expires_at=now + timedelta(days=7),
        )
    )  # fmt: skip
    for item in ("space", "information", "audience", "influence", "feedback"):
        await checkins.answer(person, row.id, item, 5, now=now)
    await add(
        Publication(
            municipality_id=cast.odsherred, figure="heard", period="2026Q3", definition="d", frozen="{}",
            sha256="0" * 64, published_at=now,
        )
    )  # fmt: skip
    await add(BotState(bot="telegram", frozen_until=now))
    await add(
        SignIn(
            municipality_id=cast.randers, person_id=person.person_id, link_id=person.link_id, token_hash="1" * 64,
            created_at=now, expires_at=now + timedelta(minutes=30),
        )
    )  # fmt: skip
    return row.id
