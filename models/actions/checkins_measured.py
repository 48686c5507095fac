"""What was answered, and the coded row it leaves for the figures."""

from __future__ import annotations

import json
from datetime import datetime

from models.domain.consent import Purpose
from models.domain.instruments import Code
from models.tables.checkins import Answer, CheckIn, Measured
from models.tables.consent import Consent
from models.tables.keys import Vault, municipality_vault, subject, vault


async def _answers_of(opened: Vault, check_in_id: str) -> dict[str, Code]:
    """The answers of a check-in, item by item."""
    return {
        row.item: json.loads(opened.open("answer", "code", f"{check_in_id}:{row.item}", row.code_sealed))
        for row in await Answer.filter(check_in_id=check_in_id)
    }


async def _close(row: CheckIn, state: str, now: datetime) -> None:
    row.state, row.closed_at = state, now
    await row.save(update_fields=["state", "closed_at"])
    opened = await vault(row.municipality_id, row.person_id)
    answers = await _answers_of(opened, row.id)
    if answers:
        await _measure(row, answers, now)


async def _measure(row: CheckIn, answers: dict[str, Code], now: datetime) -> None:
    """One coded, pseudonymous row, in the transaction of the last answer. Only what the clock asked can count."""
    if row.asked_by != "clock":
        return
    if not await Consent.exists(person_id=row.person_id, purpose=Purpose.FIGURES.value, withdrawn_at=None):
        return
    who = subject(row.municipality_id, row.person_id)
    if await Measured.exists(subject=who, instrument=row.instrument, period=row.period):
        return
    over = await municipality_vault(row.municipality_id)
    measured = Measured(
        municipality_id=row.municipality_id,
        subject=who,
        instrument=row.instrument,
        version=row.version,
        period=row.period,
        at=now,
    )
    measured.codes_sealed = over.seal("measured", "codes", measured.id, json.dumps(answers, sort_keys=True))
    await measured.save()
