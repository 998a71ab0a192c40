"""Masks of people's names."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_MASKED: Final = re.compile(r"[^*]?\*+[^*]?")
"""Masked by a platform in its own way: ``*三``, ``张*丰``."""


def mask_name(text: str) -> str:
    """The first character stays, and the first letter of each later word of a Latin name; one star for each other character.

    A name in which this would hide nothing (``张``, ``A B``) is hidden whole.
    """
    words = _visible(text).split()
    if not words:
        return ""
    if len(words) == 1 and _MASKED.fullmatch(words[0]):
        return words[0]
    latin = _is_latin(words[0][0])
    shown = [words[0][0], *(word[0] if latin and _is_latin(word[0]) else "*" for word in words[1:])]
    if all(len(word) == 1 and first != "*" for word, first in zip(words, shown, strict=True)):
        shown = ["*"] * len(words)
    return " ".join(first + "*" * (len(word) - 1) for first, word in zip(shown, words, strict=True))


def _visible(text: str) -> str:
    """NFKC, without control and format characters: a combining mark or an unseen character must not count as the first."""
    return "".join(char for char in unicodedata.normalize("NFKC", text) if char.isspace() or not unicodedata.category(char).startswith("C"))


def _is_latin(char: str) -> bool:
    return unicodedata.name(char, "").startswith("LATIN")
