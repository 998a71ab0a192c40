"""The pages: plain HTML that works without a script, which htmx makes quicker. ``routes`` is what the web app includes."""

from __future__ import annotations

from typing import Final

from designer.pages.audit import list_audit
from designer.pages.canvas import show_canvas
from designer.pages.catalogue import list_nodes, show_node
from designer.pages.connections import routes as connection_routes
from designer.pages.errors import page_error
from designer.pages.events import list_events
from designer.pages.flow_making import ask_for_flow, download_flow, import_flow, make_flow
from designer.pages.flow_return import publish_again
from designer.pages.flows import list_flows, show_flow
from designer.pages.incidents import decide, decide_many, list_incidents
from designer.pages.orders import list_orders, show_order
from designer.pages.overview import live, overview
from designer.pages.preferences import save_preferences
from designer.pages.runs import cancel_run, list_runs, show_run
from designer.pages.tasks import answer_task, list_tasks, show_task

__all__ = ["page_error", "routes"]

routes: Final = (
    overview, live, list_flows, show_flow, ask_for_flow, make_flow, import_flow, download_flow, publish_again, show_canvas,
    list_runs, show_run, cancel_run, list_events, list_incidents, decide, decide_many,
    list_tasks, show_task, answer_task, list_orders, show_order,
    list_nodes, show_node, *connection_routes, list_audit, save_preferences,
)  # fmt: skip
