"""The words of states, channels and families, in English as keys of the catalogue, and the tone in which each is shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from engine.order.names import CHANNELS, COURIERS
from engine.watch.naming import STAGES, TARGETS

RUN_STATES: Final[Mapping[str, str]] = {
    "queued": "Queued", "running": "Running", "waiting": "Waiting", "parked": "Parked", "done": "Done",
    "failed": "Failed", "cancelling": "Being cancelled", "cancelled": "Cancelled",
}  # fmt: skip
STEP_STATES: Final[Mapping[str, str]] = {"done": "Done", "pending": "Not done yet", "parked": "Parked", "skipped": "Not reached"}
INCIDENT_STATES: Final[Mapping[str, str]] = {"open": "Open", "resumed": "Resumed", "skipped": "Skipped", "cancelled": "Cancelled"}
FORM_STATES: Final[Mapping[str, str]] = {
    "unseen": "Nothing came yet", "steady": "As declared", "changed": "Changed, unread", "drifting": "Has changed",
    "paused": "Sending paused",
}  # fmt: skip
FORM_CHANGE_STATES: Final[Mapping[str, str]] = {"open": "Open", "accepted": "Dealt with", "gone": "Shows no more", "all": "All"}
FORM_CHANGE_KINDS: Final[Mapping[str, str]] = {
    "new": "New field", "vanished": "Field has vanished", "retyped": "Another type", "format": "Another format", "word": "New word",
}  # fmt: skip
WEIGHTS: Final[Mapping[str, str]] = {
    "recorded": "Nobody reads it", "suggested": "Looks like a rename", "warned": "It is read", "parked": "Orders stop",
}  # fmt: skip
TOUCHES: Final[Mapping[str, str]] = {"needed": "needs it", "read": "reads it"}
JSON_TYPES: Final[Mapping[str, str]] = {
    "string": "text", "integer": "whole number", "number": "number", "boolean": "yes or no", "object": "object", "array": "list",
    "null": "empty",
}  # fmt: skip
FORMATS: Final[Mapping[str, str]] = {
    "instant": "time with zone", "local_time": "time without zone", "date": "date", "slashed_date": "date with slashes",
    "decimal": "decimal text", "digits": "digits", "url": "address", "word": "code word", "text": "text",
}  # fmt: skip
ALARM_LISTS: Final[Mapping[str, str]] = {"open": "Not over", "over": "Over", "all": "All"}
ALARM_STATES: Final[Mapping[str, str]] = {"raised": "Alarm", "acknowledged": "Acknowledged", "over": "Over"}
MESSAGE_KINDS: Final[Mapping[str, str]] = {"raised": "Alarm", "escalated": "Escalated", "over": "Over"}
DELAY_SPANS: Final[Mapping[str, str]] = {"15": "Last 15 minutes", "60": "Last hour", "1440": "Last 24 hours"}
ORDER_STATUSES: Final[Mapping[str, str]] = {
    "pending_payment": "Pending payment", "paid_hold": "Paid, on hold", "awaiting_fulfillment": "To ship",
    "partially_shipped": "Partly shipped", "shipped": "Shipped", "delivered": "Delivered", "completed": "Completed",
    "cancelled": "Cancelled", "closed_refunded": "Closed, refunded", "unknown": "Unknown",
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
    "problem": "Problem", "case": "Case {number}", "released": "Released", "superseded": "Superseded",
}  # fmt: skip
"""By the names of ports; ``case`` stands for ``case_1`` and so on."""
PERIODS: Final[Mapping[str, str]] = {
    "hour": "Last hour",
    "day": "Last 24 hours",
    "today": "Today",
    "week": "Last 7 days",
    "own": "From … to …",
}
REPLAY_SPANS: Final[Mapping[str, str]] = {
    "hour": "Last hour",
    "day": "Last 24 hours",
    "today": "Today",
    "yesterday": "Yesterday",
    "own": "From … to …",
}
REPLAY_STATES: Final[Mapping[str, str]] = {"running": "Running", "done": "Done", "cancelled": "Cancelled", "failed": "Failed"}
MADE: Final[Mapping[str, str]] = {
    "trigger": "Trigger", "request": "Request", "end": "Output", "dropped": "Left out", "parked": "Parked", "waiting": "Waits",
    "ended": "The run ends here",
}  # fmt: skip
"""What a step makes of an item, by which two runs are compared."""
CHANGES: Final[Mapping[str, str]] = {"added": "New", "missing": "Gone", "changed": "Another value"}
EVENT_MARKS: Final[Mapping[str, str]] = {"conflict": "Same key, other content", "cancellation": "Cancellation or refund"}
DIRECTIONS: Final[Mapping[str, str]] = {"out": "Sent out", "in": "Came in"}
CALL_OUTCOMES: Final[Mapping[str, str]] = {"ok": "Went well", "failed": "Failed"}
CALL_PURPOSES: Final[Mapping[str, str]] = {"alarm": "Message of an alarm", "token": "Renewal of a token", "probe": "Probe"}
SLOW: Final[Mapping[str, str]] = {"100": "From 100 ms", "1000": "From 1 s", "5000": "From 5 s"}
SYSTEMS: Final[Mapping[str, str]] = {"source": "Source", "hub": "Hub", "wms": "WMS", "finance": "Finance"}
DIFFERENCES: Final[Mapping[str, str]] = {"missing": "Not there", "doubled": "Doubled", "different": "Different"}
STOCK_LISTS: Final[Mapping[str, str]] = {
    "wrong": "Something is wrong", "oversold": "Oversold", "short": "Short", "offered_too_many": "Too many offered",
    "not_offered": "Not offered", "different": "Systems differ", "all": "All",
}  # fmt: skip
STOCK_FINDINGS: Final[Mapping[str, str]] = {
    "oversold": "Oversold", "short": "Short", "offered_too_many": "Too many offered", "not_offered": "Not offered",
    "different": "Systems differ",
}  # fmt: skip
STOCK_HOLDS: Final[Mapping[str, str]] = {"goods": "Goods in warehouses", "offer": "What is for sale"}
PARCEL_LISTS: Final[Mapping[str, str]] = {"still": "Not moving", "late": "Late", "open": "Under way", "all": "All"}
PARCEL_STATES: Final[Mapping[str, str]] = {
    "booked": "Nothing told yet", "picked_up": "Picked up", "moving": "Under way", "out_for_delivery": "Being delivered",
    "delivered": "Delivered", "problem": "Problem", "returning": "On the way back", "returned": "Returned",
}  # fmt: skip
RECONCILED_FIELDS: Final[Mapping[str, str]] = {
    "version": "Version", "amount": "Paid", "sum": "Sum of its orders", "status": "Status", "lines": "Lines",
    "receiver": "Receiver (fingerprint)",
}  # fmt: skip
SOURCE_LISTS: Final[Mapping[str, str]] = {
    "channel": "The channel's own list", "connection": "The list of a connection", "arrived": "What arrived",
}  # fmt: skip
SENDINGS: Final[Mapping[str, str]] = {
    "sent": "Sent again", "refused": "Refused", "resumed": "Goes on where it was parked", "fetched": "Fetched again",
    "failed": "Could not be sent",
}  # fmt: skip
PATH_STAGES: Final[Mapping[str, str]] = {
    "source": "Order sources", "accepted": "Accepted", "canonical": "In one form", "checked": "Checked by people",
    "handed": "Handed to another flow", "wms": "Warehouse", "finance": "Finance", "shipped": "Shipping told",
}  # fmt: skip
TIMED_STAGES: Final = STAGES
CAUSES: Final[Mapping[str, str]] = {
    "parked": "Parked: needs a hand", "doubt": "Sent or not: somebody has to say", "stands_still": "Stands still without an error",
    "held": "Held until it is released", "person": "Waits for a person", "signal": "Waits for a call from outside",
    "timer": "Waits for a time", "called": "Waits for a flow that it called", "connection_down": "Connection is down",
    "rate_limited": "Limited by the rate of the system", "retrying": "Call failed, is tried again",
    "behind": "Stands behind another event of its order", "in_line": "Stands in line", "at_work": "At work for too long",
    "not_shipped": "In the warehouse, not shipped",
}  # fmt: skip
OFFERS: Final[Mapping[str, str]] = {
    "webhook": "Webhook", "api": "API", "database": "Database", "file": "Files", "queue": "Queue", "messages": "Messages",
}  # fmt: skip
WAYS_IN: Final[Mapping[str, str]] = {
    "webhook_and_polling": "Webhook, and polling beside it", "messages_and_polling": "Its messages, and polling beside them",
    "webhook": "Webhook", "polling": "Polling the API", "queue": "Queue",
    "database": "Reading the database", "file": "Files", "calls": "Calling its API", "none": "None yet",
}  # fmt: skip
REASONS: Final[Mapping[str, str]] = {
    "pushes_and_reads": "A push brings an order within seconds, and polling finds the pushes that got lost.",
    "tells_and_reads": "It tells of each change over a connection that we keep open, and polling finds what got lost.",
    "pushes_only": "It pushes, but its list cannot be read: a lost push shows in reconciliation only.",
    "reads_only": "It does not push, but its API can be read: an order comes with the next poll.",
    "api_not_proven": "Whether the API can be read was not tried: its connection lacks an address or a token.",
    "webhook_not_heard": "No push has come yet: enter the hook's address at the other side.",
    "takes_orders": "Orders are sent there: it takes them by its API, and lists them for reconciliation.",
    "has_queue": "It puts orders into a queue, from which none is lost.",
    "has_tables": "It has no interface, but its tables can be read: take a login that may only read.",
    "has_files": "It has nothing but files: orders come hours late. Ask for an interface.",
    "nothing_offered": "Nobody has said what it offers. Fill in the entry.",
    "nothing_works": "Nothing that it offers could be used. The steps below show where it fails.",
    "clock_off": "Its clock is off: signatures and time windows may fail.",
    "not_encrypted": "It is reached without encryption: what is sent can be read on the way.",
    "permission_ends": "The permission of the shop ends soon.",
}  # fmt: skip
ABILITIES: Final[Mapping[str, str]] = {
    "reachable": "Reachable", "auth": "Credentials right", "api": "API can be read", "webhook": "Pushes have come",
    "database": "Tables can be read", "file": "Files can be read", "queue": "Queue can be opened", "clock": "Clock right",
}  # fmt: skip
WAYS: Final[Mapping[str, str]] = {
    "webhook": "pushed", "polling": "fetched", "database": "database rows", "file": "files", "queue": "queue",
    "schedule": "on a schedule", "manual": "by hand", "call": "from a flow",
}  # fmt: skip
WAY_ICONS: Final[Mapping[str, str]] = {
    "webhook": "webhook", "polling": "refresh-cw", "database": "database", "file": "file-up", "queue": "layers",
    "schedule": "calendar-clock", "manual": "hand", "call": "workflow",
}  # fmt: skip
BY: Final[Mapping[str, str]] = {
    "system": "A system", "excel": "Excel", "mail": "Mail", "chat": "Chat", "paper": "Paper", "phone": "Phone", "hand": "By hand",
}  # fmt: skip
BY_ICONS: Final[Mapping[str, str]] = {
    "system": "server", "excel": "file-spreadsheet", "mail": "mail", "chat": "message-circle", "paper": "scroll-text", "phone": "users",
    "hand": "hand",
}  # fmt: skip
UNITS: Final[Mapping[str, str]] = {"ms": "{n} ms", "s": "{n} s", "min": "{n} min", "h": "{n} h", "d": "{n} days"}
SENTENCES: Final[Mapping[str, str]] = {"copy": "{title} (copy)", "hub": "Kept in the hub"}
HOLD_REASONS: Final[Mapping[str, str]] = {
    "platform_hold": "Held by the platform", "presale_unpaid": "Presale, balance unpaid", "group_incomplete": "Group not complete",
    "risk_review": "Risk review", "refund_in_progress": "Refund under way", "address_incomplete": "Address incomplete",
    "sku_unmapped": "Line without SKU", "amount_mismatch": "Amounts do not add up", "stock_short": "Too little stock",
    "merge_wait": "Waits to be merged", "remark_review": "Remark to be read", "blacklist": "On the blacklist",
    "future_dated": "Dated in the future", "unmapped_status": "State not known", "test_order": "Test order",
    "payment_pending": "Payment not settled", "number_mismatch": "Odd order number",
}  # fmt: skip
RULES: Final[Mapping[str, str]] = {
    "number": "Order number", "names": "Names and phone numbers", "address": "Addresses", "sku": "SKU matching", "money": "Sums",
}  # fmt: skip
OTHER_NUMBERS: Final[Mapping[str, str]] = {"hold": "Hold the order", "note": "Only note it"}
OTHER_SKUS: Final[Mapping[str, str]] = {"keep": "It is one of ours", "hold": "Hold the order"}
IDENTITIES: Final[Mapping[str, str]] = {
    "total": "Goods less discounts, plus shipping and tax, is what was paid", "lines": "Prices times quantities are the goods",
}  # fmt: skip
RULES_PARTS: Final[Mapping[str, str]] = {"rules": "Rules", "skus": "Matching table"}
TABLE_FORMS: Final[Mapping[str, str]] = {"csv": "CSV (UTF-8)", "csv_gbk": "CSV (GBK)", "xlsx": "Excel"}
LEFT_OUT: Final[Mapping[str, str]] = {
    "recording.not_json": "What came in is no JSON", "recording.mended": "A person has mended the order",
    "recording.not_true": "With invented people in it the order would run otherwise", "event.erased": "Erased meanwhile",
    "body.unreadable": "What came in cannot be read", "node.missing": "A node type of its version is gone",
}  # fmt: skip
"""Why an order is not in a recording."""
YES_NO: Final[Mapping[str, str]] = {"yes": "Yes", "no": "No"}
HOLD_STATES: Final[Mapping[str, str]] = {"open": "Held", "done": "Released or out of date", "cancelled": "Cancelled"}
HOLD_ENDS: Final[Mapping[str, str]] = {
    "released": "Released", "superseded": "A newer version came", "due": "Its time was over",
    "led": "Took others along", "merged": "Went along with another order",
}  # fmt: skip
OUTCOMES: Final[Mapping[str, str]] = {
    "new": "First version", "changed": "Newer version", "unchanged": "The same again", "stale": "Older version, only noted",
}  # fmt: skip
PRIORITIES: Final[Mapping[str, str]] = {"high": "High", "urgent": "Urgent", "normal": "Normal", "low": "Low"}
ACTIONS: Final[Mapping[str, str]] = {
    "flow.publish": "Published a flow", "flow.write": "Changed a draft", "flow.draft": "Changed a draft",
    "flow.save_draft": "Changed a draft", "flow.restore_draft": "Restored a draft", "flow.roll_back": "Went back to a version",
    "connection.write": "Changed a connection", "connection.save": "Changed a connection",
    "connection.delete": "Deleted a connection", "connection.probe": "Tested a connection",
    "incident.mend": "Mended an incident",
    "event.erase": "Erased an event", "retention.delete": "Deleted old runs",
    "incident.close": "Closed an incident", "incident.close_many": "Decided on many incidents",
    "call.resend": "Sent a call again",
    "recording.begin": "Began to record traffic", "recording.end": "Ended a recording", "recording.delete": "Deleted a recording",
    "share.begin": "Began a gradual rollout", "share.grow": "Raised the share of a rollout",
    "share.shrink": "Lowered the share of a rollout",
    "share.switch": "Switched over to a version",
    "share.back": "Went back to the former version",
    "alarm.acknowledge": "Acknowledged an alarm", "alarm_rule.save": "Changed a rule of alarms",
    "alarm_rule.delete": "Deleted a rule of alarms",
    "sheet.save": "Changed what people keep by hand", "sheet.delete": "Deleted what people kept by hand",
    "run.cancel": "Cancelled a run", "run.move": "Moved a run to another version", "task.answer": "Answered a task",
    "rules.save": "Changed the cleansing rules", "sku_match.save": "Matched SKUs", "sku_match.delete": "Ended a SKU match",
    "sku_match.take_back": "Took back a SKU match",
    "form_change.accept": "Accepted a changed form", "contract.continue": "Let held calls go",
    "contract.read_anew": "Had orders read anew", "incident.map": "Sent an incident on through a mapping",
    "stock_limit.save": "Changed the limits of a SKU",
    "order.release": "Released an order", "order.search": "Looked an order up by its receiver",
}  # fmt: skip
DECISIONS: Final[Mapping[str, str]] = {
    "again": "Try again", "skip": "Skip", "sent": "It was sent", "not_sent": "It was not sent", "noted": "Noted: let it go on",
    "anew": "Call the flow anew",
}  # fmt: skip
"""About an incident; ``anew`` is left to the API, as it may do a thing twice, but for a call of a flow that was cancelled: else there is no
way on."""
ACTORS: Final[Mapping[str, str]] = {"owner": "Owner", "system": "System"}
DETAILS: Final[Mapping[str, str]] = {
    "version": "Version",
    "digest": "Digest",
    "etag": "ETag",
    "state": "State",
    "run": "Run",
    "from": "Restored version",
    "percent": "Percent",
    "connection": "Connection",
    "flow": "Flow",
    "days": "Days",
    "reasons": "Reasons",
    "by": "Looked up by",
    "found": "Found",
    "rows": "Rows",
    "changes": "Changes",
    "operation": "Operation",
    "orders": "Orders",
    "at_least": "At least",
}
"""What the audit log notes besides."""
TONES: Final[Mapping[str, str]] = {
    "queued": "run", "running": "run", "cancelling": "run", "pending": "run", "waiting": "warn", "parked": "err",
    "failed": "err", "open": "err", "raised": "err",
    "acknowledged": "warn", "over": "ok", "done": "ok", "resumed": "ok", "completed": "ok", "delivered": "ok", "shipped": "ok",
    "awaiting_fulfillment": "run", "partially_shipped": "run", "paid_hold": "warn", "unknown": "warn", "high": "warn", "urgent": "err",
    "steady": "ok", "drifting": "warn", "paused": "err", "suggested": "run", "warned": "warn", "accepted": "ok", "gone": "ok",
    "oversold": "err", "short": "warn", "offered_too_many": "warn", "not_offered": "warn", "problem": "err", "returned": "err",
    "picked_up": "run", "moving": "run", "out_for_delivery": "run", "returning": "warn",
    "missing": "err", "doubled": "err", "different": "warn", "sent": "ok", "fetched": "ok", "refused": "err", "ok": "ok",
}  # fmt: skip
"""``ok``, ``run``, ``warn``, ``err``; whatever is not named is quiet."""

ALL: Final[tuple[Mapping[str, str], ...]] = (
    RUN_STATES, STEP_STATES, INCIDENT_STATES, WAIT_STATES, ALARM_LISTS, ALARM_STATES, MESSAGE_KINDS, DELAY_SPANS, TARGETS,
    ORDER_STATUSES, CHANNELS, FAMILIES, KINDS, PORTS, PERIODS, REPLAY_SPANS, REPLAY_STATES, MADE, CHANGES, EVENT_MARKS, UNITS, SENTENCES,
    PRIORITIES, ACTIONS, DECISIONS, ACTORS, DETAILS, HOLD_REASONS, HOLD_STATES, HOLD_ENDS, OUTCOMES, YES_NO,
    STOCK_LISTS, STOCK_FINDINGS, STOCK_HOLDS, PARCEL_LISTS, PARCEL_STATES, COURIERS,
    DIRECTIONS, CALL_OUTCOMES, CALL_PURPOSES, SLOW, SYSTEMS, DIFFERENCES, RECONCILED_FIELDS, SOURCE_LISTS, SENDINGS, LEFT_OUT,
    RULES, OTHER_NUMBERS, OTHER_SKUS, IDENTITIES, RULES_PARTS, TABLE_FORMS,
    FORM_STATES, FORM_CHANGE_STATES, FORM_CHANGE_KINDS, WEIGHTS, TOUCHES, JSON_TYPES, FORMATS,
    PATH_STAGES, TIMED_STAGES, CAUSES, WAYS, BY, OFFERS, WAYS_IN, REASONS, ABILITIES,
)  # fmt: skip
