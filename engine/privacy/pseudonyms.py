"""Pseudonyms: another value of the same shape in the place of a personal one, so that a program treats both alike.

The same value gives the same pseudonym under the same key, however it is written; without the key nobody can tell whose it is.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable, Iterator
from typing import Final

from engine.privacy.blind import normalised
from engine.privacy.classes import Kind
from engine.privacy.phones import mask_phone
from engine.privacy.plain import ascii_twin
from engine.privacy.regions import region_length
from engine.privacy.scrub import scrub

KEY_BYTES: Final = 32
_SURNAMES: Final = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程"
_HAN: Final = "安白柏晨初川丹方风光海和恒华佳嘉江锦静凯可兰乐宁平青清然荣如瑞若山书思泰天文希晓心欣新星雪雅言一怡艺英悠雨元远月云泽知子梓宗"
_STREET_WORDS: Final = frozenset("路街道巷弄号栋幢楼单元室层座村镇乡组小区广场大厦园苑寓店门东西南北省市县")
_HAN_CHAR: Final = re.compile("[\u3400-\u9fff]")
_FULL_WIDTH: Final = ord("０")
_ID_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS: Final = "10X98765432"
_MOBILE_DIGITS: Final = 11
_PHONE: Final = re.compile(r"(?:[0-9\s()+.,;:#/_\-]|转接?|分机|ext|EXT|x)*")


class Pseudonyms:
    """``key``: secret bytes. What a platform has starred already keeps its stars."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def of(self, text: str, kind: Kind) -> str:
        """Of the same length and kinds of characters, but for e-mail addresses, which get a domain of nobody."""
        return _RULES.get(kind, _shaped)(text, self._stream(kind, normalised(text, kind))) if text.strip() else text

    def _stream(self, kind: Kind, value: str) -> Iterator[int]:
        """Bytes without end, the same for the same value."""
        seed, turn = hmac.digest(self._key, f"{kind.value}|{value}".encode(), hashlib.sha256), 0
        while True:
            yield from hashlib.sha256(seed + turn.to_bytes(4, "big")).digest()
            turn += 1


def _shaped(text: str, stream: Iterator[int]) -> str:
    return "".join(_like(char, next(stream)) for char in text)


def _phone(text: str, stream: Iterator[int]) -> str:
    """Of a mobile number the three digits of its carrier stay, of any other the first third; so do the country code and separators."""
    twin = ascii_twin(text)
    if "*" in twin:
        return text
    if not _PHONE.fullmatch(twin):
        return _shaped(text, stream)
    count = len(re.sub("[^0-9]", "", normalised(text, Kind.PHONE)))
    left = count - (3 if count == _MOBILE_DIGITS else count // 3)
    found: list[str] = []
    fresh = [next(stream) for _ in range(left)]
    for char, plain in zip(reversed(text), reversed(twin), strict=True):
        replaced = plain in "0123456789" and left > 0
        left -= replaced
        found.append(_like(char, fresh[left]) if replaced else char)
    return "".join(reversed(found))


def _name(text: str, stream: Iterator[int]) -> str:
    return "".join(
        _SURNAMES[next(stream) % len(_SURNAMES)] if number == 0 and _HAN_CHAR.match(char) else _like(char, next(stream))
        for number, char in enumerate(text)
    )


def _address(text: str, stream: Iterator[int]) -> str:
    """Province, city and district stay, as on screens, and so do the words that say what a part is: 路, 号, 栋 …"""
    shown = region_length(ascii_twin(text))
    return text[:shown] + "".join(char if char in _STREET_WORDS else _like(char, next(stream)) for char in text[shown:])


def _email(text: str, stream: Iterator[int]) -> str:
    local, at, _ = text.partition("@")
    return f"{_shaped(local, stream)}@example.com" if at else _shaped(text, stream)


def _id_card(text: str, stream: Iterator[int]) -> str:
    """A number with a date that exists and, of 18 digits, a right check digit (GB 11643)."""
    plain = ascii_twin(text).strip()
    if len(plain) not in (15, 18) or not plain[:-1].isdigit():
        return _shaped(text, stream)
    year, month, day = 50 + next(stream) % 50, 1 + next(stream) % 12, 1 + next(stream) % 28
    tail = f"{next(stream) % 10}{next(stream) % 10}{next(stream) % 10}"
    if len(plain) == 15:
        return f"110101{year:02}{month:02}{day:02}{tail}"
    body = f"11010119{year:02}{month:02}{day:02}{tail}"
    return body + _ID_CHECKS[sum(int(digit) * weight for digit, weight in zip(body, _ID_WEIGHTS, strict=True)) % 11]


def _text(text: str, stream: Iterator[int]) -> str:
    """Free text keeps its words; the numbers in it that identify people are others."""
    scrubbed = scrub(text)
    if len(scrubbed) != len(text):
        return scrubbed
    return "".join(char if char == kept else _like(char, next(stream)) for char, kept in zip(text, scrubbed, strict=True))


def _like(char: str, number: int) -> str:
    """Another character of the same kind; what is neither letter nor digit stays."""
    if "0" <= char <= "9":
        return str(number % 10)
    if 0 <= ord(char) - _FULL_WIDTH < 10:
        return chr(_FULL_WIDTH + number % 10)
    if "a" <= char <= "z":
        return chr(ord("a") + number % 26)
    if "A" <= char <= "Z":
        return chr(ord("A") + number % 26)
    if _HAN_CHAR.match(char):
        return _HAN[number % len(_HAN)]
    return "x" if char.isalnum() else char


_RULES: Final[dict[Kind, Callable[[str, Iterator[int]], str]]] = {
    Kind.PHONE: _phone,
    Kind.NAME: _name,
    Kind.ADDRESS: _address,
    Kind.EMAIL: _email,
    Kind.ID_CARD: _id_card,
    Kind.TEXT: _text,
}


def looks_like(text: str) -> Kind | None:
    """What a value of an undeclared field is, where its form says so for certain."""
    plain = ascii_twin(text).strip()
    if _EMAIL.fullmatch(plain):
        return Kind.EMAIL
    if _ID_CARD.fullmatch(plain):
        return Kind.ID_CARD
    if any(char.isdigit() for char in plain) and mask_phone(plain, "screen").strip("*"):
        return Kind.PHONE
    return Kind.ADDRESS if _HAN_CHAR.search(plain) and region_length(plain) else None


_EMAIL: Final = re.compile(r"[^\s@]{1,64}@[\w\-]+(?:\.[\w\-]+)+")
_ID_CARD: Final = re.compile(r"[1-9][0-9]{5}(?:19|20)[0-9]{9}[0-9Xx]")
