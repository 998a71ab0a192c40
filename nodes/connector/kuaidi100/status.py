"""The states of Kuaidi100 as ours. Source: api.kuaidi100.com, table of ``state`` and ``statusCode``.

A code of three digits or more refines the one with which it begins: 501 (in a parcel locker) is a kind of 5 (being delivered),
1001 to 1003 are kinds of 0 (under way).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_CODES: Final[Mapping[str, str]] = {
    "0": "moving",
    "1": "picked_up",
    "2": "problem",
    "3": "delivered",
    "4": "returned",
    "5": "out_for_delivery",
    "6": "returning",
    "7": "moving",
    "8": "moving",
    "10": "moving",
    "11": "moving",
    "12": "moving",
    "13": "problem",
    "14": "problem",
}
_REFINED: Final[Mapping[str, str]] = {"101": "booked", "102": "booked", "103": "picked_up", "204": "problem", "401": "returned"}
_WORDS: Final[Mapping[str, str]] = {
    "揽收": "picked_up", "在途": "moving", "干线": "moving", "派件": "out_for_delivery", "签收": "delivered", "疑难": "problem",
    "退签": "returned", "退回": "returning", "转投": "moving", "清关": "moving", "拒签": "problem",
}  # fmt: skip
_SHORT: Final = 2


def state_of(code: str | None, word: str | None = None) -> str | None:
    """``None`` where neither says anything that is known."""
    if code is not None and (code in _CODES or code in _REFINED):
        return _REFINED.get(code) or _CODES[code]
    if code is not None and code.isascii() and code.isdigit() and len(code) > _SHORT:
        family = "0" if code.startswith("100") else code[0]
        return _CODES.get(family)
    return next((state for known, state in _WORDS.items() if known in (word or "")), None)
