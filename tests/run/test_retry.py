"""When a failed call is repeated, decided without a clock, a journal or a network."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.connection.failures import CallFailed
from engine.flow.document import Retry
from engine.run.retry import LONGEST_WISH, delay_before, missed_by_answer, missed_by_failure, wished

NOW = datetime(2026, 1, 16, 8, 0, tzinfo=UTC)
POLICY = Retry(attempts=4, backoff=timedelta(seconds=2), factor=3.0, max=timedelta(seconds=10), jitter=0.0)


@pytest.mark.parametrize(("attempt", "seconds"), [(2, 2.0), (3, 6.0), (4, 10.0), (5, None)])
def test_pauses_grow_up_to_the_longest_and_end_with_the_last_attempt(attempt: int, seconds: float | None) -> None:
    assert delay_before(attempt, POLICY, 0.5) == seconds


@given(
    attempt=st.integers(2, 10),
    spread=st.floats(0, 1, exclude_max=True),
    jitter=st.floats(0, 1),
    factor=st.floats(1, 10),
)
def test_jitter_shifts_a_pause_by_its_share_at_most(attempt: int, spread: float, jitter: float, factor: float) -> None:
    plain = Retry(attempts=10, backoff=timedelta(seconds=1), factor=factor, max=timedelta(minutes=5), jitter=0.0)
    shaken = plain.model_copy(update={"jitter": jitter})
    calm, delay = delay_before(attempt, plain, spread), delay_before(attempt, shaken, spread)
    assert calm is not None
    assert delay is not None
    assert delay >= 0
    assert abs(delay - calm) <= (jitter + 1e-12) * calm


@pytest.mark.parametrize(
    ("retry_after", "seconds"),
    [
        ("30", 30.0),
        (" 7 ", 7.0),
        (format_datetime(NOW + timedelta(minutes=2), usegmt=True), 120.0),
        (format_datetime(NOW - timedelta(minutes=2), usegmt=True), 0.0),
        (str(int(LONGEST_WISH)), LONGEST_WISH),
        ("0", 0.0),
        ("-5", 0.0),
        ("1.5", 0.0),
        ("³", 0.0),
        ("soon", 0.0),
        ("99999999999999x", 0.0),
        ("Fri, 16 Jan 99999999999999999999 08:00:00 GMT", 0.0),
        ("Fri, 16 Jan 2099 08:00:00", 0.0),
        ("", 0.0),
        ("  ", 0.0),
        (None, 0.0),
    ],
)
def test_a_wish_to_be_left_alone_is_heard_where_it_is_sensible(retry_after: str | None, seconds: float) -> None:
    assert wished(retry_after, NOW) == seconds


@pytest.mark.parametrize(
    "retry_after",
    ["86401", "99999999999999", "9" * 400, "9" * 5000, "Fri, 16 Jan 2099 08:00:00 GMT", "Sat, 17 Jan 2026 08:00:01 GMT"],
    ids=["a day and a second", "fourteen digits", "400 digits", "5000 digits", "a date in 2099", "the day after, a second late"],
)
def test_whoever_asks_for_more_than_a_day_gets_a_day(retry_after: str) -> None:
    assert wished(retry_after, NOW) == LONGEST_WISH == 24 * 3600


@given(st.text(max_size=60))
def test_no_wish_is_longer_than_a_day_and_none_fails(retry_after: str) -> None:
    assert 0 <= wished(retry_after, NOW) <= LONGEST_WISH


@pytest.mark.parametrize(
    ("verdict", "status", "again", "perhaps_done", "heard"),
    [
        ("refused", 422, False, False, True),
        ("refused", 401, False, False, False),
        ("refused", 403, False, False, False),
        ("retry", 429, True, False, False),
        ("retry", 503, True, True, False),
        ("retry", 200, True, True, False),
    ],
)
def test_an_answer_says_whether_another_attempt_makes_sense(
    verdict: str, status: int, again: bool, perhaps_done: bool, heard: bool
) -> None:
    missed = missed_by_answer({"status": status, "headers": {"retry-after": "3"}}, verdict, 2, NOW)
    assert (missed.again, missed.perhaps_done, missed.heard, missed.wish) == (again, perhaps_done, heard, 3.0)
    assert missed.problem.fields == {"status": status, "attempts": 2}
    assert missed.problem.code == ("effect.gave_up" if again else "effect.refused")


@pytest.mark.parametrize("maybe_sent", [True, False])
@pytest.mark.parametrize("retriable", [True, False])
def test_a_call_without_an_answer_may_have_happened(retriable: bool, maybe_sent: bool) -> None:
    error = CallFailed("http.timeout", retriable=retriable, maybe_sent=maybe_sent, host="wms", seconds=10)
    missed = missed_by_failure(error)
    assert (missed.again, missed.perhaps_done, missed.heard, missed.wish) == (retriable, maybe_sent, False, 0.0)
    assert missed.problem.code == "http.timeout"
