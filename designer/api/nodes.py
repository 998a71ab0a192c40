"""Node types: the palette."""

from __future__ import annotations

import hashlib
from asyncio import to_thread
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get
from litestar.datastructures import ResponseHeader
from litestar.params import HeaderParameter, QueryParameter
from litestar.status_codes import HTTP_304_NOT_MODIFIED

from designer.api.form_texts import in_language
from designer.api.given import Language, Loom
from designer.api.shapes import Listed, raw
from designer.compression import best_of, packed
from designer.pages.port_words import port_title
from engine.catalogue import text
from engine.flow.check.policies import misplaced
from engine.flow.document import Policy
from engine.node.ports import Port
from engine.node.types import NodeType
from engine.registry import Registry

IfNoneMatch = Annotated[str | None, HeaderParameter(name="If-None-Match", description="The ETag of what the reader has already.")]
WithExamples = Annotated[bool, QueryParameter(description="False: the list of examples of each type is left empty.")]


@dataclass(frozen=True, slots=True)
class PortShown:
    """``change``: ``passes``, ``adds``, ``replaces`` or ``unknown`` fields; ``type``: of what leaves, ``null``: that of what came."""

    name: str
    title: str
    change: str
    type: str | None


@dataclass(frozen=True, slots=True)
class NodeShown:
    """``params`` is a JSON Schema; ``starts`` says how a trigger is fed, ``promise`` what happens to a call that a crash cut short.

    ``accepts`` is the type of what may arrive (``any``: anything); ``policies``: those that mean something at such a node.
    """

    use: str
    name: str
    version: int
    family: str
    kind: str
    label: str
    help: str
    icon: str
    starts: str | None
    taps: bool
    promise: str | None
    accepts: str
    policies: Sequence[str]
    params: Any
    outputs: Sequence[str]
    ports: Sequence[PortShown]
    examples: Any


@get("/nodes", opt={"permission": "node.read"}, response_headers=[ResponseHeader(name="ETag", documentation_only=True)])
async def list_nodes(
    request: Request[Any, Any, Any], orderloom: Loom, language: Language, if_none_match: IfNoneMatch = None, examples: WithExamples = True
) -> Response[Listed[NodeShown]]:
    """All installed node types, plugins too, in the reader's language. They stay the same while the server runs: 304 to who knows them."""
    ways, tag = await to_thread(_written, orderloom.registry, language, examples)
    headers = {"ETag": tag, "Cache-Control": "no-cache", "Vary": "Accept-Language, Cookie, Accept-Encoding"}
    if if_none_match is not None and _knows(if_none_match, tag):
        return Response(None, status_code=HTTP_304_NOT_MODIFIED, headers=headers)  # pyright: ignore[reportReturnType, reportArgumentType]
    encoding = best_of(ways, request.headers.get("accept-encoding", ""))
    headers |= {"Content-Encoding": encoding} if encoding != "identity" else {}
    return Response(ways[encoding], headers=headers, media_type="application/json")  # pyright: ignore[reportReturnType, reportArgumentType]


@lru_cache(maxsize=8)
def _written(registry: Registry, language: str, examples: bool) -> tuple[Mapping[str, bytes], str]:
    """The answer in every encoding, and its ETag. Takes some 80 ms, once a language."""
    written = msgspec.json.encode(Listed([_shown(node, language, examples) for node in registry]))
    return packed(written), f'"{hashlib.sha256(written).hexdigest()[:16]}"'


def _without_class_names(schema: Mapping[str, Any]) -> dict[str, Any]:
    """The titles of whole models are names of classes, which no form shows."""
    models = {name: {key: part for key, part in model.items() if key != "title"} for name, model in schema.get("$defs", {}).items()}
    shown = {key: part for key, part in schema.items() if key != "title"}
    return {**shown, "$defs": models} if models else shown


def _knows(header: str, tag: str) -> bool:
    """Weak comparison (RFC 9110, 13.1.2)."""
    return any(one.strip().removeprefix("W/") in (tag, "*") for one in header.split(","))


def _shown(node: NodeType, language: str, examples: bool) -> NodeShown:
    return NodeShown(
        use=node.use,
        name=node.name,
        version=node.version,
        family=node.family,
        kind=node.kind,
        label=text(node.label, language),
        help=text(node.help, language),
        icon=node.icon,
        starts=node.starts,
        taps=node.taps,
        promise=node.promise if node.is_effect else None,
        accepts=node.accepts,
        policies=[name for name in Policy.model_fields if name not in misplaced(node)],
        params=raw(in_language(_without_class_names(node.params_schema), language)),
        outputs=list(node.ports),
        ports=[_port(port, language) for port in node.outputs],
        examples=raw([_example(example) for example in node.examples] if examples else []),
    )


def _port(port: Port, language: str) -> PortShown:
    return PortShown(port.name, port_title(port.name, language), port.effect.change, port.effect.type)


def _example(example: Any) -> dict[str, Any]:
    return {"title": example.title, "params": example.params, "input": example.input, "output": example.output}


routes = [list_nodes]
