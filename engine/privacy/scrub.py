"""Free text without the numbers that identify people.

Sought are telephone numbers, identity, passport and bank card numbers and e-mail addresses, also with separators, full-width or
Chinese digits. Order numbers are left where their form tells them apart; where it does not, the number is hidden.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final, cast

from engine.privacy.identifiers import mask_email, mask_id_card
from engine.privacy.phones import Profile, mask_phone
from engine.privacy.plain import GAP, spoken_twin

_Mask = Callable[[str, Profile], str]
_BEYOND: Final = 10**20
_END: Final = r"(?![0-9])"
_START: Final = r"(?<![0-9])"
_EXTENSION: Final = r"(?:\s*(?:转接?|分机|ext\.?|[#\-])\s*[0-9]{1,6}(?![0-9])|\s*,\s*[0-9]{3,6}(?![0-9]))?"
_DATE: Final = rf"(?:0{GAP}[1-9]|1{GAP}[0-2]){GAP}(?:0{GAP}[1-9]|[12]{GAP}[0-9]|3{GAP}[01])"


def scrub(text: str, profile: Profile = "screen") -> str:
    """The text with each number and address masked by its own rule; repeated until nothing more is found."""
    while (scrubbed := _once(text, profile)) != text:
        text = scrubbed
    return text


def scrubbed(value: Any) -> Any:
    """JSON in which every text, number and key is free of the numbers that identify people."""
    if isinstance(value, str):
        return scrub(value)
    if isinstance(value, dict):
        return _scrubbed_object(cast("dict[str, Any]", value))
    if isinstance(value, list):
        return [scrubbed(child) for child in cast("list[Any]", value)]
    if isinstance(value, (int, float, Decimal)) and not isinstance(value, bool) and (text := _digits_of(value)):
        hidden = scrub(text)
        return value if hidden == text else hidden
    return value


def _scrubbed_object(value: dict[str, Any]) -> dict[str, Any]:
    """Two people whose masked numbers are alike keep a key each."""
    found: dict[str, Any] = {}
    for key, child in value.items():
        name = scrub(key)
        while name in found:
            name += "*"
        found[name] = scrubbed(child)
    return found


def _digits_of(number: float | Decimal) -> str:
    """The digits of a whole number that is short enough for one that identifies somebody; a fraction is none."""
    return str(int(number)) if -_BEYOND < number < _BEYOND and number == int(number) else ""


def _once(text: str, profile: Profile) -> str:
    for pattern, mask in _RULES:
        twin = spoken_twin(text)
        pieces: list[str] = []
        end = 0
        for found in pattern.finditer(twin):
            pieces += [text[end : found.start()], mask(found[0], profile)]
            end = found.end()
        if end:
            text = "".join(pieces) + text[end:]
    return text


def _number(digits: int, first: str = "[0-9]") -> str:
    return rf"{first}(?:{GAP}[0-9]){{{digits - 1}}}"


def _digit_stars(text: str, profile: Profile) -> str:
    del profile
    return re.sub("[0-9]", "*", text)


def _card(text: str, profile: Profile) -> str:
    digits = re.sub("[^0-9]", "", text)
    known = digits.startswith("62") or (len(digits) == 15 and digits[:2] in ("34", "37"))
    return _digit_stars(text, profile) if known or _luhn(digits) else text


def _luhn(digits: str) -> bool:
    """ISO/IEC 7812-1, annex B."""
    doubled = (int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits)))
    return sum(number - 9 if number > 9 else number for number in doubled) % 10 == 0


def _phone(text: str, profile: Profile) -> str:
    masked = mask_phone(text, profile)
    return masked if masked.strip("*") else _digit_stars(text, profile)


def _email(text: str, profile: Profile) -> str:
    del profile
    masked = mask_email(text)
    return masked if masked.strip("*") else "*" * len(text)


def _id_card(text: str, profile: Profile) -> str:
    del profile
    return mask_id_card(text)


_CUE: Final = "电话|座机|手机|号码|联系|微信|tel|phone|call|mobile|wechat|vx|qq"
_DAY: Final = rf"{_DATE}(?:{GAP}[0-9]){{3}}"

_EMAIL: Final = re.compile(r"[A-Za-z0-9._%+\-]{1,64}@[A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)+")
_ID_WITH_X: Final = re.compile(rf"{_START}{_number(17)}{GAP}[Xx](?![A-Za-z0-9])")
_ID_18: Final = re.compile(rf"{_START}{_number(6, '[1-9]')}{GAP}(?:1{GAP}[89]|2{GAP}0)(?:{GAP}[0-9]){{2}}{GAP}{_DAY}{GAP}[0-9]{_END}")
_ID_15: Final = re.compile(rf"{_START}{_number(6, '[1-9]')}{GAP}(?:[0-9]{GAP}){{2}}{_DAY}{_END}")
_MOBILE: Final = re.compile(
    rf"(?:(?:\+|00){GAP}86{GAP}|{_START}86{GAP}|{_START})0?1{GAP}[3-9](?:{GAP}[0-9]){{9}}{_END}{_EXTENSION}", re.IGNORECASE
)
_LANDLINE: Final = re.compile(
    rf"{_START}\(?0(?:10|2[0-9]|[3-9][0-9]{{2}}){GAP}{_number(7, '[1-9]')}(?:{GAP}[0-9])?{_END}{_EXTENSION}", re.IGNORECASE
)
_FOREIGN: Final = re.compile(rf"(?:\+(?:{GAP}[0-9]){{7,15}}|{_START}00[1-9](?:{GAP}[0-9]){{8,12}}){_END}")
_AMERICAN: Final = re.compile(rf"{_START}\(?[2-9][0-9]{{2}}\)?[\-. ]{{1,2}}[0-9]{{3}}[\-. ][0-9]{{4}}{_END}")
_AFTER_CUE: Final = re.compile(rf"(?:{_CUE})[^0-9\w]{{0,3}}(?:[:是为][^0-9\w]{{0,2}})?[0-9](?:[\- ]?[0-9]){{5,11}}{_END}", re.IGNORECASE)
_PASSPORT: Final = re.compile(
    r"(?:护照|通行证|台胞证|回乡证|passport)[^0-9A-Za-z]{0,8}(?:(?:no|number)[^0-9A-Za-z]{1,4})?[A-Za-z]{1,2}[0-9]{6,9}" + _END,
    re.IGNORECASE,
)
_LONG: Final = re.compile(rf"{_START}{_number(15, '[1-9]')}(?:{GAP}[0-9]){{0,4}}{_END}")

_RULES: Final[tuple[tuple[re.Pattern[str], _Mask], ...]] = (
    (_EMAIL, _email),
    (_ID_WITH_X, _id_card),
    (_ID_18, _id_card),
    (_MOBILE, _phone),
    (_FOREIGN, _phone),
    (_LANDLINE, _phone),
    (_ID_15, _id_card),
    (_PASSPORT, _digit_stars),
    (_LONG, _card),
    (_AMERICAN, _digit_stars),
    (_AFTER_CUE, _digit_stars),
)
