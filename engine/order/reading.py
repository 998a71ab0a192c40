"""Reading a channel's payload: typed access that notes drift instead of failing, and fails where guessing would be worse."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, TypeGuard, cast

from engine.errors import NodeError
from engine.order.money import parse_money
from engine.order.time import to_utc, zone_of

_CODE_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_.\-]{0,63}|[0-9]{1,3}")
_WHOLE = re.compile(r"-?[0-9]{1,18}")
_LARGEST_WHOLE = 10**30
_LARGEST_EXACT = 2**53
_LARGEST_QUANTITY = 10**9
_MOST_NOTES = 50
_LONGEST_NAME = 64


@dataclass(slots=True)
class Findings:
    """What reading a payload brought to light besides the values: drift notes, source times, and reasons to hold."""

    drift: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict[tuple[str, str], dict[str, Any]])
    time_sources: dict[str, dict[str, str]] = field(default_factory=dict[str, dict[str, str]])
    hold_reasons: list[str] = field(default_factory=list[str])

    def note(self, path: str, kind: str, found: str | None = None) -> None:
        """Note drift once for each place and kind, up to fifty."""
        if len(self.drift) < _MOST_NOTES:
            self.drift.setdefault((path, kind), {"path": path, "kind": kind, "found": found})

    def unmapped(self, path: str, word: str | None) -> None:
        """A code word that no map knows: noted, and the order is held. Only what looks like a code word or a short code is kept."""
        code = word if word and _CODE_WORD.fullmatch(word) else None
        self.note(path, "unmapped_value" if word else "missing", code)
        self.hold("unmapped_status")

    def hold(self, reason: str) -> None:
        if reason not in self.hold_reasons:
            self.hold_reasons.append(reason)


@dataclass(slots=True)
class Source:
    """One object of a payload, with the path that leads to it (``orders[]`` for every element of a list)."""

    data: Mapping[str, Any]
    findings: Findings
    path: str = ""

    def at(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key

    def raw(self, key: str) -> Any:
        return self.data.get(key)

    def text(self, *keys: str) -> str | None:
        """The first of the fields that holds text; blank counts as absent. Numbers are taken as text and noted."""
        for key in keys:
            value = self.data.get(key)
            if isinstance(value, str):
                if value and not value.isspace():
                    return value.replace("\x00", "") if "\x00" in value else value
            elif value is not None:
                self._drifted(key, value)
                if isinstance(value, (int, Decimal)) and _is_bearable(value):
                    return str(int(value)) if _is_whole(value) else str(value)
        return None

    def identifier(self, *keys: str) -> str | None:
        """The first of the fields that holds an id, always as text. A float is refused: it has rounded the id already."""
        for key in keys:
            value = self.data.get(key)
            if isinstance(value, str) and value.strip():
                return value.strip()
            if (isinstance(value, int) or _is_exact(value)) and _is_whole(value):
                if isinstance(value, Decimal):
                    self._drifted(key, value)
                return str(int(value))
            if value is not None and not isinstance(value, str):
                raise self.wrong_type(key, "text")
        return None

    def required(self, *keys: str) -> str:
        """An id without which there is no order; 0 is none. Raises ``NodeError`` ``order.missing_field``."""
        found = self.identifier(*keys)
        if found is None or found == "0":
            raise self.missing(keys[0])
        return found

    def word(self, key: str, words: Mapping[str, str], otherwise: str) -> str:
        """The canonical word for a code; for a code that the map does not know ``otherwise``, a drift note and a hold."""
        code = self.text(key)
        found = words.get(code) if code else None
        if found is not None:
            return found
        self.findings.unmapped(self.at(key), code)
        return otherwise

    def whole(self, key: str) -> int | None:
        """A whole number; one that comes as text is taken and noted."""
        value = self.data.get(key)
        if isinstance(value, int) and _is_whole(value):
            return value
        if value is None or (isinstance(value, str) and not value.strip()):
            return None
        if (isinstance(value, str) and _WHOLE.fullmatch(value.strip())) or (isinstance(value, Decimal) and _is_whole(value)):
            self._drifted(key, value)
            return int(value)
        raise self.wrong_type(key, "whole number")

    def quantity(self, key: str) -> int:
        """A whole number that is there and not negative."""
        found = self.whole(key)
        if found is None:
            raise self.missing(key)
        if not 0 <= found <= _LARGEST_QUANTITY:
            raise self.wrong_type(key, f"whole number from 0 to {_LARGEST_QUANTITY}")
        return found

    def money(self, key: str, currency: str, *, number: bool = False) -> Decimal | None:
        """An exact amount, from text or a number. Raises ``NodeError`` ``money.invalid``.

        ``number``: whether the channel documents a JSON number; the other form is noted, unless it is a bare 0.
        """
        value = self.data.get(key)
        if value is None or (isinstance(value, str) and not value.strip()):
            return None
        if value and isinstance(value, str) == number:
            self._drifted(key, value)
        return parse_money(value, currency, path=self.at(key))

    def flag(self, key: str) -> bool:
        """Whether a field says yes: true, 1, "1", "true", "Y"."""
        value = self.data.get(key)
        return value.strip().lower() not in ("", "0", "false", "n", "no", "null") if isinstance(value, str) else bool(value)

    def time(self, key: str, zone: str, into: str) -> str | None:
        """A time as UTC text; what the source wrote is kept beside it under the canonical name ``into``.

        Every order was made at some time: without ``created_at`` that is noted.
        """
        value = self.data.get(key)
        found = to_utc(value, zone, path=self.at(key))
        if found is None and into == "created_at":
            self.findings.note(self.at(key), "missing")
        if found is not None:
            self.findings.time_sources[into] = {"text": str(value), "zone": zone_of(value, zone)}
        return found

    def free_time(self, key: str, zone: str, into: str) -> str | None:
        """A time in a field that may also hold words: those are noted, not refused."""
        try:
            return self.time(key, zone, into)
        except NodeError:
            self.findings.note(self.at(key), "unreadable")
            return None

    def child(self, key: str) -> Source:
        """The object in a field; an empty one if there is none."""
        value = self.data.get(key)
        if value is not None and not isinstance(value, dict):
            self._drifted(key, value)
        return Source(cast("dict[str, Any]", value) if isinstance(value, dict) else {}, self.findings, self.at(key))

    def children(self, key: str, inner: str | None = None) -> list[Source]:
        """The objects of a list. An object alone counts as a list of one, and ``inner`` names a wrapper around the list.

        What is no object is left out and noted.
        """
        value: object = self.data.get(key)
        if inner and isinstance(value, dict) and inner in value:
            value = cast("dict[str, object]", value)[inner]
        if isinstance(value, dict):
            value = [cast("object", value)] if value and inner != next(iter(cast("dict[str, object]", value)), None) else []
        if not isinstance(value, list):
            if value is not None and value != "":
                self._drifted(key, value)
            return []
        listed = cast("list[object]", value)
        found = [Source(cast("dict[str, Any]", one), self.findings, f"{self.at(key)}[]") for one in listed if isinstance(one, dict)]
        if len(found) < len(listed):
            self._drifted(f"{key}[]", next(one for one in listed if not isinstance(one, dict)))
        return found

    def expect(self, known: Collection[str]) -> None:
        """Note every field that the channel's documents do not name."""
        for key in _others(self.data, known):
            self.findings.note(self.at(key[:_LONGEST_NAME]), "unknown_field", _json_type(self.data[key]))

    def expect_text(self, *ids: str) -> None:
        """Note ids that are documented as text and came as numbers."""
        for key in ids:
            if isinstance(self.data.get(key), int):
                self._drifted(key, self.data[key])

    def missing(self, key: str) -> NodeError:
        return NodeError("order.missing_field", path=self.at(key))

    def wrong_type(self, key: str, expected: str) -> NodeError:
        return NodeError("order.wrong_type", path=self.at(key), expected=expected, found=_json_type(self.data.get(key)))

    def _drifted(self, key: str, value: object) -> None:
        self.findings.note(self.at(key), "type", _json_type(value))


def _others(data: Mapping[str, Any], known: Collection[str]) -> Iterator[str]:
    return (key for key in data if key not in known and not key.startswith("_"))


def _is_whole(value: int | Decimal) -> bool:
    """Whether a number is a whole one of bearable size: the text of 1E999999 would fill the memory."""
    return _is_bearable(value) and (isinstance(value, int) or value == value.to_integral_value())


def _is_exact(value: object) -> TypeGuard[Decimal]:
    """Whether a decimal may still be an id: beyond 2^53 a point or an exponent tells that a float has rounded its last digits."""
    return isinstance(value, Decimal) and value.is_finite() and (value.as_tuple().exponent == 0 or abs(value) <= _LARGEST_EXACT)


def _is_bearable(value: int | Decimal) -> bool:
    finite = not isinstance(value, bool) if isinstance(value, int) else value.is_finite()
    return finite and -_LARGEST_WHOLE < value < _LARGEST_WHOLE


def _json_type(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    kinds: tuple[tuple[tuple[type, ...], str], ...] = (
        ((int, float, Decimal), "number"),
        ((str,), "string"),
        ((list, tuple), "array"),
    )
    return next((name for types, name in kinds if isinstance(value, types)), "object")
