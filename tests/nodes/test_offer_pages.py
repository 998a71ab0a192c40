"""Numbered pages of an offer: each row once, and whole only where nothing was moved past the reader."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from engine.errors import NodeError
from nodes.connector.stock.offer import MOST_PAGES, Listed, Offer, Rows, all_pages, levels_of

SIZE = 3


class Shelf:
    """A shop's list that changes before some of its pages are read: ``gone`` and ``new`` by the number of the page."""

    def __init__(self, rows: list[int], gone: dict[int, list[int]], new: dict[int, list[int]]) -> None:
        self.rows, self._gone, self._new = rows, gone, new
        self.stayed = set(rows)

    async def page(self, number: int) -> Rows:
        leaving = set(self._gone.get(number, []))
        self.stayed -= leaving
        self.rows = [row for row in self.rows if row not in leaving] + self._new.get(number, [])
        part = self.rows[(number - 1) * SIZE : number * SIZE]
        return Rows([{"id": row} for row in part], len(self.rows))

    def read(self) -> Listed:
        return asyncio.run(all_pages(self.page, SIZE, "id"))


ROWS = some.lists(some.integers(1, 40), unique=True, max_size=16)
CHANGES = some.dictionaries(some.integers(2, 6), some.lists(some.integers(1, 40), max_size=3), max_size=3)


@given(ROWS)
def test_a_list_that_stays_is_read_whole_and_each_row_once(rows: list[int]) -> None:
    found = Shelf(rows, {}, {}).read()
    assert ([row["id"] for row in found.rows], found.is_whole) == (rows, True)


@given(ROWS, CHANGES)
def test_where_rows_leave_a_list_that_counts_as_whole_has_every_row_that_stayed(rows: list[int], gone: dict[int, list[int]]) -> None:
    shelf = Shelf(rows, gone, {})
    found = shelf.read()
    assert not found.is_whole or shelf.stayed <= {row["id"] for row in found.rows}


@given(ROWS, CHANGES)
def test_where_rows_come_behind_no_row_that_was_there_is_missed(rows: list[int], new: dict[int, list[int]]) -> None:
    shelf = Shelf(rows, {}, {page: [100 * page + n for n in range(len(given))] for page, given in new.items()})
    assert set(rows) <= {row["id"] for row in shelf.read().rows}


def test_rows_without_a_number_are_all_kept() -> None:
    async def page(number: int) -> Rows:
        del number
        return Rows([{"num": 1}, {"num": 1}], 2)

    assert asyncio.run(all_pages(page, SIZE, "id")) == Listed([{"num": 1}, {"num": 1}], is_whole=True)


def test_a_list_that_ends_before_its_total_is_read_to_its_end_and_is_not_whole() -> None:
    async def page(number: int) -> Rows:
        return Rows([{"id": number}] if number < 3 else [], 1000)

    assert asyncio.run(all_pages(page, SIZE, "id")) == Listed([{"id": 1}, {"id": 2}], is_whole=False)


def test_a_list_that_does_not_end_is_named() -> None:
    async def page(number: int) -> Rows:
        return Rows([{"id": number}], MOST_PAGES * SIZE + 1)

    with pytest.raises(NodeError) as caught:
        asyncio.run(all_pages(page, SIZE, "id"))
    assert caught.value.problem.code == "stock.too_many"


@pytest.mark.parametrize("odd", [None, "", " ", True, 1.5, ["CUP"], {"sku": "CUP"}])
def test_an_offer_without_a_code_or_a_whole_number_is_counted_and_left_out(odd: Any) -> None:
    assert levels_of([Offer(odd, 1), Offer("CUP-01", "3")]) == ([{"sku_code": "CUP-01", "quantity": 3}], 1)
    assert levels_of([Offer("CUP-01", odd if odd != " " else "many"), Offer("CUP-01", 4)])[1] == 1


@given(some.lists(some.tuples(some.sampled_from(["cup-01", " CUP-01", "LAMP", ""]), some.integers(-5, 9))))
def test_no_unit_is_lost_or_counted_twice(offers: list[tuple[str, int]]) -> None:
    levels, skipped = levels_of(Offer(*one) for one in offers)
    assert sum(level["quantity"] for level in levels) == sum(units for sku, units in offers if sku)
    assert (skipped, len({level["sku_code"] for level in levels})) == (sum(not sku for sku, _ in offers), len(levels))
