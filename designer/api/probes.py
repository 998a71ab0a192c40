"""What machines ask without a key: is it up, is it ready, its figures."""

from __future__ import annotations

from litestar import Response, Router, get
from litestar.datastructures import State

from designer.api.figures import figures
from designer.health import LIVE, READY, require_ready
from designer.security import permitted

_OPT = {"permission": "health.read", "any_host": True}


@get(LIVE, opt=_OPT, sync_to_thread=False)
def live() -> dict[str, str]:
    """The process answers."""
    return {"status": "live"}


@get(READY, opt=_OPT)
async def ready(state: State) -> dict[str, str]:
    """The store answers and the server takes events. 503 otherwise, also while more wait than there is room for."""
    await require_ready(state.orderloom, state.closing)
    return {"status": "ready"}


@get("/metrics", opt=_OPT, media_type="text/plain; version=0.0.4")
async def metrics(state: State) -> Response[str]:
    """Figures in the text format of Prometheus."""
    return Response(await figures(state.orderloom, state.deliveries))


router = Router(path="/", route_handlers=[live, ready, metrics], guards=[permitted])
