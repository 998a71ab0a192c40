"""Windows of time: no moment lies in none of them, and what was taken is not asked for again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.json_text import read_json
from engine.sdk import write_json
from nodes.connector.windows import LATELY, MANY, PORTIONS, SEEN_KEPT, Listed, Rules, Window, window

NOON = datetime(2026, 1, 16, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
RULES = Rules(overlap=5 * MINUTE, begin=timedelta(hours=1), longest=timedelta(days=1))
DAY = Rules(overlap=5 * MINUTE, begin=timedelta(hours=1), longest=timedelta(days=1), news=False)


def test_the_first_window_begins_as_far_back_as_is_wished() -> None:
    first = window(RULES, None, NOON)
    assert (first.since, first.until, first.mark) == (NOON - timedelta(hours=1), NOON, None)


def test_a_window_that_was_begun_goes_on_at_its_mark() -> None:
    first = window(RULES, None, NOON)
    again = window(RULES, first.at(7), NOON + timedelta(seconds=4))
    assert (again.since, again.until, again.mark) == (first.since, first.until, 7)


def test_the_next_window_begins_before_the_last_one_ended() -> None:
    ended = window(RULES, None, NOON).ended()
    later = window(RULES, ended, NOON + MINUTE)
    assert (later.since, later.until) == (NOON - 5 * MINUTE, NOON + MINUTE)


def busy(found: Window) -> Window:
    """With more than are read again at each look."""
    return found.with_taken(Listed(f"{number}", found.until) for number in range(MANY + 1))


def test_looks_at_a_long_list_that_follow_each_other_closely_go_back_a_minute_and_once_in_a_fifth_of_the_overlap_whole() -> None:
    rules = Rules(overlap=10 * MINUTE, begin=timedelta(hours=1))
    cursor, back = busy(window(rules, None, NOON)).ended(), list[float]()
    for look in range(1, 26):
        now = NOON + timedelta(seconds=10 * look)
        found = window(rules, cursor, now)
        again = window(rules, read_json(write_json(found.at(2))), now)
        assert (again.since, again.whole) == (found.since, found.whole)
        back.append((now - timedelta(seconds=10) - found.since) / MINUTE)
        cursor = read_json(write_json(busy(found).ended()))
    assert [number for number, minutes in enumerate(back, 1) if minutes == 10] == [12, 24]
    assert {minutes for minutes in back if minutes != 10} == {1}


def test_a_short_list_is_read_whole_each_time() -> None:
    rules = Rules(overlap=10 * MINUTE, begin=timedelta(hours=1))
    cursor = window(rules, None, NOON).ended()
    for look in range(1, 6):
        now = NOON + timedelta(seconds=10 * look)
        found = window(rules, cursor, now)
        assert found.since == now - timedelta(seconds=10) - 10 * MINUTE
        cursor = found.ended()


@settings(max_examples=40)
@given(every=st.integers(5, 900), late=st.integers(0, 479), stamp=st.integers(0, 2500))
def test_an_order_that_shows_up_late_by_less_than_four_fifths_of_the_overlap_is_found(every: int, late: int, stamp: int) -> None:
    """Whatever the pace of the looks: in a window that begins after it has shown up, and within a fifth of the overlap and two looks."""
    rules, now = Rules(overlap=10 * MINUTE, begin=timedelta(hours=1)), NOON
    stamped = NOON + timedelta(seconds=stamp)
    shown = stamped + timedelta(seconds=late)
    cursor = busy(window(rules, None, now)).ended()
    while True:
        now += timedelta(seconds=every)
        found = window(rules, cursor, now)
        cursor = busy(found).ended()
        if now >= shown and found.since <= stamped <= found.until:
            break
        assert now - shown <= 2 * MINUTE + timedelta(seconds=2 * every)
    assert now - shown <= 2 * MINUTE + timedelta(seconds=2 * every)


def test_after_a_long_silence_windows_of_the_longest_kind_follow_each_other_at_once() -> None:
    now = NOON + timedelta(days=2)
    second = window(RULES, window(RULES, None, NOON).ended(), now)
    assert second.until - second.since == timedelta(days=1)
    assert second.behind(now)
    third = window(RULES, second.ended(), now)
    assert third.since == second.until - 5 * MINUTE
    last = window(RULES, third.ended(), now)
    assert last.until == now
    assert not last.behind(now)


def test_a_window_that_took_long_to_read_calls_for_no_other_one_at_once() -> None:
    begun, now = window(RULES, None, NOON), NOON + 10 * MINUTE
    later = window(RULES, kept(window(RULES, long_read(begun, 2), now).ended()), now)
    assert (later.since, later.mark) == (begun.since, 2)
    assert not later.behind(now)


def kept(cursor: dict[str, Any]) -> dict[str, Any]:
    return read_json(write_json(cursor))


def long_read(begun: Window, mark: int) -> dict[str, Any]:
    """The cursor after enough portions for another look at what is new."""
    for ahead in range(mark + PORTIONS - 1, mark, -1):
        begun = window(RULES, kept(begun.at(ahead)), begun.until)
    return kept(begun.at(mark))


def test_what_is_new_comes_before_the_rest_of_a_window_that_takes_long_to_read() -> None:
    begun, now = window(RULES, None, NOON), NOON + timedelta(seconds=6)
    assert window(RULES, kept(begun.at(7)), now).mark == 7  # not after the first portion
    news = window(RULES, long_read(begun, 7), now)
    assert (news.since, news.until, news.mark) == (NOON - LATELY, now, None)
    assert news.behind(now)
    found = Listed("A@1", now)
    rest = window(RULES, kept(news.with_taken([found]).ended()), now + timedelta(seconds=1))
    assert (rest.since, rest.until, rest.mark, rest.aside) == (begun.since, begun.until, 7, None)
    assert found.name in rest.seen
    again = window(RULES, long_read(rest, 3), now + timedelta(seconds=7))
    assert (again.since, again.until) == (now - LATELY, now + timedelta(seconds=7))
    following = window(RULES, kept(window(RULES, kept(again.ended()), again.until).ended()), again.until)
    assert following.since == begun.until - RULES.overlap  # no hole, whatever became of the looks in between


def test_news_that_take_long_to_read_are_not_set_aside_themselves() -> None:
    news = window(RULES, long_read(window(RULES, None, NOON), 7), NOON + MINUTE)
    later = window(RULES, kept(news.at(3)), NOON + 5 * MINUTE)
    assert (later.since, later.mark) == (news.since, 3)


def test_the_orders_of_a_day_are_read_without_what_is_new() -> None:
    cursor = long_read(window(DAY, None, NOON), 7)
    assert window(DAY, cursor, NOON + MINUTE).mark == 7
    assert window(RULES, cursor, NOON + MINUTE).mark is None


@given(pauses=st.lists(st.integers(0, 20), min_size=1, max_size=60), portions=st.integers(1, 12))
def test_no_order_waits_for_more_than_a_few_portions_and_a_long_window_is_read_to_its_end(pauses: list[int], portions: int) -> None:
    """Looks one after the other, each as long as it takes: every so often one of what is new, and no portion is left out or read twice."""
    now, cursor, marks, heard = NOON, None, list[int](), NOON
    for pause in pauses:
        found = window(RULES, cursor, now)
        if found.until == now and found.since >= now - 2 * MINUTE - timedelta(seconds=20):
            heard, cursor = now, kept(found.ended())
        else:
            mark = found.mark or portions
            marks.append(mark)
            cursor = kept(found.at(mark - 1) if mark > 1 else found.ended())
            assert now - heard <= timedelta(seconds=5 + 20 * PORTIONS)
            if mark == 1:
                break
        now += timedelta(seconds=pause)
    assert marks == list(range(portions, portions - len(marks), -1))


def test_a_clock_that_is_set_back_makes_no_hole() -> None:
    ahead = window(RULES, None, NOON + timedelta(hours=8)).ended()
    right = window(RULES, ahead, NOON)
    assert right.since == NOON - 5 * MINUTE


def test_a_version_is_fetched_once_more_after_it_has_settled_and_then_not_again() -> None:
    one = Listed("A@1", NOON - MINUTE)
    first = window(RULES, None, NOON)
    assert first.unseen([one]) == [one]
    first = first.with_taken([one]).with_taken([one])
    at_once = window(RULES, first.ended(), NOON + timedelta(seconds=1))
    assert at_once.unseen([one]) == [one]
    second = window(RULES, at_once.with_taken([one]).ended(), NOON + MINUTE)
    assert second.unseen([one]) == [one]
    third = window(RULES, read_json(write_json(second.with_taken([one]).ended())), NOON + 2 * MINUTE)
    assert third.unseen([one, Listed("A@2", NOON)]) == [Listed("A@2", NOON)]


def test_what_was_taken_is_known_for_as_long_as_it_may_be_listed_again() -> None:
    first = window(RULES, None, NOON)
    taken = first.with_taken([Listed("A@1", NOON - 30 * MINUTE), Listed("B@1", NOON - MINUTE)])
    assert set(window(RULES, taken.ended(), NOON + MINUTE).seen) == {"B@1"}


def test_what_is_known_is_bounded_and_the_newest_of_it() -> None:
    many = [Listed(f"{number}", NOON + timedelta(seconds=number)) for number in range(SEEN_KEPT + 10)]
    kept = window(RULES, None, NOON).with_taken(many).ended()["seen"]
    assert len(kept) == SEEN_KEPT
    assert "9" not in kept
    assert "10" in kept


@pytest.mark.parametrize(
    "cursor", [{}, {"since": "x"}, {"since": "2026-01-16T12:00:00Z", "until": "soon"}, {"page": 1}, {"seen": {"A": 1}}]
)
def test_a_cursor_that_is_none_begins_anew(cursor: dict[str, Any]) -> None:
    assert window(RULES, cursor, NOON) == window(RULES, None, NOON)


def test_a_window_is_longer_than_its_overlap() -> None:
    with pytest.raises(ValueError, match="overlap"):
        Rules(overlap=timedelta(days=1), begin=MINUTE, longest=timedelta(days=1))


@given(
    gaps=st.lists(st.integers(-600, 400_000), min_size=1, max_size=12),
    overlap=st.integers(0, 3600),
    marks=st.lists(st.booleans(), min_size=12, max_size=12),
)
def test_windows_leave_no_gap_between_them_whatever_the_clock_does(gaps: list[int], overlap: int, marks: list[bool]) -> None:
    rules = Rules(timedelta(seconds=overlap), timedelta(hours=1), timedelta(days=1))
    now, cursor, ended = NOON, None, None
    for gap, broken_off in zip(gaps, marks, strict=False):
        now += timedelta(seconds=gap)
        found = window(rules, cursor, now)
        assert found.until - found.since <= timedelta(days=1)
        assert ended is None or found.since <= ended
        if broken_off:
            again = window(rules, kept(found.at("page 2")), now + MINUTE)
            if again.aside is not None:
                assert again.until - again.since <= timedelta(days=1)
                again = window(rules, kept(again.ended()), now + MINUTE)
            assert (again.since, again.until, again.mark) == (found.since, found.until, "page 2")
        ended = found.until
        cursor = read_json(write_json(found.ended()))
