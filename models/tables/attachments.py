"""Files: voice messages, pictures and documents, in both directions, sealed in pieces under the person's own key.

They live in the database: what belongs together is committed, backed up and erased together, and every process of a
fleet can reach it.
"""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from models.tables.fields import SealedField, UtcDatetimeField, id_field


class Attachment(Model):
    """One file of a young person's case: of a message (either way), or a document of an offer.

    `mime` is what the content is, not what somebody said it is. `file_sealed` is the Bot API's file id while the
    content has not been fetched. `next_at`: when it is fetched (again), or until when somebody who does has it alone.
    """

    id = id_field()
    municipality = fields.ForeignKeyField("models.Municipality", on_delete=fields.CASCADE)
    municipality_id: str
    person = fields.ForeignKeyField("models.Person", on_delete=fields.CASCADE)
    person_id: str
    message_id = fields.CharField(max_length=32, default="")  # "" where it belongs to no message
    about = fields.CharField(max_length=32, default="")  # the offer or feedback it belongs to, where it does
    direction = fields.CharField(max_length=4)  # in | out
    kind = fields.CharField(max_length=16)  # voice | audio | video | video_note | photo | animation | document
    state = fields.CharField(max_length=8)  # waiting | kept | refused | lost
    reason = fields.CharField(max_length=24, default="")  # why it was refused or lost: too_big, type, gone …
    name_sealed = SealedField(null=True)
    file_sealed = SealedField(null=True)
    bot = fields.CharField(max_length=16, default="")
    mime = fields.CharField(max_length=80, default="")
    size = fields.BigIntField(default=0)
    seconds = fields.IntField(null=True)
    staff_id = fields.CharField(max_length=32, null=True)  # who sent or attached it
    tries = fields.SmallIntField(default=0)
    next_at = UtcDatetimeField()
    created_at = UtcDatetimeField()
    kept_at = UtcDatetimeField(null=True)
    listen_by = UtcDatetimeField(null=True)  # a human opens it by then, or an alert is raised; None: it may wait
    undecided = fields.BooleanField(default=True, db_default=True)  # nobody decided for the case file as it is now

    class Meta:
        table = "attachment"
        indexes = (("person_id", "created_at"), ("municipality_id", "state"), ("message_id",), ("about",))


class AttachmentPart(Model):
    """A piece of a file, at most 256 KiB: no transaction and no row grows with the size of a film."""

    id = fields.BigIntField(primary_key=True)
    municipality = fields.ForeignKeyField("models.Municipality", on_delete=fields.CASCADE)
    municipality_id: str
    person = fields.ForeignKeyField("models.Person", on_delete=fields.CASCADE)
    person_id: str
    attachment = fields.ForeignKeyField("models.Attachment", on_delete=fields.CASCADE)
    attachment_id: str
    number = fields.IntField()
    content_sealed = SealedField()  # bound to "<attachment>:<number>"

    class Meta:
        table = "attachment_part"
        unique_together = (("attachment", "number"),)
        indexes = (("person_id",), ("municipality_id",))
