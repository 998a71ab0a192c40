"""JSON Patch (RFC 6902) over items: ``add``, ``replace``, ``remove`` and ``test``, by JSON Pointers (RFC 6901).

``move`` and ``copy`` are left out on purpose: they would carry a hidden value to a place where it is shown. Values stay as our JSON
text has them: a decimal keeps its digits.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final, cast

from engine.errors import InputInvalid, Problem
from engine.privacy.item import below

OPERATIONS: Final = ("add", "replace", "remove", "test")
MOST: Final = 1000
Operation = Mapping[str, Any]
Seen = Callable[[Operation, str], None]
"""Called with an operation before it is done, and the general path of its place, such as ``lines[].sku_code``."""


def read_patch(given: Any, *where: str) -> list[Operation]:
    """A patch that somebody sent, as operations of a known form. Raises ``InputInvalid`` with every fault (``patch.invalid``)."""
    if not isinstance(given, list) or len(cast("list[Any]", given)) > MOST:
        raise InputInvalid(Problem("patch.not_a_list", where, {"limit": MOST}))
    operations = cast("list[Any]", given)
    faults = [
        Problem("patch.invalid", (*where, str(n)), {"operations": OPERATIONS}) for n, one in enumerate(operations) if not _is_known(one)
    ]
    if faults:
        raise InputInvalid(faults)
    return operations


def apply_patch(document: Any, operations: Sequence[Operation], seen: Seen | None = None, *where: str) -> Any:
    """The document after all operations, in their order; the one that is given stays as it is.

    Raises ``InputInvalid``: ``patch.no_place`` (nothing lies there), ``patch.differs`` (a ``test`` found something else).
    """
    for number, operation in enumerate(operations):
        tokens = tokens_of(operation["path"])
        if seen is not None:
            seen(operation, general(document, tokens))
        try:
            document = _apply(document, tokens, operation)
        except LookupError:
            code = "patch.differs" if operation["op"] == "test" else "patch.no_place"
            raise InputInvalid(Problem(code, (*where, *tokens), {"number": number + 1})) from None
    return document


def general(document: Any, tokens: Sequence[str]) -> str:
    """The general path of a place: elements of lists are ``[]``, whatever their number."""
    path = ""
    for token in tokens:
        if isinstance(document, list):
            path, elements = f"{path}[]", cast("list[Any]", document)
            document = elements[int(token)] if token.isdigit() and int(token) < len(elements) else None
        else:
            path = below(path, token)
            document = cast("dict[str, Any]", document).get(token) if isinstance(document, dict) else None
    return path


def pointer(tokens: Sequence[str]) -> str:
    """``/receiver/phone``."""
    return "".join("/" + token.replace("~", "~0").replace("/", "~1") for token in tokens)


def tokens_of(path: str) -> list[str]:
    """The steps of a JSON Pointer."""
    return [part.replace("~1", "/").replace("~0", "~") for part in path.split("/")[1:]]


def _is_known(one: Any) -> bool:
    if not isinstance(one, dict):
        return False
    operation = cast("dict[str, Any]", one)
    path = operation.get("path")
    if operation.get("op") not in OPERATIONS or not isinstance(path, str) or (path and not path.startswith("/")):
        return False
    return operation["op"] == "remove" or "value" in operation


def _apply(document: Any, tokens: Sequence[str], operation: Operation) -> Any:
    """Raises ``LookupError`` where the place does not exist, or holds something else than ``test`` expects."""
    if not tokens:
        return _at_root(document, operation)
    token, rest = tokens[0], tokens[1:]
    if isinstance(document, dict):
        return _in_object(cast("dict[str, Any]", document), token, rest, operation)
    if isinstance(document, list):
        return _in_list(cast("list[Any]", document), token, rest, operation)
    raise LookupError(token)


def _at_root(document: Any, operation: Operation) -> Any:
    if operation["op"] == "remove":
        raise LookupError
    if operation["op"] == "test" and not same(document, operation["value"]):
        raise LookupError
    return document if operation["op"] == "test" else operation["value"]


def _in_object(members: dict[str, Any], name: str, rest: Sequence[str], operation: Operation) -> dict[str, Any]:
    if not rest and operation["op"] == "add":
        return {**members, name: operation["value"]}
    if name not in members:
        raise LookupError(name)
    if not rest and operation["op"] == "remove":
        return {key: value for key, value in members.items() if key != name}
    return {**members, name: _apply(members[name], rest, operation)}


def _in_list(elements: list[Any], token: str, rest: Sequence[str], operation: Operation) -> list[Any]:
    adds = not rest and operation["op"] == "add"
    position = len(elements) if token == "-" and adds else _position(token)  # noqa: S105 - RFC 6901: the place behind the last element
    if position > len(elements) - (not adds):
        raise LookupError(token)
    if adds:
        return [*elements[:position], operation["value"], *elements[position:]]
    if not rest and operation["op"] == "remove":
        return [*elements[:position], *elements[position + 1 :]]
    return [*elements[:position], _apply(elements[position], rest, operation), *elements[position + 1 :]]


def _position(token: str) -> int:
    """RFC 6901, section 4: digits without a leading zero."""
    if not (token.isascii() and token.isdigit()) or (len(token) > 1 and token[0] == "0") or len(token) > 9:
        raise LookupError(token)
    return int(token)


def same(left: Any, right: Any) -> bool:
    """Equality of RFC 6902, section 4.6: numbers by their value, truth values never equal to numbers."""
    if isinstance(left, dict) and isinstance(right, dict):
        one, other = cast("dict[str, Any]", left), cast("dict[str, Any]", right)
        return one.keys() == other.keys() and all(same(value, other[key]) for key, value in one.items())
    if isinstance(left, list) and isinstance(right, list):
        ones, others = cast("list[Any]", left), cast("list[Any]", right)
        return len(ones) == len(others) and all(same(*pair) for pair in zip(ones, others, strict=True))
    if _is_number(left) and _is_number(right):
        return bool(left == right)
    return left is right or (isinstance(left, str) and isinstance(right, str) and left == right)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float, Decimal)) and not isinstance(value, bool)
