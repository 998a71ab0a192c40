"""Whatever orders come: none is lost, none is doubled, money adds up to the cent, every source is named, no gift is given twice."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as some

from nodes.rule.add_gifts_1 import add_gifts
from nodes.rule.merge_orders import merge_orders
from nodes.rule.split_order import split_order

from .parcels import AMOUNTS, adds_up, amount, batch, line, order, sent

SKUS = ("SOAP", "CUP", "DESK", "GIFT")
cents = some.integers(0, 99_999).map(lambda number: Decimal(number) / 100)


@some.composite
def lines(draw: some.DrawFn) -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = []
    for number in range(draw(some.integers(1, 5))):
        price, qty = draw(cents), draw(some.integers(0, 7))
        share = (price * qty * draw(some.integers(0, 100)) / 100).quantize(Decimal("0.01"))
        more: dict[str, Any] = {}
        if draw(some.booleans()):
            more["bound_to"] = draw(some.sampled_from(["x", "y"]))
        if draw(some.booleans()):
            more["presale"] = True
        told = share if draw(some.integers(0, 5)) else None
        one = line(str(number), draw(some.sampled_from(SKUS)), qty, f"{price:.2f}", f"{share:.2f}", **more)
        made.append({**one, "told": told is not None})
    return made


@some.composite
def orders(draw: some.DrawFn, number: str = "A1") -> dict[str, Any]:
    made = order(number, *draw(lines()), shipping=f"{draw(cents):.2f}", tax=f"{draw(cents):.2f}")
    off = amount(made, "discount_seller")
    platform = (off * draw(some.integers(0, 100)) / 100).quantize(Decimal("0.01"))
    made["amount"] |= {"discount_seller": f"{off - platform:.2f}", "discount_platform": f"{platform:.2f}"}
    if not draw(some.integers(0, 4)):
        made["amount"]["paid"] = f"{draw(cents):.2f}"
    made["lines"] = [{name: value for name, value in one.items() if name != "told"} | _share(one) for one in made["lines"]]
    made["buyer"] = {"ref": draw(some.sampled_from(["u1", "u2", None]))}
    made["payment_status"] = draw(some.sampled_from(["paid", "paid", "paid", "unpaid"]))
    made["paid_at"] = f"2026-01-16T03:00:{draw(some.integers(0, 59)):02d}Z"
    return made


def _share(one: dict[str, Any]) -> dict[str, Any]:
    return {} if one["told"] else {"paid_share": None}


batches = some.integers(0, 6).flatmap(lambda many: some.tuples(*(orders(number=f"A{n}") for n in range(many)))).map(list)
ways = some.fixed_dictionaries(
    {
        "by": some.lists(some.sampled_from(["warehouse", "presale", "weight"]), min_size=1, unique=True),
        "warehouses": some.dictionaries(some.sampled_from(SKUS), some.sampled_from(["SZ", "HZ"])),
        "otherwise": some.sampled_from(["BJ", None]),
        "max_grams": some.integers(1, 5000),
        "grams": some.dictionaries(some.sampled_from(SKUS), some.integers(0, 3000), min_size=3),
        "shipping": some.sampled_from(["value", "first"]),
    }
)


def pieces(found: list[dict[str, Any]], named: str | None = None) -> Counter[tuple[str, str, str]]:
    """How many pieces of which line of which order."""
    count: Counter[tuple[str, str, str]] = Counter()
    for item in found:
        for one in item["lines"]:
            count[one.get("from_order") or named or item["channel_order_id"], one["channel_line_id"], one["sku_code"]] += one["qty"]
    return count


@settings(max_examples=50, deadline=None)
@given(batches, some.sampled_from([{}, {"max_grams": 3000, "grams": dict.fromkeys(SKUS, 700)}]))
def test_merging_loses_doubles_and_invents_nothing(given_orders: list[dict[str, Any]], params: dict[str, Any]) -> None:
    made = batch(merge_orders, given_orders, **params)
    assert sorted(position for one in made for position in one.sources or ()) == list(range(len(given_orders)))
    assert pieces([one.item for one in made]) == pieces(given_orders)
    for name in AMOUNTS:
        assert sum(amount(one.item, name) for one in made) == sum(amount(one, name) for one in given_orders)
    for one in made:
        sources = [given_orders[position]["channel_order_id"] for position in one.sources or ()]
        named = [source["channel_order_id"] for source in one.item.get("merged_orders", [{"channel_order_id": sources[0]}])]
        assert named == sources
        assert len({given_orders[position]["buyer"]["ref"] for position in one.sources or ()}) == 1


@settings(max_examples=80, deadline=None)
@given(orders(), ways)
def test_splitting_loses_doubles_and_invents_nothing(item: dict[str, Any], params: dict[str, Any]) -> None:
    found = sent(split_order, item, **params)
    if [port for port, _ in found] == ["undecided"]:
        assert {name: value for name, value in found[0][1].items() if name != "undecided"} == item
        return
    made = [one for _, one in found]
    assert pieces(made, "A1") == pieces([item])
    for name in AMOUNTS:
        assert sum(amount(one, name) for one in made) == amount(item, name)
    if adds_up(item):
        assert all(adds_up(one) for one in made)
    for told in item["lines"]:
        cut = [one for part in made for one in part["lines"] if one["channel_line_id"] == told["channel_line_id"]]
        if told["paid_share"] is not None:
            assert sum(Decimal(one["paid_share"]) for one in cut) == Decimal(told["paid_share"])
    if len(made) > 1:
        assert [one["part"]["number"] for one in made] == list(range(1, len(made) + 1))
        assert {one["parent_channel_order_id"] for one in made} == {"A1"}
        assert len({one["channel_order_id"] for one in made}) == len(made)


@settings(max_examples=40, deadline=None)
@given(batches, ways)
def test_what_is_merged_and_split_again_has_every_piece_and_every_cent(given_orders: list[dict[str, Any]], params: dict[str, Any]) -> None:
    merged = [one.item for one in batch(merge_orders, given_orders)]
    parts = [part for one in merged for _, part in sent(split_order, one, **params)]
    by_line = pieces([{**part, "channel_order_id": part.get("parent_channel_order_id") or part["channel_order_id"]} for part in parts])
    assert by_line == pieces(given_orders)
    for name in AMOUNTS:
        assert sum(amount(part, name) for part in parts) == sum(amount(one, name) for one in given_orders)


@settings(max_examples=40, deadline=None)
@given(batches, some.integers(1, 3) | some.none(), some.sampled_from(["0", "50.00", "200"]), some.randoms())
def test_no_gift_is_given_twice_however_often_the_orders_come(
    given_orders: list[dict[str, Any]], first: int | None, threshold: str, chance: Any
) -> None:
    campaign = {"name": "spring", "sku": "GIFT-TOWEL", "threshold": threshold, **({} if first is None else {"first": first})}
    once = [one.item for one in batch(add_gifts, given_orders, campaigns=[campaign])]
    again = list(once)
    chance.shuffle(again)
    twice = [one.item for one in batch(add_gifts, again, campaigns=[campaign])]
    assert sorted(map(str, twice)) == sorted(map(str, once))
    gifts = [sum(one.get("campaign") == "spring" for one in item["lines"]) for item in once]
    assert max(gifts, default=0) <= 1
    assert first is None or sum(gifts) <= first
    assert [item["amount"] for item in once] == [item["amount"] for item in given_orders]
    shuffled = list(given_orders)
    chance.shuffle(shuffled)
    won = {made.item["channel_order_id"] for made in batch(add_gifts, shuffled, campaigns=[campaign]) if made.port == "given"}
    assert won == {item["channel_order_id"] for item, count in zip(once, gifts, strict=True) if count}
