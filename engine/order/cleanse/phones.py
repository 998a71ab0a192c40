"""Phone numbers."""

from __future__ import annotations

import re

from engine.order.cleanse.codes import unify_dashes
from engine.order.cleanse.texts import settle, to_half_width, visible

_EXTENSION = re.compile(r"(?:转|分机|ext\.?|x|,|#|;)\s*([0-9]{1,6})$", re.IGNORECASE)
_MOBILE = re.compile(r"(\(?(?:\+|00)?86\)?[- ]?)?(1[3-9][0-9])[- ]?([0-9]{4})[- ]?([0-9]{4})(?:[-_ ]([0-9]{1,6}))?")
_LANDLINE = re.compile(r"\(?(0(?:10|2[0-9]|[3-9][0-9]{2}))\)?[- ]*([1-9][0-9]{2,3}[- ]?[0-9]{4})(?:-([0-9]{1,6}))?")
_DIGITS = re.compile(r"(\+?)([0-9(][0-9 ().\-]*)")
_SEPARATORS = re.compile(r"[ ().\-]")
_LONGEST = 60


def clean_phone(value: str | None) -> str | None:
    """A phone number in one form. Nothing left is ``None``; what is no number (a masked or enciphered one) is only trimmed.

    Digits become half width and separators go, but a landline keeps the hyphen after its area code (``010-12345678``), a country
    code its plus (``+8619900000101``), and an extension or a platform's virtual number its hyphen (``18400000101-1234``).
    """
    return None if value is None else settle(_phone, value) or None


def _phone(text: str) -> str:
    text = unify_dashes(visible(to_half_width(text))).strip()
    if len(text) > _LONGEST:
        return text
    base, extension = _split(text)
    number = _number(base)
    return text if number is None else f"{number}-{extension}" if extension else number


def _split(text: str) -> tuple[str, str]:
    found = _EXTENSION.search(text)
    return (text[: found.start()].strip(), found[1]) if found else (text, "")


def _number(text: str) -> str | None:
    if mobile := _MOBILE.fullmatch(text):
        country, *digits, extension = mobile.groups()
        return ("+86" if country else "") + "".join(digits) + (f"-{extension}" if extension else "")
    if landline := _LANDLINE.fullmatch(text):
        area, local, extension = landline.groups()
        return f"{area}-{_SEPARATORS.sub('', local)}" + (f"-{extension}" if extension else "")
    return _other(text)


def _other(text: str) -> str | None:
    found = _DIGITS.fullmatch(text)
    digits = _SEPARATORS.sub("", found[2]) if found else ""
    if not found or not 5 <= len(digits) <= 18:
        return None
    return f"+{digits[2:]}" if not found[1] and digits.startswith("00") else f"{found[1]}{digits}"
