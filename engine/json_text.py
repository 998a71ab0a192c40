"""JSON as Orderloom reads and writes it.

Fractional numbers are read as ``decimal.Decimal`` (a float cannot hold money), integers of any size as ``int``. Depth
is limited (rule R13). ``canonical`` follows RFC 8785 for all but fractional numbers, which keep their decimal text.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final

import msgspec

from engine.errors import InputInvalid, Problem

MAX_DEPTH = 64
SAFE_INTEGER = 2**53
_MARK: Final = b"\xef\xbb\xbf"

_AT: Final = re.compile(r"\(byte ([0-9]+)\)$")
_decode = msgspec.json.Decoder(float_hook=Decimal).decode
_encode = msgspec.json.Encoder(decimal_format="number").encode
_encode_sorted = msgspec.json.Encoder(decimal_format="number", order="sorted").encode


def read_json(raw: bytes | str) -> Any:
    """The value of a JSON text, with or without a mark. Raises ``InputInvalid`` with ``body.unreadable`` or ``body.too_deep``."""
    raw = raw.removeprefix(_MARK) if isinstance(raw, bytes) else without_mark(raw)
    value = read_kept(raw)
    if is_deep(raw, value):
        raise too_deep()
    return value


def read_kept(raw: bytes | str) -> Any:
    """The same for what this program wrote itself, however deep: what came from outside was measured before anything was put around it."""
    try:
        return _decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise unreadable(error) from None
    except RecursionError:
        raise too_deep() from None


def is_deep(raw: bytes | str, value: Any) -> bool:
    """Whether a value, with its text, is nested deeper than what is read from outside."""
    opening = (raw.count(b"[") + raw.count(b"{")) if isinstance(raw, bytes) else (raw.count("[") + raw.count("{"))
    return opening > MAX_DEPTH and depth(value) > MAX_DEPTH


def without_mark(raw: bytes | str) -> bytes | str:
    """A text without the byte order mark that editors on Windows put in front (RFC 8259, section 8.1: a reader may pass over it)."""
    return raw.removeprefix(_MARK) if isinstance(raw, bytes) else raw.removeprefix(_MARK.decode())


def unreadable(error: BaseException) -> InputInvalid:
    """``body.unreadable``, with what the library says, and its ``rule`` and ``byte`` (the first one is 0) for other languages."""
    return InputInvalid(Problem("body.unreadable", fields=_why_unreadable(error)))


def _why_unreadable(error: BaseException) -> dict[str, Any]:
    if isinstance(error, UnicodeDecodeError):
        return {"reason": "a text in it is no UTF-8", "rule": "json_utf8"}
    reason = str(error).removeprefix("JSON is malformed: ")
    if "truncated" in reason:
        return {"reason": "it ends too early", "rule": "json_ends_early"}
    at = _AT.search(reason)
    return {"reason": reason, "rule": "json_form"} if at is None else {"reason": reason, "rule": "json_byte", "byte": int(at[1])}


def too_deep() -> InputInvalid:
    """``body.too_deep``."""
    return InputInvalid(Problem("body.too_deep", fields={"limit": MAX_DEPTH}))


write_json: Final[Callable[[Any], bytes]] = _encode
"""Compact JSON; keys in the order of the value. Decimals are written as numbers, unquoted."""


def indented_json(value: Any) -> bytes:
    """The same for people to read."""
    return msgspec.json.format(_encode(value), indent=2) + b"\n"


canonical_json: Final[Callable[[Any], bytes]] = _encode_sorted
"""JSON with sorted keys and no space: equal values give equal bytes."""


def digest(value: Any) -> str:
    """A short name (32 hex digits of SHA-256) for the content of a JSON value."""
    return hashlib.sha256(_encode_sorted(value)).hexdigest()[:32]


def require_shallow(value: Any) -> None:
    """Of what was read elsewhere. Raises ``InputInvalid`` with ``body.too_deep``."""
    if depth(value) > MAX_DEPTH:
        raise too_deep()


def depth(value: Any) -> int:
    """How many objects and arrays lie inside each other."""
    deepest, todo = 0, [(value, 1)]
    while todo:
        node, level = todo.pop()
        children = node.values() if isinstance(node, dict) else node if isinstance(node, list) else None  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType]
        if children is not None:
            deepest = max(deepest, level)
            todo.extend((child, level + 1) for child in children)  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
    return deepest


def for_browsers(value: Any) -> Any:
    """The same value with integers beyond 2^53 as strings, so that JavaScript cannot round them."""
    if isinstance(value, dict):
        return {key: for_browsers(child) for key, child in value.items()}  # pyright: ignore[reportUnknownVariableType]
    if isinstance(value, list):
        return [for_browsers(child) for child in value]  # pyright: ignore[reportUnknownVariableType]
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > SAFE_INTEGER:
        return str(value)
    return value
