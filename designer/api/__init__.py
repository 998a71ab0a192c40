"""The HTTP API: resources, not verbs; JSON with ids as strings and times in UTC."""

from __future__ import annotations

from litestar import Router
from litestar.di import Provide

from designer.api import (
    audit,
    checks,
    connections,
    drafts,
    events,
    flows,
    incidents,
    nodes,
    orders,
    publications,
    runs,
    samples,
    service,
    tasks,
    timeline,
    trials,
)
from designer.api.given import give_actor, give_language, give_orderloom
from designer.compression import compressed
from designer.security import permitted

router = Router(
    path="/api",
    route_handlers=[
        *flows.routes,
        *drafts.routes,
        *publications.routes,
        *checks.routes,
        *samples.routes,
        *trials.routes,
        *runs.routes,
        *timeline.routes,
        *events.routes,
        *incidents.routes,
        *tasks.routes,
        *nodes.routes,
        *orders.routes,
        *connections.routes,
        *audit.routes,
        *service.routes,
    ],
    guards=[permitted],
    middleware=[compressed],
    dependencies={
        "orderloom": Provide(give_orderloom, sync_to_thread=False),
        "language": Provide(give_language, sync_to_thread=False),
        "actor": Provide(give_actor, sync_to_thread=False),
    },
    security=[{"key": []}],
)

__all__ = ["router"]
