"""The pages: plain HTML that works without a script, which htmx makes quicker. ``routes`` is what the web app includes."""

from __future__ import annotations

from typing import Final

from designer.pages.alarm_rules import routes as alarm_rule_routes
from designer.pages.alarms import routes as alarm_routes
from designer.pages.audit import list_audit
from designer.pages.calls import list_calls, resend, show_call
from designer.pages.canvas import show_canvas
from designer.pages.catalogue import list_nodes, show_node
from designer.pages.cleansing import routes as cleansing_routes
from designer.pages.cleansing_rules import routes as cleansing_rule_routes
from designer.pages.connections import routes as connection_routes
from designer.pages.contracts import routes as contract_routes
from designer.pages.delays import show_delays
from designer.pages.errors import page_error
from designer.pages.events import list_events
from designer.pages.flow_making import ask_for_flow, download_flow, import_flow, make_flow
from designer.pages.flow_return import publish_again
from designer.pages.flows import list_flows, show_flow
from designer.pages.holds import list_holds, release_orders
from designer.pages.incidents import decide, decide_many, list_incidents
from designer.pages.mending import show_form, take_form
from designer.pages.order_path import routes as path_routes
from designer.pages.orders import find_orders, list_orders, show_order, show_version
from designer.pages.overview import live, overview
from designer.pages.parcels import routes as parcel_routes
from designer.pages.preferences import save_preferences
from designer.pages.reconciliations import routes as reconciliation_routes
from designer.pages.recordings import routes as recording_routes
from designer.pages.replays import routes as replay_routes
from designer.pages.reruns import routes as rerun_routes
from designer.pages.runs import cancel_run, list_runs, show_run
from designer.pages.shares import routes as share_routes
from designer.pages.stock import routes as stock_routes
from designer.pages.stuck import routes as stuck_routes
from designer.pages.systems import routes as system_routes
from designer.pages.tasks import answer_task, list_tasks, show_task

__all__ = ["page_error", "routes"]

routes: Final = (
    overview, live, list_flows, show_flow, ask_for_flow, make_flow, import_flow, download_flow, publish_again, show_canvas,
    *replay_routes, *rerun_routes, *share_routes, *recording_routes,
    list_runs, show_run, cancel_run, list_events, list_incidents, decide, decide_many, show_form, take_form,
    list_tasks, show_task, answer_task, list_orders, find_orders, show_order, show_version,
    list_holds, release_orders, *cleansing_routes, *cleansing_rule_routes, *alarm_routes,
    *alarm_rule_routes, show_delays, *contract_routes, *path_routes, *stuck_routes, *system_routes,
    list_calls, show_call, resend, *reconciliation_routes, *stock_routes, *parcel_routes,
    list_nodes, show_node, *connection_routes, list_audit, save_preferences,
)  # fmt: skip
