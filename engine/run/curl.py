"""A request as a line for the command line. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from shlex import quote
from typing import Any, Final

from engine.json_text import write_json

_NEEDS_NO_METHOD: Final = "GET"
_VARIABLE: Final = re.compile(r"\$[A-Z_][A-Z0-9_]*")


def as_curl(request: Mapping[str, Any], address: str) -> str:
    """``request``: ``{method, url, headers, body}`` as a person may see it, whose ``url`` begins with the name of the connection and a
    colon; ``address``, or a variable of the shell such as ``$TEAM_CHAT_URL``, takes its place.
    Secrets and signatures are not in it: they are added at each attempt.
    """
    path = request["url"].partition(":")[2]
    body = request.get("body")
    method, headers = request["method"], dict(request["headers"])
    parts = ["curl"] if method == _NEEDS_NO_METHOD and body is None else ["curl", "-X", quote(method)]
    if body is not None and not isinstance(body, str) and "content-type" not in {name.lower() for name in headers}:
        headers["Content-Type"] = "application/json"
    parts += [f"-H {quote(f'{name}: {value}')}" for name, value in headers.items()]
    if body is not None:
        parts.append(f"--data-raw {quote(body if isinstance(body, str) else write_json(body).decode())}")
    return " ".join([*parts, _target(address, path)])


def _target(address: str, path: str) -> str:
    """A variable stands in double quotes, so that the shell puts its value there; all else is taken as it is."""
    if _VARIABLE.fullmatch(address):
        return f'"{address}"{quote(path) if path else ""}'
    return quote(address.rstrip("/") + path)
