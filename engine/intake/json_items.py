"""Items from JSON (an object is one item, an array many) and from JSON Lines."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO, Any, cast

from engine.errors import InputInvalid, Problem
from engine.json_text import read_json

_BOM = b"\xef\xbb\xbf"


def read_document(stream: IO[bytes], name: str) -> Iterator[Any]:
    """The items of a whole JSON document."""
    yield from _spread(_parsed(stream.read().removeprefix(_BOM), name, None))


def read_lines(stream: IO[bytes], name: str) -> Iterator[Any]:
    """One item a line; empty lines are passed over."""
    for number, line in enumerate(stream, 1):
        text = line.removeprefix(_BOM) if number == 1 else line
        if text.strip():
            yield _parsed(text, name, number)


def read_either(stream: IO[bytes], name: str) -> Iterator[Any]:
    """JSON Lines if the first line is an object by itself, else one document."""
    head = b""
    while not head.strip():
        line = stream.readline()
        if not line:
            return
        head += line
    head = head.removeprefix(_BOM)
    first = _object(head)
    if first is None:
        yield from _spread(_parsed(head + stream.read(), name, None))
        return
    yield first
    for number, line in enumerate(stream, head.count(b"\n") + 1):
        if line.strip():
            yield _parsed(line, name, number)


def _object(line: bytes) -> dict[str, Any] | None:
    try:
        value = read_json(line)
    except InputInvalid:
        return None
    return cast("dict[str, Any]", value) if isinstance(value, dict) else None


def _spread(value: Any) -> Iterator[Any]:
    if isinstance(value, list):
        yield from cast("list[Any]", value)
    else:
        yield value


def _parsed(raw: bytes, name: str, line: int | None) -> Any:
    try:
        return read_json(raw)
    except InputInvalid as error:
        problem = error.problems[0]
        if problem.code != "body.unreadable":
            raise InputInvalid(problem.inside(name)) from None
        reason = str(problem.fields["reason"])
        fields = {"line": line or _line_of(raw, reason), "reason": reason.partition(" (byte ")[0], "rule": "json_form"}
        raise InputInvalid(Problem("input.unreadable", (name,), fields)) from None


def _line_of(raw: bytes, reason: str) -> int:
    """The line of ``… (byte 17)``; the last one where the text ends too early."""
    _, _, at = reason.partition("(byte ")
    digits = at.partition(")")[0]
    return raw[: int(digits)].count(b"\n") + 1 if digits.isdigit() else raw.count(b"\n", 0, len(raw.rstrip())) + 1
