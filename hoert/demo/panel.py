"""The youth panel of the invented world: a result that is counted, a survey that runs, a vote, and what was done."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from random import Random

from hoert.demo import panel_surveys
from hoert.demo.people import World, Young, dice_for
from locales import text
from models.actions import panels
from models.actions.invented import ELSEWHERE, Batch, write
from models.domain import panels as rules
from models.domain import panels_results
from models.domain.consent import VERSION, Purpose
from models.domain.panels import Answer, Kind, Question, Survey
from models.domain.people import YoungPerson
from models.domain.staff import Role, Viewer
from models.queries import panels_hosted as views
from models.tables.fields import new_id
from models.tables.keys import Vault, ring, subject
from models.transactions import HOUSE

HOST = "Signe Bro"
_MEMBERS = 36
_DAY = timedelta(days=1)


async def tell(world: World, amina: Young, now: datetime) -> None:
    """Found the panel and let it live its first months; Amina is in it and has one survey to answer."""
    host = Viewer(world.staff[HOST], None, Role.PANEL_HOST, HOST)
    began, dice = now - 60 * _DAY, dice_for(world.rng_seed, "panel")
    places = list(world.municipalities.values())
    panel = await panels.found(HOUSE, text("demo.panel.name", "da"), places, host.staff_id, now=began)
    there = [one for one in world.people if one.link_id and one.joined_at and one.joined_at < began < now < one.left_at]
    members = dice.sample(sorted(there, key=lambda one: one.reference), min(_MEMBERS, len(there)))
    batch = Batch()
    for young in members:
        batch.add(
            "consent", id=new_id(), municipality_id=young.municipality_id, person_id=young.id,
            purpose=Purpose.PANEL.value, version=VERSION, given_at=began,
        )  # fmt: skip
        _member(batch, young, panel, began)
    await write(HOUSE, batch)

    await _asked(host, panel, panel_surveys.HOME, members, dice, began + _DAY, now - 20 * _DAY, share=0.8)
    await panels.close_due(HOUSE, now=now - 20 * _DAY)
    await panels.write_done(host, panel, panel_surveys.SAID, panel_surveys.DID, now=now - 15 * _DAY)
    await panels.tell_done(HOUSE, now=now - 15 * _DAY)
    await panels.judge_due(HOUSE, now=now - 7 * _DAY)
    await _vote(host, panel, members[0], now)
    running = await _asked(
        host, panel, panel_surveys.LEISURE, members, dice, now - 2 * _DAY, now + 12 * _DAY, share=0.4
    )
    await panels.draft(host, panel, panel_surveys.MEETINGS, now=now)
    mine = Batch()
    _member(mine, amina, panel, now - 2 * _DAY)
    _answering(mine, amina, running, "invited", now - 2 * _DAY, None)
    asked = now - 3 * _DAY
    mine.add(
        "panel_done", id=new_id(), panel_id=panel, state="asked", at=asked, judged_by=asked + rules.JUDGING,
        **{f"said_{language}": panel_surveys.SAID_NEXT[language] for language in rules.LANGUAGES},
        **{f"did_{language}": panel_surveys.DID_NEXT[language] for language in rules.LANGUAGES},
    )  # fmt: skip
    await write(HOUSE, mine)


async def _asked(
    host: Viewer, panel: str, survey: Survey, members: list[Young], dice: Random, opens: datetime, closes: datetime,
    *, share: float,
) -> str:  # fmt: skip
    """A survey sent to the members, as far as they have answered it. Returns the send-out."""
    drafted = await panels.draft(host, panel, survey, now=opens)
    await panels.publish(host, drafted, now=opens)
    sendout = await panels.send(host, drafted, opens_at=opens, closes_at=closes, now=opens)
    await panels.open_due(HOUSE, now=opens)
    batch = Batch()
    for young in members:
        if dice.random() > share:
            _answering(batch, young, sendout, "invited", opens, None)
            continue
        at = opens + timedelta(hours=dice.uniform(1, 40))
        answering = _answering(batch, young, sendout, "done", opens, at)
        _answers(batch, young, sendout, answering, survey, dice, at)
    await write(HOUSE, batch)
    return sendout


async def _vote(host: Viewer, panel: str, young: Young, now: datetime) -> None:
    person = YoungPerson(young.municipality_id, young.id, young.link_id, ELSEWHERE, "", young.language, confirmed=True)
    for number, wording in enumerate((*panel_surveys.BALLOTS, None)):
        await panels.propose(person, panel, wording["da"] if wording else panel_surveys.PROPOSED, now=now - 9 * _DAY)
        if wording is not None:
            waiting = await views.proposed(await views.hosted(host, panel))
            await panels.approve(host, waiting[0][0], wording, now=now - 8 * _DAY + timedelta(minutes=number))
    await panels.open_round(host, panel, closes_at=now + 10 * _DAY, now=now - 4 * _DAY)


def _member(batch: Batch, young: Young, panel: str, at: datetime) -> None:
    batch.add(
        "panel_member", id=new_id(), municipality_id=young.municipality_id, person_id=young.id, panel_id=panel,
        joined_at=at,
    )  # fmt: skip


def _answering(
    batch: Batch, young: Young, sendout: str, state: str, asked: datetime, closed: datetime | None
) -> str:  # fmt: skip
    key = new_id()
    batch.add(
        "panel_answering", id=key, municipality_id=young.municipality_id, person_id=young.id, sendout_id=sendout,
        state=state, asked_at=asked, reminded_at=asked, reminders=rules.REMINDERS, opened_at=closed, closed_at=closed,
    )  # fmt: skip
    return key


def _answers(
    batch: Batch, young: Young, sendout: str, answering: str, survey: Survey, dice: Random, at: datetime
) -> None:
    answers: dict[str, Answer] = {}
    while (question := rules.next_question(survey, answers)) is not None:
        answers[question.key] = _answer(question, dice)
    for key, answer in answers.items():
        sealed = young.vault.seal("panel_answer", "value", f"{answering}:{key}", rules.answer_to_plain(answer))
        batch.add(
            "panel_answer", municipality_id=young.municipality_id, person_id=young.id, answering_id=answering,
            question=key, value_sealed=sealed, at=at,
        )  # fmt: skip
    over = Vault(young.municipality_id, "", ring().known(young.municipality_id) or b"")
    row, codes = new_id(), json.dumps(panels_results.coded(survey, answers), sort_keys=True)
    batch.add(
        "panel_measured", id=row, municipality_id=young.municipality_id, sendout_id=sendout, at=at,
        subject=subject(young.municipality_id, young.id, of="panel"),
        codes_sealed=over.seal("panel_measured", "codes", row, codes),
    )  # fmt: skip


def _answer(question: Question, dice: Random) -> Answer:
    """An answer with a leaning: the first options are the likelier ones."""
    keys = [one.key for one in question.choices]
    if question.kind is Kind.SINGLE:
        return dice.choices(keys, weights=[1 / (2 + place) for place in range(len(keys))])[0]
    if question.kind is Kind.MULTIPLE:
        return tuple(key for place, key in enumerate(keys) if dice.random() < 0.65 - 0.13 * place)
    if question.kind is Kind.RANKING:
        return tuple(sorted(keys, key=lambda key: keys.index(key) + dice.uniform(0, 3)))
    if question.kind is Kind.TEXT:
        return dice.choice(panel_surveys.WORDS) if dice.random() < 0.7 else None
    return min(question.high, max(question.low, round(dice.gauss(3, 1.2))))
