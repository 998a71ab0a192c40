"""Order numbers and SKU codes."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

from engine.errors import NodeError
from engine.order.cleanse.texts import settle, to_half_width, visible

_SPACE = re.compile(r"\s+")
_DASHES = re.compile("[\u2010-\u2015\u2212\ufe58\ufe63\uff0d]")
_EXCEL_TAIL = re.compile(r"([0-9]+)(?:\.0+)+")
_SCIENTIFIC = re.compile(r"[0-9]+(?:\.[0-9]+)?E\+[0-9]+|[0-9]\.[0-9]+E[0-9]+")


def clean_order_number(value: str | float | Decimal | None, *, path: str = "channel_order_id") -> str | None:
    """An order number in one form: NFKC, upper case, no white space, no leading ``#`` or apostrophe, no ``.0`` from Excel.

    A number becomes text. Raises ``NodeError`` ``order.number_damaged`` where a spreadsheet left scientific notation
    (4.0126E+18): the last digits are lost.
    """
    if value is None:
        return None
    text = settle(_order_number, str(value))
    if _SCIENTIFIC.fullmatch(text):
        raise NodeError("order.number_damaged", path=path)
    return text or None


def clean_sku(value: str | None) -> str | None:
    """A SKU code in one form: half width, upper case, no white space, every dash a hyphen. Nothing left is ``None``."""
    return None if value is None else settle(_sku, value) or None


def unify_dashes(text: str) -> str:
    """Every kind of dash and minus as the ASCII hyphen."""
    return _DASHES.sub("-", text)


def _order_number(text: str) -> str:
    text = _SPACE.sub("", visible(unicodedata.normalize("NFKC", text))).upper().lstrip("#'’‘`")
    tail = _EXCEL_TAIL.fullmatch(text)
    return tail[1] if tail else text


def _sku(text: str) -> str:
    return unify_dashes(_SPACE.sub("", visible(to_half_width(text)))).upper()
