"""Cron texts: which days their numbers mean, and what is told of those that cannot be read or never start."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.catalogue import explain
from engine.cron import read_cron, weekdays_of
from engine.errors import OrderloomError, Problem
from engine.schedules import next_after, times_after
from nodes.flow.schedule import Schedule

SUNDAY = datetime(2026, 1, 4, tzinfo=UTC)
DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
NUMBERS = [*map(str, range(8))]
RANGES = [f"{first}-{last}" for first in range(8) for last in range(8)]
STEPS = ["*", *(f"*/{step}" for step in range(1, 7)), *(f"{n}/{step}" for n in range(6) for step in range(1, 7 - n))]
STEPPED = [f"{first}-{last}/{step}" for first in range(8) for last in range(first + 1, 8) for step in range(1, last - first + 1)]
PIECES = [*NUMBERS, *RANGES, *STEPS, *STEPPED]


def fits(piece: str, day: int) -> bool:
    """Whether a piece means a day (Sunday is 0), found by asking each day, not by counting out the piece."""
    span, _, step = piece.partition("/")
    first, _, last = ("0-6" if span == "*" else span if "-" in span or not step else f"{span}-6").partition("-")
    begin, end = int(first), int(last or first)
    end += 7 if end < begin else 0
    return any(begin <= number <= end and (number - begin) % int(step or 1) == 0 for number in (day, day + 7))


def started_on(weekdays: str, zone: str = "UTC") -> set[str]:
    """The weekdays on which a flow starts within two weeks."""
    times = Schedule.model_validate({"cron": f"0 12 * * {weekdays}", "zone": zone})
    planned = times_after(times, SUNDAY, SUNDAY + timedelta(days=14))
    return {DAYS[(moment - SUNDAY).days % 7] for moment in planned}


def problem(cron: str) -> Problem:
    with pytest.raises(OrderloomError) as caught:
        read_cron(cron)
    return caught.value.problems[0]


@pytest.mark.parametrize(
    ("written", "days"),
    [
        ("0", "sun"),
        ("7", "sun"),
        ("1", "mon"),
        ("5", "fri"),
        ("1-5", "mon tue wed thu fri"),
        ("1,3,5", "mon wed fri"),
        ("5-7", "fri sat sun"),
        ("6-7", "sat sun"),
        ("0-6", "sun mon tue wed thu fri sat"),
        ("0-7", "sun mon tue wed thu fri sat"),
        ("*", "sun mon tue wed thu fri sat"),
        ("*/2", "sun tue thu sat"),
        ("1-5/2", "mon wed fri"),
        ("mon-fri", "mon tue wed thu fri"),
        ("MON-FRI", "mon tue wed thu fri"),
        ("Sat,Sun", "sat sun"),
        ("fri-sun", "fri sat sun"),
        ("sun-tue", "sun mon tue"),
        ("sat-mon", "sat sun mon"),
        ("6-1", "sat sun mon"),
        ("mon,3-4,7", "mon wed thu sun"),
    ],
)
def test_a_week_goes_from_sunday_to_saturday_and_seven_is_sunday_too(written: str, days: str) -> None:
    assert started_on(written) == set(days.split())
    assert started_on(written, "Asia/Shanghai") == set(days.split())


@pytest.mark.parametrize("piece", PIECES)
def test_numbers_ranges_and_steps_mean_the_days_that_fit(piece: str) -> None:
    assert weekdays_of(piece) == {day for day in range(7) if fits(piece, day)} != set()
    assert started_on(piece) == {DAYS[day] for day in range(7) if fits(piece, day)}


@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=4))
def test_a_list_means_whatever_one_of_its_pieces_means(pieces: list[str]) -> None:
    assert weekdays_of(",".join(pieces)) == {day for day in range(7) if any(fits(piece, day) for piece in pieces)}


@pytest.mark.parametrize(
    "written", ["8", "-1", "1-8", "mon-", "1,,2", ",", "*/0", "1/", "*/8", "monday", "1-5-7", "５", "5#2", "5L", "?", "mon-fri/9"]
)
def test_what_names_no_weekday_is_refused(written: str) -> None:
    assert problem(f"0 8 * * {written}").fields["rule"] == "cron_weekday"


@pytest.mark.parametrize("cron", ["0 0 30 2 *", "0 0 31 2 *", "0 0 30-31 2 *", "0 0 31 4,6,9,11 *", "0 0 31 feb,apr mon", "0 0 31 2-2 *"])
def test_days_that_none_of_the_months_has_are_refused(cron: str) -> None:
    assert problem(cron).code == "schedule.never_starts"


@pytest.mark.parametrize(
    ("cron", "first"),
    [
        ("0 0 29 2 *", "2028-02-29"),
        ("0 0 29 2 1", "2044-02-29"),
        ("0 0 28-30 2 *", "2026-02-28"),
        ("0 0 31 4,5 *", "2026-05-31"),
        ("0 0 last 2 *", "2026-02-28"),
        ("0 0 30,last 2 *", "2026-02-28"),
        ("0 0 31 * *", "2026-01-31"),
        ("0 0 1 * 1", "2026-06-01"),
    ],
)
def test_days_that_come_some_time_are_allowed(cron: str, first: str) -> None:
    found = next_after(Schedule.model_validate({"cron": cron}), SUNDAY)
    assert found is not None
    assert found.date().isoformat() == first


@pytest.mark.parametrize(
    ("cron", "en", "zh"),
    [
        ("every monday", "it has 2 parts instead of five", "共 2 段，应为五段"),
        ("", "it has 0 parts instead of five", "共 0 段，应为五段"),
        ("60 8 * * *", "the minute, cannot be “60”", "第一段（分）不能是“60”"),
        ("0 24 * * *", "the hour, cannot be “24”", "第二段（时）不能是“24”"),
        ("0 8 32 * *", "the day of the month, cannot be “32”", "第三段（日）不能是“32”"),
        ("0 8 * 13 *", "the month, cannot be “13”", "第四段（月）不能是“13”"),
        ("0 8 * * fry", "the day of the week, cannot be “fry”", "第五段（星期）不能是“fry”"),
    ],
)
def test_what_is_wrong_is_told_in_the_readers_language(cron: str, en: str, zh: str) -> None:
    found = problem(cron)
    assert found.code == "schedule.bad_cron"
    assert en in explain(found, "en")["what"]
    assert zh in explain(found, "zh")["what"]


def test_a_text_that_never_starts_is_told_with_its_days_and_months() -> None:
    found = problem("0 0 31 4,6 *")
    assert explain(found, "en")["what"] == "No month of “4,6” has a day “31”: it would never start."
    assert explain(found, "zh")["what"] == "月份“4,6”中没有日期“31”，永远不会启动。"


PARTS = st.from_regex(r"[0-9*a-z]{1,3}([-/,][0-9]{1,2}){0,2}", fullmatch=True) | st.sampled_from(
    ["*", "last", "*/2", "31", "30", "feb", "2,4"]
)


@given(st.lists(PARTS, min_size=4, max_size=6).map(" ".join) | st.text(max_size=20))
def test_any_text_is_read_or_refused_with_a_problem(text: str) -> None:
    code = code_of(text)
    if code is None:
        assert next_after(Schedule.model_validate({"cron": text}), SUNDAY) is not None
    else:
        assert code in ("schedule.bad_cron", "schedule.never_starts")


def code_of(cron: str) -> str | None:
    """Of the problem with a text; ``None`` where it can be read."""
    try:
        read_cron(cron)
    except OrderloomError as error:
        return error.problems[0].code
    return None
