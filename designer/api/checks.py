"""Checking a document while it is drawn: its problems, and what travels where."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import msgspec
from litestar import post
from litestar.params import FromPath, RawBody
from litestar.status_codes import HTTP_200_OK

from designer.api.documents import ProblemPlaced, examined, read_object, shown
from designer.api.given import Language, Loom, TakesJson
from engine.flow.examine import Examined
from engine.flow.lineage import Carried
from engine.node.ports import ERROR_PORT
from engine.order import FieldKind, field_kinds
from engine.privacy.classes import FieldClass
from engine.registry import Registry

INPUT = "in"
_NOTHING = Carried()


@dataclass(frozen=True, slots=True)
class Checked:
    """``fields``: by node, what may reach it as ``item.…``; ``types``: what leaves ``slug.port``, such as ``order``."""

    problems: Sequence[ProblemPlaced]
    fields: Mapping[str, Any]
    types: Mapping[str, str]


@post("/flows/{name:str}/check", opt={"permission": "flow.read"}, status_code=HTTP_200_OK, operation_class=TakesJson)
async def check_document(name: FromPath[str], body: RawBody, orderloom: Loom, language: Language) -> Checked:
    """Everything that is wrong with a document, exactly placed; nothing is kept. 400 only for what is no JSON object."""
    document = read_object(body)
    found = await examined(body, orderloom, name)
    return await asyncio.to_thread(_checked, found, document, orderloom.registry, language)


def _checked(found: Examined, document: object, registry: Registry, language: str) -> Checked:
    return Checked(shown(found.problems, document, language), _fields(found, registry), _types(found))


def _fields(found: Examined, registry: Registry) -> dict[str, Any]:
    """Most nodes get the same fields as the one before: what is the same object is written once."""
    written: dict[int, Any] = {}
    fields: dict[str, Any] = {}
    for slug, node in found.flow.nodes.items() if found.flow else ():
        node_type, arriving = registry.find(node.use), found.carried.get((slug, INPUT), _NOTHING)
        if node_type is None or not node_type.is_trigger:
            known = written.get(id(arriving.fields))
            fields[slug] = known = known if known is not None else _listed(arriving.fields)
            written[id(arriving.fields)] = known
    return fields


def _listed(fields: Mapping[str, FieldClass]) -> msgspec.Raw:
    return msgspec.Raw(b"[" + b",".join(_field(path, found.data_class.value) for path, found in fields.items()) + b"]")


@lru_cache(maxsize=4096)
def _field(path: str, data_class: str) -> bytes:
    """``kind`` where it is known and not text, ``choices`` where there are no other values. The same fields stand at hundreds of nodes."""
    return msgspec.json.encode({"path": path, "class": data_class, **_kind(field_kinds().get(path))})


def _kind(known: FieldKind | None) -> dict[str, Any]:
    if known is None or (known.kind == "text" and not known.choices):
        return {}
    return {"kind": known.kind, **({"choices": list(known.choices)} if known.choices else {})}


def _types(found: Examined) -> dict[str, str]:
    return {f"{slug}.{port}": carried.type for (slug, port), carried in found.carried.items() if port not in (INPUT, ERROR_PORT)}


routes = [check_document]
