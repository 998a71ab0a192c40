"""A change as the store keeps it, and as rules observe it."""

from __future__ import annotations

from datetime import datetime

import msgspec

from engine.json_text import write_json
from engine.store.ports import FormChange, NewFormChange
from engine.watch.contract.findings import Finding
from engine.watch.contract.operation import Change, ChangeBody, kind_of
from engine.watch.observations import Drift


def new_change(operation: str, change: Change) -> NewFormChange:
    finding = change.finding
    body = document_of(change.body)
    return NewFormChange(operation, finding.key, finding.kind, finding.path, change.weight, change.first_at, change.orders, body)


def document_of(body: ChangeBody) -> bytes:
    return write_json(msgspec.to_builtins(body))


def body_of(one: FormChange) -> ChangeBody:
    return msgspec.json.decode(one.body, type=ChangeBody)


def as_change(one: FormChange) -> Change:
    body = body_of(one)
    finding = Finding(kind_of(one.kind), one.path, body.expected, body.found)
    weight = one.weight if one.weight in ("recorded", "suggested", "warned", "parked") else "recorded"
    return Change(finding, weight, body, one.first_at, one.last_at, one.id, one.orders, is_news=False)


def told_of(operation: str, change: Change, now: datetime, *, over: bool = False) -> Drift:
    flows = ", ".join(sorted({f"{touch.flow} › {touch.node}" for touch in change.body.touched}))
    finding = change.finding
    source = change.body.suggestion.source if change.body.suggestion is not None else ""
    return Drift(operation, finding.kind, finding.path, finding.expected, finding.found, source, change.weight, flows, now, over)
