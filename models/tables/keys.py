"""Wrapped keys, the vault that seals and opens one person's fields, and the records of renewing and destroying keys.

The master key lives in memory only (`install`). A municipality's key is stored wrapped under it, a person's random key
wrapped under the municipality's. Destroying a `PersonKey` row makes everything sealed for that person unreadable.

While a key is renewed, the old one stands beside it (`older`): whatever is written is sealed under the new one,
whatever is read opens with either.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import cast

from tortoise import fields
from tortoise.models import Model

from models import crypto
from models.tables.fields import SealedField, UtcDatetimeField
from models.tables.lately import Lately
from models.transactions import alone, kept

#: What the whole house needs keys for. They began as keys derived from the master key, and stay when that is renewed.
PURPOSES = ("blind index", "house", "webchat server", "journal", "staff codes")


class WrongMasterKey(Exception):
    """The database was sealed under another master key than the one (or the two) given. Nothing was changed."""


class HouseKey(Model):
    """A key for one purpose of the whole house, wrapped under the master key."""

    name = fields.CharField(max_length=24, primary_key=True)
    wrapped = SealedField()

    class Meta:
        table = "house_key"


class MunicipalityKey(Model):
    """A municipality's key, wrapped under the master key; `older` is the one before while it is renewed."""

    municipality = fields.OneToOneField("models.Municipality", primary_key=True, on_delete=fields.CASCADE)
    municipality_id: str
    wrapped = SealedField()
    older = SealedField(null=True)

    class Meta:
        table = "municipality_key"


class PersonKey(Model):
    """A young person's random key, wrapped under the municipality's; `older` is the one before while it is renewed."""

    person = fields.OneToOneField("models.Person", primary_key=True, on_delete=fields.CASCADE)
    person_id: str
    municipality = fields.ForeignKeyField("models.Municipality", on_delete=fields.CASCADE)
    municipality_id: str
    wrapped = SealedField()
    older = SealedField(null=True)

    class Meta:
        table = "person_key"
        indexes = (("municipality_id",),)


class KeyRotation(Model):
    """One renewal of all keys of one level, and how far it has come; at most one is unfinished."""

    id = fields.BigIntField(primary_key=True)
    level = fields.CharField(max_length=12)  # master | municipality | person
    phase = fields.CharField(max_length=8)  # renew | wait | reseal | done
    cursor = fields.CharField(max_length=32, default="")  # the last id this phase has dealt with
    waits_from = fields.BigIntField(null=True)  # the database's microseconds since 1970: older transactions must end
    begun_at = UtcDatetimeField()
    finished_at = UtcDatetimeField(null=True)

    class Meta:
        table = "key_rotation"


class Erasure(Model):
    """The erasure ledger, append-only: the opaque id of somebody who is gone, and when. Nothing else is known of them.

    Two rows each: "begun" (the key is destroyed) and "done" (nothing is left).
    """

    id = fields.BigIntField(primary_key=True)
    person_uid = fields.CharField(max_length=32)
    step = fields.CharField(max_length=8)  # begun | done
    at = UtcDatetimeField()

    class Meta:
        table = "erasure"
        unique_together = (("person_uid", "step"),)


@dataclass(frozen=True, slots=True)
class Vault:
    """Seals and opens fields of one person (or, with an empty person id, of one municipality).

    `older` is the key before this one, while fields sealed under it may still be there.
    """

    municipality_id: str
    person_id: str
    key: bytes = field(repr=False)
    older: bytes | None = field(default=None, repr=False)
    _opener: list[crypto.Opener] = field(default_factory=list, init=False, repr=False, compare=False)

    def seal(self, table: str, column: str, row: object, clear: str) -> bytes:
        """Encrypt one field, bound to its place."""
        return self.seal_bytes(table, column, row, clear.encode("utf-8", "surrogatepass"))

    def seal_bytes(self, table: str, column: str, row: object, clear: bytes) -> bytes:
        """The same for what is no text: a piece of a file."""
        return crypto.seal(self.key, clear, crypto.associated(self.municipality_id, self.person_id, table, column, row))

    def open(self, table: str, column: str, row: object, blob: bytes) -> str:
        """Decrypt one field; raises crypto.Unreadable when the blob is not of this place."""
        return self.open_bytes(table, column, row, blob).decode("utf-8", "surrogatepass")

    def open_bytes(self, table: str, column: str, row: object, blob: bytes) -> bytes:
        """The same for what is no text."""
        if not self._opener:
            self._opener.append(crypto.Opener((self.key,) if self.older is None else (self.key, self.older)))
        aad = crypto.associated(self.municipality_id, self.person_id, table, column, row)
        return self._opener[0].open(bytes(blob), aad)


class KeyRing:
    """The master key, the one before it while it is renewed, and the keys under it, kept while the process lives.

    `lately`: the names and birth dates that were opened with them and are remembered for a while.
    """

    def __init__(self, master: bytes, previous: bytes | None = None) -> None:
        if len(master) != crypto.KEY_BYTES or (previous is not None and len(previous) != crypto.KEY_BYTES):
            raise ValueError("the master key has 32 bytes")
        self._masters = (master,) if previous is None else (master, previous)
        self._municipalities: dict[str, tuple[bytes, ...]] = {}
        self._house: dict[str, bytes] = {}
        self.lately = Lately()

    @property
    def index(self) -> bytes:
        """The key of the blind indexes."""
        return self.purpose("blind index")

    @property
    def house(self) -> bytes:
        """The key for what belongs to nobody yet."""
        return self.purpose("house")

    def purpose(self, name: str) -> bytes:
        """The house's key for one purpose: the stored one once `load_house` has read it, else as it began."""
        key = self._house.get(name)
        if key is None:
            key = self._house[name] = self.beginning(name, 0)
        return key

    def beginning(self, name: str, master: int) -> bytes:
        """The key a purpose began with: derived from the master key of then (0 the newest)."""
        return crypto.derive(self._masters[master], name.encode())

    def opens(self, wrapped: bytes, *place: str) -> int:
        """Which master key something is wrapped under (0 the newest). Raises crypto.Unreadable when none is it."""
        for number, master in enumerate(self._masters[:-1]):
            with suppress(crypto.Unreadable):
                crypto.unseal(master, bytes(wrapped), crypto.associated(*place))
                return number
        crypto.unseal(self._masters[-1], bytes(wrapped), crypto.associated(*place))
        return len(self._masters) - 1

    def keep_house(self, keys: dict[str, bytes]) -> None:
        """Use these keys from the database for their purposes."""
        self._house.update(keys)

    @property
    def prefix(self) -> bytes:
        """What everything begins with that is wrapped under the newest master key."""
        return crypto.prefix(self._masters[0])

    def wrap(self, key: bytes, *place: str, master: int = 0) -> bytes:
        """A key wrapped under a master key (0 the newest), bound to its place."""
        return crypto.seal(self._masters[master], key, crypto.associated(*place))

    def unwrap(self, wrapped: bytes, *place: str) -> bytes:
        """What `wrap` has wrapped under either master key; else raises crypto.Unreadable."""
        return crypto.unseal_any(self._masters, bytes(wrapped), crypto.associated(*place))

    def new_municipality(self, municipality_id: str) -> tuple[bytes, bytes]:
        """A fresh municipality key: (clear, wrapped)."""
        key = crypto.new_key()
        self._municipalities[municipality_id] = (key,)
        return key, self.wrap(key, "municipality", municipality_id)

    def municipality(self, municipality_id: str, wrapped: bytes, older: bytes | None = None) -> bytes:
        """The clear key of a municipality as its row has it now; the older one is remembered for reading."""
        found = (wrapped,) if older is None else (wrapped, older)
        keys = tuple(self.unwrap(one, "municipality", municipality_id) for one in found)
        self._municipalities[municipality_id] = keys
        return keys[0]

    def known(self, municipality_id: str) -> bytes | None:
        """The clear key if it was used before in this process."""
        keys = self.keys(municipality_id)
        return keys[0] if keys else None

    def keys(self, municipality_id: str) -> tuple[bytes, ...]:
        """What is remembered of a municipality: its key, then the one before; empty when it was not used yet."""
        return self._municipalities.get(municipality_id, ())


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


def unwrap_person(municipality_keys: tuple[bytes, ...], person_id: str, wrapped: bytes) -> bytes:
    """A person's key out of its wrapping, whichever of the municipality's keys that is under."""
    return crypto.unseal_any(municipality_keys, bytes(wrapped), crypto.associated("person", person_id))


def chat_index(bot: str, chat_id: int) -> str:
    """The blind index of a chat: the same chat meets itself, nobody can go back to the number."""
    return crypto.blind(ring().index, "chat", bot, str(chat_id)).hex()


def subject(municipality_id: str, person_id: str, *, of: str = "subject") -> str:
    """The keyed pseudonym of a person in coded rows; another one for what must not be set beside it (`of`)."""
    return crypto.blind(ring().index, of, municipality_id, person_id).hex()


def house_vault() -> Vault:
    """Seals what belongs to nobody yet: the raw update of a chat that has no link. Short-lived rows only."""
    return Vault("", "", ring().house)


async def load_house() -> None:
    """Read the house's own keys, keeping in the database those that are not there yet. Inside a deed of the house.

    They are kept as they began, so nothing sealed or indexed with them changes; while there is no municipality nothing
    is kept. Raises WrongMasterKey when what is there opens with no master key that was given.
    """
    held = ring()
    first = await MunicipalityKey.first()
    try:
        found = {row.name: held.unwrap(row.wrapped, "house", row.name) for row in await HouseKey.all()}
        begun = held.opens(first.wrapped, "municipality", first.municipality_id) if first and not found else 0
    except crypto.Unreadable:
        raise WrongMasterKey("the database was sealed under another master key") from None
    missing = [name for name in PURPOSES if name not in found] if first else []
    if missing:
        # Several processes may start at once, and the first of them keeps the keys for all.
        await alone("house keys")
        there = {row.name for row in await HouseKey.all()}
        missing = [name for name in missing if name not in there]
    for name in missing:
        found[name] = held.beginning(name, begun)
        await HouseKey.create(name=name, wrapped=held.wrap(found[name], "house", name, master=begun))
    held.keep_house(found)


async def municipality_key(municipality_id: str) -> bytes:
    """The clear key of a municipality, as its row has it now: what is sealed must not be sealed under an older one."""
    row = await MunicipalityKey.get(municipality_id=municipality_id)
    return ring().municipality(municipality_id, row.wrapped, row.older)


async def municipality_vault(municipality_id: str) -> Vault:
    """Seals what belongs to a municipality and to no person (measured rows, staff notes on settings)."""
    key = await municipality_key(municipality_id)
    return Vault(municipality_id, "", key, *ring().keys(municipality_id)[1:])


async def new_vault(municipality_id: str, person_id: str) -> tuple[Vault, PersonKey]:
    """A fresh random key for a new person: the vault to seal with, and the unsaved row that keeps the key wrapped."""
    over = await municipality_key(municipality_id)
    key = crypto.new_key()
    row = PersonKey(person_id=person_id, municipality_id=municipality_id, wrapped=wrap_person(over, person_id, key))
    return Vault(municipality_id, person_id, key), row


async def vault(municipality_id: str, person_id: str) -> Vault:
    """The vault of one person. Raises tortoise DoesNotExist when the key is gone: the person was erased."""
    here, place = kept(), ("vault", municipality_id, person_id)
    if place not in here:
        row = await PersonKey.get(person_id=person_id, municipality_id=municipality_id)
        here[place] = (await unwrapped(municipality_id, [(person_id, row.wrapped, row.older)]))[person_id]
    return cast(Vault, here[place])


async def vaults(municipality_id: str, person_ids: Iterable[str] | None = None) -> dict[str, Vault]:
    """The vaults of many people of one municipality in one query (all of them when no ids are given)."""
    rows = PersonKey.filter(municipality_id=municipality_id)
    if person_ids is not None:
        rows = rows.filter(person_id__in=list(person_ids))
    return await unwrapped(municipality_id, await rows.values_list("person_id", "wrapped", "older"))


async def unwrapped(municipality_id: str, rows: Iterable[tuple[str, bytes, bytes | None]]) -> dict[str, Vault]:
    """The vaults of people of one municipality whose rows of `person_key` are read already: whose, wrapped, older."""
    found = list(rows)
    if not ring().keys(municipality_id):
        await municipality_key(municipality_id)
    try:
        return _opened(municipality_id, found)
    except crypto.Unreadable:
        # Another process has renewed the municipality's key since this one read it.
        await municipality_key(municipality_id)
        return _opened(municipality_id, found)


def _opened(municipality_id: str, rows: list[tuple[str, bytes, bytes | None]]) -> dict[str, Vault]:
    over = crypto.Opener(ring().keys(municipality_id))

    def key_of(person_id: str, wrapped: bytes) -> bytes:
        return over.open(bytes(wrapped), crypto.associated("person", person_id))

    return {
        person_id: Vault(
            municipality_id, person_id, key_of(person_id, wrapped), older if older is None else key_of(person_id, older)
        )
        for person_id, wrapped, older in rows
    }
