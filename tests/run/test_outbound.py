"""What a warehouse took as one order is remembered before the journal says that it took it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from engine.run.effects import EffectRequest
from engine.run.outbound import TO_WAREHOUSES, outbound_of

NAME = {"channel": "own_shop", "shop_id": "s1", "channel_order_id": "A1"}
MERGED = {**NAME, "merged_orders": [{"channel_order_id": "A1"}, {"channel_order_id": "A2"}, {"channel_order_id": "A2"}]}
LINES = [{"channel_line_id": "1", "from_order": "A1"}, {"channel_line_id": "2", "from_order": "A2"}]
PART = {**NAME, "channel_order_id": "A1-2", "part": {"of_order": "A1", "number": 2, "of": 3}, "lines": LINES}


def remembered(order: Any, use: str = TO_WAREHOUSES, status: int = 201, kind: Any = "http") -> dict[str, Any] | None:
    request = EffectRequest(kind, "wms", {"method": "POST", "path": "/orders", "json": order})
    return outbound_of(use, request, {"status": status})


def test_a_merged_order_holds_each_of_its_orders_once_and_whole() -> None:
    assert remembered(MERGED) == {**NAME, "orders": [{"channel_order_id": "A1"}, {"channel_order_id": "A2"}]}


def test_a_part_holds_its_lines_of_its_order() -> None:
    share = {"channel_order_id": "A1", "part": 2, "parts": 3, "lines": ["1", "2"]}
    assert remembered(PART) == {**NAME, "channel_order_id": "A1-2", "orders": [share]}


def test_a_part_of_a_merged_order_holds_of_each_order_the_lines_that_are_its_own() -> None:
    found = remembered({**PART, "merged_orders": [*MERGED["merged_orders"], {"channel_order_id": "A3"}]})
    assert found is not None
    assert [(one["channel_order_id"], one["lines"]) for one in found["orders"]] == [("A1", ["1"]), ("A2", ["2"])]


@pytest.mark.parametrize(
    ("order", "given"),
    [
        (NAME, {}),
        (MERGED, {"use": "connector.to_finance"}),
        (MERGED, {"status": 409}),
        (MERGED, {"kind": "mail"}),
        (None, {}),
        ({**NAME, "part": {"of_order": "A1", "number": True, "of": 2}}, {}),
        ({**NAME, "part": "odd", "merged_orders": "odd", "lines": "odd"}, {}),
    ],
)
def test_what_is_a_whole_order_or_was_not_taken_is_not_remembered(order: Any, given: Mapping[str, Any]) -> None:
    assert remembered(order, **given) is None


def test_a_part_whose_lines_have_no_ids_is_remembered_all_the_same() -> None:
    found = remembered({**PART, "lines": [{"sku_code": "CUP-01"}]})
    assert found is not None
    assert found["orders"] == [{"channel_order_id": "A1", "part": 2, "parts": 3, "lines": []}]
