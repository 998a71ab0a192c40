"""Connections: addresses and secrets of outside systems. A secret goes in and never comes out."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from litestar import delete, get, post, put
from litestar.params import FromPath, QueryParameter, RawBody

from designer.api.given import Actor, Language, Loom, TakesJson
from designer.api.probe_shapes import ProbeShown, probe
from designer.api.shapes import Listed
from engine.connection.gates import GateState
from engine.connection.types import parse_connection
from engine.connection.uses import delete as delete_unused
from engine.json_text import read_json

Sends = Annotated[bool, QueryParameter(description="Chat robots: post a test message into the group.")]


@get("/connections", opt={"permission": "connection.read"})
async def list_connections(orderloom: Loom) -> Listed[dict[str, Any]]:
    """All connections by name; of a secret only whether it is set."""
    gates = orderloom.gates.states()
    return Listed([{**one, "gate": _gate(gates.get(one["name"]))} for one in orderloom.book.public()])


@get("/connections/{name:str}", opt={"permission": "connection.read"})
async def show_connection(name: FromPath[str], orderloom: Loom) -> dict[str, Any]:
    """One connection; of a secret only whether it is set."""
    orderloom.book.source(name)
    found = next(one for one in orderloom.book.public() if one["name"] == name)
    return {**found, "gate": _gate(orderloom.gates.states().get(name))}


def _gate(state: GateState | None) -> dict[str, Any] | None:
    """How the system is doing, ``null`` before the first call."""
    return None if state is None else asdict(state)


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


@delete("/connections/{name:str}", opt={"permission": "connection.write"})
async def delete_connection(name: FromPath[str], orderloom: Loom, actor: Actor) -> None:
    """Forget a connection and its secrets. 409 while a published flow uses it, naming the flows."""
    await delete_unused(orderloom.book, orderloom.store, orderloom.registry, name, actor=actor)


@post("/connections/{name:str}/probe", opt={"permission": "connection.write"}, status_code=200)
async def probe_connection(
    name: FromPath[str], orderloom: Loom, language: Language, actor: Actor, send_message: Sends = False
) -> ProbeShown:
    """Test a connection as it is kept, step by step. 409 while it is being tested."""
    connection = orderloom.book.get(name)
    return await probe(orderloom, name, connection, language, actor, send_message=send_message, kept=True)


@post("/connection-probes", opt={"permission": "connection.write"}, operation_class=TakesJson, status_code=200)
async def probe_unsaved(body: RawBody, orderloom: Loom, language: Language, actor: Actor, send_message: Sends = False) -> ProbeShown:
    """Test a connection that is not kept yet: the body is its whole document. 422 with all problems of the document."""
    connection = parse_connection("connection", read_json(body))
    name = connection.type_name
    return await probe(orderloom, name, connection, language, actor, send_message=send_message, kept=False)


routes = [list_connections, show_connection, save_connection, delete_connection, probe_connection, probe_unsaved]
