"""Whom orders are for, as the store indexes it: keyed digests of phone numbers and addresses (rule R9). Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final, cast

from engine.errors import InputInvalid, Problem
from engine.privacy.blind import blind_index, normalised
from engine.privacy.classes import Kind

_PHONE: Final = re.compile(r"[0-9]{5,20}")
_SHORTEST_ADDRESS: Final = 4
KINDS: Final[Mapping[str, Kind]] = {"phone": Kind.PHONE, "address": Kind.ADDRESS}


def subjects_of(order: Mapping[str, Any], key: bytes) -> tuple[bytes, ...]:
    """The digests of the receiver's phone number and address. What a channel has masked or enciphered finds nobody and is left out."""
    to: Any = order.get("receiver")
    receiver = cast("dict[str, Any]", to) if isinstance(to, dict) else {}
    digests = (subject(receiver.get(name), kind, key) for name, kind in KINDS.items())
    return tuple(digest for digest in digests if digest is not None)


def with_indexes(order: Mapping[str, Any], key: bytes) -> Mapping[str, Any]:
    """The order with ``receiver.phone_bidx`` and ``receiver.address_bidx``, the digests of above as 16 hex digits, for the hub's own copy:
    what leaves for other systems never holds them. Without a receiver, or with nobody that can be told, it stays as it is.
    """
    to: Any = order.get("receiver")
    if not isinstance(to, dict):
        return order
    receiver = cast("dict[str, Any]", to)
    digests = {f"{name}_bidx": subject(receiver.get(name), kind, key) for name, kind in KINDS.items()}
    known = {name: digest.hex() for name, digest in digests.items() if digest is not None}
    return {**order, "receiver": {**receiver, **known}} if known else order


def wanted_subject(kind: str, value: str, key: bytes) -> bytes:
    """What to look for. Raises ``InputInvalid`` (``order.unsearchable``) for a part of a number or address, or one with stars."""
    digest = subject(value, KINDS[kind], key)
    if digest is None:
        raise InputInvalid(Problem("order.unsearchable", (kind,), {"kind": kind}))
    return digest


def subject(value: object, kind: Kind, key: bytes) -> bytes | None:
    """8 bytes; ``None`` for what is no whole number or address in clear."""
    if not isinstance(value, str) or "*" in value or value.startswith("~"):
        return None
    plain = normalised(value, kind)
    is_whole = bool(_PHONE.fullmatch(plain)) if kind is Kind.PHONE else len(plain) >= _SHORTEST_ADDRESS
    return bytes.fromhex(blind_index(key, kind, value)) if is_whole else None
