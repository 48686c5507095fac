"""The kinds of column Hørt uses: opaque ids, UTC instants, sealed text; and the base class of every table."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from tortoise import models as tortoise_models
from tortoise.fields import BinaryField, CharField
from tortoise.fields.base import Field
from tortoise.models import Model

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def _no_comments(_table: type[Model]) -> dict[str, str]:
    """Tortoise 1.1.9 reads the source of every table for comments to describe its columns with: we write none, and each
    process starts a quarter of a second sooner."""
    return {}


tortoise_models._get_comments = _no_comments  # type: ignore[assignment]


def new_id() -> str:
    """An opaque id: 128 random bits as 32 hex digits. It says nothing and cannot be guessed."""
    return secrets.token_hex(16)


def micros(instant: datetime) -> int:
    """An aware instant as microseconds since 1970 UTC, the form in which every database here stores and compares it."""
    if instant.tzinfo is None or instant.utcoffset() is None:
        raise ValueError("a naive datetime never reaches the database")
    return (instant - _EPOCH) // _MICROSECOND


def instant(count: int) -> datetime:
    """Microseconds since 1970 UTC as an aware instant: the other way round."""
    return _EPOCH + timedelta(microseconds=int(count))


class UtcDatetimeField(Field[Any], datetime):
    """An instant. Stored as a 64-bit count of microseconds since 1970 UTC on both databases.

    Reason: SQLite has no time type and Tortoise stores text there whose order depends on the zone; a number orders,
    compares and round-trips the same everywhere, also in raw SQL. Naive datetimes are refused.
    """

    SQL_TYPE = "BIGINT"
    field_type = datetime

    def to_db_value(self, value: Any, instance: type[Model] | Model) -> int | None:
        """Aware datetime to microseconds; None stays None; naive raises ValueError."""
        if value is None:
            return None
        if isinstance(value, int):
            return value
        return micros(value)

    def to_python_value(self, value: Any) -> datetime | None:
        """Microseconds to an aware UTC datetime."""
        if value is None or isinstance(value, datetime):
            return value
        return instant(value)


class SealedField(BinaryField):
    """Ciphertext made by `models.crypto.seal`. The marker lets tests and docs list what is encrypted."""


def id_field() -> str:
    """The primary key of a table: an opaque id made here, known before the row is written (it is part of the AAD).

    Typed as what reading it gives; Tortoise's metaclass sees the field itself.
    """
    return cast(str, CharField(max_length=32, primary_key=True, default=new_id))
