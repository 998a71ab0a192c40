"""Orders that were merged or split are found at a target under the numbers of their parcels and parts, and nothing else is said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import product
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.hub.difference import Difference
from engine.hub.lineage import Consigned, shapes
from engine.hub.listed import entry_of, order_of
from engine.hub.reconcile import compare, comparison
from engine.run.consigned import consignment_of
from engine.store.consignments import Consignment
from engine.store.reconciliations import ListedOrder
from engine.testing.ledger import TargetLedger
from nodes.rule.merge_orders import sample_order
from nodes.rule.merging import merged, named_with_part
from nodes.rule.split_order import SplitOrder, split_order

KEY = b"0" * 32
DAY, NEXT_DAY = "2026-01-16", "2026-01-17"
BY_WAREHOUSE = SplitOrder(by=("warehouse",))
CENTS = st.integers(1, 100_000)


def order(number: str, *paid: int, day: str = DAY) -> dict[str, Any]:
    """With one line for each amount (in cents), each in a warehouse of its own."""
    lines = [
        {
            "channel_line_id": str(n),
            "sku_code": f"S{n}",
            "qty": 1,
            "unit_price": money(cents),
            "paid_share": money(cents),
            "warehouse": f"W{n}",
        }
        for n, cents in enumerate(paid, 1)
    ]
    return sample_order(number, money(sum(paid)), "S", lines=lines, created_at=f"{day}T03:04:05Z")


def money(cents: int) -> str:
    return str(Decimal(cents).scaleb(-2))


def parts_of(whole: dict[str, Any]) -> list[dict[str, Any]]:
    return [item for port, item in split_order.function(whole, BY_WAREHOUSE) if port == "part"]


@dataclass
class Target:
    """What was sent to it, as it comes out of the rules, and as the simulated system lists it."""

    ledger: TargetLedger = field(default_factory=TargetLedger)
    sent: list[Consignment] = field(default_factory=list[Consignment])

    def take(self, *items: dict[str, Any]) -> Target:
        for item in items:
            self.ledger.put(item, item["version"])
            one = consignment_of("wms", {"method": "POST", "path": "/orders", "json": item}, len(self.sent) + 1)
            assert one is not None
            self.sent.append(one)
        return self

    def listed(self, day: str = DAY) -> list[ListedOrder]:
        return [entry_of(row, "wms", KEY) for row in self.ledger.rows(day)]

    def consigned(self, day: str = DAY, elsewhere: Sequence[ListedOrder] = ()) -> Consigned:
        return Consigned(day, [one for one in self.sent if one.members], elsewhere)


def as_hub(orders: Sequence[dict[str, Any]], day: str = DAY) -> list[ListedOrder]:
    return [order_of(one, "", KEY) for one in orders if one["created_at"].startswith(day)]


def differences(orders: Sequence[dict[str, Any]], target: Target, listed: list[ListedOrder] | None = None) -> list[Difference]:
    kept = as_hub(orders)
    return compare(kept, kept, target.listed() if listed is None else listed, kept, {"wms": target.consigned()})


def told(rows: Sequence[Difference]) -> list[tuple[Any, ...]]:
    """Without channel, shop and system."""
    return [msgspec.structs.astuple(row)[2:4] + msgspec.structs.astuple(row)[5:] for row in rows]


A, B, C = order("A", 6000, 50), order("B", 4050), order("C", 1001, 2002, 3003)
PARCEL, PARTS = merged([A, B]), parts_of(C)


def test_orders_of_a_parcel_are_at_the_wms_under_its_number_and_a_split_order_by_its_parts() -> None:
    target = Target().take(PARCEL, *PARTS)
    assert [one.channel_order_id for one in target.listed()] == ["A", "C-1", "C-2", "C-3"]
    assert differences([A, B, C], target) == []
    assert shapes(target.listed(), target.consigned()) == (1, 3)


def test_without_what_is_known_of_them_they_are_missing_and_unknown() -> None:
    kept = as_hub([A, B, C])
    rows = compare(kept, kept, Target().take(PARCEL, *PARTS).listed(), kept)
    assert {(row.channel_order_id, row.kind, row.system) for row in rows} >= {("B", "missing", "wms"), ("C", "missing", "wms")}


def test_a_parcel_that_is_not_there_is_told_of_each_of_its_orders() -> None:
    rows = differences([A, B, C], Target().take(PARCEL, *PARTS), Target().take(*PARTS).listed())
    assert told(rows) == [(number, "missing", "", "", "", "A", 2, 0, 0) for number in ("A", "B")]


def test_a_part_that_is_not_there_is_told_alone_also_where_it_was_never_sent() -> None:
    for target in (Target().take(*PARTS), Target().take(PARTS[0], PARTS[2])):
        rows = differences([C], target, Target().take(PARTS[0], PARTS[2]).listed())
        assert told(rows) == [("C", "missing", "", "", "", "", 0, 2, 3)]


def test_an_order_none_of_whose_parts_is_there_is_missing_once() -> None:
    assert told(differences([C], Target().take(*PARTS), [])) == [("C", "missing", "", "", "", "", 0, 0, 3)]


def test_the_amount_of_a_parcel_is_held_against_the_sum_of_its_orders_to_the_cent() -> None:
    target = Target().take(PARCEL)
    target.ledger.altered["own_shop", "s1", "A"] = {"amount": "101.01"}
    assert told(differences([A, B], target)) == [("A", "different", "sum", "101.00", "101.01", "A", 2, 0, 0)]


def test_parts_that_do_not_add_up_to_their_order_are_told_as_such() -> None:
    changed = {**PARTS[0], "amount": {**PARTS[0]["amount"], "paid": "10.00"}}
    assert told(differences([C], Target().take(changed, *PARTS[1:]))) == [("C", "different", "amount", "60.06", "60.05", "", 0, 0, 3)]


def test_an_order_whose_newer_version_is_not_in_its_parcel_is_told_with_it() -> None:
    newer = {**B, "version": "2026-01-16T09:00:00Z", "amount": {**B["amount"], "paid": "40.00"}}
    rows = told(differences([A, newer], Target().take(PARCEL)))
    assert rows == [
        ("B", "different", "version", "2026-01-16T09:00:00Z", "2026-01-16T03:04:05Z", "A", 2, 0, 0),
        ("B", "different", "amount", "40.00", "40.50", "A", 2, 0, 0),
    ]


def test_an_order_that_went_both_alone_and_in_a_parcel_is_there_twice() -> None:
    assert told(differences([A, B], Target().take(PARCEL, B))) == [("B", "doubled", "", "", "2", "", 0, 0, 0)]


def test_an_order_that_went_both_whole_and_in_parts_is_there_twice() -> None:
    assert told(differences([C], Target().take(C, *PARTS))) == [("C", "doubled", "", "", "2", "", 0, 0, 0)]


def test_a_part_of_an_older_division_that_is_still_there_is_told() -> None:
    later = {**order("C", 1001, 5005), "version": "2026-01-16T09:00:00Z"}
    rows = told(differences([later], Target().take(*PARTS, *parts_of(later))))
    assert ("C", "different", "version", "2026-01-16T09:00:00Z", "2026-01-16T03:04:05Z", "", 0, 3, 2) in rows
    assert ("C", "different", "amount", "60.06", "90.09", "", 0, 0, 2) in rows


def test_an_order_that_its_parcel_does_not_name_is_missing_there() -> None:
    target = Target().take(PARCEL)
    (row,) = target.listed()
    assert told(differences([A, B], target, [msgspec.structs.replace(row, members=("A",))])) == [("B", "missing", "", "", "", "A", 2, 0, 0)]


def test_what_the_target_itself_says_of_a_parcel_counts_where_nothing_else_is_known() -> None:
    (row,) = Target().take(PARCEL).listed()
    named = msgspec.structs.replace(row, members=("B", "A"))
    assert differences([A, B], Target(), [named]) == []
    short = msgspec.structs.replace(named, amount="60.50")
    assert told(differences([A, B], Target(), [short])) == [("A", "different", "sum", "101.00", "60.50", "A", 2, 0, 0)]


def test_a_part_that_need_not_be_sent_is_not_missing() -> None:
    kept = as_hub([{**C, "status": "cancelled"}])
    target = Target().take(*({**part, "status": "cancelled"} for part in PARTS))
    assert compare(kept, kept, target.listed()[:2], kept, {"wms": target.consigned()}) == []


def test_an_order_in_a_parcel_of_the_day_before_is_looked_for_there() -> None:
    late = order("B", 4050, day=NEXT_DAY)
    target, kept = Target().take(merged([A, late])), as_hub([A, late], NEXT_DAY)
    assert target.listed(NEXT_DAY) == []
    assert compare(kept, kept, [], kept, {"wms": target.consigned(NEXT_DAY, target.listed())}) == []
    assert told(compare(kept, kept, [], kept, {"wms": target.consigned(NEXT_DAY)})) == [("B", "missing", "", "", "", "A", 2, 0, 0)]
    assert differences([A, late], target) == []


def together(*orders: dict[str, Any]) -> dict[str, Any]:
    return merged(orders, named_with_part)


D = order("D", 700, 900)
MIXED = [together(PARTS[0], parts_of(D)[0], A), *PARTS[1:], parts_of(D)[1]]
"""A parcel of a part of C, a part of D and the whole of A; the other parts go by themselves."""


def test_a_parcel_of_parts_is_told_of_the_orders_that_they_are_of() -> None:
    target = Target().take(*MIXED)
    assert [one.channel_order_id for one in target.listed()] == ["C-1", "C-2", "C-3", "D-2"]
    assert differences([A, C, D], target) == []
    assert shapes(target.listed(), target.consigned()) == (1, 3)


def test_a_parcel_of_parts_that_is_not_there_is_told_of_each_part_and_order_in_it() -> None:
    rows = differences([A, C, D], Target().take(*MIXED), Target().take(*MIXED[1:]).listed())
    assert told(rows) == [
        ("A", "missing", "", "", "", "C-1", 3, 0, 0),
        ("C", "missing", "", "", "", "C-1", 3, 1, 3),
        ("D", "missing", "", "", "", "C-1", 3, 1, 2),
    ]


def test_the_amount_of_a_parcel_of_parts_is_that_of_its_parts() -> None:
    target = Target().take(*MIXED)
    target.ledger.altered["own_shop", "s1", "C-1"] = {"amount": "77.52"}
    assert told(differences([A, C, D], target)) == [("C-1", "different", "sum", "77.51", "77.52", "C-1", 3, 0, 0)]


def test_a_part_that_went_both_by_itself_and_in_a_parcel_is_there_twice() -> None:
    rows = differences([A, C, D], Target().take(*MIXED, parts_of(D)[0]))
    assert ("D", "doubled", "", "", "2", "C-1", 3, 1, 2) in told(rows)


def test_a_part_in_a_parcel_of_another_day_is_looked_for_there() -> None:
    late = order("D", 700, 900, day=NEXT_DAY)
    first, second = parts_of(late)
    target, kept = Target().take(together(A, first), second), as_hub([A, late], NEXT_DAY)
    assert compare(kept, kept, target.listed(NEXT_DAY), kept, {"wms": target.consigned(NEXT_DAY, target.listed())}) == []
    gone = compare(kept, kept, target.listed(NEXT_DAY), kept, {"wms": target.consigned(NEXT_DAY)})
    assert told(gone) == [("D", "missing", "", "", "", "A", 2, 1, 2)]
    assert differences([A, late], target) == []


@pytest.mark.parametrize(("sent", "number", "names"), [
    ([PARCEL], "A", ("A", "B")), (PARTS, "C-2", ("C",)), (parts_of(PARCEL), "A-1", ("A", "B")), (MIXED, "C-1", ("A", "C", "D")),
])  # fmt: skip
def test_state_and_receiver_of_parcels_and_parts_are_those_of_each_of_their_orders(
    sent: list[dict[str, Any]], number: str, names: Sequence[str]
) -> None:
    target = Target().take(*sent)
    orders = [one for one in (A, B, C, D) if one["channel_order_id"] in names]
    assert differences(orders, target) == []
    elsewhere = {"phone": "19900000606", "address": "示例大道6号"}
    target.ledger.altered["own_shop", "s1", number] = {"status": "shipped", "receiver": elsewhere}
    rows = differences(orders, target)
    assert sorted((row.channel_order_id, row.field) for row in rows) == sorted(product(names, ("receiver", "status")))
    assert {(row.expected, row.found) for row in rows if row.field == "status"} == {("awaiting_fulfillment", "shipped")}


OF_LINES = (
    ([A, B], [PARCEL], "A", ("A", "A", 2, 0)),
    ([C], PARTS, "C-2", ("C", "", 0, 3)),
    ([A, B], parts_of(PARCEL), "A-1", ("A", "A", 2, 2)),
    ([A, C, D], MIXED, "D-2", ("C-1", "C-1", 3, 0)),
)


@pytest.mark.parametrize(("orders", "sent", "number", "named"), OF_LINES)
def test_the_lines_of_what_hangs_together_are_those_of_its_orders(
    orders: list[dict[str, Any]], sent: list[dict[str, Any]], number: str, named: tuple[Any, ...]
) -> None:
    target = Target().take(*sent)
    target.ledger.altered["own_shop", "s1", number] = {"lines": [{"sku_code": "S9", "qty": 1}]}
    (row,) = differences(orders, target)
    assert (row.channel_order_id, row.parcel, row.orders, row.parts) == named
    assert (row.kind, row.field) == ("different", "lines")
    assert "S9 ×1" in row.found


def lines_known(*orders: dict[str, Any]) -> dict[tuple[str, str, str], Any]:
    listed = [order_of(one, "", KEY) for one in orders]
    return {(one.channel, one.shop_id, one.channel_order_id): one.lines for one in listed if one.lines}


LATE = order("D", 700, 900, day=NEXT_DAY)
LATE_PARTS = parts_of(LATE)
OVER_DAYS = (
    ([A, LATE], [merged([A, LATE])], "A", ("A", 2)),
    ([A, LATE], [together(A, LATE_PARTS[0]), LATE_PARTS[1]], "D-2", ("A", 2)),
    ([C, LATE], [together(PARTS[0], LATE_PARTS[0]), *PARTS[1:], LATE_PARTS[1]], "C-3", ("C-1", 2)),
)


@pytest.mark.parametrize(("orders", "sent", "number", "named"), OVER_DAYS)
def test_the_lines_of_orders_of_several_days_are_compared_on_the_day_of_their_parcel(
    orders: list[dict[str, Any]], sent: list[dict[str, Any]], number: str, named: tuple[str, int]
) -> None:
    for altered in ({}, {"lines": [{"sku_code": "S9", "qty": 1}]}):
        target = Target().take(*sent)
        target.ledger.altered["own_shop", "s1", number] = altered
        found: dict[str, Any] = {}
        for day, other in ((DAY, NEXT_DAY), (NEXT_DAY, DAY)):
            known = lines_known(*(one for one in orders if one["created_at"].startswith(other)))
            sent_here = Consigned(day, [one for one in target.sent if one.members], target.listed(other), known)
            kept = as_hub(orders, day)
            found[day] = comparison(kept, kept, target.listed(day), kept, {"wms": sent_here})
        assert found[NEXT_DAY] == ([], [])
        rows, aside = found[DAY]
        assert aside == []
        assert [(row.channel_order_id, row.orders, row.field) for row in rows] == ([(*named, "lines")] if altered else [])


@pytest.mark.parametrize(("orders", "sent", "number", "named"), OVER_DAYS)
def test_orders_of_several_days_of_which_something_is_not_known_are_named_as_not_compared(
    orders: list[dict[str, Any]], sent: list[dict[str, Any]], number: str, named: tuple[str, int]
) -> None:
    target, kept = Target().take(*sent), as_hub(orders)
    rows, aside = comparison(kept, kept, target.listed(), kept, {"wms": target.consigned(DAY, target.listed(NEXT_DAY))})
    assert rows == []
    assert [(one.channel_order_id, one.system, one.orders) for one in aside] == [(named[0], "wms", named[1])]
    if number == "D-2":  # a list of the other day is not to be had
        whole = Consigned(DAY, [one for one in target.sent if one.members], (), lines_known(LATE))
        assert len(comparison(kept, kept, target.listed(), kept, {"wms": whole}).not_compared) == 1


def test_of_a_list_that_tells_no_lines_nothing_is_named_as_not_compared() -> None:
    target, kept = Target().take(merged([A, LATE])), as_hub([A, LATE])
    bare = [msgspec.structs.replace(one, lines=None) for one in target.listed()]
    assert comparison(kept, kept, bare, kept, {"wms": target.consigned()}) == ([], [])


def test_a_gift_that_was_added_to_a_parcel_is_no_difference() -> None:
    gift = {"channel_line_id": "g", "sku_code": "TOWEL", "qty": 1, "is_gift": True, "from_order": "A"}
    assert differences([A, B], Target().take({**PARCEL, "lines": [*PARCEL["lines"], gift]})) == []


def order_of_part(item: dict[str, Any]) -> str:
    return item.get("part", {}).get("of_order") or item["channel_order_id"]


def names_of(one: Consignment, how: str) -> list[tuple[str, int, int]]:
    """Of what a fault is told, with the part that it is about: a parcel that is not there of all that is in it."""
    inside = [(each.channel_order_id, each.part, each.parts) for each in one.members if how == "dropped" or each.named == one.number]
    return sorted(inside) if one.is_parcel and not one.parts and how in ("dropped", "version") else [(one.whole, one.part, one.parts)]


@st.composite
def shipments(draw: st.DrawFn) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Orders, and what was sent of them: alone, merged, split, merged and then split, or split and then merged with others."""
    orders: list[dict[str, Any]] = []
    sent: list[dict[str, Any]] = []
    for _ in range(draw(st.integers(1, 4))):
        group = [order(f"N{len(orders) + n}", *draw(st.lists(CENTS, min_size=1, max_size=3))) for n in range(draw(st.integers(1, 3)))]
        whole = merged(group) if len(group) > 1 else group[0]
        parts = parts_of(whole) if draw(st.booleans()) else []
        orders += group
        sent += parts or [whole]
    alone = [one for one in sent if "merged_orders" not in one]
    if len(alone) > 1 and draw(st.booleans()):
        chosen = draw(st.lists(st.sampled_from(alone), min_size=2, max_size=4, unique_by=order_of_part))
        sent = [one for one in sent if one not in chosen] + [together(*chosen)]
    return orders, sent


@given(shipments())
def test_whatever_is_merged_and_split_has_no_difference(made: tuple[list[dict[str, Any]], list[dict[str, Any]]]) -> None:
    orders, sent = made
    assert differences(orders, Target().take(*sent)) == []


@given(shipments(), st.sampled_from(("dropped", "doubled", "amount", "version")), st.data())
def test_whatever_a_target_lacks_doubles_or_alters_is_found_and_nothing_else(
    made: tuple[list[dict[str, Any]], list[dict[str, Any]]], how: str, data: st.DataObject
) -> None:
    orders, sent = made
    target = Target().take(*sent)
    listed = target.listed()
    at = data.draw(st.integers(0, len(listed) - 1))
    one = next(each for each in target.sent if each.number == listed[at].channel_order_id)
    changed = {
        "dropped": [],
        "doubled": [listed[at]] * 2,
        "amount": [msgspec.structs.replace(listed[at], amount=str(Decimal(listed[at].amount or 0) + Decimal("0.01")))],
        "version": [msgspec.structs.replace(listed[at], version="3999-01-01T00:00:00Z")],
    }[how]
    rows = differences(orders, target, listed[:at] + changed + listed[at + 1 :])
    many = one.members if one.is_parcel else ()
    parcel = one.whole if many else ""
    kind = {"dropped": "missing", "doubled": "doubled"}.get(how, "different")
    about = "sum" if how == "amount" and many and not one.parts else {"amount": "amount", "version": "version"}.get(how, "")
    assert [(row.channel_order_id, row.kind, row.system, row.field, row.parcel, row.orders, row.part, row.parts) for row in rows] == [
        (name, kind, "wms", about, parcel, len(many), part, parts) for name, part, parts in names_of(one, how)
    ]


@given(shipments(), st.sampled_from(("hub", "finance")), st.data())
def test_an_order_that_another_list_lacks_is_found_there_alone(
    made: tuple[list[dict[str, Any]], list[dict[str, Any]]], system: str, data: st.DataObject
) -> None:
    orders, sent = made
    target, kept = Target().take(*sent), as_hub(orders)
    gone = data.draw(st.sampled_from(kept))
    lists: dict[str, Any] = dict.fromkeys(("hub", "finance"), kept) | {system: [one for one in kept if one is not gone]}
    rows = compare(kept, lists["hub"], target.listed(), lists["finance"], {"wms": target.consigned()})
    assert [(row.channel_order_id, row.kind, row.system) for row in rows] == [(gone.channel_order_id, "missing", system)]
