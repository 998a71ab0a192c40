"""The first page: what is going on now. It renews itself by server-sent events."""

from __future__ import annotations

from typing import Any

from litestar import Response, get
from litestar.response import ServerSentEvent

from designer.pages.board import Board
from designer.pages.flow_titles import flow_titles, node_titles
from designer.pages.frame import PageRequest, loom, page, reader_for, render
from designer.pages.stream import live_part

FRAGMENT = "overview/live.html"


@get("/", opt={"permission": "run.read"})
async def overview(request: PageRequest) -> Response[str]:
    return page(request, "overview/page.html", **await _shown(request))


@get("/live", opt={"permission": "run.read"})
async def live(request: PageRequest) -> ServerSentEvent:
    """The changing part of the overview as HTML, sent anew whenever it changed."""

    async def now() -> str:
        return render(request, FRAGMENT, **await _shown(request))

    return live_part(request, now)


async def _shown(request: PageRequest) -> dict[str, Any]:
    now = await board(request).current()
    names = [*(one.flow for one in now.flows), *(one.flow for one in now.incidents)]
    language = reader_for(request).language
    nodes = await node_titles(loom(request), [(one.flow, one.step) for one in now.incidents], language)
    return {"now": now, "titles": await flow_titles(loom(request), names, language), "nodes": nodes}


def board(request: PageRequest) -> Board:
    """The board of the running engine, made when first asked for."""
    engine = loom(request)
    found: Board | None = getattr(request.app.state, "board", None)
    if found is None:
        found = request.app.state.board = Board(engine)
    return found
