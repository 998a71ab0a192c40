"""Orders that are held, and therefore are not at a target yet, or not as they are now: no difference, but shown with the reason. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC
from typing import Any

from engine.hub.difference import TARGETS, Difference, Name
from engine.store.ports import Hold


def set_apart(rows: Sequence[Difference], holds: Iterable[Hold]) -> tuple[list[Difference], list[dict[str, Any]]]:
    """The differences without those that holds explain, and what these are of:
    ``{channel, shop_id, channel_order_id, reasons, since, systems}``, by order.

    A hold explains that a target lacks the order or a part of it, and that it has the version of before. What a target has twice, or
    otherwise in the version that it should have, it does not explain.
    """
    open_holds = _by_name(holds)
    overtaken = {(_name(row), row.system) for row in rows if row.kind == "different" and row.field == "version"}
    explained = [row for row in rows if _is_explained(row, open_holds, overtaken)]
    told = set(explained)
    systems: dict[Name, dict[str, None]] = {}
    for row in explained:
        systems.setdefault(_name(row), {})[row.system] = None
    held = [_row(name, open_holds[name], list(where)) for name, where in sorted(systems.items())]
    return [row for row in rows if row not in told], held


def _is_explained(row: Difference, holds: Mapping[Name, Sequence[Hold]], overtaken: set[tuple[Name, Any]]) -> bool:
    if row.system not in TARGETS or _name(row) not in holds:
        return False
    return row.kind == "missing" or (row.kind == "different" and (_name(row), row.system) in overtaken)


def _by_name(holds: Iterable[Hold]) -> dict[Name, list[Hold]]:
    found: dict[Name, list[Hold]] = {}
    for hold in holds:
        found.setdefault((hold.order.channel, hold.order.shop_id, hold.order.channel_order_id), []).append(hold)
    return found


def _row(name: Name, holds: Sequence[Hold], systems: list[str]) -> dict[str, Any]:
    reasons = list(dict.fromkeys(reason for hold in sorted(holds, key=lambda one: one.id) for reason in hold.order.reasons))
    since = min(hold.at for hold in holds).astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    order = dict(zip(("channel", "shop_id", "channel_order_id"), name, strict=True))
    return {**order, "reasons": reasons, "since": since, "systems": systems}


def _name(row: Difference) -> Name:
    return row.channel, row.shop_id, row.channel_order_id
