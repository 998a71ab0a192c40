"""Reading, adding and writing times."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from engine.node.examples import Example
from engine.testing import Outcome, run_example
from nodes.transform.date import Date, date
from nodes.transform.date_text import read_time, write_time

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
moments = st.integers(-2_000_000_000_000_000, 7_000_000_000_000_000).map(lambda micros: EPOCH + timedelta(microseconds=micros))


def run(value: Any, **params: Any) -> Outcome:
    return run_example(date, Example({"field": "at", "zone": "UTC", **params}, [{"at": value}]))


def result(value: Any, **params: Any) -> Any:
    return run(value, **params).output["out"][0]["at"]


@settings(max_examples=100, deadline=None)
@given(moments)
def test_what_was_written_as_iso_reads_as_the_same_time(moment: datetime) -> None:
    assert read_time(write_time(moment, "iso", "UTC"), "iso", "Asia/Shanghai") == moment


@settings(max_examples=100, deadline=None)
@given(moments)
def test_a_pattern_with_an_offset_loses_nothing(moment: datetime) -> None:
    form = "%Y-%m-%d %H:%M:%S.%f %z"
    whole = moment if moment.year > 1970 else moment.replace(year=2000, day=1)
    assert read_time(write_time(whole, form, "America/New_York"), form, "UTC") == whole


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2026-01-15T19:30:05-05:00", "2026-01-16T00:30:05Z"),
        ("2026-01-15 19:30:05 +0800", "2026-01-15T11:30:05Z"),
        ("2026-01-15T19:30:05.250Z", "2026-01-15T19:30:05.250000Z"),
        ("2026-01-15", "2026-01-15T00:00:00Z"),
    ],
)
def test_iso_is_read_in_all_its_usual_forms(text: str, utc: str) -> None:
    assert result(text) == utc


@pytest.mark.parametrize("value", ["20260115", "2026-W03-4", "2026-02-30", "tomorrow", 5, True, [], "9999-12-31T23:59:59-12:00"])
def test_what_is_no_time_is_refused(value: Any) -> None:
    assert [problem.code for problem in run(value).problems] == ["date.unreadable"]


def test_a_time_that_occurs_twice_is_the_earlier_one() -> None:
    assert result("2026-11-01 01:30:00", zone="America/New_York", read_as="%Y-%m-%d %H:%M:%S") == "2026-11-01T05:30:00Z"


def test_a_day_is_not_always_24_hours() -> None:
    start = "2026-03-07T17:00:00Z"
    assert result(start, zone="America/New_York", add={"days": 1}) == "2026-03-08T16:00:00Z"
    assert result(start, zone="America/New_York", add={"hours": 24}) == "2026-03-08T17:00:00Z"


def test_epochs_are_read_as_numbers_and_as_text() -> None:
    assert result(1768532645, read_as="epoch_seconds") == result("1768532645000", read_as="epoch_milliseconds") == "2026-01-16T03:04:05Z"
    assert result(Decimal("1768532645.5"), read_as="epoch_seconds") == "2026-01-16T03:04:05.500000Z"
    assert result("2026-01-16T03:04:05Z", write_as="epoch_milliseconds") == 1768532645000


def test_the_result_may_go_to_another_field() -> None:
    assert run("2026-01-15", into="day.utc", write_as="%d").output["out"] == [{"at": "2026-01-15", "day": {"utc": "15"}}]


@pytest.mark.parametrize("form", ["%B", "%c", "%p", "%", "text", ""])
def test_forms_that_depend_on_a_language_are_refused(form: str) -> None:
    with pytest.raises(ValidationError):
        Date.model_validate({"field": "at", "zone": "UTC", "read_as": form})


@pytest.mark.parametrize("zone", ["Mars/Base", "../etc/passwd", "", "+08:00", "localtime"])
def test_a_zone_must_be_one_of_the_public_names(zone: str) -> None:
    with pytest.raises(ValidationError):
        Date.model_validate({"field": "at", "zone": zone})
