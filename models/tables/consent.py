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
    easy = fields.BooleanField(default=False)
    last_letter_id = fields.BigIntField(null=True)
    kept_until = UtcDatetimeField(null=True)  # somebody known, who moved: lives longer than a day
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
    closed_why = fields.CharField(max_length=16, default="")  # a code: new_phone, lost, wrong_person, barred, …
    barred_at = UtcDatetimeField(null=True)  # staff shut this chat out until they say otherwise

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


class Stray(Model):
    """Words that were not the person's: written in a chat whose safety words did not match, and kept apart."""

    id = id_field()  # the id of the message or feedback it was
    municipality = fields.ForeignKeyField("models.Municipality", on_delete=fields.CASCADE)
    municipality_id: str
    person = fields.ForeignKeyField("models.Person", on_delete=fields.CASCADE)
    person_id: str
    link_id = fields.CharField(max_length=32)
    kind = fields.CharField(max_length=12)  # message | reply | feedback
    body_sealed = SealedField()
    at = UtcDatetimeField()
    apart_at = UtcDatetimeField()
    seen_by_id = fields.CharField(max_length=32, null=True)

    class Meta:
        table = "stray"
        indexes = (("person_id", "at"), ("municipality_id", "seen_by_id"))
