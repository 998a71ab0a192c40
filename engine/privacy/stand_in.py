"""A recorded document with pseudonyms in the place of everything that may be personal. Fails closed: what nobody declared is replaced.

Open is what is declared so, what is named as open by its value, and what by its form tells of nobody: words that are codes, amounts,
short numbers, times under a key that says so.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any, Final, cast

from engine.errors import OrderloomError
from engine.json_text import read_kept, write_json
from engine.privacy.classes import DataClass, FieldClass, Kind
from engine.privacy.field_names import is_field_name
from engine.privacy.item import below, class_of
from engine.privacy.pseudonyms import Pseudonyms, looks_like
from engine.privacy.scrub import scrub

_KNOWN_WORDS: Final = frozenset(
    "true false ok success succeeded fail failed error accepted created updated duplicate yes no none null".split()  # noqa: SIM905
)
_CODE_KEYS: Final = frozenset(
    "status state code type topic method channel currency country error errcode result ret kind event warehouse unit priority".split()  # noqa: SIM905 - a list of words reads better so
)
_CODE_ENDS: Final = ("_status", "_state", "_code", "_type", "status", "type")
_TIME_KEYS: Final = re.compile(r"(?:time|date|_at|_ts|modified|created|updated|timestamp|expires?)$", re.IGNORECASE)
_TEXT_KEYS: Final = re.compile(r"memo|remark|message|note|comment|留言|备注", re.IGNORECASE)
_NAME_KEYS: Final = re.compile(r"(?:^|_)(?:name|nick|receiver|buyer|contact|consignee)$", re.IGNORECASE)
_ADDRESS_KEYS: Final = re.compile(r"addr(?:ess)?$|street$", re.IGNORECASE)
_REGION_KEYS: Final = re.compile(r"(?:^|_)(?:country|province|state|city|district|county)$", re.IGNORECASE)
_REGION: Final = re.compile("[\u3400-\u9fff]{2,15}")
"""As on screens, where province, city and district stay."""
_URL: Final = re.compile(r"(https?://)(.+)")
_WORD: Final = re.compile(r"[A-Za-z][A-Za-z_./-]{0,47}")
_CONSTANT: Final = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+")
_AMOUNT: Final = re.compile(r"-?[0-9]{1,9}\.[0-9]{1,6}")
_SHORT: Final = re.compile(r"-?[0-9]{1,5}")
_MOMENT: Final = re.compile(
    r"[12][0-9]{3}[-/]?[01][0-9][-/]?[0-3][0-9](?:[T ]?[0-2][0-9]:?[0-5][0-9][0-9:.,]*(?:Z| ?[+-][0-9]{2}:?[0-9]{2})?)?"
)
_EPOCH: Final = re.compile(r"1[0-9]{9}(?:[0-9]{3})?(?:\.[0-9]+)?")
_DEEP: Final = 3
"""JSON inside a text inside JSON is looked into so far."""


class StandIn:
    """``classes``: those of the document's fields, as ``mask_item`` takes them; ``open_texts``: values that are known to be open.

    Values that it replaced once are replaced in free text and answers, too.
    """

    def __init__(self, pseudonyms: Pseudonyms, classes: Mapping[str, FieldClass], open_texts: Collection[str]) -> None:
        self._pseudonyms, self._classes, self._open = pseudonyms, classes, frozenset(open_texts)
        self._replaced: dict[str, str] = {}

    def document(self, value: Any) -> Any:
        """A recorded body, whose fields have classes."""
        self._value(value, "", "", self._classes, 0)  # so that a text knows what is replaced behind it
        return self._value(value, "", "", self._classes, 0)

    def answer(self, value: Any) -> Any:
        """What an outside system said, of which nothing is declared."""
        return self._value(value, "", "", {}, 0)

    def text(self, text: str, key: str = "") -> str:
        """One value without a class."""
        return self._undeclared(text, key, 0)

    def _value(self, value: Any, path: str, key: str, classes: Mapping[str, FieldClass], depth: int) -> Any:
        if isinstance(value, dict):
            members = cast("dict[str, Any]", value).items()
            return {self._key(name): self._value(child, below(path, name), name, classes, depth) for name, child in members}
        if isinstance(value, list):
            return [self._value(child, f"{path}[]", key, classes, depth) for child in cast("list[Any]", value)]
        declared = class_of(path, classes) if classes else None
        if declared is not None and declared.data_class <= DataClass.INTERNAL:
            return value
        if isinstance(value, str):
            kind = None if declared is None or declared.kind in (Kind.OPAQUE, Kind.PATH) else declared.kind
            return self._undeclared(value, key, depth) if kind is None else self._of(value, kind)
        return self._number(value, key) if isinstance(value, (int, float, Decimal)) and not isinstance(value, bool) else value

    def _key(self, name: str) -> str:
        is_open = is_field_name(name) or name in self._open or (name.isascii() and scrub(name) == name)
        return name if is_open else self._of(name, Kind.OPAQUE)

    def _undeclared(self, text: str, key: str, depth: int) -> str:
        if text in self._open or text in self._replaced:
            return self._replaced.get(text, text)
        if depth < _DEEP and text[:1] in ("{", "[") and (inner := _json_in(text)) is not None:
            return write_json(self._value(inner, "", key, {}, depth + 1)).decode()
        if (kind := looks_like(text)) is not None:
            return self._of(text, kind)
        if _is_open(text, key):
            return text
        if (address := _URL.fullmatch(text)) is not None:
            return address[1] + self._of(address[2], Kind.OPAQUE)
        return self._of(text, _kind_by(key))

    def _of(self, text: str, kind: Kind) -> str:
        if kind is Kind.TEXT:
            for known in sorted(self._replaced, key=len, reverse=True):
                text = text.replace(known, self._replaced[known])
            return self._pseudonyms.of(text, kind)
        made = self._pseudonyms.of(text, kind)
        if len(text) > 1 and made != text:
            self._replaced[text] = made
        return made

    def _number(self, value: float | Decimal, key: str) -> float | Decimal:
        """Numbers of up to five digits, fractions and times tell of nobody."""
        text = str(value)
        if text in self._open or abs(value) < 100_000 or value != int(value) or (_TIME_KEYS.search(key) and _EPOCH.fullmatch(text)):
            return value
        digits = self._of(str(abs(int(value))), looks_like(text) or Kind.OPAQUE)
        made = int(digits if digits[0] != "0" else f"1{digits[1:]}")
        return -made if value < 0 else made


def _kind_by(key: str) -> Kind:
    for keys, kind in ((_TEXT_KEYS, Kind.TEXT), (_NAME_KEYS, Kind.NAME), (_ADDRESS_KEYS, Kind.ADDRESS)):
        if keys.search(key):
            return kind
    return Kind.OPAQUE


def _is_open(text: str, key: str) -> bool:
    low = key.lower()
    is_code = low in _CODE_KEYS or low.endswith(_CODE_ENDS)
    return (
        not text.strip()
        or text.lower() in _KNOWN_WORDS
        or _CONSTANT.fullmatch(text) is not None
        or _AMOUNT.fullmatch(text) is not None
        or _SHORT.fullmatch(text) is not None
        or (is_code and _WORD.fullmatch(text) is not None)
        or (_REGION_KEYS.search(key) is not None and _REGION.fullmatch(text) is not None)
        or (_TIME_KEYS.search(key) is not None and (_MOMENT.fullmatch(text) or _EPOCH.fullmatch(text)) is not None)
    )


def _json_in(text: str) -> Any:
    try:
        return read_kept(text.encode())
    except OrderloomError:
        return None
