"""The calls that a shop of one's own answers, by the contract in this folder's README."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final, cast
from urllib.parse import quote

from engine.sdk import HttpAnswer, HttpCall, Item, NodeError, Verdict
from nodes.connector.arrivals import as_item
from nodes.connector.marks import items_at
from nodes.connector.rest import require_answer, settled, word_of
from nodes.connector.shipping import Held, Parcel

PAGE_SIZE: Final = 100
_CONFLICT: Final = 409


def list_call(since: datetime, until: datetime, mark: str | None) -> HttpCall:
    """Orders changed from ``since`` to ``until`` (both counted), oldest change first. ``mark``: of the next portion."""
    query = {"updated_since": _text(since), "updated_until": _text(until), "limit": str(PAGE_SIZE)}
    return HttpCall("GET", "/orders", query=query if mark is None else {**query, "cursor": mark})


def shipped_call(parcel: Parcel, *, further: bool = False) -> HttpCall:
    """``further``: one more parcel of goods that were told as shipped.

    Raises ``NodeError`` with ``shipment.refused`` for a number that cannot stand in an address.
    """
    if not parcel.order.strip("."):
        raise NodeError("shipment.refused", error="order_no")
    lines = {"lines": list(parcel.lines)} if parcel.lines else {}
    body = {"carrier": parcel.courier, "tracking_no": parcel.tracking_no, **lines, **({"further": True} if further else {})}
    return HttpCall("POST", f"/orders/{quote(parcel.order, safe='')}/shipments", json=body)


def reader(now: datetime) -> Callable[[HttpAnswer], tuple[list[Item], str | None]]:
    """The orders of a portion and the mark of the next one. Raises as ``require_answer``, and ``NodeError`` ``poll.no_list``."""

    def read(answer: HttpAnswer) -> tuple[list[Item], str | None]:
        require_answer(answer, now, word_of(answer.body, "error"))
        found = items_at(answer.body, "orders")
        if found is None:
            raise NodeError("poll.no_list", path="orders")
        return found, _mark(as_item(answer.body), len(found))

    return read


def _mark(body: Item, count: int) -> str | None:
    """Raises ``NodeError`` with ``poll.no_list`` where the list may go on and does not say how."""
    mark = body.get("next")
    if not (mark is None or isinstance(mark, str)) or ("next" not in body and count >= PAGE_SIZE):
        raise NodeError("poll.no_list", path="next")
    return mark or None


def judge(answer: HttpAnswer) -> Verdict:
    return settled(answer, word_of(answer.body, "error"))


def held_of(answer: HttpAnswer) -> Held | None:
    """What a shop says that does not take a parcel because the order is beyond it; ``None`` for any other answer."""
    if answer.status != _CONFLICT:
        return None
    numbers: Any = as_item(answer.body).get("tracking_nos")
    held = ",".join(map(str, cast("list[Any]", numbers))) if isinstance(numbers, list) else ""
    return Held(over=True, waybills=held)


def _text(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
