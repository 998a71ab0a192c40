"""Rows of tables and files as canonical orders: every fault at once, units, zones, states, and rows that disagree."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from engine.errors import NodeError
from engine.node.validation import read_params
from engine.order import CanonicalOrder
from nodes.transform.order_from_rows import OrderFromRows, order_from_rows

ORDER = {"channel_order_id": "no", "amount.paid": "paid"}
LINES = {"qty": "qty", "unit_price": "price", "sku_code": "sku"}
ROW: dict[str, Any] = {
    "no": "A-1",
    "paid": "30.00",
    "qty": 2,
    "price": "15.00",
    "sku": "x",
    "state": "已付款",
    "at": "2026/1/16 9:05",
    "to": "测试路1号",
}


def made(*rows: dict[str, Any], order: dict[str, str] | None = None, lines: dict[str, str] | None = None, **params: Any) -> list[Any]:
    given = {"order": {**ORDER, "receiver.address": "to", **(order or {})}, "lines": lines or LINES, **params}
    return [one.item for one in order_from_rows.function(list(rows), OrderFromRows.model_validate(given))]


def problem(*rows: dict[str, Any], **params: Any) -> Any:
    with pytest.raises(NodeError) as caught:
        made(*rows, **params)
    return caught.value.problem


def test_what_is_made_has_exactly_the_canonical_form() -> None:
    (order,) = made(ROW, order={"status": "state", "created_at": "at"}, statuses={"已付款": "awaiting_fulfillment"})
    assert CanonicalOrder.model_validate(order).model_dump(mode="json") == order
    assert (order["status"], order["created_at"], order["hold_reasons"]) == ("awaiting_fulfillment", "2026-01-16T01:05:00Z", [])


def test_every_fault_of_a_mapping_is_told_at_once() -> None:
    from engine.errors import InputInvalid, OrderloomError

    given = {"order": {"receiver.fone": "x", "channel_order_id": ""}, "lines": {"colour": "x"}, "currency": "yuan"}
    with pytest.raises((OrderloomError, InputInvalid, ValidationError)) as caught:
        read_params(OrderFromRows, given)
    assert isinstance(caught.value, OrderloomError)
    assert {one.code for one in caught.value.problems} >= {"mapping.unknown_field", "params.invalid"}
    with pytest.raises(OrderloomError) as caught:
        read_params(OrderFromRows, {"order": {"status": "s"}, "lines": {}})
    (missing,) = caught.value.problems
    assert (missing.code, missing.fields["fields"]) == ("mapping.missing", ["channel_order_id", "amount.paid", "lines[].qty"])


def test_every_fault_of_an_order_is_told_at_once_and_says_nothing_of_what_stands_there() -> None:
    found = problem({**ROW, "paid": "测试甲", "qty": "若干", "at": "昨天"}, order={"created_at": "at"})
    assert found.code == "mapping.unreadable"
    assert found.fields["fields"] == ["amount.paid (money.invalid)", "lines[].qty (order.wrong_type)", "created_at (time.invalid)"]
    assert "测试甲" not in str(found)
    assert problem({**ROW, "no": ""}).fields == {"fields": ["channel_order_id"]}
    assert problem(ROW, order={"buyer.nick": "昵称"}).fields["columns"] == ["昵称"]
    assert problem({**ROW, "no": "4.0126E+18"}).fields["fields"] == ["channel_order_id (order.number_damaged)"]


@pytest.mark.parametrize(
    ("unit", "paid", "price", "currency", "expected"),
    [
        ("smallest", 3000, "1500", "CNY", ("30.00", "15.00")),
        ("smallest", "３０００", 1500, "CNY", ("30.00", "15.00")),
        ("smallest", 30, 15, "JPY", ("30", "15")),
        ("whole", "￥３０．００", "15", "CNY", ("30.00", "15.00")),
        ("whole", "30.0000", "15.0000", "CNY", ("30.00", "15.00")),
    ],
)
def test_amounts_come_in_yuan_or_in_fen(unit: str, paid: Any, price: Any, currency: str, expected: tuple[str, str]) -> None:
    (order,) = made({**ROW, "paid": paid, "price": price}, unit=unit, currency=currency)
    assert (order["amount"]["paid"], order["lines"][0]["unit_price"]) == expected
    assert order["hold_reasons"] == []


@pytest.mark.parametrize("broken", ["12.5", "abc"])
def test_fen_are_whole(broken: str) -> None:
    assert problem({**ROW, "paid": broken}, unit="smallest").fields["fields"] == ["amount.paid (money.invalid)"]


def test_a_word_that_nobody_explained_holds_the_order() -> None:
    (order,) = made({**ROW, "state": "冻结"}, order={"status": "state"}, statuses={"已付款": "awaiting_fulfillment"})
    assert (order["status"], order["hold_reasons"]) == ("unknown", ["unmapped_status"])
    assert order["drift"] == [{"path": "state", "kind": "unmapped_value", "found": None}]


def test_rows_that_disagree_are_noted_and_amounts_hold_the_order() -> None:
    (order,) = made(ROW, {**ROW, "paid": "60.00", "to": "别处"})
    assert order["amount"]["paid"] == "30.00"
    assert "amount_mismatch" in order["hold_reasons"]
    assert [(one["path"], one["kind"]) for one in order["drift"]] == [("paid", "differs"), ("to", "differs")]
    (same,) = made({**ROW, "paid": "60.00"}, {**ROW, "paid": "", "to": ""})
    assert (same["hold_reasons"], same["drift"]) == ([], [])


def test_orders_come_in_the_order_of_their_first_row() -> None:
    orders = made(ROW, {**ROW, "no": "B-2"}, ROW)
    assert [(one["channel_order_id"], len(one["lines"])) for one in orders] == [("A-1", 2), ("B-2", 1)]


def test_lines_may_stand_inside_a_row_or_behind_a_path() -> None:
    inside = {**ROW, "items": [{"sku": "x", "qty": "1", "price": 15}, {"sku": "y", "qty": "1", "price": 15}]}
    (order,) = made(inside, lines_in="items")
    assert [line["sku_code"] for line in order["lines"]] == ["X", "Y"]
    (joined,) = made({**ROW, "line": {"sku": "z"}}, lines={**LINES, "sku_code": "line.sku"})
    assert joined["lines"][0]["sku_code"] == "Z"


def test_sums_that_do_not_add_up_lines_without_sku_and_a_missing_address_are_noted() -> None:
    (order,) = made({**ROW, "paid": "29.00", "sku": "", "to": ""})
    assert order["hold_reasons"] == ["amount_mismatch", "sku_unmapped", "address_incomplete"]
    assert order["amount"]["paid"] == "29.00"
