"""Feedback: who may see it is asked before the words are taken."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from models.tables.fields import SealedField, UtcDatetimeField, id_field


class Feedback(Model):
    """One piece of feedback and its closed loop: said, seen, answered, done or explained, each dated."""

    id = id_field()
    municipality = fields.ForeignKeyField("models.Municipality", on_delete=fields.CASCADE)
    municipality_id: str
    person = fields.ForeignKeyField("models.Person", on_delete=fields.CASCADE)
    person_id: str
    about = fields.CharField(max_length=20)
    audience = fields.CharField(max_length=20)
    body_sealed = SealedField(null=True)  # empty until the words came, and for ever where only statistics may see it
    state = fields.CharField(max_length=12)
    opened_at = UtcDatetimeField()
    said_at = UtcDatetimeField(null=True)
    promised_at = UtcDatetimeField(null=True)
    seen_at = UtcDatetimeField(null=True)
    seen_by_id = fields.CharField(max_length=32, null=True)
    answered_at = UtcDatetimeField(null=True)
    answered_by_id = fields.CharField(max_length=32, null=True)
    answer_sealed = SealedField(null=True)
    closed_at = UtcDatetimeField(null=True)
    heard_sealed = SealedField(null=True)  # one tap, 1-5; the caseworker does not see it
    owner_id = fields.CharField(max_length=32, null=True)  # who has it to answer
    reopened = fields.SmallIntField(default=0, db_default=0)  # how often the answer did not help
    broken_at = UtcDatetimeField(null=True)  # when a promise broke first
    receipt_letter_id = fields.BigIntField(null=True)  # "read by" takes its place

    class Meta:
        table = "feedback"
        indexes = (("person_id",), ("municipality_id", "state"))


class FeedbackStep(Model):
    """One dated step of a loop that the feedback itself does not tell: an earlier answer, what came of it, "that did
    not help", a broken promise, a narrower audience. Words are sealed."""

    id = id_field()
    municipality = fields.ForeignKeyField("models.Municipality", on_delete=fields.CASCADE)
    municipality_id: str
    person = fields.ForeignKeyField("models.Person", on_delete=fields.CASCADE)
    person_id: str
    feedback = fields.ForeignKeyField("models.Feedback", on_delete=fields.CASCADE)
    feedback_id: str
    deed = fields.CharField(max_length=16)
    words_sealed = SealedField(null=True)
    staff_id = fields.CharField(max_length=32, null=True)
    at = UtcDatetimeField()

    class Meta:
        table = "feedback_step"
        indexes = (("feedback_id", "at"), ("person_id",), ("municipality_id",))
