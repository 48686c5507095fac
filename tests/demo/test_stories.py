"""The people with a name: what waits for whom this morning, and the chats the visitor is given."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date, timedelta

from hoert.demo.living import live
from hoert.demo.people import Persona
from hoert.demo.world import link_personas
from locales import catalogue
from models.actions import checkins, consent
from models.actions.consent import Chat
from models.domain import crisis
from models.domain.joining import InvitationState
from models.domain.localtime import local_date
from models.domain.offers import OfferState
from models.tables.alerts import Alert
from models.tables.checkins import CheckIn, Rhythm
from models.tables.consent import Consent, Link
from models.tables.feedback import Feedback
from models.tables.keys import chat_index, vault
from models.tables.messages import Message, Thread
from models.tables.offers import Offer
from models.tables.outbox import Letter
from models.tables.register import Person
from models.tables.staff import Absence, Staff
from models.transactions import HOUSE
from tests.demo.conftest import Told, in_house


async def test_the_personas_are_who_they_should_be(told: Told) -> None:
    caseworkers = {key: name for name, key in told.cast.staff.items()}
    assert {
        (one.first_name, one.age, one.language, one.linked, caseworkers[one.caseworker_id])
        for one in told.cast.personas.values()
    } == {
        ("Amina", 19, "da", True, "Mette Holm"),
        ("Jonas", 20, "da", True, "Siri Kjær"),
        ("Leila", 18, "da", True, "Mette Holm"),
        ("Noah", 22, "en", True, "Lars Bech"),
        ("Freja", 18, "da", False, "Mette Holm"),
    }
    assert told.cast.personas["Amina"].birth == date(2007, 5, 14)
    assert told.cast.personas["Noah"].birth.replace(year=2027) - local_date(told.now) < timedelta(days=92)
    assert told.cast.personas["Amina"].age_text("en") == "19 years old"


async def test_every_role_sits_at_a_desk_and_only_a_colleague_of_siri_is_away(told: Told) -> None:
    staff, absent = await in_house(_staff)
    assert Counter(row.role for row in staff if row.municipality_id is None) == {
        "national": 1, "evaluator": 1, "panel_host": 1,
    }  # fmt: skip
    for municipality_id in told.cast.municipalities.values():
        roles = Counter(row.role for row in staff if row.municipality_id == municipality_id)
        assert (2 <= roles["caseworker"] <= 4, roles["coordinator"], roles["administrator"]) == (True, 1, 1)
    today = local_date(told.now)
    assert [row.staff_id for row in absent if row.first_day <= today <= row.last_day] == [
        told.cast.staff["Kirsten Dam"]
    ]
    assert {row.password_hash for row in staff} == {""}


async def test_amina_has_an_offer_that_waits_and_a_check_in_that_is_due(told: Told) -> None:
    amina = told.cast.personas["Amina"]
    offers, due, thread, said = await in_house(lambda: _of(amina))
    opened = await in_house(lambda: vault(amina.municipality_id, amina.person_id))
    waiting = [row for row in offers if row.state == "published"]
    content = json.loads(opened.open("offer", "content", waiting[0].id, waiting[0].content_sealed))
    assert [(row.kind, row.state) for row in offers] == [("stay_on", "ended"), ("contact_person", "published")]
    assert (content["with_whom"], content["starts"], content["next_meeting"]) == (
        "Rasmus Toft", "2026-12-01", "2026-12-03T14:00:00+00:00",
    )  # fmt: skip
    assert [(row.instrument, row.period, row.due_at <= told.now) for row in due] == [("who5", "2026-11-21", True)]
    assert (thread.waiting_since, len(said) >= 20, Counter(row.direction for row in said)["note"]) == (None, True, 1)


async def test_jonas_wrote_this_morning_and_a_promise_is_running(told: Told) -> None:
    jonas = told.cast.personas["Jonas"]
    _, _, thread, said = await in_house(lambda: _of(jonas))
    assert (thread.waiting_since, thread.assigned_id) == (
        told.now - timedelta(minutes=70),
        told.cast.staff["Siri Kjær"],
    )
    assert thread.promised_at == said[-1].promised_at > told.now
    assert [row.position for row in said if row.needs_answer and row.answered_at is None] == [thread.version]


async def test_something_waits_in_every_way_a_desk_can_show(told: Told) -> None:
    alerts, offers, feedback, letters, late = await in_house(_randers)
    assert {(row.kind, row.state) for row in alerts} == {
        (kind, state) for kind in ("read_now", "follow_up") for state in ("open", "acknowledged", "closed")
    }
    assert {row.reason for row in alerts if row.state == "open" and row.kind == "read_now"} == {
        "crisis_words", "cannot_wait",
    }  # fmt: skip
    assert {row.state for row in offers} == {state.value for state in OfferState} - {"withdrawn"}
    assert {row.state for row in feedback} == {"said", "seen", "done", "explained"}
    assert {row.audience for row in feedback} == {"caseworker", "someone_else", "statistics"}
    assert {row.body_sealed for row in feedback if row.audience == "statistics"} == {None}
    assert {(row.state, row.reason) for row in letters if row.state != "sent"} == {
        ("held", "blocked"), ("unsure", "read_timeout"), ("dead", "file_too_big"),
    }  # fmt: skip
    assert len(late) == 1


async def test_only_the_words_meant_as_crisis_are_words_of_crisis() -> None:
    found = {
        (key, language)
        for key, entry in catalogue().items()
        if key.startswith("demo.")
        for language in ("da", "en")
        if isinstance(words := entry[language], str) and crisis.check(words).found
    }
    assert found == {("demo.sofie.03", "da"), ("demo.sofie.03", "en")}


async def test_linked_personas_have_a_confirmed_web_chat_with_their_consents(told: Told) -> None:
    await link_personas(told.cast, _chats(told), told.now)
    links, consents, rhythms = await in_house(_links)
    by_person = {one.person_id: one for one in told.cast.personas.values()}
    web = {by_person[row.person_id].first_name: row for row in links if row.bot == "webchat"}
    assert {name: row.state for name, row in web.items()} == {
        "Amina": "active", "Jonas": "active", "Noah": "active", "Leila": "blocked",
    }  # fmt: skip
    assert {row.confirmed_by_id == by_person[row.person_id].caseworker_id for row in web.values()} == {True}
    for name in web:
        persona = told.cast.personas[name]
        given = sorted(row.purpose for row in consents if row.person_id == persona.person_id)
        assert given == sorted(persona.purposes)
    assert {row.next_due_at > told.now for row in rhythms} == {True}


async def test_what_was_held_for_leila_is_held_at_her_own_chat_and_goes_out_when_she_is_back(told: Told) -> None:
    await link_personas(told.cast, _chats(told), told.now)
    leila = told.cast.personas["Leila"]
    held, link = await in_house(lambda: _held(leila))
    assert [(row.state, row.reason, row.link_id, row.bot) for row in held] == [("held", "blocked", link.id, "webchat")]
    await consent.seen(
        consent.YoungPerson(
            leila.municipality_id, leila.person_id, link.id, "webchat", link.chat_index, "da", confirmed=True
        ),
        now=told.now,
    )
    held, link = await in_house(lambda: _held(leila))
    assert (link.state, held[0].state) == ("active", "queued")


async def test_the_clock_asks_amina_once_she_has_her_chat(told: Told) -> None:
    await link_personas(told.cast, _chats(told), told.now)
    await checkins.ask_due(HOUSE, now=told.now)
    amina = told.cast.personas["Amina"]
    letters = await in_house(lambda: Letter.filter(person_id=amina.person_id, kind="checkin.invite"))
    assert [(row.args, row.state, row.bot) for row in letters] == [({"instrument": "who5"}, "queued", "webchat")]


async def test_frejas_invitation_opens_with_its_code(told: Told) -> None:
    chat = Chat("webchat", chat_index("webchat", 77), 77, "da")
    opened = await consent.open_invitation(HOUSE, chat, told.cast.invitation_code, key="t", now=told.now)
    assert opened is InvitationState.OPEN


async def test_the_clock_finds_nothing_to_ask_of_those_whose_phone_is_not_shown(told: Told) -> None:
    for ahead in (0, 30, 60):
        now = told.now + timedelta(days=ahead)
        await live(told.cast, now - timedelta(days=30), now)
        await checkins.follow_plans(HOUSE, now=now)
        assert await checkins.plan_due(HOUSE, now=now) == 0
    rhythms, asked = await in_house(_planned)
    assert {row.next_due_at > told.now for row in rhythms} == {True}
    assert {row.instrument for row in rhythms if row.plan and row.active} == {"tils", "who5"}
    assert {row.state for row in asked if row.due_at < now - timedelta(days=5)} == {"done", "expired"}


def _chats(told: Told) -> dict[str, int]:
    return {one.person_id: 1000 + number for number, one in enumerate(told.cast.personas.values())}


async def _staff() -> tuple[list[Staff], list[Absence]]:
    return await Staff.all(), await Absence.all()


async def _of(persona: Persona) -> tuple[list[Offer], list[CheckIn], Thread, list[Message]]:
    key = persona.person_id
    return (
        await Offer.filter(person_id=key).order_by("created_at"),
        await CheckIn.filter(person_id=key, state="due"),
        await Thread.get(person_id=key),
        await Message.filter(person_id=key).order_by("position"),
    )


async def _randers() -> tuple[list[Alert], list[Offer], list[Feedback], list[Letter], list[Message]]:
    here = [row.id for row in await Person.filter(reference__startswith="RAN-")]
    return (
        await Alert.filter(person_id__in=here),
        await Offer.filter(person_id__in=here),
        await Feedback.filter(person_id__in=here),
        await Letter.filter(person_id__in=here),
        [row for row in await Message.filter(answered_at=None) if row.promise_broken_at is not None],
    )


async def _links() -> tuple[list[Link], list[Consent], list[Rhythm]]:
    return await Link.exclude(state="closed"), await Consent.filter(withdrawn_at=None), await Rhythm.all()


async def _planned() -> tuple[list[Rhythm], list[CheckIn]]:
    return await Rhythm.all(), await CheckIn.filter(instrument="tils")


async def _held(persona: Persona) -> tuple[list[Letter], Link]:
    link = await Link.get(person_id=persona.person_id, bot="webchat")
    return await Letter.filter(person_id=persona.person_id, about__not="", kind="message.reply").exclude(
        state="sent"
    ), link
