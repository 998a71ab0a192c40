"""Connections: addresses and secrets of outside systems. A secret goes in and never comes out."""

from __future__ import annotations

from typing import Any

from litestar import get, put
from litestar.params import FromPath, RawBody

from designer.api.given import Actor, Loom, TakesJson
from designer.api.shapes import Listed
from engine.json_text import read_json


@get("/connections", opt={"permission": "connection.read"})
async def list_connections(orderloom: Loom) -> Listed[dict[str, Any]]:
    """All connections by name; of a secret only whether it is set."""
    return Listed(orderloom.book.public())


@put("/connections/{name:str}", opt={"permission": "connection.write"}, operation_class=TakesJson)
async def save_connection(
    name: FromPath[str],
    body: RawBody,
    orderloom: Loom,
    actor: Actor,
) -> dict[str, Any]:
    """Keep a connection as a whole. 409 for one that the settings give."""
    connection = await orderloom.book.put(name, read_json(body), actor=actor)
    return {"name": name, "source": "store", **connection.public_view()}


routes = [list_connections, save_connection]
