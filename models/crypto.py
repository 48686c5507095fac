"""Encryption of fields, wrapping of keys, and the keyed blind index.

master key -> municipality key -> one *random* key per person. Only the master key lives outside the database; the
others are stored wrapped, so destroying a person's wrapped key erases what that person wrote, backups included.

Blob: version (1 byte) || nonce (12 bytes) || ciphertext and tag. AES-256-GCM; the associated data binds a blob to its
place (municipality, person, table, column, row), so a blob moved elsewhere cannot be read.
"""

from __future__ import annotations

import hmac
import os
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
_VERSION = b"\x01"
_NONCE_BYTES = 12
_SHORTEST = len(_VERSION) + _NONCE_BYTES + 16


class Unreadable(Exception):
    """A blob that does not open with this key at this place: wrong key, moved, or damaged. Carries no content."""


def new_key() -> bytes:
    """A fresh random 256-bit key."""
    return AESGCM.generate_key(bit_length=KEY_BYTES * 8)


def seal(key: bytes, clear: bytes, aad: bytes) -> bytes:
    """Encrypt `clear` under `key`, bound to `aad`. Two calls never give the same blob."""
    nonce = os.urandom(_NONCE_BYTES)
    return _VERSION + nonce + AESGCM(key).encrypt(nonce, clear, aad)


def unseal(key: bytes, blob: bytes, aad: bytes) -> bytes:
    """Decrypt what `seal` made with the same key and `aad`; anything else raises Unreadable."""
    if len(blob) < _SHORTEST or blob[:1] != _VERSION:
        raise Unreadable("not a blob of this version")
    try:
        return AESGCM(key).decrypt(blob[1 : 1 + _NONCE_BYTES], blob[1 + _NONCE_BYTES :], aad)
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
    return b"v1|" + b"|".join(
        b"-" if part is None else str(len(p := str(part).encode())).encode() + b":" + p for part in parts
    )
