from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import NodeError
from engine.order.time import instant, to_utc, utc_text, zone_of


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2026-01-15 23:58:12", "2026-01-15T15:58:12Z"),
        ("2026/1/5 9:00", "2026-01-05T01:00:00Z"),
        ("2026-01-15", "2026-01-14T16:00:00Z"),
        ("20260115235812", "2026-01-15T15:58:12Z"),
        ("2026-01-15T19:30:00-05:00", "2026-01-16T00:30:00Z"),
        ("2026-07-15T19:30:00-04:00", "2026-07-15T23:30:00Z"),
        ("2021-05-07 09:20:39.683+0800", "2021-05-07T01:20:39.683Z"),
        ("2021-05-07 09:20:39 +0800", "2021-05-07T01:20:39Z"),
        ("2026-01-16T00:30:01.000000000Z", "2026-01-16T00:30:01Z"),
        ("2026-01-16 00:30:01 UTC", "2026-01-16T00:30:01Z"),
        (1768532645, "2026-01-16T03:04:05Z"),
        ("1768532645", "2026-01-16T03:04:05Z"),
        (1768532645123, "2026-01-16T03:04:05.123Z"),
        (Decimal("1768532645.5"), "2026-01-16T03:04:05.5Z"),
    ],
)
def test_every_way_of_writing_a_time_becomes_utc(value: object, expected: str) -> None:
    assert to_utc(value, "+08:00") == expected


@pytest.mark.parametrize(
    "value",
    [
        "0001-01-01 00:00:00",
        "1970-01-01 00:00:00",
        "0000-00-00 00:00:00",
        "0001-01-01T00:00:00Z",
        "1970-01-01T00:00:00Z",
        "1970-01-01 08:00:00",
        "0000-00-00",
        "",
        "  ",
        None,
        0,
    ],
)
def test_a_sentinel_means_no_time(value: object) -> None:
    assert to_utc(value, "+08:00") is None


@pytest.mark.parametrize(
    "value", ["soon", "付款后48小时内发货", "2026-13-01 00:00:00", 12, True, 1768532645.5, "9" * 20, [], "2026-01-15 25:00:00"]
)
def test_what_is_no_time_is_refused_without_its_value(value: object) -> None:
    with pytest.raises(NodeError) as caught:
        to_utc(value, path="created")
    assert (caught.value.problem.code, caught.value.problem.fields) == ("time.invalid", {"path": "created"})


def test_a_named_zone_follows_its_daylight_saving() -> None:
    assert to_utc("2026-01-15 12:00:00", "America/New_York") == "2026-01-15T17:00:00Z"
    assert to_utc("2026-07-15 12:00:00", "America/New_York") == "2026-07-15T16:00:00Z"


def test_an_unknown_zone_is_named() -> None:
    with pytest.raises(NodeError) as caught:
        to_utc("2026-01-15 12:00:00", "Mars/Olympus")
    assert caught.value.problem.code == "time.unknown_zone"


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("2026-01-15 23:58:12", "+08:00"),
        ("2026-01-15T19:30:00-05:00", "-05:00"),
        ("2026-01-15T19:30:00Z", "UTC"),
        (1768532645, "UTC"),
        ("2026-01-15", "+08:00"),
    ],
)
def test_the_zone_is_the_text_s_own_or_the_assumed_one(text: object, zone: str) -> None:
    assert zone_of(text, "+08:00") == zone


@settings(max_examples=100, deadline=None)
@given(st.datetimes(datetime(1971, 1, 1), datetime(2200, 1, 1)))  # noqa: DTZ001
def test_utc_text_reads_back_as_itself(naive: datetime) -> None:
    text = utc_text(naive.replace(tzinfo=UTC))
    assert to_utc(text, "+08:00") == text
    assert instant(text) == naive.replace(tzinfo=UTC)
