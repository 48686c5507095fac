"""What was answered, the coded row it leaves for the figures, and what is not to be asked."""

from __future__ import annotations

import json
from datetime import datetime

from models.domain import checkins as rules
from models.domain.consent import Purpose
from models.domain.instruments import Code, instrument
from models.tables.checkins import Answer, CheckIn, Measured, NotAsked
from models.tables.consent import Consent
from models.tables.keys import Vault, municipality_vault, subject, vault


async def _answers_of(opened: Vault, check_in_id: str) -> dict[str, Code]:
    """The answers of a check-in, item by item."""
    return {
        row.item: json.loads(opened.open("answer", "code", f"{check_in_id}:{row.item}", row.code_sealed))
        for row in await Answer.filter(check_in_id=check_in_id)
    }


async def _without(person_id: str, key: str) -> frozenset[str]:
    """The items of an instrument the person does not want to be asked."""
    found = await NotAsked.filter(person_id=person_id, instrument=key).exclude(item="").values_list("item", flat=True)
    return frozenset(map(str, found))


async def _refused(person_id: str, key: str) -> bool:
    """Whether the person does not want to be asked this instrument at all."""
    return await NotAsked.exists(person_id=person_id, instrument=key, item="")


async def _close(row: CheckIn, state: str, now: datetime) -> None:
    row.state, row.closed_at = state, now
    await row.save(update_fields=["state", "closed_at"])
    opened = await vault(row.municipality_id, row.person_id)
    answers = await _answers_of(opened, row.id)
    if answers:
        await _measure(row, answers, now)


async def _measure(row: CheckIn, answers: dict[str, Code], now: datetime, *, corrected: bool = False) -> None:
    """One coded, pseudonymous row, in the transaction of the last answer. Only what the clock asked can count.

    What is corrected while the check-in is open replaces its own row (docs/decisions/0021).
    """
    if row.asked_by != "clock":
        return
    if not await Consent.exists(person_id=row.person_id, purpose=Purpose.FIGURES.value, withdrawn_at=None):
        return
    who = subject(row.municipality_id, row.person_id)
    measured = await Measured.get_or_none(subject=who, instrument=row.instrument, period=row.period)
    if measured is not None and not corrected:
        return
    if measured is None:
        measured = Measured(
            municipality_id=row.municipality_id,
            subject=who,
            instrument=row.instrument,
            version=row.version,
            period=row.period,
            at=now,
        )
    over = await municipality_vault(row.municipality_id)
    codes = rules.with_skipped(instrument(row.instrument), answers, await _without(row.person_id, row.instrument))
    measured.codes_sealed = over.seal("measured", "codes", measured.id, json.dumps(codes, sort_keys=True))
    await measured.save()


async def _unmeasure(row: CheckIn) -> None:
    """The coded row goes with the answers it was made of."""
    if row.asked_by == "clock":
        who = subject(row.municipality_id, row.person_id)
        await Measured.filter(subject=who, instrument=row.instrument, period=row.period).delete()
