"""Encryption of fields, wrapping of keys, and the keyed blind index.

master key -> municipality key -> one *random* key per person. Only the master key lives outside the database; the
others are stored wrapped, so destroying a person's wrapped key erases what that person wrote, backups included.

Blob: version 2 (1 byte) || id of the key (4 bytes) || nonce (12 bytes) || ciphertext and tag. AES-256-GCM; the
associated data binds a blob to its place (municipality, person, table, column, row), so a blob moved elsewhere cannot
be read. The id tells which key opens a blob while an old and a new one live side by side, and which rows are still
under the old one. Version 1 had no id; it stays readable.
"""

from __future__ import annotations

import hmac
import os
from collections.abc import Sequence
from functools import lru_cache
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
_VERSION = b"\x02"
_VERSION_WITHOUT_ID = b"\x01"
_ID_BYTES = 4
_NONCE_BYTES = 12
_TAG_BYTES = 16
#: How many bytes at the front of a blob name its version and its key: equal means sealed under the same key.
PREFIX_BYTES = len(_VERSION) + _ID_BYTES


class Unreadable(Exception):
    """A blob that does not open with this key at this place: wrong key, moved, or damaged. Carries no content."""


def new_key(*, unlike: bytes | None = None) -> bytes:
    """A fresh random 256-bit key; its id differs from that of the key it takes the place of."""
    while True:
        key = AESGCM.generate_key(bit_length=KEY_BYTES * 8)
        if unlike is None or prefix(key) != prefix(unlike):
            return key


def prefix(key: bytes) -> bytes:
    """What every blob sealed under `key` begins with: the version and the key's id, which tells nothing of the key."""
    return _VERSION + hmac.digest(key, b"key id", sha256)[:_ID_BYTES]


def seal(key: bytes, clear: bytes, aad: bytes) -> bytes:
    """Encrypt `clear` under `key`, bound to `aad`. Two calls never give the same blob."""
    nonce = os.urandom(_NONCE_BYTES)
    head, cipher = _ready(key)
    return head + nonce + cipher.encrypt(nonce, clear, aad)


@lru_cache(maxsize=2)
def _ready(key: bytes) -> tuple[bytes, AESGCM]:
    """What rests on the key alone, for the last two: whoever seals much seals it of one person after the other."""
    return prefix(key), AESGCM(key)


class Opener:
    """Opens what was sealed under some keys (newest first); what rests on the keys alone is worked out once."""

    __slots__ = ("_keys",)

    def __init__(self, keys: Sequence[bytes]) -> None:
        self._keys = [(prefix(key), AESGCM(key)) for key in keys]

    def open(self, blob: bytes, aad: bytes) -> bytes:
        """Decrypt with whichever key opens the blob. Raises Unreadable when none does."""
        for head, cipher in self._keys[:-1]:
            try:
                return _decrypted(head, cipher, blob, aad)
            except Unreadable:
                continue
        return _decrypted(*self._keys[-1], blob, aad)


def unseal(key: bytes, blob: bytes, aad: bytes) -> bytes:
    """Decrypt what `seal` made with the same key and `aad`; anything else raises Unreadable."""
    return Opener((key,)).open(blob, aad)


def unseal_any(keys: Sequence[bytes], blob: bytes, aad: bytes) -> bytes:
    """Decrypt with whichever of `keys` (newest first) opens the blob. Raises Unreadable when none does."""
    return Opener(keys).open(blob, aad)


def _decrypted(head: bytes, cipher: AESGCM, blob: bytes, aad: bytes) -> bytes:
    if blob[:1] == _VERSION_WITHOUT_ID:
        head = _VERSION_WITHOUT_ID
    elif blob[:1] != _VERSION:
        raise Unreadable("not a blob of this version")
    elif blob[:PREFIX_BYTES] != head:
        raise Unreadable("wrong key or wrong place")
    start = len(head)
    if len(blob) < start + _NONCE_BYTES + _TAG_BYTES:
        raise Unreadable("not a blob of this version")
    try:
        return cipher.decrypt(blob[start : start + _NONCE_BYTES], blob[start + _NONCE_BYTES :], aad)
    except InvalidTag:
        raise Unreadable("wrong key or wrong place") from None


def derive(key: bytes, info: bytes) -> bytes:
    """A key for one purpose from a stronger one (HKDF-SHA256). Used for indexes and seals, never for persons' keys."""
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=info).derive(key)


def blind(key: bytes, *parts: str) -> bytes:
    """The keyed blind index of `parts` (HMAC-SHA256): equal inputs meet, and without the key nobody can try numbers."""
    message = b"".join(len(p := part.encode()).to_bytes(4, "big") + p for part in parts)
    return hmac.digest(key, message, sha256)


def token_hash(token: str) -> str:
    """SHA-256 in hex of a random token of 128 bits or more; only this is ever stored."""
    return sha256(token.encode()).hexdigest()


def associated(*parts: object) -> bytes:
    """Associated data for one field, unambiguous for any parts (None and "" differ)."""
    spelled = ["v1"]
    for part in parts:
        if part is None:
            spelled.append("-")
        else:
            words = str(part)
            spelled.append(f"{len(words) if words.isascii() else len(words.encode())}:{words}")
    return "|".join(spelled).encode()
