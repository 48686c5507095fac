"""Local goals of a municipality, and the numbers entered for them by hand."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from models.tables.fields import UtcDatetimeField, id_field


class LocalGoal(Model):
    """What a municipality wants to reach, by when. No person is in it; whoever sees the figures sees it."""

    id = id_field()
    municipality = fields.ForeignKeyField("models.Municipality", on_delete=fields.CASCADE)
    municipality_id: str
    title = fields.CharField(max_length=120)
    measured = fields.CharField(max_length=12)  # heard | own
    unit = fields.CharField(max_length=20, default="")
    baseline = fields.FloatField(null=True)
    target = fields.FloatField()
    due_on = fields.DateField()
    created_at = UtcDatetimeField()
    ended_at = UtcDatetimeField(null=True)
    ended_because = fields.CharField(max_length=200, default="", db_default="")

    class Meta:
        table = "local_goal"
        indexes = (("municipality_id",),)


class LocalGoalValue(Model):
    """The number of one quarter."""

    id = id_field()
    municipality = fields.ForeignKeyField("models.Municipality", on_delete=fields.CASCADE)
    municipality_id: str
    goal = fields.ForeignKeyField("models.LocalGoal", on_delete=fields.CASCADE)
    goal_id: str
    quarter = fields.CharField(max_length=6)
    value = fields.FloatField()
    entered_by_id = fields.CharField(max_length=32)
    entered_at = UtcDatetimeField()

    class Meta:
        table = "local_goal_value"
        unique_together = (("goal", "quarter"),)
        indexes = (("municipality_id",),)
