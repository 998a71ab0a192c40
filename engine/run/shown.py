"""Requests as tests, files and pages show them."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from engine.run.effects import EffectRequest


def request_json(request: EffectRequest, base: str = "", key: str | None = None) -> dict[str, Any]:
    """``{method, url, headers, body}``. ``base`` is the connection's address; without it the connection's name stands in."""
    content = request.content
    if request.kind == "hub":
        return {"method": "PUT", "url": "hub:orders", "headers": {}, "body": content["order"]}
    if request.kind == "mail":
        return {"method": "MAIL", "url": f"{request.connection}:", "headers": {}, "body": dict(content)}
    if request.kind == "wait":
        return {"method": "WAIT", "url": f"{content['wait']}:", "headers": {}, "body": dict(content)}
    headers = dict(content.get("headers", {}))
    if key is not None:
        headers["Idempotency-Key"] = key
    query = content.get("query")
    url = (base.rstrip("/") if base else f"{request.connection}:") + content["path"] + (f"?{urlencode(query)}" if query else "")
    return {"method": content["method"], "url": url, "headers": headers, "body": content.get("json", content.get("text"))}
