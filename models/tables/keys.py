"""Wrapped keys, and the vault that seals and opens one person's fields.

The master key lives in memory only (`install`). A municipality's key is stored wrapped under it, a person's random key
wrapped under the municipality's. Destroying a `PersonKey` row makes everything sealed for that person unreadable.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tortoise import fields
from tortoise.models import Model

from models import crypto
from models.tables.fields import SealedField


class MunicipalityKey(Model):
    """A municipality's key, wrapped under the master key."""

    municipality = fields.OneToOneField("models.Municipality", primary_key=True, on_delete=fields.CASCADE)
    municipality_id: str
    wrapped = SealedField()

    class Meta:
        table = "municipality_key"


class PersonKey(Model):
    """A young person's random key, wrapped under the municipality's key."""

    person = fields.OneToOneField("models.Person", primary_key=True, on_delete=fields.CASCADE)
    person_id: str
    municipality = fields.ForeignKeyField("models.Municipality", on_delete=fields.CASCADE)
    municipality_id: str
    wrapped = SealedField()

    class Meta:
        table = "person_key"
        indexes = (("municipality_id",),)


@dataclass(frozen=True, slots=True)
class Vault:
    """Seals and opens fields of one person (or, with an empty person id, of one municipality)."""

    municipality_id: str
    person_id: str
    key: bytes

    def seal(self, table: str, column: str, row: object, clear: str) -> bytes:
        """Encrypt one field, bound to its place."""
        aad = crypto.associated(self.municipality_id, self.person_id, table, column, row)
        return crypto.seal(self.key, clear.encode("utf-8", "surrogatepass"), aad)

    def open(self, table: str, column: str, row: object, blob: bytes) -> str:
        """Decrypt one field; raises crypto.Unreadable when the blob is not of this place."""
        aad = crypto.associated(self.municipality_id, self.person_id, table, column, row)
        return crypto.unseal(self.key, bytes(blob), aad).decode("utf-8", "surrogatepass")


class KeyRing:
    """The master key and what is derived from it; municipality keys are cached while the process lives."""

    def __init__(self, master: bytes) -> None:
        if len(master) != crypto.KEY_BYTES:
            raise ValueError("the master key has 32 bytes")
        self._master = master
        self._municipalities: dict[str, bytes] = {}
        self.index = crypto.derive(master, b"blind index")
        self.house = crypto.derive(master, b"house")

    def new_municipality(self, municipality_id: str) -> tuple[bytes, bytes]:
        """A fresh municipality key: (clear, wrapped)."""
        key = crypto.new_key()
        self._municipalities[municipality_id] = key
        return key, crypto.seal(self._master, key, crypto.associated("municipality", municipality_id))

    def municipality(self, municipality_id: str, wrapped: bytes) -> bytes:
        """The clear key of a municipality."""
        key = self._municipalities.get(municipality_id)
        if key is None:
            key = crypto.unseal(self._master, bytes(wrapped), crypto.associated("municipality", municipality_id))
            self._municipalities[municipality_id] = key
        return key

    def known(self, municipality_id: str) -> bytes | None:
        """The clear key if it was used before in this process."""
        return self._municipalities.get(municipality_id)


_ring: KeyRing | None = None


def install(ring: KeyRing) -> None:
    """Put the master key in place; called once when the database is opened."""
    global _ring
    _ring = ring


def ring() -> KeyRing:
    """The installed key ring; opening a database installs it."""
    if _ring is None:
        raise RuntimeError("no master key installed: open the database first")
    return _ring


def wrap_person(municipality_key: bytes, person_id: str, key: bytes) -> bytes:
    """A person's key wrapped under the municipality's."""
    return crypto.seal(municipality_key, key, crypto.associated("person", person_id))


def chat_index(bot: str, chat_id: int) -> str:
    """The blind index of a chat: the same chat meets itself, nobody can go back to the number."""
    return crypto.blind(ring().index, "chat", bot, str(chat_id)).hex()


def subject(municipality_id: str, person_id: str) -> str:
    """The keyed pseudonym of a person in measured rows."""
    return crypto.blind(ring().index, "subject", municipality_id, person_id).hex()


def house_vault() -> Vault:
    """Seals what belongs to nobody yet: the raw update of a chat that has no link. Short-lived rows only."""
    return Vault("", "", ring().house)


async def municipality_key(municipality_id: str) -> bytes:
    """The clear key of a municipality, from memory or unwrapped from its row."""
    known = ring().known(municipality_id)
    if known is not None:
        return known
    row = await MunicipalityKey.get(municipality_id=municipality_id)
    return ring().municipality(municipality_id, row.wrapped)


async def municipality_vault(municipality_id: str) -> Vault:
    """Seals what belongs to a municipality and to no person (measured rows, staff notes on settings)."""
    return Vault(municipality_id, "", await municipality_key(municipality_id))


async def new_vault(municipality_id: str, person_id: str) -> tuple[Vault, PersonKey]:
    """A fresh random key for a new person: the vault to seal with, and the unsaved row that keeps the key wrapped."""
    over = await municipality_key(municipality_id)
    key = crypto.new_key()
    row = PersonKey(person_id=person_id, municipality_id=municipality_id, wrapped=wrap_person(over, person_id, key))
    return Vault(municipality_id, person_id, key), row


async def vault(municipality_id: str, person_id: str) -> Vault:
    """The vault of one person. Raises tortoise DoesNotExist when the key is gone: the person was erased."""
    row = await PersonKey.get(person_id=person_id, municipality_id=municipality_id)
    over = await municipality_key(municipality_id)
    return Vault(municipality_id, person_id, crypto.unseal(over, bytes(row.wrapped), _person_aad(person_id)))


async def vaults(municipality_id: str, person_ids: Iterable[str] | None = None) -> dict[str, Vault]:
    """The vaults of many people of one municipality in one query (all of them when no ids are given)."""
    over = await municipality_key(municipality_id)
    rows = PersonKey.filter(municipality_id=municipality_id)
    if person_ids is not None:
        rows = rows.filter(person_id__in=list(person_ids))
    return {
        person_id: Vault(municipality_id, person_id, crypto.unseal(over, bytes(wrapped), _person_aad(person_id)))
        for person_id, wrapped in await rows.values_list("person_id", "wrapped")
    }


def _person_aad(person_id: str) -> bytes:
    return crypto.associated("person", person_id)
