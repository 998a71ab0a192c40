"""The pages: plain HTML that works without a script, which htmx makes quicker. ``routes`` is what the web app includes."""

from __future__ import annotations

from typing import Final

from designer.pages.audit import list_audit
from designer.pages.catalogue import list_nodes, show_node
from designer.pages.connections import list_connections
from designer.pages.errors import page_error
from designer.pages.events import list_events
from designer.pages.flows import list_flows, show_flow
from designer.pages.incidents import decide, list_incidents
from designer.pages.orders import list_orders, show_order
from designer.pages.overview import live, overview
from designer.pages.preferences import save_preferences
from designer.pages.runs import list_runs, show_run

__all__ = ["page_error", "routes"]

routes: Final = (
    overview, live, list_flows, show_flow, list_runs, show_run, list_events, list_incidents, decide, list_orders,
    show_order, list_nodes, show_node, list_connections, list_audit, save_preferences,
)  # fmt: skip
