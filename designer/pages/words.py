"""The words of states, channels and families, in English as keys of the catalogue, and the tone in which each is shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

RUN_STATES: Final[Mapping[str, str]] = {
    "queued": "Queued", "running": "Running", "waiting": "Waiting", "parked": "Parked", "done": "Done",
    "failed": "Failed", "cancelling": "Being cancelled", "cancelled": "Cancelled",
}  # fmt: skip
STEP_STATES: Final[Mapping[str, str]] = {"done": "Done", "pending": "Not done yet", "parked": "Parked", "skipped": "Not reached"}
INCIDENT_STATES: Final[Mapping[str, str]] = {"open": "Open", "resumed": "Resumed", "skipped": "Skipped", "cancelled": "Cancelled"}
ORDER_STATUSES: Final[Mapping[str, str]] = {
    "pending_payment": "Pending payment", "paid_hold": "Paid, on hold", "awaiting_fulfillment": "To ship",
    "partially_shipped": "Partly shipped", "shipped": "Shipped", "delivered": "Delivered", "completed": "Completed",
    "cancelled": "Cancelled", "closed_refunded": "Closed, refunded", "unknown": "Unknown",
}  # fmt: skip
CHANNELS: Final[Mapping[str, str]] = {
    "taobao": "Taobao", "shopify": "Shopify", "own_shop": "Own shop", "jd": "JD", "pdd": "Pinduoduo", "woocommerce": "WooCommerce",
}  # fmt: skip
FAMILIES: Final[Mapping[str, str]] = {
    "connector": "Connectors", "transform": "Transform", "rule": "Rules", "notify": "Notify", "flow": "Flow", "task": "Tasks",
}  # fmt: skip
KINDS: Final[Mapping[str, str]] = {
    "trigger": "Trigger", "item": "One item at a time", "batch": "All items together",
    "effect": "Reaches the outside", "batch_effect": "Reaches the outside, all items together",
}  # fmt: skip
WAIT_STATES: Final[Mapping[str, str]] = {"open": "To do", "done": "Answered", "cancelled": "Cancelled"}
PORTS: Final[Mapping[str, str]] = {
    "out": "Output", "error": "On error", "yes": "Yes", "no": "No", "otherwise": "Otherwise", "no_match": "No match", "new": "New",
    "changed": "With changes", "unchanged": "No change", "stale": "Out of date", "found": "Found", "missing": "Not found",
    "duplicate": "Duplicate", "rest": "The rest", "no_lines": "No lines", "moving": "On the way", "delivered": "Delivered",
    "problem": "Problem", "case": "Case {number}",
}  # fmt: skip
"""By the names of ports; ``case`` stands for ``case_1`` and so on."""
PERIODS: Final[Mapping[str, str]] = {"hour": "Last hour", "today": "Today", "week": "Last 7 days", "own": "From … to …"}
EVENT_MARKS: Final[Mapping[str, str]] = {"conflict": "Same key, other content", "cancellation": "Cancellation or refund"}
UNITS: Final[Mapping[str, str]] = {"ms": "{n} ms", "s": "{n} s", "min": "{n} min", "h": "{n} h", "d": "{n} days"}
SENTENCES: Final[Mapping[str, str]] = {"copy": "{title} (copy)"}
PRIORITIES: Final[Mapping[str, str]] = {"high": "High", "urgent": "Urgent", "normal": "Normal", "low": "Low"}
ACTIONS: Final[Mapping[str, str]] = {
    "flow.publish": "Published a flow", "flow.write": "Changed a draft", "flow.draft": "Changed a draft",
    "flow.save_draft": "Changed a draft", "flow.restore_draft": "Restored a draft", "flow.roll_back": "Went back to a version",
    "connection.write": "Changed a connection", "connection.save": "Changed a connection",
    "connection.delete": "Deleted a connection", "connection.probe": "Tested a connection",
    "incident.close": "Closed an incident", "incident.close_many": "Decided on many incidents",
    "run.cancel": "Cancelled a run", "task.answer": "Answered a task",
}  # fmt: skip
DECISIONS: Final[Mapping[str, str]] = {
    "again": "Try again", "skip": "Skip", "sent": "It was sent", "not_sent": "It was not sent",
}  # fmt: skip
"""About an incident; a new call under a new key (``anew``) is left to the API, as it may do a thing twice."""
ACTORS: Final[Mapping[str, str]] = {"owner": "Owner", "system": "System"}
DETAILS: Final[Mapping[str, str]] = {
    "version": "Version",
    "digest": "Digest",
    "etag": "ETag",
    "state": "State",
    "run": "Run",
    "from": "Restored version",
}
"""What the audit log notes besides."""
TONES: Final[Mapping[str, str]] = {
    "queued": "run", "running": "run", "cancelling": "run", "pending": "run", "waiting": "warn", "parked": "err",
    "failed": "err", "open": "err", "done": "ok", "resumed": "ok", "completed": "ok", "delivered": "ok", "shipped": "ok",
    "awaiting_fulfillment": "run", "partially_shipped": "run", "paid_hold": "warn", "unknown": "warn", "high": "warn", "urgent": "err",
}  # fmt: skip
"""``ok``, ``run``, ``warn``, ``err``; whatever is not named is quiet."""

ALL: Final[tuple[Mapping[str, str], ...]] = (
    RUN_STATES, STEP_STATES, INCIDENT_STATES, WAIT_STATES,
    ORDER_STATUSES, CHANNELS, FAMILIES, KINDS, PORTS, PERIODS, EVENT_MARKS, UNITS, SENTENCES,
    PRIORITIES, ACTIONS, DECISIONS, ACTORS, DETAILS,
)  # fmt: skip
