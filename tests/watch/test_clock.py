"""Whether a source's stamps are believable, and which zone they were likely written in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.watch.clock import Limits, mistake_in, zone_text
from engine.watch.judge import State, judge
from engine.watch.observations import Arrival
from engine.watch.rule_documents import parse_rule

AT = datetime(2026, 1, 16, 8, tzinfo=UTC)
LIMITS = Limits()
HOUR = 3600.0


def arrivals(count: int, offset: float, zone: str = "UTC", first: int = 0) -> list[Arrival]:
    moments = ((n, AT + timedelta(seconds=n)) for n in range(first, first + count))
    return [Arrival("overseas_wh", "us1", f"WH-{n}", moment, offset + n % 7, zone) for n, moment in moments]


def test_the_classic_case_an_overseas_warehouse_that_writes_utc_plus_8_where_utc_is_read() -> None:
    """1,700 orders lay eight hours in the future, waited for their time, and nothing said so for two days."""
    rule = parse_rule("wrong_clock", {"kind": "clock"})
    state, told = State(), []
    for one in arrivals(1700, -8 * HOUR):
        judgement = judge(rule, state, [one], one.at)
        state, told = judgement.state, [*told, *judgement.turns]
    (raised,) = told
    assert raised.subject == "overseas_wh/us1"
    assert raised.at == AT + timedelta(seconds=2), "the third order tells it, not the 1,700th"
    assert raised.code == "alarm.zone_ahead"
    assert raised.fields["written"] == "UTC+08:00"
    assert raised.fields["read"] == "UTC"
    assert raised.fields["off"] == "8:00"
    after = judge(rule, state, arrivals(5, 1.0, first=2000), AT)
    assert [type(turn).__name__ for turn in after.turns] == ["Over"], "five believable orders end it"


@pytest.mark.parametrize(
    ("offset", "zone", "written", "read"),
    [
        (-8 * HOUR, "UTC", "UTC+08:00", "UTC"),
        (8 * HOUR, "Asia/Shanghai", "UTC", "Asia/Shanghai (UTC+08:00)"),
        (8 * HOUR, "+08:00", "UTC", "UTC+08:00"),
        (5 * HOUR, "UTC", "UTC-05:00", "UTC"),
        (-5.5 * HOUR, "UTC", "UTC+05:30", "UTC"),
        (-HOUR, "Europe/Berlin", "UTC+02:00", "Europe/Berlin (UTC+01:00)"),
    ],
)
def test_the_likely_zone_is_named(offset: float, zone: str, written: str, read: str) -> None:
    found = mistake_in([offset + n for n in range(20)], zone, AT, LIMITS)
    assert found is not None
    assert (found.kind, found.written, found.read) == ("zone", written, read)


def test_stamps_a_little_before_the_arrival_are_believable() -> None:
    assert mistake_in([0.5, 2, 200, 10, -30, 60] * 10, "UTC", AT, LIMITS) is None
    assert mistake_in([n % 900 for n in range(0, 9000, 37)], "UTC", AT, LIMITS) is None, "polled every quarter of an hour"


def test_orders_that_were_held_up_are_no_wrong_zone() -> None:
    """After an outage they come with all ages, an hour's among them."""
    assert mistake_in([float(n) for n in range(7200, 0, -120)][-20:], "UTC", AT, LIMITS) is None
    assert mistake_in([HOUR, HOUR, *[3.0] * 18], "UTC", AT, LIMITS) is None


def test_a_clock_that_runs_ahead_by_no_half_hours_is_a_wrong_clock() -> None:
    found = mistake_in([-700.0, -701, -702], "UTC", AT, LIMITS)
    assert found is not None
    assert (found.kind, found.offset) == ("clock", -701)
    assert mistake_in([-100.0] * 30, "UTC", AT, LIMITS) is None, "clocks differ a little"
    assert mistake_in([-700.0, -701, *[1.0] * 6], "UTC", AT, LIMITS) is None


def test_too_few_orders_behind_tell_nothing_yet() -> None:
    assert mistake_in([8 * HOUR] * 19, "UTC", AT, LIMITS) is None
    assert mistake_in([8 * HOUR] * 20, "UTC", AT, LIMITS) is not None


def test_no_zone_is_that_far_from_utc() -> None:
    assert mistake_in([20 * HOUR] * 30, "UTC", AT, LIMITS) is None


@given(st.integers(-24, 28).filter(lambda halves: halves != 0), st.lists(st.floats(0, 240), min_size=20, max_size=40))
def test_every_wrong_zone_is_found_whatever_the_delay_of_the_source(halves: int, delays: list[float]) -> None:
    """``halves``: half hours that the true zone lies east of UTC, in which the stamps are read."""
    found = mistake_in([delay - halves * 1800 for delay in delays], "UTC", AT, LIMITS)
    assert found is not None
    assert (found.kind, found.written) == ("zone", zone_text(halves * 1800.0))


@given(st.lists(st.floats(-100, 1400), min_size=0, max_size=60))
def test_what_is_no_older_than_a_long_poll_never_raises_an_alarm(offsets: list[float]) -> None:
    assert mistake_in(offsets, "UTC", AT, LIMITS) is None


@pytest.mark.parametrize("zone", ["", "Nowhere/At_all", "+99:99", "Z", "UTC"])
def test_an_unknown_zone_counts_as_utc(zone: Any) -> None:
    found = mistake_in([-8 * HOUR] * 3, zone, AT, LIMITS)
    assert found is not None
    assert found.written == "UTC+08:00"
