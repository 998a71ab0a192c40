"""Node types: by family, and one with its help, parameters, ports and examples."""

from __future__ import annotations

from difflib import get_close_matches
from itertools import groupby

from litestar import Response, get
from litestar.params import FromPath

from designer.pages.frame import PageRequest, loom, page
from designer.pages.schema import rows_of
from engine.errors import NotFound, Problem
from engine.registry import Registry


@get("/nodes", opt={"permission": "node.read"})
async def list_nodes(request: PageRequest) -> Response[str]:
    registry = loom(request).registry
    newest = sorted((registry.get(name) for name in registry.names()), key=lambda t: t.name)
    families = {family: list(types) for family, types in groupby(newest, key=lambda t: t.family)}
    return page(request, "nodes/list.html", families=families, count=len(newest))


@get("/nodes/{use:str}", opt={"permission": "node.read"})
async def show_node(request: PageRequest, use: FromPath[str]) -> Response[str]:
    """``use`` as flows write it; without ``@version`` the newest."""
    registry = loom(request).registry
    found = registry.find(use)
    if found is None:
        raise NotFound(_unknown(use, registry))
    versions = sorted(registry.versions(found.name).values(), key=lambda t: t.version, reverse=True)
    return page(request, "nodes/one.html", node=found, versions=versions, rows=rows_of(found.params_schema))


def _unknown(use: str, registry: Registry) -> Problem:
    name, _, version = use.partition("@")
    if versions := registry.versions(name):
        return Problem("node.unknown_version", fields={"name": name, "version": version, "versions": sorted(versions)})
    return Problem("node.unknown", fields={"use": use, "close": get_close_matches(name, registry.names(), 3, 0.5)})
