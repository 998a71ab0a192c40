"""Checks of each node by itself: type, parameters, connections."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from engine.errors import Problem
from engine.flow.document import Flow, FlowNode
from engine.flow.references import connections_of
from engine.node.lookup import NodeTypes
from engine.node.types import NodeType
from engine.node.validation import problems_of


def check_nodes(
    flow: Flow, registry: NodeTypes, connections: Mapping[str, str] | None, broken: frozenset[str] = frozenset()
) -> Iterator[Problem]:
    for slug, node in flow.nodes.items():
        node_type = registry.find(node.use)
        if node_type is None:
            yield unknown_type(slug, node, registry)
            continue
        yield from check_params(slug, node, node_type)
        if connections is not None and not node.disabled:
            yield from _check_connections(slug, node, node_type, connections)
    if broken:
        return  # what was left out may be the trigger
    if flow.nodes and not any(t.is_trigger for n in flow.nodes.values() if (t := registry.find(n.use))) and _all_known(flow, registry):
        yield Problem("flow.no_trigger")
    if not flow.nodes:
        yield Problem("flow.empty")


def unknown_type(slug: str, node: FlowNode, registry: NodeTypes) -> Problem:
    return unknown_use(node.use, registry).inside(slug, "use").under("nodes")


def unknown_use(use: str, registry: NodeTypes) -> Problem:
    """Why there is no node type for a ``use``: its version lacks or does not exist, or nothing is called so."""
    name, _, version = use.partition("@")
    versions = registry.versions(name)
    if versions and not version:
        return Problem("node.version_needed", fields={"name": name, "use": f"{name}@{max(versions)}"})
    if versions:
        return Problem("node.unknown_version", fields={"name": name, "version": version, "versions": sorted(versions)})
    return Problem("node.unknown", fields={"use": use, "close": _close(name, registry.names())})


def check_params(slug: str, node: FlowNode, node_type: NodeType) -> Iterator[Problem]:
    try:
        params = node_type.params.model_validate(node.params)
    except ValidationError as error:
        yield from (problem.under("nodes", slug, "params") for problem in problems_of(error, "params", (slug,), node_type.params))
    else:
        check_more: Any = getattr(params, "problems", None)
        if check_more is not None:
            yield from (problem.under("nodes", slug, "params").inside(slug) for problem in check_more())


def _check_connections(slug: str, node: FlowNode, node_type: NodeType, known: Mapping[str, str]) -> Iterator[Problem]:
    for reference in connections_of(node_type, node.params):
        where, at = (slug, reference.param), ("nodes", slug, "params", *reference.path)
        if reference.name not in known:
            variable = f"ORDERLOOM_CONNECTION_{reference.name.upper()}"
            yield Problem("connection.missing", where, {"name": reference.name, "variable": variable}, at)
        elif reference.types and known[reference.name] not in reference.types:
            fields = {"name": reference.name, "type": known[reference.name], "types": reference.types}
            yield Problem("connection.wrong_type", where, fields, at)


def _all_known(flow: Flow, registry: NodeTypes) -> bool:
    return all(registry.find(node.use) for node in flow.nodes.values())


def _close(name: str, names: list[str]) -> list[str]:
    from difflib import get_close_matches  # noqa: PLC0415 - only for messages

    return get_close_matches(name, names, 3, 0.5)
