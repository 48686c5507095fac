"""The trail: who saw or did what, append-only, one chain per municipality, sealed by a tick."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from models.tables.fields import UtcDatetimeField

#: Entries of members of staff, by their own hand or by a token of theirs.
BY_STAFF = ("staff", "api")


class TrailEntry(Model):
    """One view or deed. Ids and codes only. `seal` is empty until the tick chains the entry to the one before it."""

    id = fields.BigIntField(primary_key=True)
    municipality_id = fields.CharField(max_length=32)
    at = UtcDatetimeField()
    actor = fields.CharField(max_length=8)  # staff | api (a token of theirs) | person | clock | system
    actor_id = fields.CharField(max_length=32, default="")
    deed = fields.CharField(max_length=40)
    person_id = fields.CharField(max_length=32, default="")
    about = fields.CharField(max_length=80, default="")

    class Meta:
        table = "trail_entry"
        indexes = (("municipality_id", "id"), ("person_id", "id"))


class TrailSeal(Model):
    """A link of a municipality's chain: the keyed hash over the entries up to `last_entry` and the seal before."""

    id = fields.BigIntField(primary_key=True)
    municipality_id = fields.CharField(max_length=32)
    first_entry = fields.BigIntField()
    last_entry = fields.BigIntField()
    entries = fields.IntField()
    seal = fields.CharField(max_length=64)
    at = UtcDatetimeField()

    class Meta:
        table = "trail_seal"
        unique_together = (("municipality_id", "last_entry"),)
