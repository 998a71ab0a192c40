"""Literals of the language: numbers within their range, strings and bytes with their own escapes.

Source: https://github.com/google/cel-spec/blob/master/doc/langdef.md#string-and-bytes-values
"""

from __future__ import annotations

import math
import re

from engine.expression.errors import OperationError

INT_MIN = -(2**63)
INT_MAX = 2**63 - 1

_SIMPLE = dict(zip("abfnrtv\\\"'?`", "\a\b\f\n\r\t\v\\\"'?`", strict=True))
_ESCAPE = re.compile(
    r"\\(?:(?P<simple>[abfnrtv\\\"'?`])|[xX](?P<hex>[0-9a-fA-F]{2})|(?P<octal>[0-3][0-7]{2})"
    r"|u(?P<short>[0-9a-fA-F]{4})|U(?P<long>[0-9a-fA-F]{8})|(?P<other>.?))",
    re.DOTALL,
)
_SURROGATES = range(0xD800, 0xE000)
_UNICODE_END = 0x110000


def read_int(token: str) -> int:
    """Decimal or ``0x`` digits with an optional sign; raises ``expression.overflow`` beyond 64 bits."""
    value = int(token, 16) if "x" in token else int(token)
    if INT_MIN <= value <= INT_MAX:
        return value
    raise OperationError("expression.overflow")


def read_double(token: str) -> float:
    """A finite double; raises ``expression.overflow`` for one that is too large."""
    value = float(token)
    if math.isinf(value):
        raise OperationError("expression.overflow")
    return value


def read_string(token: str) -> str:
    """A quoted string: escapes name code points, which must be Unicode scalar values."""
    body, raw = _unquoted(token)
    return body if raw else _ESCAPE.sub(_character, body)


def read_bytes(token: str) -> bytes:
    r"""A quoted string after ``b``: ``\x`` and octal escapes are bytes, all else is UTF-8."""
    body, raw = _unquoted(token[1:])
    if raw:
        return _utf8(body)
    parts: list[bytes] = []
    end = 0
    for escape in _ESCAPE.finditer(body):
        parts += (_utf8(body[end : escape.start()]), _octets(escape))
        end = escape.end()
    return b"".join((*parts, _utf8(body[end:])))


def _unquoted(token: str) -> tuple[str, bool]:
    raw = token[0] in "rR"
    quoted = token[1:] if raw else token
    width = 3 if len(quoted) >= 6 and quoted[:3] in ('"""', "'''") else 1
    return quoted[width:-width].replace("\r\n", "\n").replace("\r", "\n"), raw


def _character(escape: re.Match[str]) -> str:
    if simple := escape["simple"]:
        return _SIMPLE[simple]
    point = _point(escape)
    if point in _SURROGATES or point >= _UNICODE_END:
        raise OperationError("expression.escape")
    return chr(point)


def _octets(escape: re.Match[str]) -> bytes:
    if escape["short"] or escape["long"]:
        raise OperationError("expression.escape")
    if simple := escape["simple"]:
        return _SIMPLE[simple].encode("ascii")
    return bytes((_point(escape),))


def _point(escape: re.Match[str]) -> int:
    if digits := escape["hex"] or escape["short"] or escape["long"]:
        return int(digits, 16)
    if digits := escape["octal"]:
        return int(digits, 8)
    raise OperationError("expression.escape")


def _utf8(text: str) -> bytes:
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError:
        raise OperationError("expression.escape") from None
