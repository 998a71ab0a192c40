"""Incidents: what is parked, why, and what to do."""

from __future__ import annotations

from typing import cast

from litestar import Response, get
from litestar.params import FromQuery

from designer.pages.frame import PageRequest, loom, page
from designer.pages.listing import PER_PAGE, known, links
from designer.pages.words import INCIDENT_STATES
from engine.store.ports import IncidentState


@get("/incidents", opt={"permission": "incident.read"})
async def list_incidents(request: PageRequest, show: FromQuery[str] = "open", cursor: FromQuery[str | None] = None) -> Response[str]:
    """``show``: one of the states, or ``all``."""
    wanted = None if show == "all" else known(show, INCIDENT_STATES) or "open"
    store = loom(request).store
    found = await store.incidents(state=cast("IncidentState | None", wanted), limit=PER_PAGE, cursor=cursor)
    filters = {"show": wanted or "all"}
    return page(
        request, "incidents.html",
        found=found, shown=filters["show"], links=links("/incidents", found, cursor, filters),
    )  # fmt: skip
