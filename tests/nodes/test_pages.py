"""A window read from its last page to its first, whatever changes meanwhile."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.json_text import read_json, write_json
from nodes.connector.pages import Names, Page, number_of, portion
from nodes.connector.windows import Rules, window

NOON = datetime(2026, 1, 16, 4, 0, tzinfo=UTC)
NAMES = Names("no", "at", "+08:00")
RULES = Rules(timedelta(minutes=5), timedelta(hours=1))
SIZE = 3


def order(number: int, **more: Any) -> dict[str, Any]:
    return {"no": f"N{number}", "at": "2026-01-16 11:59:00", **more}


def read(listed: list[dict[str, Any]], leaving: list[int]) -> tuple[list[str], list[int]]:
    """The orders that one window brings, and the pages asked for. After each look one order leaves the list, by its place."""
    cursor, taken, pages = None, list[str](), list[int]()
    while cursor is None or not read_json(write_json(cursor))["ended"]:
        span = window(RULES, cursor, NOON)
        pages.append(number_of(span))
        begin = (number_of(span) - 1) * SIZE
        found = portion(span, Page(listed[begin : begin + SIZE], len(listed)), SIZE, NAMES, NOON)
        taken += [read_json(one.body)["no"] for one in found.deliveries]
        cursor = found.cursor
        if leaving and listed:
            listed.pop(leaving.pop() % len(listed))
    return taken, pages


@settings(max_examples=200, deadline=None)
@given(count=st.integers(0, 20), leaving=st.lists(st.integers(0, 50), max_size=8))
def test_no_order_is_jumped_over_and_none_comes_twice(count: int, leaving: list[int]) -> None:
    listed = [order(number) for number in range(count)]
    taken, _ = read(listed, list(leaving))
    assert len(taken) == len(set(taken))
    assert {one["no"] for one in listed} <= set(taken)


def test_pages_are_read_from_the_last_to_the_first() -> None:
    assert read([order(number) for number in range(8)], [])[1] == [1, 3, 2, 1]
    assert read([order(number) for number in range(3)], [])[1] == [1]
    assert read([], []) == ([], [1])


def test_two_changes_in_one_second_are_two_versions() -> None:
    span = window(RULES, None, NOON)
    first = portion(span, Page([order(1, state="a")], 1), SIZE, NAMES, NOON)
    again = portion(window(RULES, first.cursor, NOON), Page([order(1, state="a")], 1), SIZE, NAMES, NOON)
    changed = portion(window(RULES, first.cursor, NOON), Page([order(1, state="b")], 1), SIZE, NAMES, NOON)
    assert [len(one.deliveries) for one in (first, again, changed)] == [1, 0, 1]


def test_an_order_without_number_or_time_is_taken_as_it_is() -> None:
    bad: list[dict[str, Any]] = [{"at": "never"}, {"no": None, "at": 7}, {}]
    found = portion(window(RULES, None, NOON), Page(bad, 3), SIZE, NAMES, NOON)
    assert [read_json(one.body) for one in found.deliveries] == bad
