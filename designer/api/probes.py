"""What machines ask without a key: is it up, is it ready, its figures."""

from __future__ import annotations

from litestar import Response, Router, get
from litestar.datastructures import State

from designer.api.figures import figures
from designer.problems import RETRY_AFTER_SECONDS, Refused
from designer.security import permitted
from engine.errors import OrderloomError, Problem

_OPT = {"permission": "health.read", "any_host": True}


@get("/health/live", opt=_OPT, sync_to_thread=False)
def live() -> dict[str, str]:
    """The process answers."""
    return {"status": "live"}


@get("/health/ready", opt=_OPT)
async def ready(state: State) -> dict[str, str]:
    """The store answers and the server takes events. 503 otherwise, also while more wait than there is room for."""
    if state.closing.is_set():
        raise Refused(503, Problem("service.closing"))
    try:
        await state.orderloom.store.change_mark()
    except OrderloomError as error:
        raise Refused(503, error.problems[0]) from None
    try:
        state.orderloom.take_up.require_room()
    except OrderloomError as error:
        raise Refused(503, error.problems[0], {"Retry-After": str(RETRY_AFTER_SECONDS)}) from None
    return {"status": "ready"}


@get("/metrics", opt=_OPT, media_type="text/plain; version=0.0.4")
async def metrics(state: State) -> Response[str]:
    """Figures in the text format of Prometheus."""
    return Response(await figures(state.orderloom, state.deliveries))


router = Router(path="/", route_handlers=[live, ready, metrics], guards=[permitted])
