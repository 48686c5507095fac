"""Meetings between a young person and the municipality: agreed, prepared, moved, held, written down."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from models.tables.fields import SealedField, UtcDatetimeField, id_field


class Meeting(Model):
    """One meeting. Where, with whom and about what is one sealed document; `sequence` rises with every change that the
    calendar of a phone must hear of.
    """

    id = id_field()
    municipality = fields.ForeignKeyField("models.Municipality", on_delete=fields.CASCADE)
    municipality_id: str
    person = fields.ForeignKeyField("models.Person", on_delete=fields.CASCADE)
    person_id: str
    offer = fields.ForeignKeyField("models.Offer", null=True, on_delete=fields.SET_NULL)
    offer_id: str | None
    made_by = fields.ForeignKeyField("models.Staff", null=True, on_delete=fields.SET_NULL)
    made_by_id: str | None
    content_sealed = SealedField()
    starts_at = UtcDatetimeField()
    ends_at = UtcDatetimeField()
    state = fields.CharField(max_length=16)  # planned | held | missed | cancelled
    sequence = fields.SmallIntField(default=0)
    made_at = UtcDatetimeField()
    told_at = UtcDatetimeField()  # when the person was last told of the time it has now
    remind_at = UtcDatetimeField(null=True)  # when they are reminded of it; None: no moment is left for it
    reminded_at = UtcDatetimeField(null=True)
    cannot_at = UtcDatetimeField(null=True)  # the person said that they can't, at the time it has now
    topics_sealed = SealedField(null=True)  # what the person wants to talk about
    topics_at = UtcDatetimeField(null=True)
    agreed_sealed = SealedField(null=True)
    agreed_at = UtcDatetimeField(null=True)
    agreed_by = fields.CharField(max_length=32, default="")
    agreed_version = fields.SmallIntField(default=0)
    verdict = fields.CharField(max_length=16, default="")  # "" | right | not_quite

    class Meta:
        table = "meeting"
        indexes = (
            ("person_id", "starts_at"), ("municipality_id", "state"), ("state", "ends_at"), ("offer_id",),
            ("made_by_id",),
        )  # fmt: skip


class MeetingEvent(Model):
    """The dated history of a meeting: made, moved, cancelled, held, agreed; what was said about it, sealed.

    `message_id` is the message that "I can't" or another time also is: its promise is the promise.
    """

    id = id_field()
    municipality = fields.ForeignKeyField("models.Municipality", on_delete=fields.CASCADE)
    municipality_id: str
    person = fields.ForeignKeyField("models.Person", on_delete=fields.CASCADE)
    person_id: str
    meeting = fields.ForeignKeyField("models.Meeting", on_delete=fields.CASCADE)
    meeting_id: str
    deed = fields.CharField(max_length=24)
    words_sealed = SealedField(null=True)
    message_id = fields.CharField(max_length=32, default="")
    staff_id = fields.CharField(max_length=32, null=True)
    at = UtcDatetimeField()
    undecided = fields.BooleanField(default=True, db_default=True)  # nobody decided for the case file as it is now

    class Meta:
        table = "meeting_event"
        indexes = (("meeting_id", "at"), ("person_id",), ("municipality_id",))
