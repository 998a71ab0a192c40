"""Amounts and times as people and spreadsheets write them."""

from __future__ import annotations

import re
from decimal import Decimal

from engine.errors import NodeError
from engine.order.cleanse.texts import to_half_width, visible
from engine.order.money import format_money, parse_money
from engine.order.time import to_utc

_SIGNS = re.compile(
    r"^人民币|^(?:[A-Z]{3}|RMB|US|HK|NT|CN|CA|AU)?\s*[¥￥$€£₩₹]|^[A-Z]{3}(?=[\s\d])|[¥￥$€£₩₹]$|(?:元|圆|块|(?<=[\s\d])[A-Z]{3})$",
    re.IGNORECASE,
)
_LONGEST = 60
_POINTS = re.compile(r"^([0-9]{4})\.([0-9]{1,2})\.([0-9]{1,2})(?![0-9.])")
_PLAIN = re.compile(r"[0-9]+(?:\.[0-9]+)?|\.[0-9]+")
_BY_COMMA = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?")
_BY_POINT = re.compile(r"[0-9]{1,3}(?:\.[0-9]{3})+,[0-9]+|[0-9]{1,3}(?:\.[0-9]{3}){2,}")
_COMMA_DECIMAL = re.compile(r"[0-9]+,[0-9]{1,2}")


def clean_money(value: object, currency: str, *, path: str = "amount") -> str | None:
    """Decimal text with the scale of the currency, from text with thousands separators, currency signs or full-width digits.

    ``1,234.50``, ``¥1234.5``, ``１２３４．５０元``, ``1.234,50 €`` and ``(12.00)`` (negative) are read. A comma before exactly three
    digits separates thousands. Blank is ``None``. Raises ``NodeError`` ``money.invalid``, for a float too.
    """
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    exact = parse_money(_plain(value, path, currency) if isinstance(value, str) else value, currency, path=path)
    return format_money(exact, currency, path=path)


def clean_time(value: object, zone: str = "UTC", *, path: str = "time") -> str | None:
    """UTC text, as ``to_utc`` gives it, also from full-width digits and Chinese dates (2026年1月15日 9时5分)."""
    return to_utc(_time_text(value) if isinstance(value, str) else value, zone, path=path)


def _plain(value: str, path: str, currency: str) -> str:
    text = visible(to_half_width(value)).strip() if len(value) <= _LONGEST else ""
    negative = text.startswith(("-", "−", "(")) or text.endswith("-")
    text = text.strip("-−()+ ").strip()
    text = _SIGNS.sub("", _SIGNS.sub("", text)).strip()
    negative, text = negative or text.startswith(("-", "−")), text.lstrip("-−").replace(" ", "").replace("\u00a0", "").replace("'", "")
    number = _number(text)
    if number is None:
        raise NodeError("money.invalid", path=path, currency=currency)
    return f"-{number}" if negative and Decimal(number) else number


def _number(text: str) -> str | None:
    if _PLAIN.fullmatch(text):
        return f"0{text}" if text.startswith(".") else text
    if _BY_COMMA.fullmatch(text):
        return text.replace(",", "")
    if _BY_POINT.fullmatch(text):
        return text.replace(".", "").replace(",", ".")
    return text.replace(",", ".") if _COMMA_DECIMAL.fullmatch(text) else None


def _time_text(value: str) -> str:
    text = _POINTS.sub(r"\1-\2-\3", visible(to_half_width(value)).strip())
    if "年" not in text:
        return text
    text = re.sub(r"[年月]", "-", text.replace("日", " "))
    text = re.sub(r"[时点分]", ":", text.replace("秒", "")).strip().rstrip(":-")
    return re.sub(r"\b(\d)(?=:|$)", r"0\1", re.sub(r"\s+", " ", text))
