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

    class Meta:
        table = "feedback"
        indexes = (("person_id",), ("municipality_id", "state"))
