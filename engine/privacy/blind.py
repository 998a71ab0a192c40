"""Blind index: finds a person's orders without keeping a readable value (rule R9)."""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata
from typing import Final

from engine.privacy.classes import Kind
from engine.privacy.plain import ascii_twin

_HEX_DIGITS: Final = 16
_CHINA: Final = re.compile(r"(?:\+|00)?86(?=1[3-9]\d{9}$)|(?:\+|00)86")


def blind_index(key: bytes, kind: Kind, value: str) -> str:
    """16 hex digits of a keyed HMAC-SHA256 over the normal form of the value; equal for equal people's values.

    The kind is part of it: a phone number never meets an equal text of another kind.
    """
    return hmac.digest(key, f"{kind.value}|{normalised(value, kind)}".encode(), hashlib.sha256).hex()[:_HEX_DIGITS]


def normalised(value: str, kind: Kind) -> str:
    """The form in which values are compared: digits of a phone without +86, lower-case e-mail, anything else NFKC without spaces."""
    if kind is Kind.PHONE:
        digits = re.sub(r"[^0-9+]", "", ascii_twin(value))
        return _CHINA.sub("", digits, count=1).lstrip("+") if _CHINA.match(digits) else digits.lstrip("+")
    folded = "".join(unicodedata.normalize("NFKC", value).split())
    return folded.casefold() if kind in (Kind.EMAIL, Kind.ID_CARD) else folded
