"""The first page: what is going on now. It renews itself by server-sent events."""

from __future__ import annotations

from litestar import Response, get
from litestar.response import ServerSentEvent

from designer.pages.board import Board
from designer.pages.frame import PageRequest, loom, page, render
from designer.pages.stream import live_part

FRAGMENT = "overview/live.html"


@get("/", opt={"permission": "run.read"})
async def overview(request: PageRequest) -> Response[str]:
    return page(request, "overview/page.html", now=await board(request).current())


@get("/live", opt={"permission": "run.read"})
async def live(request: PageRequest) -> ServerSentEvent:
    """The changing part of the overview as HTML, sent anew whenever it changed."""

    async def now() -> str:
        return render(request, FRAGMENT, now=await board(request).current())

    return live_part(request, now)


def board(request: PageRequest) -> Board:
    """The board of the running engine, made when first asked for."""
    engine = loom(request)
    found: Board | None = getattr(request.app.state, "board", None)
    if found is None:
        found = request.app.state.board = Board(engine)
    return found
