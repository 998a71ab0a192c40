"""Masks of telephone numbers.

A star counts as a digit everywhere, so a number that is masked already keeps its form and is masked further only
where the profile asks for more. Whatever is not understood is hidden whole.
"""

from __future__ import annotations

import re
from typing import Final, Literal

from engine.privacy.plain import GAP, ascii_twin

Profile = Literal["screen", "waybill"]

WAYBILL_HIDES: Final = 6
"""GB/T 41833: a waybill hides at least six digits."""

_LONGEST: Final = 48
_DIGIT: Final = "[0-9*]"
_EXTENSION: Final = rf"(?P<extension>\s*(?:转接?|分机|ext\.?|[x#,;:_/\-]|\s)\s*[:.]?\s*{_DIGIT}{{1,8}})?"
_CHINA: Final = rf"(?:\(?(?:\+|00)?{GAP}86{GAP})?"
_SIMPLE_MOBILE: Final = re.compile(r"1[3-9][0-9]{9}")
_MOBILE: Final = re.compile(rf"{_CHINA}(?:0{GAP}(?=1))?{GAP}(?P<digits>[1*]{GAP}[3-9*](?:{GAP}{_DIGIT}){{9}}){_EXTENSION}", re.IGNORECASE)
_AREA: Final = rf"[1*][0*]|[2*]{_DIGIT}|[3-9*]{_DIGIT}{{2}}"
_LOCAL: Final = rf"(?P<local>{_DIGIT}(?:{GAP}{_DIGIT}){{6,7}})"
_LANDLINE: Final = re.compile(rf"{_CHINA}\(?[0*](?P<area>{_AREA})(?P<gap>{GAP}){_LOCAL}{_EXTENSION}", re.IGNORECASE)
_LANDLINE_ABROAD: Final = re.compile(
    rf"\(?(?:\+|00){GAP}86{GAP}(?P<area>10|2[0-9]|(?![48]00)[3-9][0-9]{{2}})(?P<gap>{GAP}){_LOCAL}{_EXTENSION}", re.IGNORECASE
)
_FOREIGN: Final = re.compile(
    rf"\(?(?:\+|00)(?P<digits>(?:{GAP}{_DIGIT}){{6,17}})(?P<extension>\s*(?:转|ext\.?|[x#,;])\s*{_DIGIT}{{1,8}})?", re.IGNORECASE
)
_TWO_DIGIT_CODES: Final = re.compile("2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]")
_NORTH_AMERICAN_STARS: Final = 7


def mask_phone(text: str, profile: Profile) -> str:
    """A number of the Chinese mainland, a landline or a foreign number, without the digits that identify its owner."""
    twin = ascii_twin(text).strip()
    if _SIMPLE_MOBILE.fullmatch(twin):
        return _mobile(twin, profile)
    masked = _parsed(twin, profile) if len(twin) <= _LONGEST else None
    return "*" * len(text) if masked is None else masked


def _parsed(twin: str, profile: Profile) -> str | None:
    if found := _MOBILE.fullmatch(twin):
        return _mobile(_digits(found["digits"]), profile) + _hidden_digits(found["extension"])
    if found := _LANDLINE.fullmatch(twin):
        return _landline(found, twin[found.start("area") - 1] + found["area"], profile)
    if found := _LANDLINE_ABROAD.fullmatch(twin):
        return _landline(found, "0" + found["area"], profile)
    if found := _FOREIGN.fullmatch(twin):
        return _foreign(_digits(found["digits"]), _hidden_digits(found["extension"]), profile)
    return None


def _mobile(digits: str, profile: Profile) -> str:
    """One that a platform masked in another place (``*******0101``) stays, if it hides as much as the profile asks."""
    if digits.count("*") >= (4 if profile == "screen" else WAYBILL_HIDES):
        return digits
    return digits[:3] + ("****" + digits[7:] if profile == "screen" else "******" + digits[9:])


def _landline(found: re.Match[str], area: str, profile: Profile) -> str:
    local = _digits(found["local"])
    shown = 4 if profile == "screen" else len(local) - WAYBILL_HIDES
    separator = "-" if found["gap"] else ""
    masked = local if local.count("*") >= len(local) - shown else "*" * (len(local) - shown) + local[-shown:]
    return area + separator + masked + _hidden_digits(found["extension"])


def _foreign(digits: str, extension: str, profile: Profile) -> str | None:
    country = _country_code(digits)
    national = digits[len(country) :]
    if country == "86" or not country.isdigit() or len(national) < WAYBILL_HIDES:
        return None
    shown = 2 if profile == "screen" else max(0, min(2, len(national) - WAYBILL_HIDES))
    stars = len(national) - shown
    if country == "1" and len(national) == 10:  # the published vector shows seven stars for these
        stars = _NORTH_AMERICAN_STARS
    return f"+{country}{'*' * stars}{national[len(national) - shown :]}{extension}"


def _country_code(digits: str) -> str:
    """The ITU-T E.164 country code that a number starts with: no code is the beginning of another."""
    if digits[0] in "17":
        return digits[0]
    return digits[:2] if _TWO_DIGIT_CODES.match(digits) else digits[:3]


def _digits(text: str) -> str:
    return re.sub(r"[^0-9*]", "", text)


def _hidden_digits(extension: str | None) -> str:
    return re.sub("[0-9]", "*", extension or "")
