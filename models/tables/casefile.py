"""What was decided about each record of a young person, and what was handed over to the municipality's case file."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from models.tables.fields import SealedField, UtcDatetimeField, id_field


class RecordDecision(Model):
    """A decision about one record. A record without one, or edited since, is undecided.

    What was handed over stays as it was decided: about a record that is edited afterwards there is another, of the next
    `edition`, and the last one counts.
    """

    id = id_field()
    municipality = fields.ForeignKeyField("models.Municipality", on_delete=fields.CASCADE)
    municipality_id: str
    person = fields.ForeignKeyField("models.Person", on_delete=fields.CASCADE)
    person_id: str
    kind = fields.CharField(max_length=8)  # message | file | offer | meeting
    record_id = fields.CharField(max_length=32)
    record_at = UtcDatetimeField()  # when the record came: what is old is counted on both sides, not looked up
    edition = fields.SmallIntField(default=0)
    choice = fields.CharField(max_length=4)  # file | not
    theme = fields.CharField(max_length=16, default="")
    theme_sealed = SealedField(null=True)  # its own words
    staff_id = fields.CharField(max_length=32)
    at = UtcDatetimeField()
    hand_over_id = fields.CharField(max_length=32, default="")  # "" until it is handed over

    class Meta:
        table = "record_decision"
        unique_together = (("record_id", "edition"),)
        indexes = (
            ("person_id", "choice"),
            ("person_id", "edition", "record_at"),
            ("municipality_id",),
            ("hand_over_id",),
        )


class CaseHandOver(Model):
    """One document with records that went to the municipality's case file. It is made again from the records; its
    fingerprint is that of the first.
    """

    id = id_field()
    municipality = fields.ForeignKeyField("models.Municipality", on_delete=fields.CASCADE)
    municipality_id: str
    person = fields.ForeignKeyField("models.Person", on_delete=fields.CASCADE)
    person_id: str
    number = fields.IntField()  # 1, 2, 3 … of the person
    staff_id = fields.CharField(max_length=32)
    at = UtcDatetimeField()
    records = fields.IntField()
    size = fields.BigIntField()
    fingerprint = fields.CharField(max_length=64)

    class Meta:
        table = "case_hand_over"
        unique_together = (("person", "number"),)
        indexes = (("municipality_id",),)
