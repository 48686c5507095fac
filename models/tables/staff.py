"""Staff: accounts, sessions, sign-in attempts, absences, the duty plan, and what tells them away from the desk."""

from __future__ import annotations

import json

from tortoise import fields
from tortoise.models import Model

from models.tables.fields import SealedField, UtcDatetimeField, id_field
from models.tables.keys import Vault, ring


class Staff(Model):
    """A member of staff. `municipality` is empty only for the national board and evaluators."""

    id = id_field()
    municipality = fields.ForeignKeyField("models.Municipality", null=True, on_delete=fields.RESTRICT)
    municipality_id: str | None
    email = fields.CharField(max_length=200, unique=True)
    name = fields.CharField(max_length=120)
    first_name = fields.CharField(max_length=60)
    role = fields.CharField(max_length=16)
    language = fields.CharField(max_length=2, default="da")
    password_hash = fields.CharField(max_length=200, default="")
    sso_index = fields.CharField(max_length=64, default="")  # who they are at the municipality's own sign-in (blind)
    hello = fields.CharField(max_length=300, default="")  # what a young person who is new to them reads
    duty_holder = fields.BooleanField(default=False)
    undo_sending = fields.BooleanField(default=True, db_default=True)  # what they send waits ten seconds for a "no"
    shortcuts = fields.BooleanField(default=True, db_default=True)  # single keys do something on the desk
    active = fields.BooleanField(default=True)
    # How they are told, away from the desk, that something waits.
    notify_mail = fields.BooleanField(default=True, db_default=True)
    notify_sms = fields.BooleanField(default=False, db_default=False)
    phone = fields.CharField(max_length=40, default="", db_default="")
    created_at = UtcDatetimeField()

    class Meta:
        table = "staff"
        indexes = (("municipality_id",),)


class StaffSession(Model):
    """A signed-in browser. Only the hash of its token is stored, and of the browser two words, never its address."""

    token_hash = fields.CharField(max_length=64, primary_key=True)
    staff = fields.ForeignKeyField("models.Staff", on_delete=fields.CASCADE)
    staff_id: str
    created_at = UtcDatetimeField()
    seen_at = UtcDatetimeField()
    proved_at = UtcDatetimeField()  # when somebody last proved here who they are
    expires_at = UtcDatetimeField()
    ended_at = UtcDatetimeField(null=True)
    browser = fields.CharField(max_length=24, default="")
    # What was searched for here lately, so that going back finds it again: `searches_of`.
    searches_sealed = SealedField(null=True)

    class Meta:
        table = "staff_session"
        indexes = (("staff_id",), ("expires_at",))


class SignInLink(Model):
    """A one-time link that lets a member of staff choose a password. Only its hash is stored."""

    token_hash = fields.CharField(max_length=64, primary_key=True)
    staff = fields.ForeignKeyField("models.Staff", on_delete=fields.CASCADE)
    staff_id: str
    created_at = UtcDatetimeField()
    expires_at = UtcDatetimeField()
    used_at = UtcDatetimeField(null=True)

    class Meta:
        table = "sign_in_link"
        indexes = (("staff_id",),)


class HalfSignIn(Model):
    """A browser that has shown the right password and no code yet: it reaches nothing but the question for the code."""

    token_hash = fields.CharField(max_length=64, primary_key=True)
    staff = fields.ForeignKeyField("models.Staff", on_delete=fields.CASCADE)
    staff_id: str
    back = fields.CharField(max_length=200, default="/")  # the page somebody was on the way to
    created_at = UtcDatetimeField()
    expires_at = UtcDatetimeField()

    class Meta:
        table = "half_sign_in"
        indexes = (("staff_id",), ("expires_at",))


class SecondFactor(Model):
    """An app that shows one-time codes. Of somebody's one is confirmed; another may wait for its first code."""

    id = id_field()
    staff = fields.ForeignKeyField("models.Staff", on_delete=fields.CASCADE)
    staff_id: str
    secret_sealed = SealedField()
    made_at = UtcDatetimeField()
    confirmed_at = UtcDatetimeField(null=True)
    used_step = fields.BigIntField(default=0)  # the newest thirty seconds whose code was used

    class Meta:
        table = "second_factor"
        indexes = (("staff_id",),)


class RecoveryCode(Model):
    """A code for when the phone is gone; it counts once. Only its keyed hash is stored."""

    code_hash = fields.CharField(max_length=64, primary_key=True)
    staff = fields.ForeignKeyField("models.Staff", on_delete=fields.CASCADE)
    staff_id: str
    made_at = UtcDatetimeField()
    used_at = UtcDatetimeField(null=True)

    class Meta:
        table = "recovery_code"
        indexes = (("staff_id",),)


class SignInAttempt(Model):
    """A wrong password or code, counted per account and per address (blind index), forgotten after a day."""

    id = fields.BigIntField(primary_key=True)
    subject = fields.CharField(max_length=64)
    at = UtcDatetimeField()

    class Meta:
        table = "sign_in_attempt"
        indexes = (("subject", "at"),)


class Absence(Model):
    """Days on which a member of staff does not answer; the substitute or the duty holder does."""

    id = id_field()
    municipality = fields.ForeignKeyField("models.Municipality", on_delete=fields.CASCADE)
    municipality_id: str
    staff = fields.ForeignKeyField("models.Staff", on_delete=fields.CASCADE)
    staff_id: str
    first_day = fields.DateField()
    last_day = fields.DateField()

    class Meta:
        table = "absence"
        indexes = (("municipality_id", "last_day"), ("staff_id",))


def codes_vault() -> Vault:
    """Seals the secrets of staff's apps, and what they search for: of the whole house, because not all of the staff
    belong to a municipality."""
    return Vault("", "", ring().purpose("staff codes"))


class DutyDay(Model):
    """Who holds the duty of a municipality on a day. `rank` 0 holds it, 1 stands in from ten."""

    id = id_field()
    municipality = fields.ForeignKeyField("models.Municipality", on_delete=fields.CASCADE)
    municipality_id: str
    day = fields.DateField()
    rank = fields.SmallIntField()
    staff = fields.ForeignKeyField("models.Staff", on_delete=fields.CASCADE)
    staff_id: str

    class Meta:
        table = "duty_day"
        unique_together = (("municipality", "day", "rank"),)
        indexes = (("staff_id", "day"),)


class StaffNotice(Model):
    """Something told to a member of staff away from the desk: that something waits, never what.

    The row is the outbox: posted once per (staff, channel, kind, about), taken under a lease by whoever sends.
    """

    id = id_field()
    municipality = fields.ForeignKeyField("models.Municipality", on_delete=fields.CASCADE)
    municipality_id: str
    staff = fields.ForeignKeyField("models.Staff", on_delete=fields.CASCADE)
    staff_id: str
    # Whom the alert is about, so that it is erased with them; none for a digest.
    person = fields.ForeignKeyField("models.Person", null=True, on_delete=fields.CASCADE)
    person_id: str | None
    channel = fields.CharField(max_length=8)  # mail | sms
    kind = fields.CharField(max_length=8)  # alert | digest
    about = fields.CharField(max_length=40)  # the alert's id, or the day of a digest
    state = fields.CharField(max_length=8)  # waiting | sending | sent | gone | failed | unsure | off
    reason = fields.CharField(max_length=24, default="")
    tries = fields.SmallIntField(default=0)
    lost = fields.SmallIntField(default=0)  # how often nobody knows whether it went
    next_at = UtcDatetimeField()
    lease_until = UtcDatetimeField(null=True)
    created_at = UtcDatetimeField()
    settled_at = UtcDatetimeField(null=True)

    class Meta:
        table = "staff_notice"
        unique_together = (("staff", "channel", "kind", "about"),)
        indexes = (("municipality_id", "created_at"), ("person_id",))


def searches_of(session: StaffSession) -> list[list[str]]:
    """What was searched for in a session, the latest last: under which name, the words, and where it was looked on."""
    if session.searches_sealed is None:
        return []
    opened = codes_vault().open("staff_session", "searches", session.token_hash, session.searches_sealed)
    found: list[list[str]] = json.loads(opened)
    return found
