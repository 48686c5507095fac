"""The register: municipalities and the young people in the target group, with or without aftercare."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from models.tables.fields import SealedField, UtcDatetimeField, id_field


class Municipality(Model):
    """One municipality of the partnership."""

    id = id_field()
    slug = fields.CharField(max_length=40, unique=True)
    name = fields.CharField(max_length=80)
    project = fields.CharField(max_length=160, default="")
    region = fields.CharField(max_length=40, default="")
    cluster = fields.CharField(max_length=40, default="")
    phone = fields.CharField(max_length=40, default="")
    emergency_phone = fields.CharField(max_length=40, default="")
    # What Telegram may carry, chosen by the municipality before go-live: "full", "discreet", or "" (not yet chosen).
    telegram_content = fields.CharField(max_length=16, default="")
    settings: dict[str, object] = fields.JSONField(default=dict)
    created_at = UtcDatetimeField()

    class Meta:
        table = "municipality"


class Person(Model):
    """A young person on the register. Name, birth date and phone are sealed under the person's own key."""

    id = id_field()
    municipality = fields.ForeignKeyField("models.Municipality", on_delete=fields.RESTRICT)
    municipality_id: str
    reference = fields.CharField(max_length=40)
    name_sealed = SealedField()
    first_name_sealed = SealedField()
    birth_sealed = SealedField()
    phone_sealed = SealedField(null=True)
    group = fields.CharField(max_length=16)  # placed | contact_person
    aftercare = fields.CharField(max_length=16)  # yes | no | declined
    caseworker = fields.ForeignKeyField("models.Staff", null=True, on_delete=fields.SET_NULL, related_name="people")
    caseworker_id: str | None
    substitute = fields.ForeignKeyField("models.Staff", null=True, on_delete=fields.SET_NULL, related_name="covered")
    substitute_id: str | None
    language = fields.CharField(max_length=2, default="da")
    placement_end = fields.DateField(null=True)
    offered_on = fields.DateField(null=True)
    decided_on = fields.DateField(null=True)
    entered_on = fields.DateField()
    left_on = fields.DateField(null=True)
    left_why = fields.CharField(max_length=12, default="", db_default="")  # moved | asked | not_group | other
    kin_sealed = SealedField(null=True)  # whom to contact when they are out of reach
    erased_at = UtcDatetimeField(null=True)
    quiet_from = fields.SmallIntField(default=21)
    quiet_to = fields.SmallIntField(default=9)
    paused_until = UtcDatetimeField(null=True)
    stopped_at = UtcDatetimeField(null=True)
    meeting_reminders = fields.BooleanField(default=True)
    # What Telegram may carry to this person: "discreet", or "" for what the municipality has chosen.
    telegram_content = fields.CharField(max_length=16, default="", db_default="")
    easy = fields.BooleanField(default=False)  # consent and help in easier Danish
    moved_at = UtcDatetimeField(null=True)  # handed over to another municipality: out of reach here
    reminders = fields.BooleanField(default=True)
    created_at = UtcDatetimeField()

    class Meta:
        table = "person"
        unique_together = (("municipality", "reference"),)
        indexes = (("caseworker_id",), ("substitute_id",))


class Handover(Model):
    """A new caseworker for a young person: from whom, to whom, by whom, and why in one line they are told."""

    id = id_field()
    municipality = fields.ForeignKeyField("models.Municipality", on_delete=fields.CASCADE)
    municipality_id: str
    person = fields.ForeignKeyField("models.Person", on_delete=fields.CASCADE)
    person_id: str
    from_staff_id = fields.CharField(max_length=32, null=True)
    to_staff_id = fields.CharField(max_length=32)
    by_staff_id = fields.CharField(max_length=32)
    why_sealed = SealedField(null=True)
    at = UtcDatetimeField()

    class Meta:
        table = "handover"
        indexes = (("person_id", "at"), ("municipality_id",))


class FollowUp(Model):
    """Where a young person said they may be asked again after they turned 23. The yes itself is a consent."""

    id = id_field()
    municipality = fields.ForeignKeyField("models.Municipality", on_delete=fields.CASCADE)
    municipality_id: str
    person = fields.OneToOneField("models.Person", on_delete=fields.CASCADE)
    person_id: str
    contact_sealed = SealedField(null=True)
    asked_at = UtcDatetimeField()

    class Meta:
        table = "follow_up"
        indexes = (("municipality_id",),)


class Transfer(Model):
    """A young person who moves: the old municipality offers, the new one accepts, in one transaction.

    The row belongs to the old municipality. `new_person_id` is who they are in the new one, once it has accepted.
    """

    id = id_field()
    municipality = fields.ForeignKeyField("models.Municipality", on_delete=fields.CASCADE)
    municipality_id: str
    person = fields.ForeignKeyField("models.Person", on_delete=fields.CASCADE)
    person_id: str
    to_municipality = fields.ForeignKeyField(
        "models.Municipality", on_delete=fields.CASCADE, related_name="transfers_in"
    )
    to_municipality_id: str
    state = fields.CharField(max_length=12)  # offered | accepted | declined | settled: declined and read | withdrawn
    offered_by_id = fields.CharField(max_length=32)
    offered_at = UtcDatetimeField()
    decided_by_id = fields.CharField(max_length=32, null=True)
    decided_at = UtcDatetimeField(null=True)
    new_person_id = fields.CharField(max_length=32, null=True)

    class Meta:
        table = "transfer"
        indexes = (("person_id",), ("municipality_id",), ("to_municipality_id", "state"))


class Opening(Model):
    """A caseworker opened somebody who is not theirs: why, and until when. While it is open they reach the person.

    `seen_by_id` is the coordinator who has read why.
    """

    id = id_field()
    municipality = fields.ForeignKeyField("models.Municipality", on_delete=fields.CASCADE)
    municipality_id: str
    person = fields.ForeignKeyField("models.Person", on_delete=fields.CASCADE)
    person_id: str
    staff_id = fields.CharField(max_length=32)
    why_sealed = SealedField()
    opened_at = UtcDatetimeField()
    ends_at = UtcDatetimeField()
    closed_at = UtcDatetimeField(null=True)
    seen_by_id = fields.CharField(max_length=32, null=True)

    class Meta:
        table = "opening"
        indexes = (("person_id", "staff_id"), ("municipality_id", "seen_by_id"), ("closed_at", "ends_at"))
