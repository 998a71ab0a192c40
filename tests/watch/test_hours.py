"""Quiet hours and business hours, over midnight and where clocks change."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from engine.watch.hours import Hours, after_quiet, time_of_day

NIGHT = Hours(time(22), time(8), "Asia/Shanghai")


def utc(day: int, hour: int, minute: int = 0, month: int = 1) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


def test_what_happens_at_night_is_told_in_the_morning_of_the_zone() -> None:
    assert after_quiet(NIGHT, utc(16, 13, 59)) == utc(16, 13, 59), "21:59 in Shanghai"
    assert after_quiet(NIGHT, utc(16, 14)) == utc(17, 0)
    assert after_quiet(NIGHT, utc(16, 23, 59)) == utc(17, 0)
    assert after_quiet(NIGHT, utc(17, 0)) == utc(17, 0)
    assert after_quiet(None, utc(16, 14)) == utc(16, 14)


def test_equal_times_of_day_are_the_whole_day() -> None:
    assert Hours(time(0), time(0), "UTC").span_at(utc(16, 5)) == (utc(16, 0), utc(17, 0))
    assert time_of_day("24:00") == time(0)


def test_hours_that_begin_on_a_day_end_on_the_next_though_that_is_none() -> None:
    friday_night = Hours(time(22), time(2), "UTC", frozenset({4}))
    assert friday_night.span_at(utc(17, 1)) == (utc(16, 22), utc(17, 2))
    assert friday_night.span_at(utc(17, 22)) is None


def test_a_night_is_an_hour_shorter_when_clocks_are_put_forward() -> None:
    span = Hours(time(22), time(8), "Europe/Berlin").span_at(utc(29, 0, 30, month=3))
    assert span is not None
    assert span[1] - span[0] == timedelta(hours=9)


@given(st.integers(0, 365 * 24 * 60))
def test_it_is_never_told_before_it_happened_nor_in_quiet_hours(minutes: int) -> None:
    moment = utc(1, 0) + timedelta(minutes=minutes)
    told = after_quiet(NIGHT, moment)
    assert moment <= told <= moment + timedelta(hours=10)
    assert NIGHT.span_at(told) is None
