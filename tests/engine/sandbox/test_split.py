"""Which orders go along: near the share, always the same ones, and more of them with every greater share."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from engine.intake.split import BUCKETS, bucket, goes_along
from engine.store.ports import Share

NOW = datetime(2026, 1, 16, tzinfo=UTC)
KEYS = [f"taobao|shop|{number}" for number in range(4_000)]


def share(percent: int, version: int = 2) -> Share:
    return Share("orders", 1, version, percent, "share", NOW, NOW, "owner")


def along(percent: int, version: int = 2) -> set[str]:
    return {key for key in KEYS if goes_along(share(percent, version), key)}


def test_as_many_go_along_as_the_share_says() -> None:
    for percent in (1, 5, 10, 25, 50, 75, 99):
        expected, spread = len(KEYS) * percent / 100, (len(KEYS) * percent / 100 * (1 - percent / 100)) ** 0.5
        assert abs(len(along(percent)) - expected) < 4 * spread
    assert len(along(100)) == len(KEYS)


@given(st.text(max_size=60), st.integers(1, 99), st.integers(1, 100))
def test_a_greater_share_takes_all_that_a_smaller_one_took(key: str, percent: int, other: int) -> None:
    smaller, greater = sorted((percent, other))
    assert not goes_along(share(smaller), key) or goes_along(share(greater), key)


@given(st.text(max_size=60))
def test_an_order_always_draws_the_same(key: str) -> None:
    assert 0 <= bucket("orders", 2, key) < BUCKETS
    assert bucket("orders", 2, key) == bucket("orders", 2, key)


def test_the_draw_is_that_of_every_release_of_this_program() -> None:
    """Written down: a restart with newer code must not send an order the other way."""
    assert [bucket("orders", 2, f"taobao|shop|{number}") for number in range(4)] == [7664, 333, 9681, 7525]


def test_another_version_draws_other_orders() -> None:
    assert along(10, 2) != along(10, 3)
