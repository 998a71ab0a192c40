"""The clocks of channels, by the dates of their answers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from engine.app import Orderloom
from engine.settings import Settings
from engine.store.memory import MemoryStore
from engine.store.ports import Alarm
from engine.watch.skew import SkewWatch, time_checks
from nodes.connector.jd.simulator import JdSimulator
from tests.sources.house import flow, until

NOW = datetime(2026, 1, 16, 8, 0, tzinfo=UTC)


def told(dates: Sequence[tuple[str, float]]) -> list[float]:
    """``dates``: with the seconds at which they came."""
    heard: list[float] = []
    watch = SkewWatch(lambda _, ahead: heard.append(ahead))
    for date, second in dates:
        watch("jd", date, NOW + timedelta(seconds=second))
    return heard


def test_a_date_of_whole_seconds_is_half_a_second_older_than_the_answer() -> None:
    assert told([("Fri, 16 Jan 2026 08:00:00 GMT", 0.4), ("Fri, 16 Jan 2026 08:11:10 GMT", 10.0)]) == [pytest.approx(0.1), 660.5]


def test_a_busy_channel_is_looked_at_every_few_seconds_and_what_is_no_date_is_passed_over() -> None:
    assert told([("yesterday", 0.0), ("Fri, 16 Jan 2026 08:00:01 GMT", 1.0), ("Fri, 16 Jan 2026 08:00:06 GMT", 6.0)]) == [0.5]


def alarm(code: str) -> Alarm:
    return Alarm(1, "r", "jd", code, {}, "raised", NOW)


def test_the_checks_say_warn_from_a_minute_on_and_fail_from_five() -> None:
    assert time_checks([]) == {"time_skew": "ok", "time_consistency": "ok"}
    assert time_checks([alarm("alarm.skew_ahead")])["time_skew"] == "warn"
    assert time_checks([alarm("alarm.skew_ahead"), alarm("alarm.skew_grave_ahead")])["time_skew"] == "fail"
    assert time_checks([alarm("alarm.zone_ahead")]) == {"time_skew": "ok", "time_consistency": "fail"}


async def test_a_channel_whose_clock_is_two_minutes_off_is_an_alarm_that_names_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.watch.skew.EVERY", 0.0)
    async with JdSimulator() as shop:
        shop.clock_off = timedelta(minutes=2)
        settings = Settings(data=tmp_path, connections={"shop": shop.connection}, allow_private=("127.0.0.0/8",))
        async with Orderloom(settings, MemoryStore()) as app:
            await app.start()
            await app.publish(flow("connector.jd_poll@1", {"shop": {"connection": "shop"}, "every": "50ms"}), note="", actor="owner")

            async def raised() -> bool:
                return bool((await app.store.alarms()).items)

            await until(raised)
            (one,) = (await app.store.alarms()).items
            assert (one.rule, one.subject, one.code) == ("clock_skew", "shop", "alarm.skew_ahead")
            assert 118 <= one.fields["seconds"] <= 122
