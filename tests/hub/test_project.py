"""What the hub keeps of a canonical order in clear: nothing personal, and never a fault for an odd field."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import NodeError
from engine.hub.project import to_hub_order
from engine.order import hold_reasons_of
from engine.store.ports import Event, OrderLine

EVENT = Event(7, "f", 1, "t", "k", "o", datetime(2026, 1, 16, tzinfo=UTC), "hook", passes=False, conflict=False)
ORDER: dict[str, Any] = {"channel": "own_shop", "channel_order_id": "1", "status": "awaiting_fulfillment"}


@pytest.mark.parametrize("missing", ["channel", "channel_order_id", "status"])
def test_an_item_that_is_no_order_says_what_it_lacks(missing: str) -> None:
    with pytest.raises(NodeError, match=r"order\.missing_field"):
        to_hub_order({**ORDER, missing: None}, EVENT)


def test_lines_are_kept_with_sku_and_quantity() -> None:
    lines = [{"sku_code": "A-1", "qty": 2, "title": "Cup"}, {"sku_code": None, "qty": 1}, {"sku_code": 5, "qty": "2"}, "odd", {"qty": True}]
    kept = to_hub_order({**ORDER, "lines": lines}, EVENT).lines
    assert kept == (OrderLine("A-1", 2), OrderLine("", 1), OrderLine("", 0), OrderLine("", 0))


@pytest.mark.parametrize(
    ("status", "stated", "reasons"),
    [
        ("awaiting_fulfillment", ["amount_mismatch", "risk_review"], {"amount_mismatch", "risk_review"}),
        ("paid_hold", ["amount_mismatch", "amount_mismatch", "a word of nobody", None], {"amount_mismatch"}),
        ("unknown", [], {"unmapped_status"}),
        ("unknown", ["unmapped_status"], {"unmapped_status"}),
        ("shipped", ["amount_mismatch"], set()),
        ("cancelled", ["amount_mismatch"], set()),
        ("awaiting_fulfillment", None, set()),
        ("awaiting_fulfillment", "amount_mismatch", set()),
    ],
)
def test_an_order_that_may_still_ship_is_held_by_its_reasons(status: str, stated: object, reasons: set[str]) -> None:
    order = {**ORDER, "status": status, "hold_reasons": stated}
    assert to_hub_order(order, EVENT).hold_reasons == hold_reasons_of(order)
    assert set(hold_reasons_of(order)) == reasons
    assert len(hold_reasons_of(order)) == len(reasons)


ODD = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=8)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(["sku_code", "qty", "phone", "paid"]), inner)),
    max_leaves=8,
)


@given(st.fixed_dictionaries(dict.fromkeys(("lines", "receiver", "hold_reasons", "amount"), ODD)))
def test_an_odd_field_is_left_out_and_breaks_nothing(odd: dict[str, Any]) -> None:
    kept = to_hub_order({**ORDER, **odd}, EVENT, b"key")
    assert all(isinstance(line.sku_code, str) and 0 <= line.quantity <= 2**53 for line in kept.lines)
