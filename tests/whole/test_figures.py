"""The figures of the trial, and its bars."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from tests.whole.changes import Change, Seen, arrivals
from tests.whole.figures import Figures, bar_faults, measure


def test_a_bar_that_is_missed_or_was_not_measured_is_told() -> None:
    figures = Figures(3, {}, {}, {}, [0.1, 0.2, 1.9], [0.3], [2.0], [], 0, [14.0], 1, [], [], 10.0, 1.0, 1.0)
    assert bar_faults(figures) == []
    assert len(bar_faults(replace(figures, delays=[0.1, 2.5, 5.5]))) == 2
    assert len(bar_faults(replace(figures, changed=[5.5]))) == 2
    assert len(bar_faults(replace(figures, found=[15.5]))) == 1
    assert len(bar_faults(replace(figures, whole=[5.5]))) == 1
    assert len(bar_faults(replace(figures, delays=[], changed=[], found=[], whole=[]))) == 4


def event(number: str, version: str, at: str, channel: str = "jd") -> dict[str, str]:
    return {"key": f"{channel}|s|{number}|{version}", "received_at": f"2026-01-16T{at}Z"}


def seconds(at: str) -> float:
    return datetime.fromisoformat(f"2026-01-16T{at}+00:00").astimezone(UTC).timestamp()


def test_a_lost_push_of_a_change_is_found_by_the_event_of_that_version_and_not_by_the_orders_first() -> None:
    events = [event("1", "2026-01-16 12:00:10", "04:00:20"), event("1", "2026-01-16 12:00:00", "04:00:01")]
    found = arrivals(events, lambda text: datetime.fromisoformat(text).timestamp())
    first = Change(("jd", "1"), "2026-01-16T04:00:00Z", seconds("04:00:00"), is_first=True, is_held=False, push=None)
    later = replace(first, version="2026-01-16T04:00:10Z", at=seconds("04:00:10"), is_first=False, push="lost")
    assert [one.arrived - one.change.at for one in measure([first, later], found, [])] == [1.0, 10.0]
    assert measure([replace(later, version="2026-01-16T04:00:30Z")], found, []) == []


def test_a_newer_version_or_a_message_after_the_change_brings_it_an_older_message_does_not() -> None:
    change = Change(("taobao", "1"), "2026-01-16T04:00:10Z", seconds("04:00:10"), is_first=False, is_held=False, push="late")
    message = event("1", "push-7", "04:00:09", "taobao")
    newer, told = event("1", "2026-01-16 12:00:40", "04:00:45", "taobao"), event("1", "push-9", "04:00:30", "taobao")

    def came(*events: dict[str, str]) -> float | None:
        return arrivals(events, lambda text: datetime.fromisoformat(text).timestamp()).get(change.order, Seen()).of(change)

    assert came(message) is None
    assert came(message, newer) == seconds("04:00:45")
    assert came(newer, told, message) == seconds("04:00:30")
