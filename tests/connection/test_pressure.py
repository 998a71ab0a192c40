"""The token bucket and the circuit breaker, over times that are told."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from engine.connection.pressure import Breaker, Bucket


def test_a_burst_goes_at_once_and_then_one_after_the_other() -> None:
    bucket = Bucket.full(60, 0.0)
    assert [bucket.take(0.0) for _ in range(8)] == [0, 0, 0, 0, 0, 0, 1.0, 2.0]
    assert bucket.take(100.0) == 0


def test_a_turn_that_is_given_back_is_there_for_the_next() -> None:
    bucket = Bucket.full(6, 0.0)
    assert bucket.take(0.0) == 0
    assert bucket.take(0.0) == 10.0
    bucket.give_back()
    assert bucket.take(0.0) == 10.0


@given(per_minute=st.integers(1, 600), pauses=st.lists(st.floats(0, 30), min_size=1, max_size=60))
def test_in_no_minute_are_more_calls_let_through_than_the_limit_and_one_burst(per_minute: int, pauses: list[float]) -> None:
    bucket, now, calls = Bucket.full(per_minute, 0.0), 0.0, list[float]()
    for pause in pauses:
        now += pause
        calls.append(now + bucket.take(now))
    for first in calls:
        assert sum(first <= one < first + 60 for one in calls) <= per_minute + bucket.burst + 1


def test_a_breaker_opens_after_failures_in_a_row_and_not_after_scattered_ones() -> None:
    breaker = Breaker(after=3, pause=30)
    for went in (False, False, True, False, False):
        assert breaker.ask(0) == 0
        if went:
            breaker.succeeded()
        else:
            breaker.failed(0)
    assert breaker.state(0) == "closed"
    breaker.failed(0)
    assert (breaker.state(0), breaker.ask(10)) == ("open", 20)


def test_one_probe_decides_and_others_wait_for_it() -> None:
    breaker = Breaker(after=1, pause=30)
    breaker.failed(0)
    assert breaker.state(30) == "half_open"
    assert breaker.ask(30) == 0
    assert breaker.ask(30) == 30
    breaker.failed(31)
    assert breaker.ask(40) == 21
    assert breaker.ask(61) == 0
    breaker.succeeded()
    assert (breaker.state(61), breaker.ask(61), breaker.failures) == ("closed", 0, 0)


def test_a_probe_that_tells_nothing_leaves_its_place_to_another() -> None:
    breaker = Breaker(after=1, pause=30)
    breaker.failed(0)
    assert breaker.ask(30) == 0
    breaker.abandoned()
    assert breaker.ask(30) == 0
