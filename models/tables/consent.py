"""Invitations, the tie between a young person and a chat, and what they said yes to."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from models.tables.fields import SealedField, UtcDatetimeField, id_field


class Invitation(Model):
    """One invitation: a link token and a short code, both stored as hashes only, single use, seven days."""

    id = id_field()
    municipality = fields.ForeignKeyField("models.Municipality", on_delete=fields.CASCADE)
    municipality_id: str
    person = fields.ForeignKeyField("models.Person", on_delete=fields.CASCADE)
    person_id: str
    token_hash = fields.CharField(max_length=64, unique=True)
    code_hash = fields.CharField(max_length=64, unique=True)
    created_by = fields.ForeignKeyField("models.Staff", null=True, on_delete=fields.SET_NULL)
    created_by_id: str | None
    created_at = UtcDatetimeField()
    expires_at = UtcDatetimeField()
    wrong = fields.SmallIntField(default=0)
    used_at = UtcDatetimeField(null=True)
    voided_at = UtcDatetimeField(null=True)

    class Meta:
        table = "invitation"
        indexes = (("person_id",), ("municipality_id",), ("created_by_id",))


class Joining(Model):
    """A chat that holds a valid invitation and is on its way in. Dies with the invitation or after 24 hours."""

    id = id_field()
    municipality = fields.ForeignKeyField("models.Municipality", on_delete=fields.CASCADE)
    municipality_id: str
    invitation = fields.ForeignKeyField("models.Invitation", on_delete=fields.CASCADE)
    invitation_id: str
    person = fields.ForeignKeyField("models.Person", on_delete=fields.CASCADE)
    person_id: str
    bot = fields.CharField(max_length=16)
    chat_index = fields.CharField(max_length=64)
    chat_sealed = SealedField()
    language = fields.CharField(max_length=2, default="da")
    step = fields.CharField(max_length=16)
    purposes = fields.CharField(max_length=80, default="")
    last_letter_id = fields.BigIntField(null=True)
    created_at = UtcDatetimeField()

    class Meta:
        table = "joining"
        unique_together = (("bot", "chat_index"),)
        indexes = (("invitation_id",), ("person_id",), ("municipality_id",))


class Link(Model):
    """The tie between a young person and one chat account; at most one active per person and channel."""

    id = id_field()
    municipality = fields.ForeignKeyField("models.Municipality", on_delete=fields.CASCADE)
    municipality_id: str
    person = fields.ForeignKeyField("models.Person", on_delete=fields.CASCADE)
    person_id: str
    bot = fields.CharField(max_length=16)  # the channel: telegram | webchat
    chat_index = fields.CharField(max_length=64)
    chat_sealed = SealedField()
    words_sealed = SealedField()
    state = fields.CharField(max_length=16)  # active | blocked | closed
    language = fields.CharField(max_length=2, default="da")
    first_message_explained = fields.BooleanField(default=False)
    opened_at = UtcDatetimeField()
    seen_at = UtcDatetimeField()
    confirmed_at = UtcDatetimeField(null=True)
    confirmed_by = fields.ForeignKeyField("models.Staff", null=True, on_delete=fields.SET_NULL)
    confirmed_by_id: str | None
    closed_at = UtcDatetimeField(null=True)

    class Meta:
        table = "link"
        indexes = (("person_id",), ("municipality_id",), ("bot", "chat_index"), ("confirmed_by_id",))


class Consent(Model):
    """One yes to one purpose, with its history: withdrawn rows stay, dated."""

    id = id_field()
    municipality = fields.ForeignKeyField("models.Municipality", on_delete=fields.CASCADE)
    municipality_id: str
    person = fields.ForeignKeyField("models.Person", on_delete=fields.CASCADE)
    person_id: str
    purpose = fields.CharField(max_length=16)
    version = fields.CharField(max_length=16)
    given_at = UtcDatetimeField()
    withdrawn_at = UtcDatetimeField(null=True)

    class Meta:
        table = "consent"
        indexes = (("person_id", "purpose"), ("municipality_id", "purpose"))


class SignIn(Model):
    """A way from a confirmed Telegram link into the web chat: a hashed token, single use, half an hour."""

    id = id_field()
    municipality = fields.ForeignKeyField("models.Municipality", on_delete=fields.CASCADE)
    municipality_id: str
    person = fields.ForeignKeyField("models.Person", on_delete=fields.CASCADE)
    person_id: str
    link = fields.ForeignKeyField("models.Link", on_delete=fields.CASCADE)
    link_id: str
    token_hash = fields.CharField(max_length=64, unique=True)
    created_at = UtcDatetimeField()
    expires_at = UtcDatetimeField()
    used_at = UtcDatetimeField(null=True)

    class Meta:
        table = "sign_in"
        indexes = (("person_id",), ("municipality_id",), ("link_id",))


class Stranger(Model):
    """All that is left of a chat nobody invited: a keyed counter that dies within 24 hours."""

    chat_index = fields.CharField(max_length=64, primary_key=True)
    seen = fields.IntField(default=1)
    first_at = UtcDatetimeField()

    class Meta:
        table = "stranger"
        indexes = (("first_at",),)
