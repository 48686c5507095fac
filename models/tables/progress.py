"""Where a young person is going: the goals of their plan, progress in eight areas, days on which to follow up, and
contacts outside the chat."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from models.tables.fields import SealedField, UtcDatetimeField, id_field


class PlanGoal(Model):
    """A goal of the plan in the young person's words, how far it is, and when it is looked at again."""

    id = id_field()
    municipality = fields.ForeignKeyField("models.Municipality", on_delete=fields.CASCADE)
    municipality_id: str
    person = fields.ForeignKeyField("models.Person", on_delete=fields.CASCADE)
    person_id: str
    area = fields.CharField(max_length=16, default="")  # one of the eight, or "" for something else
    words_sealed = SealedField()
    standing_sealed = SealedField(null=True)  # how far it is, the latest
    state = fields.CharField(max_length=12)  # open | reached | dropped
    follow_up_on = fields.DateField(null=True)
    made_by_id = fields.CharField(max_length=32)
    made_at = UtcDatetimeField()
    changed_by_id = fields.CharField(max_length=32)
    changed_at = UtcDatetimeField()
    closed_at = UtcDatetimeField(null=True)

    class Meta:
        table = "plan_goal"
        indexes = (("person_id", "made_at"), ("municipality_id", "state", "follow_up_on"))


class Progress(Model):
    """One area of life as it was at the start, now, or at the end. The latest row of an area and a wave counts."""

    id = id_field()
    municipality = fields.ForeignKeyField("models.Municipality", on_delete=fields.CASCADE)
    municipality_id: str
    person = fields.ForeignKeyField("models.Person", on_delete=fields.CASCADE)
    person_id: str
    wave = fields.CharField(max_length=8)  # start | status | end
    area = fields.CharField(max_length=16)
    code = fields.CharField(max_length=24)
    staff_id = fields.CharField(max_length=32)
    at = UtcDatetimeField()

    class Meta:
        table = "progress"
        indexes = (("person_id", "at"), ("municipality_id", "wave", "area"))


class FollowUpDate(Model):
    """A day on which somebody is to be asked again, as agreed; first of all those who said no."""

    id = id_field()
    municipality = fields.ForeignKeyField("models.Municipality", on_delete=fields.CASCADE)
    municipality_id: str
    person = fields.ForeignKeyField("models.Person", on_delete=fields.CASCADE)
    person_id: str
    due_on = fields.DateField()
    note_sealed = SealedField(null=True)
    made_by_id = fields.CharField(max_length=32)
    made_at = UtcDatetimeField()
    done_sealed = SealedField(null=True)  # what came of it
    done_by_id = fields.CharField(max_length=32, null=True)
    done_at = UtcDatetimeField(null=True)

    class Meta:
        table = "follow_up_date"
        indexes = (("person_id", "due_on"), ("municipality_id", "due_on"))


class Contact(Model):
    """How and on which day a contact outside the chat was; its words are the note `message_id` in the thread."""

    id = id_field()
    municipality = fields.ForeignKeyField("models.Municipality", on_delete=fields.CASCADE)
    municipality_id: str
    person = fields.ForeignKeyField("models.Person", on_delete=fields.CASCADE)
    person_id: str
    message = fields.OneToOneField("models.Message", on_delete=fields.CASCADE)
    message_id: str
    way = fields.CharField(max_length=12)  # phone | visit | letter | other
    held_on = fields.DateField()

    class Meta:
        table = "contact"
        indexes = (("person_id", "held_on"), ("municipality_id",))
