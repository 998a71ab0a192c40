"""What is read from a body that is sent to a target: a parcel, a part, a whole order, or nothing. Whatever it holds, nothing is raised."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.run.consigned import TO_WAREHOUSES, consignment_of
from engine.store.consignments import Consignment, Member

ORDER = {
    "channel": "jd", "shop_id": "s1", "channel_order_id": "A", "version": "v1", "amount": {"paid": "3.00"},
    "created_at": "2026-01-16T03:04:05Z",
}  # fmt: skip
SOURCES = [{**ORDER, "channel_order_id": number, "paid": paid} for number, paid in (("B", "2.00"), ("A", "1.00"))]
PART = {"of_order": "A", "number": 2, "of": 3}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
)


def read(order: Any, **content: Any) -> Consignment | None:
    return consignment_of("wms", {"method": "POST", "path": "/orders", "json": order, **content}, 7)


def shape(order: Any) -> tuple[Any, ...]:
    one = read(order)
    assert one is not None
    return one.whole, one.part, one.parts, [(member.channel_order_id, member.amount) for member in one.members]


def test_a_parcel_names_its_orders_with_what_each_paid() -> None:
    members = (Member("A", "v1", "1.00"), Member("B", "v1", "2.00"))
    expected = Consignment("wms", "jd", "s1", "A", "A", 0, 0, "v1", "3.00", "2026-01-16", 7, members)
    assert read({**ORDER, "merged_orders": SOURCES}) == expected


def test_a_part_names_its_order_and_a_part_of_a_parcel_all_of_the_parcel() -> None:
    assert shape({**ORDER, "channel_order_id": "A-2", "part": PART}) == ("A", 2, 3, [("A", None)])
    both = {**ORDER, "channel_order_id": "A-2", "part": PART, "merged_orders": SOURCES}
    assert shape(both) == ("A", 2, 3, [("A", "1.00"), ("B", "2.00")])


def test_a_whole_order_has_no_members() -> None:
    assert shape(ORDER) == ("A", 0, 0, [])


def test_a_parcel_that_is_made_of_parts_names_the_orders_that_they_are_of() -> None:
    sources = [{**SOURCES[0], "channel_order_id": "A-2"}, {**SOURCES[0], "channel_order_id": "B-1", "part": {**PART, "of_order": "B"}}]
    lines = [{"channel_line_id": n, "from_order": number} for n, number in ((1, "A-2"), (2, "B-1"), (3, "C"))]
    led = {
        **ORDER,
        "channel_order_id": "A-2",
        "part": PART,
        "merged_orders": [*sources, {**SOURCES[0], "channel_order_id": "C"}],
        "lines": lines,
    }
    one = read(led)
    assert one is not None
    assert (one.number, one.whole, one.part, one.parts, one.is_parcel) == ("A-2", "A-2", 0, 0, True)
    assert one.members == (
        Member("A", "v1", "2.00", ("1",), 2, 3, "A-2"),
        Member("B", "v1", "2.00", ("2",), 2, 3, "B-1"),
        Member("C", "v1", "2.00"),
    )


def test_of_what_is_split_the_lines_that_are_in_a_part_are_kept_and_nothing_of_what_is_not() -> None:
    lines = [{"channel_line_id": "1", "from_order": "A"}, {"sku_code": "CUP"}]
    alone = read({**ORDER, "channel_order_id": "A-2", "part": PART, "lines": lines})
    assert alone is not None
    assert alone.members == (Member("A", "v1", lines=("1",)),)
    both = read({**ORDER, "channel_order_id": "A-2", "part": PART, "merged_orders": SOURCES, "lines": lines})
    assert both is not None
    assert [(member.channel_order_id, member.lines) for member in both.members] == [("A", ("1",)), ("B", None)]


def test_only_what_a_warehouse_took_is_told_of_by_waybills() -> None:
    content = {"method": "POST", "path": "/orders", "json": {**ORDER, "merged_orders": SOURCES}}
    for use, ships in ((TO_WAREHOUSES, True), ("connector.to_finance", False)):
        one = consignment_of("wms", content, 7, use)
        assert one is not None
        assert one.ships is ships


def test_orders_of_other_shops_and_parts_that_are_none_count_for_nothing() -> None:
    assert shape({**ORDER, "merged_orders": [{**SOURCES[0], "shop_id": "s2"}, "B", {}]}) == ("A", 0, 0, [])
    for wrong in ({**PART, "number": 0}, {**PART, "of": "3"}, {**PART, "of_order": ""}, {**PART, "number": True}, "2/3"):
        assert shape({**ORDER, "part": wrong}) == ("A", 0, 0, [])


@pytest.mark.parametrize("content", [{"method": "GET"}, {"path": "/labels"}, {"json": None}, {"json": {"id": 1}}, {"json": [ORDER]}])
def test_what_hands_over_no_order_is_none(content: dict[str, Any]) -> None:
    assert read(ORDER, **content) is None


@given(st.dictionaries(st.sampled_from(("channel", "shop_id", "merged_orders", "part", "amount", "created_at", "version", "lines")), JSON))
def test_nothing_that_a_body_holds_is_raised_at(fields: dict[str, Any]) -> None:
    one = read({"channel_order_id": "A", **fields})
    assert one is not None
    assert one.number == "A"
