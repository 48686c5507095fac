"""What a member has answered so far, and the coded row it leaves for the results."""

from __future__ import annotations

import json
from datetime import datetime

from models.domain import panels as rules
from models.domain import panels_results
from models.domain.panels import Answer, Question, Survey
from models.tables.keys import Vault, municipality_vault, subject, vault
from models.tables.panels import PanelAnswer, PanelAnswering, PanelMeasured, PanelSendout, PanelSurvey


async def _survey_of(row: PanelAnswering) -> tuple[PanelSendout, Survey]:
    """The send-out somebody answers, and the very version of the survey it carries."""
    sendout = await PanelSendout.get(id=row.sendout_id)
    return sendout, rules.from_plain((await PanelSurvey.get(id=sendout.survey_id)).form)


async def _answers_of(opened: Vault, answering_id: str) -> dict[str, Answer]:
    """The answers given, question by question, also those that do not count any more."""
    return {
        row.question: rules.answer_from_plain(
            opened.open("panel_answer", "value", f"{answering_id}:{row.question}", row.value_sealed)
        )
        for row in await PanelAnswer.filter(answering_id=answering_id)
    }


async def _keep_answer(row: PanelAnswering, opened: Vault, key: str, answer: Answer, now: datetime) -> None:
    sealed = opened.seal("panel_answer", "value", f"{row.id}:{key}", rules.answer_to_plain(answer))
    changed = await PanelAnswer.filter(answering_id=row.id, question=key).update(value_sealed=sealed, at=now)
    if not changed:
        await PanelAnswer.create(
            municipality_id=row.municipality_id, person_id=row.person_id, answering_id=row.id, question=key,
            value_sealed=sealed, at=now,
        )  # fmt: skip


async def _drop_orphans(row: PanelAnswering, survey: Survey, answers: dict[str, Answer]) -> dict[str, Answer]:
    """Forget answers to questions that are not shown any more; returns those that count."""
    counted = rules.counted(survey, answers)
    lost = sorted(answers.keys() - counted.keys())
    if lost:
        await PanelAnswer.filter(answering_id=row.id, question__in=lost).delete()
    return counted


def _picked(row: PanelAnswering, opened: Vault, question: Question, answers: dict[str, Answer]) -> tuple[str, ...]:
    """What is ticked or ranked on the screen: the draft, or the answer given before."""
    if row.draft_sealed is not None:
        draft = json.loads(opened.open("panel_answering", "draft", row.id, row.draft_sealed))
        if draft["question"] == question.key:
            return tuple(draft["picked"])
    given = answers.get(question.key)
    return given if isinstance(given, tuple) else ()


async def _measure(row: PanelAnswering, survey: Survey, answers: dict[str, Answer], now: datetime) -> None:
    """One coded, pseudonymous row, in the transaction of the last answer; the words stay with the person."""
    who = subject(row.municipality_id, row.person_id, of="panel")
    if await PanelMeasured.exists(subject=who, sendout_id=row.sendout_id):
        return
    over = await municipality_vault(row.municipality_id)
    measured = PanelMeasured(municipality_id=row.municipality_id, subject=who, sendout_id=row.sendout_id, at=now)
    codes = json.dumps(panels_results.coded(survey, answers), sort_keys=True)
    measured.codes_sealed = over.seal("panel_measured", "codes", measured.id, codes)
    await measured.save()


async def _opened(row: PanelAnswering) -> Vault:
    return await vault(row.municipality_id, row.person_id)


async def _forget_unsent(row: PanelAnswering, state: str, now: datetime) -> None:
    """What was not sent in does not count, so it is not kept either."""
    await PanelAnswer.filter(answering_id=row.id).delete()
    row.state, row.closed_at, row.current, row.draft_sealed = state, now, "", None
    await row.save(update_fields=["state", "closed_at", "current", "draft_sealed"])
