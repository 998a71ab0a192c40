from __future__ import annotations

import copy
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.json_text import read_json
from engine.order.model import CanonicalOrder
from engine.order.statuses import may_ship
from nodes.connector.own_shop.canonical import own_shop_order
from tests.nodes.odd import odd_values, outcome

SAMPLE: dict[str, Any] = read_json((Path(__file__).parents[1] / "fixtures" / "domain" / "ownstore_order.json").read_bytes())


def event(kind: str = "order.created", /, **changes: Any) -> dict[str, Any]:
    found = copy.deepcopy(SAMPLE["created"])
    return {**found, "type": kind, "data": {**found["data"], **changes}}


def two_lines(discount: str = "10.00", paid: str = "110.00", **changes: Any) -> dict[str, Any]:
    lines = [
        {"line_no": "1", "sku": "A", "title": "A", "qty": 2, "unit_price": "50.00"},
        {"line_no": "2", "sku": "B", "title": "B", "qty": 1, "unit_price": "20.00"},
    ]
    return event(lines=lines, amounts={"items": "120.00", "discount": discount, "shipping": "0.00", "tax": "0.00", "paid": paid}, **changes)


def code(payload: dict[str, Any]) -> str | None:
    return outcome(own_shop_order, payload)[0]


def test_the_sample_becomes_what_the_facts_expect() -> None:
    expected, order = SAMPLE["expected_core"], own_shop_order(read_json(SAMPLE["raw_body"]))
    names = ("channel_order_id", "created_at", "status")
    assert [order[name] for name in names] == [expected[name] for name in names]
    assert (int(Decimal(order["amount"]["paid"]) * 100), order["hold_reasons"], order["drift"]) == (expected["paid_minor"], [], [])


def test_the_order_has_exactly_the_canonical_form() -> None:
    order = own_shop_order(event())
    assert CanonicalOrder.model_validate(order).model_dump(mode="json") == order


def test_a_bare_order_reads_like_an_event() -> None:
    bare, whole = own_shop_order(event()["data"]), own_shop_order(event())
    names = ("status", "amount", "lines", "receiver")
    assert [bare[name] for name in names] == [whole[name] for name in names]


@pytest.mark.parametrize(
    ("kind", "status", "payment"),
    [
        ("order.created", "awaiting_fulfillment", "paid"),
        ("order.updated", "awaiting_fulfillment", "paid"),
        ("order.paid", "awaiting_fulfillment", "paid"),
        ("order.shipped", "shipped", "paid"),
        ("order.partially_shipped", "partially_shipped", "paid"),
        ("order.delivered", "delivered", "paid"),
        ("order.completed", "completed", "paid"),
        ("order.cancelled", "cancelled", "paid"),
        ("order.refunded", "closed_refunded", "refunded"),
    ],
)
def test_an_event_tells_where_the_order_stands(kind: str, status: str, payment: str) -> None:
    order = own_shop_order(event(kind))
    assert (order["status"], order["payment_status"], order["hold_reasons"]) == (status, payment, [])


def test_an_order_that_is_not_paid_waits_for_payment() -> None:
    order = own_shop_order(event(paid_at=None))
    assert (order["status"], order["payment_status"], order["paid_at"], order["hold_reasons"]) == ("pending_payment", "unpaid", None, [])


def test_nothing_paid_yet_is_no_mismatch() -> None:
    order = own_shop_order(event(paid_at=None, amounts={**SAMPLE["created"]["data"]["amounts"], "paid": "0.00"}))
    assert order["hold_reasons"] == []


@pytest.mark.parametrize("payload", [event("order.teleported"), event(status="teleported"), {"data": event()["data"]}, event("")])
def test_an_unknown_event_or_status_is_held_and_never_ships(payload: dict[str, Any]) -> None:
    order = own_shop_order(payload)
    assert (order["status"], order["hold_reasons"], may_ship(order), len(order["drift"])) == ("unknown", ["unmapped_status"], False, 1)


@pytest.mark.parametrize(
    ("word", "status"),
    [("processing", "awaiting_fulfillment"), ("on_hold", "paid_hold"), ("canceled", "cancelled")],
)
def test_the_order_s_own_status_counts(word: str, status: str) -> None:
    assert own_shop_order(event("order.updated", status=word))["status"] == status


def test_what_the_shop_itself_keeps_back_is_held_and_says_why() -> None:
    assert own_shop_order(event("order.updated", status="on_hold"))["hold_reasons"] == ["platform_hold"]


def test_a_cancellation_outweighs_the_order_s_own_status() -> None:
    assert own_shop_order(event("order.cancelled", status="processing"))["status"] == "cancelled"


def test_a_refund_of_a_part_leaves_the_order_open() -> None:
    order = own_shop_order(event("order.refunded", amounts={**SAMPLE["created"]["data"]["amounts"], "refunded": "8.00"}))
    assert (order["status"], order["payment_status"], order["refund_status"]) == ("awaiting_fulfillment", "partially_refunded", "succeeded")


def test_a_requested_refund_holds_what_is_still_to_ship() -> None:
    order = own_shop_order(event("order.refund_requested"))
    assert (order["status"], order["refund_status"], order["hold_reasons"]) == ("paid_hold", "requested", ["refund_in_progress"])


def test_the_version_is_the_order_s_change_or_the_event_s_time() -> None:
    assert own_shop_order(event())["version"] == "2026-01-16T03:04:05Z"
    assert own_shop_order(event(updated_at="2026-01-16T05:00:00+01:00"))["version"] == "2026-01-16T04:00:00Z"
    assert len(own_shop_order(event()["data"])["version"]) == 32


@pytest.mark.parametrize("text", ["2026-01-16T03:04:05.000Z", "2026-01-16T11:04:05+08:00", 1768532645, "2026-01-16 03:04:05"])
def test_a_time_may_be_written_in_several_ways(text: object) -> None:
    assert own_shop_order(event(created_at=text))["created_at"] == "2026-01-16T03:04:05Z"


def test_discounts_are_shared_in_proportion_to_the_lines() -> None:
    order = own_shop_order(two_lines())
    assert ([line["paid_share"] for line in order["lines"]], order["hold_reasons"]) == (["91.67", "18.33"], [])


def test_amounts_that_do_not_add_up_are_held_and_left_as_they_are() -> None:
    order = own_shop_order(two_lines(discount="5.00", paid="90.00"))
    assert (order["hold_reasons"], order["amount"]["paid"], order["amount"]["items"]) == (["amount_mismatch"], "90.00", "120.00")


@pytest.mark.parametrize(("price", "drifted"), [("88.00", False), (88, True), (Decimal("88.0"), True)])
def test_an_amount_may_come_as_an_exact_number_and_is_noted(price: object, drifted: bool) -> None:
    order = own_shop_order(event(lines=[{**SAMPLE["created"]["data"]["lines"][0], "unit_price": price}]))
    assert (order["lines"][0]["unit_price"], bool(order["drift"])) == ("88.00", drifted)


def test_an_amount_as_a_float_is_refused() -> None:
    assert code(event(amounts={**SAMPLE["created"]["data"]["amounts"], "paid": 88.0})) == "money.invalid"


@pytest.mark.parametrize("sku", ["", None])
def test_a_line_without_a_sku_holds_the_order(sku: str | None) -> None:
    order = own_shop_order(event(lines=[{**SAMPLE["created"]["data"]["lines"][0], "sku": sku}]))
    assert (order["lines"][0]["sku_code"], order["hold_reasons"]) == (None, ["sku_unmapped"])


def test_a_line_that_costs_nothing_is_a_gift() -> None:
    gift = {"line_no": "2", "sku": "G", "title": "赠品", "qty": 1, "unit_price": "0.00"}
    assert [line["is_gift"] for line in own_shop_order(event(lines=[*event()["data"]["lines"], gift]))["lines"]] == [False, True]


@pytest.mark.parametrize("receiver", [None, {}, {"name": "测试乙"}])
def test_an_order_to_ship_needs_an_address(receiver: dict[str, str] | None) -> None:
    assert own_shop_order(event(receiver=receiver))["hold_reasons"] == ["address_incomplete"]


def test_a_receiver_in_clear_text_gets_masks() -> None:
    receiver = own_shop_order(event())["receiver"]
    assert (receiver["phone"], receiver["phone_mask"], receiver["name_mask"]) == ("19900000505", "199****0505", "测**")


def test_network_data_and_unknown_fields_are_not_taken_over() -> None:
    order = own_shop_order(event(ip="192.0.2.10", user_agent="fixture-agent", novelty="x"))
    assert "192.0.2.10" not in str(order)
    assert "fixture-agent" not in str(order)
    assert order["drift"] == [{"path": "data.novelty", "kind": "unknown_field", "found": "string"}]


@pytest.mark.parametrize("field", ["order_no", "lines", "currency", "amounts"])
def test_what_an_order_needs_is_asked_for_by_name(field: str) -> None:
    assert code(event(**{field: None})) == "order.missing_field"


def test_a_line_without_a_price_is_refused() -> None:
    assert code(event(lines=[{"line_no": "1", "sku": "A", "qty": 1}])) == "order.missing_field"


@pytest.mark.parametrize("quantity", ["one", -1, Decimal("1.5"), True])
def test_a_quantity_is_a_whole_number(quantity: object) -> None:
    assert code(event(lines=[{**SAMPLE["created"]["data"]["lines"][0], "qty": quantity}])) == "order.wrong_type"


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(SAMPLE["created"]["data"])), odd_values)
def test_an_odd_field_is_a_named_problem_or_a_canonical_order(field: str, value: object) -> None:
    problem, order = outcome(own_shop_order, event(**{field: value}))
    assert order is None or CanonicalOrder.model_validate(order)
    assert problem in {None, "order.missing_field", "order.wrong_type", "money.invalid", "currency.invalid", "time.invalid"}
