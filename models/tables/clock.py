"""Heartbeats of the clock: when each tick last ran to its end."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from models.tables.fields import UtcDatetimeField


class Tick(Model):
    """One kind of tick and when it last finished; /readyz and the doctor read it."""

    name = fields.CharField(max_length=24, primary_key=True)
    ran_at = UtcDatetimeField()

    class Meta:
        table = "tick"
