"""Check-ins: what is asked of whom, each answer as a row, and the coded rows figures are computed from."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from models.tables.fields import SealedField, UtcDatetimeField, id_field


class Rhythm(Model):
    """When one instrument comes round for one person: local wall time; the next UTC instant is computed each time."""

    id = id_field()
    municipality = fields.ForeignKeyField("models.Municipality", on_delete=fields.CASCADE)
    municipality_id: str
    person = fields.ForeignKeyField("models.Person", on_delete=fields.CASCADE)
    person_id: str
    instrument = fields.CharField(max_length=16)
    weeks = fields.SmallIntField()
    weekday = fields.SmallIntField()
    hour = fields.SmallIntField()
    anchor = fields.DateField()
    active = fields.BooleanField(default=True)
    next_due_at = UtcDatetimeField()

    class Meta:
        table = "rhythm"
        unique_together = (("person", "instrument"),)
        indexes = (("active", "next_due_at"), ("municipality_id",))


class CheckIn(Model):
    """One asking of one instrument. `period` is the local due date, or the period of the figure for hoert5."""

    id = id_field()
    municipality = fields.ForeignKeyField("models.Municipality", on_delete=fields.CASCADE)
    municipality_id: str
    person = fields.ForeignKeyField("models.Person", on_delete=fields.CASCADE)
    person_id: str
    instrument = fields.CharField(max_length=16)
    version = fields.SmallIntField()
    period = fields.CharField(max_length=16)
    asked_by = fields.CharField(max_length=8)  # clock | staff | self
    about = fields.CharField(max_length=32, default="")  # what a pulse is about
    state = fields.CharField(max_length=10)  # due | asked | open | done | stopped | expired
    current = fields.CharField(max_length=24, default="")  # the item on the screen; empty means computed
    shared_at = UtcDatetimeField(null=True)
    due_at = UtcDatetimeField()
    asked_at = UtcDatetimeField(null=True)
    expires_at = UtcDatetimeField()
    opened_at = UtcDatetimeField(null=True)
    closed_at = UtcDatetimeField(null=True)
    score_sealed = SealedField(null=True)
    screen_letter_id = fields.BigIntField(null=True)

    class Meta:
        table = "check_in"
        unique_together = (("person", "instrument", "period", "asked_by", "about"),)
        indexes = (
            ("person_id", "closed_at"),
            ("municipality_id", "state"),
            ("state", "due_at"),
            ("state", "expires_at"),
        )


class Answer(Model):
    """The answer to one item: a sealed code. The first press counts; a later one is a correction of the same row."""

    id = fields.BigIntField(primary_key=True)
    municipality = fields.ForeignKeyField("models.Municipality", on_delete=fields.CASCADE)
    municipality_id: str
    person = fields.ForeignKeyField("models.Person", on_delete=fields.CASCADE)
    person_id: str
    check_in = fields.ForeignKeyField("models.CheckIn", on_delete=fields.CASCADE)
    check_in_id: str
    item = fields.CharField(max_length=24)
    code_sealed = SealedField()
    at = UtcDatetimeField()

    class Meta:
        table = "answer"
        unique_together = (("check_in", "item"),)
        indexes = (("person_id",), ("municipality_id",))


class Measured(Model):
    """One coded, pseudonymous row per person, instrument and period: what a figure is computed from.

    `subject` is a keyed pseudonym, never the person's id; the codes are sealed under the municipality's key.
    """

    id = id_field()
    municipality = fields.ForeignKeyField("models.Municipality", on_delete=fields.CASCADE)
    municipality_id: str
    subject = fields.CharField(max_length=64)
    instrument = fields.CharField(max_length=16)
    version = fields.SmallIntField()
    period = fields.CharField(max_length=16)
    codes_sealed = SealedField()
    at = UtcDatetimeField()

    class Meta:
        table = "measured"
        unique_together = (("subject", "instrument", "period"),)
        indexes = (("municipality_id", "instrument", "period"),)
