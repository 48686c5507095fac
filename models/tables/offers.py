"""The range of offers of a municipality, what young people want to hear about, and the offers made to them."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from models.tables.fields import SealedField, UtcDatetimeField, id_field


class RangeOffer(Model):
    """One kind of support in a municipality's range of offers (tilbudsvifte)."""

    id = id_field()
    municipality = fields.ForeignKeyField("models.Municipality", on_delete=fields.CASCADE)
    municipality_id: str
    kind = fields.CharField(max_length=24)
    title = fields.CharField(max_length=120)
    description = fields.TextField(default="")
    purpose = fields.CharField(max_length=400, default="")
    active = fields.BooleanField(default=True)
    price = fields.IntField(null=True)  # øre for each unit
    price_unit = fields.CharField(max_length=8, default="", db_default="")  # hour | week | month | once
    capacity = fields.SmallIntField(null=True)  # how many can have it at once

    class Meta:
        table = "range_offer"
        indexes = (("municipality_id",),)


class Wish(Model):
    """What a young person wants to hear about. The promise is that of `message_id`, the message it came with."""

    id = id_field()
    municipality = fields.ForeignKeyField("models.Municipality", on_delete=fields.CASCADE)
    municipality_id: str
    person = fields.ForeignKeyField("models.Person", on_delete=fields.CASCADE)
    person_id: str
    range_offer = fields.ForeignKeyField("models.RangeOffer", on_delete=fields.CASCADE)
    range_offer_id: str
    message_id = fields.CharField(max_length=32, default="")
    words_sealed = SealedField(null=True)
    state = fields.CharField(max_length=16)  # waiting | offered | explained | taken_back
    answer_sealed = SealedField(null=True)  # why not
    staff_id = fields.CharField(max_length=32, null=True)  # who answered
    made_at = UtcDatetimeField()
    settled_at = UtcDatetimeField(null=True)

    class Meta:
        table = "wish"
        indexes = (("person_id", "made_at"), ("municipality_id", "state"), ("range_offer_id",))


class Offer(Model):
    """An offer to one young person. What it says is one sealed document (JSON of the fields on the desk's form)."""

    id = id_field()
    municipality = fields.ForeignKeyField("models.Municipality", on_delete=fields.CASCADE)
    municipality_id: str
    person = fields.ForeignKeyField("models.Person", on_delete=fields.CASCADE)
    person_id: str
    kind = fields.CharField(max_length=24)
    content_sealed = SealedField()
    wish_id = fields.CharField(max_length=32, default="")  # the wish it answers, where it does
    state = fields.CharField(max_length=16)
    revision = fields.SmallIntField(default=1)
    created_by = fields.ForeignKeyField("models.Staff", null=True, on_delete=fields.SET_NULL)
    created_by_id: str | None
    created_at = UtcDatetimeField()
    published_at = UtcDatetimeField(null=True)
    answered_at = UtcDatetimeField(null=True)
    seen_at = UtcDatetimeField(null=True)
    # The price on the day it started, so that a later one changes no account of what was.
    price = fields.IntField(null=True)
    price_unit = fields.CharField(max_length=8, default="", db_default="")
    started_on = fields.DateField(null=True)
    ended_on = fields.DateField(null=True)

    class Meta:
        table = "offer"
        indexes = (("person_id",), ("municipality_id", "state"), ("created_by_id",))


class OfferEvent(Model):
    """The dated history of an offer: published, seen, answered, revised, started, ended. Words are sealed.

    `message_id` is the message a proposal or a question also is: its promise is the promise. `before_sealed` is what
    the offer said before a revision.
    """

    id = id_field()
    municipality = fields.ForeignKeyField("models.Municipality", on_delete=fields.CASCADE)
    municipality_id: str
    person = fields.ForeignKeyField("models.Person", on_delete=fields.CASCADE)
    person_id: str
    offer = fields.ForeignKeyField("models.Offer", on_delete=fields.CASCADE)
    offer_id: str
    deed = fields.CharField(max_length=24)
    words_sealed = SealedField(null=True)
    before_sealed = SealedField(null=True)
    message_id = fields.CharField(max_length=32, default="")
    staff_id = fields.CharField(max_length=32, null=True)
    at = UtcDatetimeField()
    holds_from = fields.DateField(null=True)  # the day a start, pause or end counts from
    undecided = fields.BooleanField(default=True, db_default=True)  # nobody decided for the case file as it is now

    class Meta:
        table = "offer_event"
        indexes = (("offer_id", "at"), ("person_id",), ("municipality_id",))
