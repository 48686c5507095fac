"""Published figures: counts frozen at publication, with the fingerprint of what they were computed from."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from models.tables.fields import UtcDatetimeField, id_field


class Publication(Model):
    """One published figure of one municipality and period. Never changed; a correction is a new version."""

    id = id_field()
    municipality = fields.ForeignKeyField("models.Municipality", on_delete=fields.CASCADE)
    municipality_id: str
    figure = fields.CharField(max_length=24)
    period = fields.CharField(max_length=16)
    version = fields.SmallIntField(default=1)
    definition = fields.CharField(max_length=40)
    frozen = fields.TextField()  # canonical JSON of counts; no person can be found in it
    sha256 = fields.CharField(max_length=64)
    published_at = UtcDatetimeField()

    class Meta:
        table = "publication"
        unique_together = (("municipality", "figure", "period", "version"),)


class PeriodPlan(Model):
    """Which kind of period a municipality has in one calendar year, fixed by N on 1 January."""

    id = fields.BigIntField(primary_key=True)
    municipality = fields.ForeignKeyField("models.Municipality", on_delete=fields.CASCADE)
    municipality_id: str
    year = fields.SmallIntField()
    kind = fields.CharField(max_length=8)  # quarter | half | year | none
    population = fields.IntField()

    class Meta:
        table = "period_plan"
        unique_together = (("municipality", "year"),)
