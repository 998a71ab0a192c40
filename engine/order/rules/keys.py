"""By what a line finds its SKU in the matching table: the platform's code, the seller's, title and specification, in one form."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Any, NamedTuple

from engine.order.cleanse import clean_name, clean_sku

_LONGEST = 500


class MatchKeys(NamedTuple):
    """What comes first counts more. ``platform`` and ``code`` (the seller's) are empty where the line has no such code, ``title`` where
    it has no title.
    """

    platform: str
    code: str
    title: str

    def all(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(key for key in self if key))


def keys_of(line: Mapping[str, Any]) -> MatchKeys:
    """Of a canonical line. ``platform_sku`` is the platform's own code, where a mapping tells it."""
    platform, code = (match_key(one) if one else "" for one in (text_of(line, "platform_sku"), text_of(line, "sku_code")))
    title, spec = text_of(line, "title"), text_of(line, "spec")
    return MatchKeys(platform, code, match_key("", title, spec) if title else "")


def match_key(sku: str, title: str = "", spec: str = "") -> str:
    """Of a row of the table: a code counts alone; without one title and specification do, without spaces and signs."""
    code = clean_sku(sku) or ""
    if code:
        return f"sku:{code}"[:_LONGEST]
    plain = folded(title)
    return f"title:{plain}|{folded(spec)}"[:_LONGEST] if plain else ""


def folded(text: str) -> str:
    """Letters and digits only, in small letters and half width."""
    settled = unicodedata.normalize("NFKC", clean_name(text) or "").casefold()
    return "".join(sign for sign in settled if sign.isalnum())


def text_of(part: Mapping[str, Any], name: str) -> str:
    value = part.get(name)
    return value.strip() if isinstance(value, str) else ""
