"""What a person may see of an answer of an outside system: how it went, and the structure of what it said (rule R9). Fails closed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final, cast, get_args

from engine.node.context import HubOutcome
from engine.privacy.classes import Kind
from engine.privacy.field_names import shown_keys
from engine.privacy.masks import mask
from engine.privacy.scrub import scrub

LARGEST_CODE: Final = 99_999
"""A number of up to five digits tells of nobody, where the key says that it is a code."""
_CODES: Final = frozenset({"code", "errcode", "errorcode", "status", "statuscode", "ret", "retcode", "returncode", "resultcode"})
_RULES: Final = {"rules", "shop", "matches"}
"""What the cleansing rules say: codes and titles of goods, nothing of a person."""
_CODE: Final = re.compile(r"-?[0-9]{1,5}")
_HEADERS: Final[Mapping[str, re.Pattern[str]]] = {
    "content-type": re.compile(r"[\w.+-]+/[\w.+-]+(\s*;\s*charset=[\w-]+)?", re.ASCII),
    "content-length": re.compile(r"[0-9]{1,10}"),
    "date": re.compile(r"[A-Z][a-z]{2}, [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9:]{8} GMT"),
    "retry-after": re.compile(r"[0-9]{1,6}|[A-Z][a-z]{2}, [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9:]{8} GMT"),
    "x-request-id": re.compile(r"(?=[^0-9]*[0-9])[A-Za-z0-9_.:-]{8,80}"),
}
"""Technical headers, with the form in which their value tells of nobody."""


def masked_answer(answer: Any) -> Any:
    """Of an HTTP answer the status, technical headers and the keys of the body; the hub's word; the mail server's yes; the rules."""
    if isinstance(answer, str) and answer in get_args(HubOutcome):
        return answer
    if answer == {"ok": True} or (isinstance(answer, dict) and cast("dict[str, Any]", answer).keys() == _RULES):
        return cast("Any", answer)
    if not isinstance(answer, dict) or "status" not in answer:
        return _value(answer, "")
    parts = cast("dict[str, Any]", answer)
    return {shown: _part(name, parts[name]) for name, shown in shown_keys(parts).items()}


def _part(name: str, value: Any) -> Any:
    if name == "headers" and isinstance(value, dict):
        headers = cast("dict[str, Any]", value)
        return {shown: _header(header, headers[header]) for header, shown in shown_keys(headers).items()}
    return value if name == "by" and value == "person" else _value(value, name)


def _header(name: str, value: Any) -> Any:
    form = _HEADERS.get(name.lower())
    if form is not None and isinstance(value, str) and form.fullmatch(value) and scrub(value) == value:
        return value
    return mask(value, Kind.OPAQUE)


def _value(value: Any, key: str) -> Any:
    if isinstance(value, dict):
        members = cast("dict[str, Any]", value)
        return {shown: _value(members[name], name) for name, shown in shown_keys(members).items()}
    if isinstance(value, list):
        return [_value(child, "") for child in cast("list[Any]", value)]
    return value if _is_code(key, value) else mask(value, Kind.OPAQUE)


def _is_code(key: str, value: Any) -> bool:
    """What platforms tell by number: whole numbers, also as text, of up to five digits."""
    if key.replace("_", "").lower() not in _CODES or isinstance(value, bool):
        return False
    return (
        -LARGEST_CODE <= value <= LARGEST_CODE if isinstance(value, int) else isinstance(value, str) and _CODE.fullmatch(value) is not None
    )
