"""The HTTP API: resources, not verbs; JSON with ids as strings and times in UTC."""

from __future__ import annotations

from litestar import Router
from litestar.di import Provide

from designer.api import (
    alarms,
    audit,
    calls,
    checks,
    cleansing,
    connections,
    contracts,
    drafts,
    events,
    flows,
    holds,
    incidents,
    mending,
    nodes,
    order_path,
    orders,
    parcels,
    passport,
    publications,
    reconciliations,
    recordings,
    replays,
    reruns,
    runs,
    samples,
    service,
    shares,
    sources,
    stock,
    stuck,
    systems,
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
        *contracts.routes,
        *drafts.routes,
        *publications.routes,
        *checks.routes,
        *samples.routes,
        *trials.routes,
        *replays.routes,
        *recordings.routes,
        *shares.routes,
        *reruns.routes,
        *runs.routes,
        *timeline.routes,
        *events.routes,
        *incidents.routes,
        *mending.routes,
        *alarms.routes,
        *tasks.routes,
        *nodes.routes,
        *orders.routes,
        *order_path.routes,
        *stuck.routes,
        *systems.routes,
        *reconciliations.routes,
        *calls.routes,
        *passport.routes,
        *parcels.routes,
        *stock.routes,
        *holds.routes,
        *cleansing.routes,
        *connections.routes,
        *audit.routes,
        *service.routes,
        *sources.routes,
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
