"""One-to-one ASCII twins of characters, so that a pattern for digits also sees full-width and other digits.

The twin of a text has the same length as the text: a span found in the twin is a span of the text.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import Final

GAP: Final = r"[\s().\-·_/|~‐-―\u200b-\u200f\u2060\ufeff\ufe0f\u20e3]{0,3}"
"""A pattern for what people put between the digits of a number, unseen characters included."""

_SPOKEN_DIGITS: Final = dict(zip("零〇一幺二两三四五六七八九壹贰叁肆伍陆柒捌玖", "0011223456789123456789", strict=True))


def ascii_twin(text: str) -> str:
    """The text with every character replaced by its ASCII equivalent, where it has one of length one."""
    return text if text.isascii() else "".join(map(_twin, text))


def spoken_twin(text: str) -> str:
    """Like ``ascii_twin``, with Chinese digits as well: ``幺三八`` reads ``138``."""
    return text if text.isascii() else "".join(_SPOKEN_DIGITS.get(char) or _twin(char) for char in text)


@lru_cache(maxsize=4096)
def _twin(char: str) -> str:
    digit = unicodedata.digit(char, None)
    if digit is not None:
        return str(digit)
    folded = unicodedata.normalize("NFKC", char)
    return folded if len(folded) == 1 and folded.isascii() else char
