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
    plan = fields.CharField(max_length=32, default="", db_default="")  # the series of the plan it follows
    chosen = fields.BooleanField(default=False, db_default=False)  # the weeks are the person's own choice

    class Meta:
        table = "rhythm"
        unique_together = (("person", "instrument"),)
        indexes = (("active", "next_due_at"), ("municipality_id",))


class CheckInPlan(Model):
    """One version of a municipality's plan: which instrument, how often, for whom. An edit is the next version."""

    id = id_field()
    municipality = fields.ForeignKeyField("models.Municipality", on_delete=fields.CASCADE)
    municipality_id: str
    person = fields.ForeignKeyField("models.Person", null=True, on_delete=fields.CASCADE)
    person_id: str | None
    series = fields.CharField(max_length=32)
    version = fields.SmallIntField()
    instrument = fields.CharField(max_length=16)
    weeks = fields.SmallIntField()
    whom = fields.CharField(max_length=8)  # all | offer | person
    starts_on = fields.DateField()
    state = fields.CharField(max_length=8)  # running | paused | ended | replaced
    at = UtcDatetimeField()
    ended_at = UtcDatetimeField(null=True)

    class Meta:
        table = "check_in_plan"
        unique_together = (("series", "version"),)
        indexes = (("municipality_id", "state"), ("person_id",))


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
    asked_by = fields.CharField(max_length=8)  # clock | staff | self | event
    about = fields.CharField(max_length=32, default="")  # the event a pulse follows
    event = fields.CharField(max_length=16, default="")  # its kind: offer | meeting | feedback
    state = fields.CharField(max_length=10)  # due | asked | open | done | stopped | expired
    # The item on the screen; empty means computed. In a check-in that is done: the item that is being corrected.
    current = fields.CharField(max_length=24, default="")
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
            ("about",),
        )


class Answer(Model):
    """The answer to one item: a sealed code. The first press counts; a correction is the same row, written again.

    `shared_at` is when the person showed it to the caseworker; where only they may see it, the desk has no other way.
    """

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
    shared_at = UtcDatetimeField(null=True)

    class Meta:
        table = "answer"
        unique_together = (("check_in", "item"),)
        indexes = (("person_id",), ("municipality_id",))


class NotAsked(Model):
    """What the bot is not to ask the person again: one item of an instrument, or with no item the whole instrument."""

    id = id_field()
    municipality = fields.ForeignKeyField("models.Municipality", on_delete=fields.CASCADE)
    municipality_id: str
    person = fields.ForeignKeyField("models.Person", on_delete=fields.CASCADE)
    person_id: str
    instrument = fields.CharField(max_length=16)
    item = fields.CharField(max_length=24, default="")
    at = UtcDatetimeField()

    class Meta:
        table = "not_asked"
        unique_together = (("person", "instrument", "item"),)
        indexes = (("municipality_id",),)


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
