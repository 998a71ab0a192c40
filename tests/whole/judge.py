"""What the trial found wrong, and how long things took. Pure: lists come in, sentences and figures go out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tests.whole.changes import Order
from tests.whole.platforms import Right
from tests.whole.target import Books


def hub_faults(right: Mapping[Order, Right], hub: Sequence[Mapping[str, Any]]) -> list[str]:
    """The hub holds every order once, as it is at its platform."""
    held = Counter((one["channel"], one["channel_order_id"]) for one in hub)
    known = {(one["channel"], one["channel_order_id"]): (one["status"], one["version"]) for one in hub}
    missing = [order for order in right if order not in held]
    other = [order for order, as_it_is in right.items() if order in known and known[order] != (as_it_is.status, as_it_is.version)]
    return [
        *_told(missing, "the hub lacks"),
        *_told([order for order, times in held.items() if times > 1], "the hub holds more than once"),
        *_told([order for order in held if order not in right], "the hub holds what no platform has:"),
        *_told(other, "the hub holds in another state than its platform:"),
    ]


def target_faults(name: str, right: Mapping[Order, Right], books: Books) -> list[str]:
    """It holds the newest version of every order that may go, and each version that it took came under one key."""
    newest = {(order[0], order[2]): line for order, line in books.held.items()}
    wanted = {order: one for order, one in right.items() if not one.is_held}
    twice = [(order[0], order[2]) for (order, _), keys in books.booked.items() if len(keys) > 1]
    other = [
        order
        for order, one in wanted.items()
        if order in newest and (newest[order]["version"], newest[order]["amount"]) != (one.version, one.paid)
    ]
    return [
        *_told([order for order in wanted if order not in newest], f"{name} lacks"),
        *_told(twice, f"{name} booked twice"),
        *_told(other, f"{name} holds in another version"),
        *_told([order for order in newest if order not in wanted], f"{name} holds what is to be held back or unknown:"),
    ]


def reconciliation_faults(found: Iterable[Mapping[str, Any]]) -> list[str]:
    """Of results of the service's own reconciliation, which has to hold the hub against the platform's own list."""
    return [
        f"reconciliation of {one['channel']} on {one['day']} with {one['source']}: {one['differences']} differences, "
        f"failed {one['failed']}, {one['rows'][:3]}"
        for one in found
        if one["differences"] or one["failed"] or one["source"] != "channel"
    ]


def share(values: Sequence[float], part: float) -> float:
    """The value that so many of them do not exceed; 0 of none."""
    return sorted(values)[min(len(values) - 1, int(len(values) * part))] if values else 0.0


def _told(orders: Sequence[Order], what: str) -> list[str]:
    return [f"{what} {len(orders)} orders, such as {', '.join('/'.join(one) for one in orders[:3])}"] if orders else []
