"""What a simulated target holds: one version of each order, never an older one over a newer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

OrderName = tuple[str, str, str]
"""Channel, shop, number of the order at its channel."""


class TargetLedger:
    """``orders`` by name; ``applied`` counts what was taken: a repeated request must not raise it.

    For tests of reconciliation: orders in ``twice`` are listed twice, those in ``altered`` with other values.
    """

    def __init__(self) -> None:
        self.orders: dict[OrderName, Mapping[str, Any]] = {}
        self.versions: dict[OrderName, str] = {}
        self.applied = 0
        self.twice: set[OrderName] = set()
        self.altered: dict[OrderName, Mapping[str, Any]] = {}

    def lose(self, name: OrderName) -> None:
        """As a system does that is restored from an old backup."""
        del self.orders[name], self.versions[name]

    def put(self, order: Mapping[str, Any], version: str) -> int:
        """The status of the answer: 201 new, 200 changed or as it was, 409 where a newer version is held."""
        name = name_of(order)
        held = self.versions.get(name)
        if held is not None and _is_older(version, held):
            return 409
        if held != version or self.orders[name] != order:
            self.applied += 1
        self.orders[name], self.versions[name] = order, version
        return 201 if held is None else 200

    def rows(self, day: str | None = None, channel: str | None = None) -> list[dict[str, Any]]:
        """What ``GET /orders`` lists, by name; ``day`` is the UTC day of the order's creation, such as 2026-01-16."""
        found = [
            (name, order)
            for name, order in sorted(self.orders.items())
            if (channel is None or name[0] == channel) and (day is None or str(order.get("created_at") or "").startswith(day))
        ]
        return [self._row(name, order) for name, order in found for _ in range(2 if name in self.twice else 1)]

    def _row(self, name: OrderName, order: Mapping[str, Any]) -> dict[str, Any]:
        row = {"channel": name[0], "shop_id": name[1], "channel_order_id": name[2], "version": self.versions[name], "amount": _paid(order)}
        return {**row, **_more(order), **self.altered.get(name, {})}


def name_of(order: Mapping[str, Any]) -> OrderName:
    return str(order.get("channel") or ""), str(order.get("shop_id") or ""), str(order.get("channel_order_id") or "")


def _is_older(version: str, held: str) -> bool:
    """Times compare as times; versions that are none (digests) have no order, so that the later arrival counts."""
    try:
        return datetime.fromisoformat(version) < datetime.fromisoformat(held)
    except (ValueError, TypeError):
        return False


def _more(order: Mapping[str, Any]) -> dict[str, Any]:
    """What a list may tell besides: the state, the lines, and for whom the order is."""
    lines, receiver = order.get("lines"), order.get("receiver")
    more: dict[str, Any] = {"status": order["status"]} if order.get("status") else {}
    if isinstance(lines, list):
        told = [cast("Mapping[str, Any]", line) for line in cast("list[object]", lines) if isinstance(line, dict)]
        more["lines"] = [{name: line.get(name) for name in ("sku_code", "qty", "is_gift")} for line in told]
    if isinstance(receiver, dict):
        to = cast("Mapping[str, Any]", receiver)
        more["receiver"] = {name: to.get(name) for name in ("phone", "address")}
    return more


def _paid(order: Mapping[str, Any]) -> str | None:
    amount = order.get("amount")
    return cast("Mapping[str, Any]", amount).get("paid") if isinstance(amount, Mapping) else None
