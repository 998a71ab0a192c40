"""What the courier gets of an order."""

from __future__ import annotations

from typing import Any

import pytest
from orderloom_courier_express.waybill import reference_of, waybill_of

from engine.sdk import NodeError

ORDER: dict[str, Any] = {
    "channel": "own_shop",
    "shop_id": None,
    "channel_order_id": "OWN-0001",
    "status": "awaiting_fulfillment",
    "receiver": {"name": "测试乙", "phone": "19900000505", "province": "广东省", "zip": None, "address": "示例大道5号3单元502室"},
    "lines": [{"qty": 1}, {"qty": 2}],
}


def test_the_receiver_goes_in_clear_without_empty_parts() -> None:
    assert waybill_of(ORDER, "standard")["receiver"] == {
        "name": "测试乙",
        "phone": "19900000505",
        "address": "示例大道5号3单元502室",
        "province": "广东省",
    }


def test_what_is_printed_hides_six_digits_of_the_phone_and_the_room() -> None:
    assert waybill_of(ORDER, "standard")["printed"] == {"name": "测**", "phone": "199******05", "address": "示例大道5号****"}


def test_all_pieces_are_counted() -> None:
    assert waybill_of(ORDER, "standard")["pieces"] == 3


def test_all_versions_of_an_order_have_one_reference() -> None:
    assert reference_of({**ORDER, "version": "1"}) == reference_of({**ORDER, "version": "2"}) == "own_shop/-/OWN-0001"


@pytest.mark.parametrize("field", ["name", "phone", "address"])
def test_a_receiver_without_a_part_that_is_needed_is_refused(field: str) -> None:
    with pytest.raises(NodeError) as caught:
        waybill_of({**ORDER, "receiver": {**ORDER["receiver"], field: " "}}, "standard")
    assert (caught.value.problem.code, caught.value.problem.fields) == ("courier.missing_receiver", {"path": f"receiver.{field}"})


def test_an_order_with_a_reason_to_hold_it_gets_no_label() -> None:
    with pytest.raises(NodeError, match=r"courier\.may_not_ship"):
        waybill_of({**ORDER, "hold_reasons": ["address_incomplete"]}, "standard")


def test_an_order_without_a_number_gets_no_label() -> None:
    with pytest.raises(NodeError, match=r"courier\.no_order_number"):
        waybill_of({**ORDER, "channel_order_id": ""}, "standard")
