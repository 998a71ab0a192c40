"""Node types: by family, and one with its help, parameters, ports and examples."""

from __future__ import annotations

from itertools import groupby

from litestar import Response, get
from litestar.params import FromPath

from designer.pages.frame import PageRequest, loom, page
from designer.pages.schema import rows_of


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
    found = registry.get(use)
    versions = sorted(registry.versions(found.name).values(), key=lambda t: t.version, reverse=True)
    return page(request, "nodes/one.html", node=found, versions=versions, rows=rows_of(found.params_schema))
