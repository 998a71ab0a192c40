"""Whatever is dropped, doubled or changed in one of the four lists is found, and nothing else."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from engine.hub.reconcile import NOT_SENT_YET, SYSTEMS, TARGETS, Difference, System, compare
from engine.store.reconciliations import ListedOrder

AMOUNTS = st.decimals(0, 99_999, places=2, allow_nan=False).map(str)
VERSIONS = st.datetimes().map(lambda at: at.replace(microsecond=0).isoformat() + "Z")


@st.composite
def days(draw: st.DrawFn) -> list[ListedOrder]:
    """A day's orders as all four know them."""
    numbers = draw(st.lists(st.integers(1, 10**12), unique=True, min_size=1, max_size=12))
    return [
        ListedOrder("taobao", draw(st.sampled_from(("s1", "s2", ""))), str(number), draw(VERSIONS), draw(AMOUNTS), "awaiting_fulfillment")
        for number in numbers
    ]


def found_in(day: list[ListedOrder], system: System, changed: list[ListedOrder]) -> list[Difference]:
    lists: dict[str, Any] = dict.fromkeys(SYSTEMS, day) | {system: changed}
    return compare(lists["source"], lists["hub"], lists["wms"], lists["finance"])


def name_of(one: Any) -> tuple[str, str, str]:
    return one.channel, one.shop_id, one.channel_order_id


@given(days(), st.data())
def test_lists_that_agree_have_no_difference_whatever_their_order_and_the_way_an_amount_is_written(
    day: list[ListedOrder], data: st.DataObject
) -> None:
    written = [msgspec.structs.replace(one, amount=f"{Decimal(one.amount or 0):.4f}") for one in data.draw(st.permutations(day))]
    assert compare(day, list(reversed(day)), written, day) == []


@given(days(), st.sampled_from(SYSTEMS), st.data())
def test_an_order_that_one_list_lacks_is_found_there_alone(day: list[ListedOrder], system: System, data: st.DataObject) -> None:
    gone = data.draw(st.sampled_from(day))
    (row,) = found_in(day, system, [one for one in day if one is not gone])
    assert (name_of(row), row.kind, row.system) == (name_of(gone), "missing", system)


@given(days(), st.sampled_from(SYSTEMS), st.integers(1, 3), st.data())
def test_an_order_that_one_list_has_more_than_once_is_found_there_alone(
    day: list[ListedOrder], system: System, more: int, data: st.DataObject
) -> None:
    twice = data.draw(st.sampled_from(day))
    (row,) = found_in(day, system, [*day, *[twice] * more])
    assert (name_of(row), row.kind, row.system, row.found) == (name_of(twice), "doubled", system, str(1 + more))


@given(days(), st.sampled_from(SYSTEMS), st.sampled_from(("version", "amount")), st.integers(1, 10**6), st.data())
def test_a_field_that_one_list_has_otherwise_is_found_with_both_values(
    day: list[ListedOrder], system: System, field: str, by: int, data: st.DataObject
) -> None:
    one = data.draw(st.sampled_from(day))
    other = str(Decimal(one.amount or 0) + Decimal(by).scaleb(-4)) if field == "amount" else "3999-01-01T00:00:00Z"
    changed = msgspec.structs.replace(one, **{field: other})
    rows = found_in(day, system, [changed if each is one else each for each in day])
    assert {(name_of(row), row.kind, row.field) for row in rows} == {(name_of(one), "different", field)}
    if system == "source":  # it is believed, so all others are wrong
        assert [row.system for row in rows] == ["hub", "wms", "finance"]
        assert {(row.expected, row.found) for row in rows} == {(other, getattr(one, field))}
    else:
        assert [(row.system, row.expected, row.found) for row in rows] == [(system, getattr(one, field), other)]


@given(days(), st.sampled_from(SYSTEMS))
def test_of_a_list_that_is_not_to_be_had_nothing_is_said(day: list[ListedOrder], system: System) -> None:
    lists: dict[str, Any] = dict.fromkeys(SYSTEMS, day) | {system: None}
    assert compare(lists["source"], lists["hub"], lists["wms"], lists["finance"]) == []


@given(days(), st.sampled_from(sorted(NOT_SENT_YET)), st.sampled_from(TARGETS))
def test_an_order_that_need_not_be_sent_yet_is_not_missing_at_a_target(day: list[ListedOrder], status: str, target: System) -> None:
    day = hub = [msgspec.structs.replace(one, status=status) for one in day]
    lists: dict[str, Any] = {"wms": day, "finance": day} | {target: []}
    assert compare(day, hub, lists["wms"], lists["finance"]) == []
    assert len(compare(day, [], lists["wms"], lists["finance"])) == 2 * len(day)


def test_what_a_list_does_not_tell_is_not_compared() -> None:
    told = ListedOrder("taobao", "s1", "1", "2026-01-16T03:04:05Z", "88.00")
    assert compare([ListedOrder("taobao", "s1", "1")], [told], [told], [told]) == []


def test_a_version_is_the_same_time_in_any_zone() -> None:
    one, other = (ListedOrder("taobao", "s1", "1", at) for at in ("2026-01-16T03:04:05Z", "2026-01-16T11:04:05+08:00"))
    assert compare([one], [other], [one], [other]) == []
