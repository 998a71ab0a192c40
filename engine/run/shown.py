"""Requests as tests, files and pages show them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import urlencode

from engine.run.effects import EffectRequest


def request_json(request: EffectRequest, base: str = "", key: str | None = None) -> dict[str, Any]:
    """``{method, url, headers, body}``. ``base`` is the connection's address; without it the connection's name stands in."""
    content = request.content
    inside = _INSIDE.get(request.kind)
    if inside is not None:
        method, url, body = inside(request.connection, content)
        return {"method": method, "url": url, "headers": {}, "body": body}
    headers = dict(content.get("headers", {}))
    if key is not None:
        headers["Idempotency-Key"] = key
    query = content.get("query")
    url = (base.rstrip("/") if base else f"{request.connection}:") + content["path"] + (f"?{urlencode(query)}" if query else "")
    return {"method": content["method"], "url": url, "headers": headers, "body": content.get("json", content.get("text"))}


_INSIDE: Final[Mapping[str, Callable[[str, Mapping[str, Any]], tuple[str, str, Any]]]] = {
    "hub": lambda _, asked: ("PUT", "hub:orders", asked["order"]),
    "mail": lambda connection, asked: ("MAIL", f"{connection}:", dict(asked)),
    "wait": lambda _, asked: ("WAIT", f"{asked['wait']}:", dict(asked)),
    "call": lambda _, asked: ("CALL", f"flow:{asked['flow']}", list(asked["items"])),
    "reconcile": lambda _, asked: ("GET", "hub:reconciliation", dict(asked)),
    "rules": lambda _, asked: ("GET", "hub:rules", dict(asked)),
    "desk": lambda _, asked: ("ASK", f"hub:{asked['task']}", {name: value for name, value in asked.items() if name != "task"}),
}
"""What is no HTTP request, as if it were one: ``(connection, content)`` to method, URL and body."""
