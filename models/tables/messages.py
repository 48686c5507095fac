"""Threads between a young person and the municipality, and every message in them."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from models.tables.fields import SealedField, UtcDatetimeField, id_field


class Thread(Model):
    """The conversation of one young person. One open thread per person; it is assigned to a member of staff."""

    id = id_field()
    municipality = fields.ForeignKeyField("models.Municipality", on_delete=fields.CASCADE)
    municipality_id: str
    person = fields.ForeignKeyField("models.Person", on_delete=fields.CASCADE)
    person_id: str
    assigned = fields.ForeignKeyField("models.Staff", null=True, on_delete=fields.SET_NULL)
    assigned_id: str | None
    stood_in = fields.BooleanField(default=False, db_default=False)  # whoever has it looks after it for the caseworker
    state = fields.CharField(max_length=8, default="open")
    version = fields.IntField(default=0)  # rises with every message: two people writing at once are told
    opened_at = UtcDatetimeField()
    last_at = UtcDatetimeField()
    waiting_since = UtcDatetimeField(null=True)  # the oldest message that needs an answer and has none
    promised_at = UtcDatetimeField(null=True)  # by when a human answers it

    class Meta:
        table = "thread"
        indexes = (("person_id",), ("municipality_id", "last_at"), ("municipality_id", "promised_at"), ("assigned_id",))


class Message(Model):
    """One message: from the young person, from staff to them, or an internal note that can never be sent."""

    id = id_field()
    municipality = fields.ForeignKeyField("models.Municipality", on_delete=fields.CASCADE)
    municipality_id: str
    person = fields.ForeignKeyField("models.Person", on_delete=fields.CASCADE)
    person_id: str
    thread = fields.ForeignKeyField("models.Thread", on_delete=fields.CASCADE)
    thread_id: str
    direction = fields.CharField(max_length=4)  # in | out | note
    kind = fields.CharField(max_length=16, default="text")
    staff = fields.ForeignKeyField("models.Staff", null=True, on_delete=fields.SET_NULL)
    staff_id: str | None
    body_sealed = SealedField()
    source_key = fields.CharField(
        max_length=120, null=True, unique=True
    )  # bot:chat:message, so that nothing comes twice
    bot = fields.CharField(max_length=16, default="")
    position = fields.IntField()
    at = UtcDatetimeField()
    urgent = fields.BooleanField(default=False)
    crisis = fields.BooleanField(default=False)
    needs_answer = fields.BooleanField(default=False)
    promised_at = UtcDatetimeField(null=True)
    promise_broken_at = UtcDatetimeField(null=True)
    put_off_from = UtcDatetimeField(null=True)  # what was promised before somebody rang in vain: what counts as kept
    answered_at = UtcDatetimeField(null=True)
    answered_by_message = fields.CharField(max_length=32, null=True)  # or the offer or meeting; None: only closed
    read_at = UtcDatetimeField(null=True)
    read_by = fields.ForeignKeyField("models.Staff", null=True, on_delete=fields.SET_NULL, related_name="read_messages")
    read_by_id: str | None
    receipt_letter_id = fields.BigIntField(null=True)
    edited_at = UtcDatetimeField(null=True)
    undecided = fields.BooleanField(default=True, db_default=True)  # nobody decided for the case file as it is now

    class Meta:
        table = "message"
        unique_together = (("thread", "position"),)
        indexes = (
            ("person_id", "at"), ("municipality_id", "at"), ("municipality_id", "promised_at"), ("staff_id",),
            ("read_by_id",),
        )  # fmt: skip


class MessageVersion(Model):
    """What a message said before it was edited; both versions are kept."""

    id = id_field()
    municipality = fields.ForeignKeyField("models.Municipality", on_delete=fields.CASCADE)
    municipality_id: str
    message = fields.ForeignKeyField("models.Message", on_delete=fields.CASCADE)
    message_id: str
    body_sealed = SealedField()
    replaced_at = UtcDatetimeField()

    class Meta:
        table = "message_version"
        indexes = (("message_id",), ("municipality_id",))


class Reading(Model):
    """How far one member of staff has read one thread: unread is counted per user."""

    id = fields.BigIntField(primary_key=True)
    municipality = fields.ForeignKeyField("models.Municipality", on_delete=fields.CASCADE)
    municipality_id: str
    thread = fields.ForeignKeyField("models.Thread", on_delete=fields.CASCADE)
    thread_id: str
    staff = fields.ForeignKeyField("models.Staff", on_delete=fields.CASCADE)
    staff_id: str
    position = fields.IntField(default=0)

    class Meta:
        table = "reading"
        unique_together = (("thread", "staff"),)
        indexes = (("staff_id",), ("municipality_id",))


class ReplyLater(Model):
    """A thread that one member of staff has put aside until a moment, or until something new happens in it. The promise
    runs on; for colleagues nothing changes."""

    id = fields.BigIntField(primary_key=True)
    municipality = fields.ForeignKeyField("models.Municipality", on_delete=fields.CASCADE)
    municipality_id: str
    person = fields.ForeignKeyField("models.Person", on_delete=fields.CASCADE)
    person_id: str
    thread = fields.ForeignKeyField("models.Thread", on_delete=fields.CASCADE)
    thread_id: str
    staff = fields.ForeignKeyField("models.Staff", on_delete=fields.CASCADE)
    staff_id: str
    until = UtcDatetimeField()

    class Meta:
        table = "reply_later"
        unique_together = (("thread", "staff"),)
        indexes = (("staff_id", "until"), ("municipality_id",), ("person_id",))


class Writing(Model):
    """Who was writing in a thread, and when last: two who write at once are told. What they write is not here."""

    id = fields.BigIntField(primary_key=True)
    municipality = fields.ForeignKeyField("models.Municipality", on_delete=fields.CASCADE)
    municipality_id: str
    thread = fields.ForeignKeyField("models.Thread", on_delete=fields.CASCADE)
    thread_id: str
    staff = fields.ForeignKeyField("models.Staff", on_delete=fields.CASCADE)
    staff_id: str
    at = UtcDatetimeField()

    class Meta:
        table = "writing"
        unique_together = (("thread", "staff"),)
        indexes = (("staff_id",), ("municipality_id",))


class CannedReply(Model):
    """A text that a municipality's staff often need, in both languages; it names nobody."""

    id = id_field()
    municipality = fields.ForeignKeyField("models.Municipality", on_delete=fields.CASCADE)
    municipality_id: str
    title = fields.CharField(max_length=80)
    text_da = fields.TextField()
    text_en = fields.TextField(default="")
    active = fields.BooleanField(default=True)
    changed_at = UtcDatetimeField()

    class Meta:
        table = "canned_reply"
        indexes = (("municipality_id", "active"),)


class Question(Model):
    """An open question to a young person whose answer is free text: the next text they write is that answer.

    One at most per person: a newer question replaces it, a button or /stop closes it.
    """

    person = fields.OneToOneField("models.Person", primary_key=True, on_delete=fields.CASCADE)
    person_id: str
    municipality = fields.ForeignKeyField("models.Municipality", on_delete=fields.CASCADE)
    municipality_id: str
    kind = fields.CharField(max_length=32)
    about = fields.CharField(max_length=32, default="")
    letter_id = fields.BigIntField(null=True)
    asked_at = UtcDatetimeField()
    expires_at = UtcDatetimeField()

    class Meta:
        table = "question"
        indexes = (("municipality_id",),)
