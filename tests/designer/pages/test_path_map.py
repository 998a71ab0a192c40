"""The drawing of an order's path."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from designer.pages.path_map import COLUMNS, HEIGHT, WIDTH, Card, Map, draw_chain, draw_path
from engine.path.model import HandOver, OrderPath, Station
from engine.path.stages import STAGES


def path(counts: list[int], links: list[tuple[int, int]] | None = None) -> OrderPath:
    stations = [Station(f"{stage}{n}", stage, "x", ()) for stage, count in zip(STAGES, counts, strict=False) for n in range(count)]
    ids = [one.id for one in stations]
    return OrderPath(stations, [HandOver(ids[a % len(ids)], ids[b % len(ids)]) for a, b in links or [] if a % len(ids) != b % len(ids)], [])


def boxes(drawn: Map) -> list[tuple[int, int]]:
    return [(card.x, card.y) for card in drawn.cards]


@given(st.lists(st.integers(1, 7), min_size=1, max_size=len(STAGES)))
def test_no_two_cards_overlap_and_none_leaves_the_drawing(counts: list[int]) -> None:
    drawn = draw_path(path(counts))
    places = boxes(drawn)
    assert len(drawn.cards) == sum(counts)
    assert all(abs(a[0] - b[0]) >= WIDTH or abs(a[1] - b[1]) >= HEIGHT for i, a in enumerate(places) for b in places[i + 1 :])
    assert all(x + WIDTH <= drawn.width and y + HEIGHT <= drawn.height for x, y in places)
    assert len({card.x for card in drawn.cards}) <= COLUMNS


@given(
    st.lists(st.integers(1, 5), min_size=2, max_size=len(STAGES)), st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=20)
)
def test_a_way_past_other_rows_goes_down_where_no_card_stands(counts: list[int], links: list[tuple[int, int]]) -> None:
    drawn = draw_path(path(counts, links))
    by_id = {card.id: card for card in drawn.cards}
    for line in drawn.lines:
        source, target = by_id[line.source], by_id[line.target]
        between = [one for one in drawn.cards if source.row < one.row < target.row]
        if down := re.search(r" (-?\d+) -?\d+V(-?\d+)", line.path):
            assert not any(one.x < int(down[1]) < one.x + WIDTH for one in between), line


def test_a_warehouse_and_the_books_stand_beside_each_other() -> None:
    drawn = draw_path(path([1, 1, 1, 0, 0, 1, 1]))
    wms, finance = (card for card in drawn.cards if card.id.startswith(("wms", "finance")))
    assert wms.y == finance.y
    assert [band.stages for band in drawn.bands][-1] == ("wms", "finance")


@pytest.mark.parametrize("count", [0, 1, 3, 4, 7])
def test_a_chain_is_read_like_a_ploughs_way(count: int) -> None:
    drawn = draw_chain(count)
    assert len(drawn.cards) == count
    assert len(drawn.lines) == max(count - 1, 0)
    for one, other in pairwise(drawn.cards):
        assert beside(one, other)


def beside(one: Card, other: Card) -> bool:
    return abs(one.column - other.column) + abs(one.row - other.row) == 1
