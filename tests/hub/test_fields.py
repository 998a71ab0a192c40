"""State, lines and receiver are compared as far as two lists tell them, and nothing personal is shown."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.hub.difference import difference
from engine.hub.freshness import ON_ITS_WAY, settled
from engine.hub.listed import entry_of, lines_of, order_of, same_lines, same_receiver, shown_lines
from engine.hub.reconcile import compare
from engine.hub.still_held import set_apart
from engine.store.order_records import NewHold
from engine.store.ports import Hold
from engine.store.reconciliations import ListedLine, ListedOrder

KEY = b"k" * 32
PHONE, OTHER_PHONE, ADDRESS = "19900000505", "19900000506", "示例大道5号"
NAME = ("own_shop", "s1", "OWN-1")
NOON = datetime(2026, 1, 16, 4, tzinfo=UTC)
ROW: dict[str, Any] = {
    "channel": "own_shop", "shop_id": "s1", "channel_order_id": "OWN-1", "version": "2026-01-16T03:04:05Z", "amount": "80.00",
    "status": "awaiting_fulfillment", "lines": [{"sku_code": "CUP", "qty": 2}, {"sku_code": "SOAP", "qty": 1}],
    "receiver": {"phone": PHONE, "address": ADDRESS},
}  # fmt: skip


def listed(**changes: Any) -> list[ListedOrder]:
    return [entry_of({**ROW, **changes}, "wms", KEY)]


def found(**changes: Any) -> list[tuple[str, str, str, str]]:
    rows = compare(listed(), listed(), listed(**changes), listed(), key=KEY)
    return [(row.system, row.field, row.expected, row.found) for row in rows]


@pytest.mark.parametrize("field", ["status", "lines", "receiver", "amount", "version"])
def test_a_field_that_a_list_does_not_tell_is_not_different(field: str) -> None:
    assert found(**{field: None}) == []


def test_the_state_and_the_lines_are_told_with_both_values() -> None:
    assert found(status="shipped") == [("wms", "status", "awaiting_fulfillment", "shipped")]
    fewer = [{"sku_code": "cup ", "qty": 1}, {"sku_code": "SOAP", "qty": 1}]
    assert found(lines=fewer) == [("wms", "lines", "CUP ×2, SOAP ×1", "CUP ×1, SOAP ×1")]
    assert found(lines=[{"sku_code": "SOAP", "qty": 1}, {"sku_code": "CUP", "qty": 1}, {"sku_code": "CUP", "qty": 1}]) == []


def test_a_receiver_is_shown_by_a_fingerprint_that_names_nobody_and_links_no_two_orders() -> None:
    ((_, field, expected, other),) = found(receiver={"phone": OTHER_PHONE, "address": ADDRESS})
    assert field == "receiver"
    assert expected != other
    for secret in (PHONE, OTHER_PHONE, ADDRESS, *(listed()[0].receiver or ())):
        assert secret not in expected + other
    changed = listed(channel_order_id="OWN-2", receiver={"phone": OTHER_PHONE})
    again = compare(listed(channel_order_id="OWN-2"), None, changed, None, key=KEY)
    assert not {row.expected for row in again} & {expected}


@pytest.mark.parametrize("receiver", [{"phone": PHONE}, {"address": ADDRESS}, {"phone": "199****0505", "address": ADDRESS}, {}, "nobody"])
def test_a_receiver_that_is_told_in_part_or_masked_is_not_another_one(receiver: object) -> None:
    assert found(receiver=receiver) == []


@given(st.dictionaries(st.sampled_from("ABCD"), st.integers(1, 9), min_size=1), st.sampled_from("ABCDE"), st.integers(1, 5))
def test_a_gift_that_a_rule_added_is_no_difference_and_any_other_piece_is(bought: dict[str, int], sku: str, more: int) -> None:
    lines = [{"sku_code": code, "qty": count} for code, count in bought.items()]
    plain = lines_of({"lines": lines})
    with_gift = lines_of({"lines": [*lines, {"sku_code": sku, "qty": more, "is_gift": True}]})
    with_piece = lines_of({"lines": [*lines, {"sku_code": sku, "qty": more}]})
    assert plain is not None
    assert with_gift is not None
    assert with_piece is not None
    assert same_lines(plain, with_gift)
    assert same_lines(with_gift, plain)
    assert not same_lines(plain, with_piece)
    assert not same_lines(with_piece, plain)
    assert same_lines(with_gift, with_piece)


NO_LINES = (None, [], ["CUP"], [{"sku_code": "CUP"}], [{"sku_code": 1, "qty": 1}], [{"sku_code": "CUP", "qty": True}])


@pytest.mark.parametrize("lines", NO_LINES)
def test_lines_that_do_not_say_sku_and_pieces_are_not_told(lines: Any) -> None:
    assert lines_of({"lines": lines}) is None


def test_lines_are_shown_without_numbers_of_people_and_not_at_any_length() -> None:
    assert PHONE not in shown_lines([ListedLine(PHONE, 1)])
    assert len(shown_lines([ListedLine(f"SKU-{number}", 1) for number in range(500)])) == 300


def test_an_order_of_a_channel_is_named_by_its_shop_or_by_that_of_its_event() -> None:
    order = {**ROW, "shop_id": None, "amount": {"paid": "80.00"}, "updated_at": "2026-01-16T03:04:05Z"}
    assert order_of(order, "shop", KEY) == listed(shop_id="shop")[0]
    assert same_receiver(order_of(order, "shop", KEY).receiver or (), listed()[0].receiver or ())


def version(minutes: float) -> str:
    return (NOON + timedelta(minutes=minutes)).isoformat()


def order(number: str, minutes: float, **fields: Any) -> ListedOrder:
    return ListedOrder("own_shop", "s1", number, version(minutes), **{"amount": "1.00", **fields})


def test_what_changed_while_lists_were_read_is_on_its_way_and_no_difference() -> None:
    just, before = -ON_ITS_WAY.total_seconds() / 60 + 0.5, -30
    source = [order("new here", just, amount="2.00"), order("newer there", before), order("only here", just)]
    hub = [order("new here", before), order("newer there", before + 10, amount="2.00"), order("only there", just)]
    assert compare(settled(source, hub, NOON), hub, None, None) == []


def test_what_changed_before_that_is_a_difference() -> None:
    source = [order("late", -20, amount="2.00"), order("lost", -20), order("same", -1, status="shipped")]
    hub = [order("late", -30), order("unknown", -20), order("same", -1, status="cancelled")]
    rows = [(row.channel_order_id, row.system, row.kind, row.field) for row in compare(settled(source, hub, NOON), hub, None, None)]
    assert sorted(rows) == [
        ("late", "hub", "different", "amount"), ("late", "hub", "different", "version"), ("lost", "hub", "missing", ""),
        ("same", "hub", "different", "status"), ("unknown", "source", "missing", ""),
    ]  # fmt: skip


def hold(number: int, *reasons: str, name: tuple[str, str, str] = NAME) -> Hold:
    return Hold(number, 1, "flow", "step", NewHold(*name, version(0), reasons), "open", NOON + timedelta(minutes=number))


def test_an_order_that_is_held_is_no_difference_at_the_targets_and_says_why() -> None:
    rows = [difference(NAME, "missing", "wms"), difference(NAME, "missing", "finance"), difference(NAME, "missing", "hub")]
    left, held = set_apart(rows, [hold(2, "merge_wait"), hold(1, "presale_unpaid", "merge_wait"), hold(3, "x", name=("jd", "", "1"))])
    assert [row.system for row in left] == ["hub"]
    assert held == [
        {
            "channel": "own_shop", "shop_id": "s1", "channel_order_id": "OWN-1", "reasons": ["presale_unpaid", "merge_wait"],
            "since": "2026-01-16T04:01:00Z", "systems": ["wms", "finance"],
        }
    ]  # fmt: skip


def test_a_hold_explains_an_older_version_at_a_target_but_no_other_difference_and_nothing_twice() -> None:
    older = [difference(NAME, "different", "wms", field=field) for field in ("version", "status", "amount")]
    other = [difference(NAME, "different", "finance", field="amount"), difference(NAME, "doubled", "wms", found="2")]
    left, held = set_apart([*older, *other], [hold(1, "risk_review")])
    assert left == other
    assert [one["systems"] for one in held] == [["wms"]]
    assert set_apart(other, []) == (other, [])
