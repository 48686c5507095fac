"""Alerts: something a named human must look at by a deadline."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from models.tables.fields import SealedField, UtcDatetimeField, id_field


class Alert(Model):
    """One alert. Reading does not close it; a human acknowledges it and writes down what was done."""

    id = id_field()
    municipality = fields.ForeignKeyField("models.Municipality", on_delete=fields.CASCADE)
    municipality_id: str
    person = fields.ForeignKeyField("models.Person", on_delete=fields.CASCADE)
    person_id: str
    kind = fields.CharField(max_length=12)  # read_now | follow_up
    reason = fields.CharField(max_length=24)
    about = fields.CharField(max_length=80, default="")
    state = fields.CharField(max_length=12, default="open")  # open | acknowledged | closed
    owner = fields.ForeignKeyField("models.Staff", null=True, on_delete=fields.SET_NULL, related_name="alerts")
    owner_id: str | None
    raised_at = UtcDatetimeField()
    deadline_at = UtcDatetimeField()
    escalations = fields.SmallIntField(default=0)
    acknowledged_at = UtcDatetimeField(null=True)
    acknowledged_by_id = fields.CharField(max_length=32, null=True)
    closed_at = UtcDatetimeField(null=True)
    closed_by_id = fields.CharField(max_length=32, null=True)
    done_sealed = SealedField(null=True)
    # About what the people close to the young person may not know of: only its owner and other coordinators see it.
    apart = fields.BooleanField(default=False, db_default=False)

    class Meta:
        table = "alert"
        unique_together = (("person", "reason", "about"),)
        indexes = (("municipality_id", "state", "deadline_at"), ("owner_id",))
