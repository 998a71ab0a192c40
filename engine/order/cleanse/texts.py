"""Names and free text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from html import unescape
from html.entities import html5

_JOINERS = "\u200c\u200d"
"""Zero-width joiners hold emoji and some scripts together in running text."""
_SPACE = re.compile(r"\s+")
_LINE_SPACE = re.compile(r"[^\S\n]+")
_ROUNDS = 16
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")


def clean_name(value: str | None) -> str | None:
    """A person's, shop's or product's name on one line: HTML entities resolved, control and zero-width characters removed,
    white space collapsed, Unicode composed (NFC, so that Chinese stays as it is). Nothing left is ``None``.
    """
    return None if value is None else settle(_name, value) or None


def clean_text(value: str | None) -> str | None:
    """Free text, such as a remark: the same, but line breaks stay, and so do the joiners inside emoji."""
    return None if value is None else settle(_text, value) or None


def settle(step: Callable[[str], str], text: str) -> str:
    """Apply ``step`` until it changes nothing: an entity may hide an entity, and a removed character another one.

    Text nested deeper than anything a shop writes is left as it is after sixteen rounds, or each cleansing would change it.
    """
    for _ in range(_ROUNDS):
        done = step(text)
        if done == text:
            return done
        text = done
    return text


def visible(text: str, keep: str = "") -> str:
    """The text without control, zero-width, directional and unpaired surrogate characters, those in ``keep`` excepted."""
    if text.isprintable() and text.isascii():
        return text
    return "".join(one for one in text if one in keep or unicodedata.category(one) not in ("Cc", "Cf", "Cs"))


def to_half_width(text: str) -> str:
    """Full-width forms of ASCII (and the ideographic space) as ASCII; unlike NFKC it leaves ``²`` and ``①`` alone."""
    return text.translate(_HALF_WIDTH)


def half_width_numbers(text: str | None) -> str | None:
    """Full-width digits, Latin letters and the signs between them (－＃／．＋＆) as ASCII: 示例路１２８号 as 示例路128号. Chinese
    punctuation, such as （ and ，, stays as it is written.
    """
    return None if text is None else text.translate(_NUMBERS)


_HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_NUMBERS = {code: half for code, half in _HALF_WIDTH.items() if chr(half).isalnum() or chr(half) in "-#/.+&"}


def _name(text: str) -> str:
    plain = visible(_SPACE.sub(" ", _resolved(text)))
    return unicodedata.normalize("NFC", _SPACE.sub(" ", plain).strip())


def _text(text: str) -> str:
    plain = visible(_resolved(text).replace("\r\n", "\n").replace("\r", "\n").replace("\t", " "), keep=f"\n{_JOINERS}")
    return unicodedata.normalize("NFC", _LINE_SPACE.sub(" ", plain).strip())


def _resolved(text: str) -> str:
    """Whole entities only: HTML also reads ``&copy=2`` of an address as a sign, which would change what was written."""
    return _ENTITY.sub(_character, text) if "&" in text else text


def _character(entity: re.Match[str]) -> str:
    found = entity[0]
    return unescape(found) if found[1] == "#" or found[1:] in html5 else found
