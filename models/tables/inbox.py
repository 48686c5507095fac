"""The inbox: every update exactly as it came, on disk before it is acknowledged; and where each receiver stands."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from models.tables.fields import SealedField, UtcDatetimeField


class InboxUpdate(Model):
    """One raw update. The payload is sealed and dropped once the update is done; the row stays as the dedupe key."""

    id = fields.BigIntField(primary_key=True)
    bot = fields.CharField(max_length=16)
    update_id = fields.BigIntField()
    chat_index = fields.CharField(max_length=64)
    message_key = fields.CharField(max_length=80)  # kind:message_id:edit_date; empty where the update has none
    kind = fields.CharField(max_length=24)
    municipality_id = fields.CharField(max_length=32, null=True)
    person_id = fields.CharField(max_length=32, null=True)
    payload = SealedField(null=True)
    state = fields.CharField(max_length=8, default="new")  # new | done | dead
    tries = fields.SmallIntField(default=0)
    answered = fields.BooleanField(default=False)  # help was already shown without the database's help
    error = fields.CharField(max_length=120, default="")
    received_at = UtcDatetimeField()
    done_at = UtcDatetimeField(null=True)
    seen_by_id = fields.CharField(max_length=32, null=True)  # the coordinator who dealt with a dead letter
    feedback_id = fields.CharField(
        max_length=32, default="", db_default=""
    )  # it died while this feedback was asked for

    class Meta:
        table = "inbox_update"
        unique_together = (("bot", "update_id"),)
        indexes = (("state", "id"), ("person_id",), ("municipality_id", "state"), ("received_at",))


class ReceiverOffset(Model):
    """Where a polling receiver stands: the id it asks for next."""

    bot = fields.CharField(max_length=16, primary_key=True)
    next_offset = fields.BigIntField(default=0)
    moved_at = UtcDatetimeField()

    class Meta:
        table = "receiver_offset"
