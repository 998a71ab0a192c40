"""How many orders were sent or fetched again: each counts once, to however many systems it went."""

from __future__ import annotations

from designer.pages.reconciliations import counts_of
from engine.sending_again import SentAgain


def sent(number: str, system: str, how: str = "fetched", part: int = 0) -> SentAgain:
    return SentAgain(("jd", "s1", number), system, how, part=part)  # type: ignore[arg-type]


def test_an_order_that_three_systems_lacked_is_one_order_that_was_fetched_again() -> None:
    assert counts_of([sent("A", system) for system in ("hub", "wms", "finance")]) == {"fetched": (1, 3)}


def test_parts_of_an_order_are_one_order_and_each_way_counts_by_itself() -> None:
    parts = [sent("A", "wms", "sent", part) for part in (1, 2)]
    assert counts_of([*parts, sent("B", "wms", "sent"), sent("B", "finance", "failed")]) == {"sent": (2, 1), "failed": (1, 1)}


def test_where_nothing_was_sent_nothing_is_counted() -> None:
    assert counts_of([]) == {}
