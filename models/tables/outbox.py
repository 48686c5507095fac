"""The outbox: letters to young people. To whom, what kind, about which row: ids, never text."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from models.tables.fields import SealedField, UtcDatetimeField


class Letter(Model):
    """One letter and the truth about it.

    `about` is the row it speaks of; `args` holds a few codes (never text); `buttons` is the list of deeds its keyboard
    carried when it was rendered, `nonce` the opaque part of those buttons; `chat_sealed` is only set for a chat that
    has no link yet (someone on the way in).
    """

    id = fields.BigIntField(primary_key=True)
    municipality_id = fields.CharField(max_length=32, null=True)
    person_id = fields.CharField(max_length=32, null=True)
    link_id = fields.CharField(max_length=32, null=True)
    bot = fields.CharField(max_length=16)
    chat_index = fields.CharField(max_length=64)
    chat_sealed = SealedField(null=True)
    kind = fields.CharField(max_length=40)
    letter_class = fields.CharField(max_length=16)
    priority = fields.SmallIntField()
    about = fields.CharField(max_length=32, default="")
    args: dict[str, object] = fields.JSONField(default=dict)
    natural_key = fields.CharField(max_length=120, unique=True)
    language = fields.CharField(max_length=2, default="da")
    replaces_id = fields.BigIntField(null=True)
    nonce = fields.CharField(max_length=24, null=True, unique=True)
    buttons: list[list[str]] = fields.JSONField(default=list)
    state = fields.CharField(max_length=12, default="queued")
    reason = fields.CharField(max_length=60, default="")
    attempts = fields.SmallIntField(default=0)
    unknowns = fields.SmallIntField(default=0)
    resent = fields.BooleanField(default=False)
    message_id = fields.BigIntField(null=True)
    in_conversation = fields.BooleanField(default=True)  # order binds it; a prompt or nudge blocks nobody
    next_at = UtcDatetimeField()
    undo_until = UtcDatetimeField(null=True)  # until then it may be taken back, and nothing of its chat waits for it
    not_after = UtcDatetimeField(null=True)
    lease_until = UtcDatetimeField(null=True)
    created_at = UtcDatetimeField()
    started_at = UtcDatetimeField(null=True)
    sent_at = UtcDatetimeField(null=True)
    rank = fields.SmallIntField(default=0)
    pressed = fields.SmallIntField(null=True)  # the place of the button that was pressed last, and when
    pressed_at = UtcDatetimeField(null=True)
    left_at = UtcDatetimeField(null=True)  # the machine's time when a new message may have arrived: paces the chat

    class Meta:
        table = "letter"
        indexes = (
            ("state", "next_at"),
            ("bot", "chat_index", "id"),
            ("person_id", "id"),
            ("municipality_id", "state"),
            ("about",),
        )


class BotState(Model):
    """What all senders of one bot share: a freeze by Telegram, a stop after a revoked token, an outage, the pace."""

    bot = fields.CharField(max_length=16, primary_key=True)
    frozen_until = UtcDatetimeField(null=True)
    stopped = fields.CharField(max_length=60, default="")
    outages = fields.SmallIntField(default=0)  # how often in a row Telegram could not be reached
    paced_to = UtcDatetimeField(null=True)  # the machine's time up to which turns to send are given away
    username = fields.CharField(max_length=64, default="")  # the bot's name, for invitation links

    class Meta:
        table = "bot_state"
