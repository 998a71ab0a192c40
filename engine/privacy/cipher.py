"""Encryption at rest (rule R9): one data key per event, wrapped by the master key.

A sealed text is bound to its place by the associated data ``table|column|row``: moved elsewhere it cannot be opened.
Layout: a byte that says how the text was packed, 12-byte random nonce, AES-256-GCM of the packed text. Each text is packed alone,
so that its length tells nothing about another one.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from engine.errors import OrderloomError, Problem
from engine.privacy.packing import DICTIONARY, pack, unpack

KEY_BYTES: Final = 32
_VERSION: Final = b"\x01"
_NONCE_BYTES: Final = 12
_ID_BYTES: Final = 8
_SHORTEST: Final = len(_VERSION) + _NONCE_BYTES + 16
_PACKED: Final = bytes([DICTIONARY.number])


class Unreadable(OrderloomError):
    """What is stored cannot be opened: another key, another place, or changed bytes. Code ``privacy.unreadable``."""


class DataKey:
    """The key of one event, with the id under which its wrapped form is kept."""

    __slots__ = ("cipher", "id", "raw")

    def __init__(self, raw: bytes, key_id: str) -> None:
        self.raw = raw
        self.id = key_id
        self.cipher = AESGCM(raw)

    def __repr__(self) -> str:
        return f"DataKey({self.id})"


class MasterKey:
    """The key that wraps all data keys; its ``id`` is kept with each of them, so that a wrong key file is named as such."""

    __slots__ = ("_cipher", "_raw", "id")

    def __init__(self, raw: bytes) -> None:
        if len(raw) != KEY_BYTES:
            raise ValueError(f"a master key has {KEY_BYTES} bytes")
        self._raw = raw
        self._cipher = AESGCM(raw)
        self.id = self._derive("key id")[:_ID_BYTES].hex()

    def __repr__(self) -> str:
        return f"MasterKey({self.id})"

    def __reduce__(self) -> tuple[type[MasterKey], tuple[bytes]]:
        """For the writer's process, which gets it over a pair of sockets that nobody else can reach."""
        return MasterKey, (self._raw,)

    @property
    def index_key(self) -> bytes:
        """The key of the blind index: derived, so that an index tells nothing about the master key."""
        return self._derive("blind index")

    def wrap(self, key: DataKey, aad: str) -> bytes:
        """The data key, encrypted for storage."""
        nonce = os.urandom(_NONCE_BYTES)
        return _VERSION + bytes.fromhex(self.id) + nonce + self._cipher.encrypt(nonce, bytes.fromhex(key.id) + key.raw, aad.encode())

    def unwrap(self, wrapped: bytes, aad: str) -> DataKey:
        """The data key of its stored form. Raises ``Unreadable``."""
        start = 1 + _ID_BYTES
        if wrapped[:1] != _VERSION or wrapped[1:start] != bytes.fromhex(self.id):
            raise _unreadable(aad)
        opened = _decrypt(self._cipher, wrapped[start:], aad)
        return DataKey(opened[_ID_BYTES:], opened[:_ID_BYTES].hex())

    def seal(self, plaintext: bytes, aad: str) -> bytes:
        """Encrypt something that belongs to no event, such as the secrets of a connection."""
        return _seal(self._cipher, plaintext, aad)

    def open_sealed(self, sealed: bytes, aad: str) -> bytes:
        """What ``seal`` encrypted. Raises ``Unreadable``."""
        return _open(self._cipher, sealed, aad)

    def _derive(self, purpose: str) -> bytes:
        return hmac.digest(self._raw, b"orderloom " + purpose.encode(), hashlib.sha256)


def new_data_key() -> DataKey:
    return new_data_keys(1)[0]


def new_data_keys(count: int) -> list[DataKey]:
    """The system is asked for random bytes once."""
    size = KEY_BYTES + _ID_BYTES
    raw = os.urandom(count * size)
    return [DataKey(raw[start : start + KEY_BYTES], raw[start + KEY_BYTES : start + size].hex()) for start in range(0, count * size, size)]


def place(table: str, column: str, row: object) -> str:
    """The associated data of a stored value."""
    return f"{table}|{column}|{row}"


def seal(key: DataKey, plaintext: bytes, aad: str) -> bytes:
    """Compress and encrypt. The same text gives other bytes each time."""
    return _seal(key.cipher, plaintext, aad)


def open_sealed(key: DataKey, sealed: bytes, aad: str) -> bytes:
    """What ``seal`` encrypted under the same key for the same place. Raises ``Unreadable``."""
    return _open(key.cipher, sealed, aad)


def _seal(cipher: AESGCM, plaintext: bytes, aad: str) -> bytes:
    nonce = os.urandom(_NONCE_BYTES)
    return _PACKED + nonce + cipher.encrypt(nonce, pack(plaintext), aad.encode())


def _open(cipher: AESGCM, sealed: bytes, aad: str) -> bytes:
    if len(sealed) < _SHORTEST:
        raise _unreadable(aad)
    packed = _decrypt(cipher, sealed[1:], aad)
    try:
        return unpack(sealed[0], packed)
    except ValueError:
        raise _unreadable(aad) from None


def _decrypt(cipher: AESGCM, nonce_and_text: bytes, aad: str) -> bytes:
    try:
        return cipher.decrypt(nonce_and_text[:_NONCE_BYTES], nonce_and_text[_NONCE_BYTES:], aad.encode())
    except (InvalidTag, ValueError):
        raise _unreadable(aad) from None


def _unreadable(aad: str) -> Unreadable:
    table, _, rest = aad.partition("|")
    return Unreadable(Problem("privacy.unreadable", fields={"table": table, "column": rest.partition("|")[0]}))
