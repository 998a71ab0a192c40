"""What a waybill means for an order: told once, one part after the other, the last one named, whatever comes in whatever order."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import NodeError
from engine.hub.shipments import at_warehouse, doubt_of, holds_of, meaning
from engine.store.consignments import Consignment, Member
from engine.store.shipment_records import Outbound, Shipment

ORDER = ("own_shop", "s1", "A1")


def shipment(
    position: int, part: int = 0, parts: int = 0, lines: tuple[str, ...] = (), event: int = 7, number: str | None = ""
) -> Shipment:
    known = f"YT000000000{position}" if number == "" else number
    return Shipment(Outbound(ORDER, part, parts, lines), f"p{position}", "yto", position, event, known)


def numbers(found: dict[str, Any]) -> list[str]:
    return [one["tracking_no"] for one in found["waybills"]]


def consignment(*members: Member, part: int = 0, parts: int = 0, event: int = 7, ships: bool = True) -> Consignment:
    return Consignment("wms", *ORDER[:2], "N", "N", part, parts, event_id=event, members=members, ships=ships)


def test_what_a_warehouse_has_under_a_number_is_what_it_was_sent_last() -> None:
    name, second = (*ORDER[:2], "N"), (*ORDER[:2], "A2")
    assert holds_of(name, []) == [Outbound(name)]
    both = consignment(Member("A2"), Member("A1"))
    assert holds_of(name, [both]) == [Outbound(ORDER), Outbound(second)]
    assert holds_of(name, [both, consignment(Member("A1"), event=8), consignment(Member("A2"), event=9, ships=False)]) == [Outbound(ORDER)]


def test_a_part_holds_its_lines_of_each_order_that_has_any_in_it() -> None:
    split = consignment(Member("A1", lines=("1",)), Member("A2", lines=None), part=2, parts=3)
    assert holds_of((*ORDER[:2], "N"), [split]) == [Outbound(ORDER, 2, 3, ("1",))]


def test_a_parcel_of_parts_holds_those_parts_and_all_parts_of_an_order_are_the_order() -> None:
    of_parts = consignment(
        Member("A1", lines=("1",), part=2, parts=3, number="A1-2"), Member("A1", lines=("2",), part=3, parts=3, number="A1-3"),
        Member("A2", lines=("1",), part=1, parts=2, number="A2-1"), Member("A2", lines=("2",), part=2, parts=2, number="A2-2"),
    )  # fmt: skip
    assert holds_of((*ORDER[:2], "N"), [of_parts]) == [Outbound(ORDER, 2, 3, ("1", "2")), Outbound((*ORDER[:2], "A2"))]


def test_a_whole_order_is_first_and_last_at_once() -> None:
    found = meaning([shipment(1)], 7)
    assert (found["known"], found["again"], found["first"], found["last"], found["lines"]) == (False, False, True, True, None)
    assert found["waybill"] == {"carrier": "yto", "tracking_no": "YT0000000001"}


def test_what_another_message_has_told_of_is_known() -> None:
    assert meaning([shipment(1, event=6)], 7)["known"]


def test_a_second_number_for_the_same_goods_is_told_again_and_completes_nothing() -> None:
    for earlier, mine in ((shipment(1), shipment(2)), (shipment(1, 1, 2), shipment(2, 1, 2)), (shipment(1), shipment(2, 1, 2))):
        found = meaning([earlier, mine], 7)
        assert (found["again"], found["last"]) == (True, False)
        assert numbers(found) == ["YT0000000001"]
        assert found["waybill"]["tracking_no"] == "YT0000000002"


def test_a_line_that_is_split_over_two_parcels_is_told_with_the_first() -> None:
    first = shipment(1, 1, 2, ("1", "2"))
    assert meaning([first], 7)["lines"] == ["1", "2"]
    assert meaning([first, shipment(2, 2, 2, ("2", "3"))], 7)["lines"] == ["3"]
    assert meaning([first, shipment(2, 2, 2, ("2",))], 7)["lines"] == []


def test_a_number_that_was_erased_is_left_out_and_its_part_still_counts() -> None:
    found = meaning([shipment(1, 1, 2, number=None), shipment(2, 2, 2)], 7)
    assert found["last"]
    assert numbers(found) == ["YT0000000002"]


@given(st.data())
def test_of_an_order_in_parts_one_waybill_is_first_one_is_last_and_each_line_is_told_once(data: st.DataObject) -> None:
    parts = data.draw(st.integers(2, 6))
    came = data.draw(
        st.lists(st.integers(1, parts), min_size=parts, max_size=3 * parts).filter(lambda one: set(one) == set(range(1, parts + 1)))
    )
    lines = {part: tuple(data.draw(st.sets(st.sampled_from("abcd"), min_size=1))) for part in range(1, parts + 1)}
    known = [shipment(position, part, parts, lines[part]) for position, part in enumerate(came, 1)]
    found = [meaning(known[:count], 7) for count in range(1, len(known) + 1)]
    assert [one["first"] for one in found].count(True) == 1
    assert [one["last"] for one in found].count(True) == 1
    (last,) = [one for one in found if one["last"]]
    assert len(last["waybills"]) == parts
    assert [one["again"] for one in found].count(False) == parts
    told = [line for one in found if not one["again"] for line in one["lines"]]
    assert sorted(told) == sorted(set().union(*lines.values()))
    assert all(len(one["waybills"]) <= len(later["waybills"]) for one, later in pairwise(found))


@pytest.mark.parametrize(
    ("order", "doubt"),
    [
        ({"status": "awaiting_fulfillment"}, None),
        ({"status": "paid_hold", "hold_reasons": ["address_incomplete"]}, None),
        ({"status": "shipped"}, None),
        ({"status": "cancelled"}, "cancelled"),
        ({"status": "closed_refunded", "refund_status": "succeeded"}, "cancelled"),
        ({"status": "paid_hold", "hold_reasons": ["refund_in_progress"]}, "refunding"),
        ({"status": "awaiting_fulfillment", "refund_status": "requested"}, "refunding"),
        ({"status": "pending_payment"}, "unpaid"),
        ({"status": "unknown"}, "unmapped"),
    ],
)
def test_an_order_that_should_not_have_shipped_says_why(order: dict[str, Any], doubt: str | None) -> None:
    assert doubt_of(order) == doubt


def test_what_a_warehouse_names_is_read_as_it_was_sent() -> None:
    asked = {"channel": "own_shop", "shop_id": "s1", "channel_order_id": "A1-1"}
    assert at_warehouse(asked) == ("own_shop", "s1", "A1-1")


@pytest.mark.parametrize("item", [{}, {"channel": "own_shop"}, {"channel_order_id": "A1"}, {"channel": "own_shop", "channel_order_id": 5}])
def test_a_message_that_names_no_order_says_what_is_missing(item: dict[str, Any]) -> None:
    with pytest.raises(NodeError, match=r"waybill\.no_order"):
        at_warehouse(item)
