"""Connections, to look at: address and type, and of secrets only whether they are set."""

from __future__ import annotations

from typing import Any, cast

from litestar import Response, get

from designer.pages.frame import PageRequest, loom, page
from engine.connection.types import connection_types, json_schema
from engine.errors import Problem


@get("/connections", opt={"permission": "connection.read"})
async def list_connections(request: PageRequest) -> Response[str]:
    titles = {name: model.type_title for name, model in connection_types().items()}
    labels = {name: _labels(name) for name in titles}
    return page(request, "connections.html", connections=[_shown(one) for one in loom(request).book.public()], titles=titles, labels=labels)


def _labels(type_name: str) -> dict[str, str]:
    return {name: str(field.get("title", name)) for name, field in json_schema(type_name)["properties"].items()}


def _shown(public: dict[str, Any]) -> dict[str, Any]:
    """``secrets``: name → whether set; ``fields``: the others that have a value; ``problems`` of a document that no longer fits."""
    rest = {name: value for name, value in public.items() if name not in ("name", "source", "type", "problems")}
    secrets = {name: bool(value["set"]) for name, value in rest.items() if _is_secret(value)}
    fields = {name: value for name, value in rest.items() if name not in secrets and value not in (None, {}, [])}
    problems = [Problem(code, (public["name"],)) for code in public.get("problems", ())]
    return {
        "name": public["name"],
        "source": public["source"],
        "type": public.get("type"),
        "secrets": secrets,
        "fields": fields,
        "problems": problems,
    }


def _is_secret(value: Any) -> bool:
    return isinstance(value, dict) and set(cast("dict[str, Any]", value)) == {"set"}
