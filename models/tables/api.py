"""What outside systems hold: tokens of staff, answers kept for a day, webhooks and what they are to be told."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from models.tables.fields import SealedField, UtcDatetimeField, id_field


class ApiToken(Model):
    """A token of a member of staff for the API: their rights, or only to read with them. Only its hash is stored."""

    id = id_field()
    staff = fields.ForeignKeyField("models.Staff", on_delete=fields.CASCADE)
    staff_id: str
    token_hash = fields.CharField(max_length=64, unique=True)
    name = fields.CharField(max_length=80)
    read_only = fields.BooleanField(default=False)
    created_at = UtcDatetimeField()
    expires_at = UtcDatetimeField()
    used_at = UtcDatetimeField(null=True)
    revoked_at = UtcDatetimeField(null=True)
    calls = fields.IntField(default=0, db_default=0)  # within the minute that began at `calls_from`, over all processes
    calls_from = UtcDatetimeField(null=True)

    class Meta:
        table = "api_token"
        indexes = (("staff_id",),)


class IdempotencyKey(Model):
    """The answer to a POST, kept for a day under the keyed hash of the caller's own key. Written with the deed."""

    id = id_field()
    token = fields.ForeignKeyField("models.ApiToken", on_delete=fields.CASCADE)
    token_id: str
    key_hash = fields.CharField(max_length=64)
    fingerprint = fields.CharField(max_length=64)  # of what was asked: the same key for something else is refused
    answer_sealed = SealedField()
    at = UtcDatetimeField()

    class Meta:
        table = "idempotency_key"
        unique_together = (("token", "key_hash"),)
        indexes = (("at",),)


class Webhook(Model):
    """Where a municipality's own system is told that something happened. One process at a time talks to it."""

    id = id_field()
    municipality = fields.ForeignKeyField("models.Municipality", on_delete=fields.CASCADE)
    municipality_id: str
    address = fields.CharField(max_length=400)
    events = fields.CharField(max_length=400)  # kinds, with a space between
    secret_sealed = SealedField()
    state = fields.CharField(max_length=8, default="active")  # active | disabled
    made_by_id = fields.CharField(max_length=32)
    created_at = UtcDatetimeField()
    tries = fields.IntField(default=0)  # failures in a row
    failing_since = UtcDatetimeField(null=True)
    failure = fields.CharField(max_length=24, default="")
    next_at = UtcDatetimeField()
    lease_until = UtcDatetimeField(null=True)
    succeeded_at = UtcDatetimeField(null=True)
    disabled_at = UtcDatetimeField(null=True)

    class Meta:
        table = "webhook"
        indexes = (("municipality_id", "state"), ("state", "next_at"))


class WebhookDelivery(Model):
    """One event for one webhook, written with the deed: a kind and an opaque id. Sent in the order of its numbers."""

    id = fields.BigIntField(primary_key=True)
    municipality = fields.ForeignKeyField("models.Municipality", on_delete=fields.CASCADE)
    municipality_id: str
    webhook = fields.ForeignKeyField("models.Webhook", on_delete=fields.CASCADE)
    webhook_id: str
    event = fields.CharField(max_length=32)
    event_id = fields.CharField(max_length=32)
    about = fields.CharField(max_length=32)
    at = UtcDatetimeField()
    sent_at = UtcDatetimeField(null=True)

    class Meta:
        table = "webhook_delivery"
        indexes = (("webhook_id", "sent_at", "id"), ("municipality_id",), ("sent_at",))
