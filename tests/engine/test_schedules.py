"""Flows that start at times: each planned time once, over restarts, missed times and changes of the clock."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.app import Orderloom
from engine.errors import OrderloomError, Problem
from engine.flow.check import check_text
from engine.order import utc_text
from engine.registry import installed
from engine.schedules import MOST, next_after, times_after, to_fire
from engine.store.open import open_store
from engine.store.ports import Store, StoreOptions
from nodes.flow.schedule import Schedule
from tests.engine.waiting import House

moments = st.integers(0, 2 * 365 * 24 * 60).map(lambda minutes: datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes))


def schedule(**params: Any) -> Schedule:
    return Schedule.model_validate(params)


def flow(**params: Any) -> bytes:
    document = {
        "name": "timed",
        "nodes": {
            "tick": {"use": "flow.schedule@1", "params": params},
            "kept": {"use": "transform.keep_fields@1", "params": {"fields": ["planned_at"]}},
        },
        "wires": ["tick -> kept"],
        "tests": [{"name": "t", "trigger": "tick", "input": [{"planned_at": "x"}], "expect": {"kept": {"items": [{}], "match": "subset"}}}],
    }
    return json.dumps(document).encode()


class HouseByTheHour(House):
    """Its clock stands at a full hour that is still to come: versions carry the real time of their publication."""

    def __init__(self, open_one: Any) -> None:
        super().__init__(open_one)
        self.clock.time = self.start = (datetime.now(UTC) + timedelta(hours=1)).replace(minute=0, second=0, microsecond=0)

    def hour(self, number: int) -> str:
        return utc_text(self.start + timedelta(hours=number))


@pytest.fixture
def house(open_one: Callable[[], Store]) -> HouseByTheHour:
    return HouseByTheHour(open_one)


async def later(house: HouseByTheHour, **span: float) -> list[str]:
    """The planned times that were new."""
    known = {event.id for event in (await house.app.store.events(limit=500)).items}
    house.clock.time += timedelta(**span)
    await house.app.schedules.fire_due()
    await house.settle()
    fresh = [event for event in (await house.app.store.events(limit=500)).items if event.id not in known]
    return sorted(event.order_key.rpartition("|")[2] for event in fresh)


async def test_a_planned_time_starts_the_flow_once_over_restarts(house: HouseByTheHour) -> None:
    async with house.open() as app:
        await app.publish(flow(every="1h"), note="", actor="owner")
        assert await later(house) == [house.hour(0)]
        assert await later(house, minutes=59) == []
        assert await later(house, minutes=1) == [house.hour(1)]
        assert await later(house, seconds=30) == []
    async with house.open():
        assert await later(house, seconds=1) == []
        assert await later(house, minutes=60) == [house.hour(2)]


@pytest.mark.parametrize(
    ("missed", "made_up"),
    [("once", [4]), ("skip", []), ("all", [1, 2, 3, 4])],
)
async def test_missed_times_are_made_up_for_as_the_trigger_says(house: HouseByTheHour, missed: str, made_up: list[int]) -> None:
    async with house.open() as app:
        await app.publish(flow(every="1h", missed=missed), note="", actor="owner")
        assert await later(house) == [house.hour(0)]
    house.clock.time += timedelta(hours=4, minutes=30)
    async with house.open():
        assert await later(house) == [house.hour(number) for number in made_up]
        assert await later(house, minutes=30) == [house.hour(5)]


class IntakeThatBreaks:
    """Accepts so many events, then none."""

    def __init__(self, intake: Any, good_for: int) -> None:
        self.intake, self.good_for = intake, good_for

    async def accept(self, *delivered: Any, **by: Any) -> Any:
        self.good_for -= 1
        if self.good_for < 0:
            raise OrderloomError(Problem("store.unavailable"))
        return await self.intake.accept(*delivered, **by)


async def used(house: HouseByTheHour) -> list[str]:
    """All planned times that were used, the earliest first."""
    found: list[str] = []
    cursor: str | None = None
    while True:
        page = await house.app.store.events(cursor=cursor, limit=500)
        found += [event.order_key.rpartition("|")[2] for event in page.items]
        cursor = page.next
        if cursor is None:
            return sorted(found)


def minutes_before(house: HouseByTheHour, count: int) -> list[str]:
    """The full minutes up to the clock's, the earliest first."""
    newest = house.clock.time.replace(second=0, microsecond=0)
    return [utc_text(newest - timedelta(minutes=ago)) for ago in reversed(range(count))]


async def two_days_later(house: HouseByTheHour, missed: str) -> list[str]:
    """What was used before the service rested for two days."""
    async with house.open() as app:
        await app.publish(flow(every="1m", missed=missed), note="", actor="owner")
        await later(house)
        before = await used(house)
    house.clock.time += timedelta(days=2, seconds=30)
    return before


@pytest.mark.parametrize("seconds", [0, 15, 30])
async def test_once_makes_up_for_two_days_of_minutes_with_one_start(house: HouseByTheHour, seconds: int) -> None:
    before = await two_days_later(house, "once")
    house.clock.time += timedelta(seconds=seconds)
    async with house.open():
        assert [*await later(house), *await later(house), *await later(house)] == minutes_before(house, 1)
        assert len(await later(house, minutes=1)) == 1
        assert len(await used(house)) == len(before) + 2


async def test_of_two_days_of_minutes_all_makes_up_for_the_newest_thousand(house: HouseByTheHour, caplog: pytest.LogCaptureFixture) -> None:
    before = await two_days_later(house, "all")
    async with house.open() as app:
        assert [await app.schedules.fire_due() for _ in range(3)] == [MOST, 0, 0]
        assert await used(house) == [*before, *minutes_before(house, MOST)]
    told = [record for record in caplog.records if record.message == "missed times left out"]
    assert [getattr(record, "before", "") for record in told] == minutes_before(house, MOST)[:1]


async def test_a_service_that_ends_while_it_makes_up_goes_on_after_what_it_started(house: HouseByTheHour) -> None:
    before = await two_days_later(house, "all")
    async with house.open() as app:
        app.schedules._intake = IntakeThatBreaks(app.intake, 3)  # type: ignore[assignment]
        assert [await app.schedules.fire_due() for _ in range(3)] == [3, 0, 0]
    async with house.open() as app:
        assert [await app.schedules.fire_due() for _ in range(3)] == [MOST - 3, 0, 0]
        assert await used(house) == [*before, *minutes_before(house, MOST)]


async def test_a_clock_that_goes_back_uses_no_time_twice(house: HouseByTheHour) -> None:
    async with house.open() as app:
        await app.publish(flow(every="1h"), note="", actor="owner")
        assert await later(house, hours=1) == [house.hour(1)]
        house.clock.time -= timedelta(days=1)
        assert await later(house, hours=5) == []
    async with house.open():
        assert await later(house, hours=19) == []
        assert await later(house, hours=1) == [house.hour(2)]


async def test_two_services_that_look_at_the_same_time_start_one_run(tmp_path: Path) -> None:
    house = HouseByTheHour(lambda: open_store(StoreOptions(str(tmp_path))))
    async with house.open() as app, Orderloom(app.settings, open_store(StoreOptions(str(tmp_path))), clock=house.clock) as other:
        await app.publish(flow(every="1h"), note="", actor="owner")
        await other.flows.refresh()
        await other.schedules.fire_due()
        house.clock.time += timedelta(hours=1)
        assert await other.schedules.fire_due() + await app.schedules.fire_due() == 1


async def test_a_new_version_does_not_make_up_for_the_time_before_it(tmp_path: Path) -> None:
    house = House(lambda: open_store(StoreOptions(str(tmp_path))))
    house.clock.time = datetime.now(UTC)
    async with house.open() as app:
        await app.publish(flow(every="1h", missed="all"), note="", actor="owner")
        assert await later(house) == []


def test_a_cron_text_is_read_in_its_zone_also_when_clocks_change() -> None:
    morning = schedule(cron="30 8 * * *", zone="Europe/Berlin")
    winter, summer = datetime(2026, 3, 28, 12, tzinfo=UTC), datetime(2026, 3, 29, 12, tzinfo=UTC)
    assert next_after(morning, winter) == datetime(2026, 3, 29, 6, 30, tzinfo=UTC)
    assert next_after(morning, summer) == datetime(2026, 3, 30, 6, 30, tzinfo=UTC)
    assert next_after(morning, datetime(2026, 10, 25, 12, tzinfo=UTC)) == datetime(2026, 10, 26, 7, 30, tzinfo=UTC)


@given(after=moments, hours=st.integers(0, 400), cron=st.sampled_from(["*/20 * * * *", "30 2 * * *", "0 3 * * sun", "15 1,2 * * *"]))
def test_looking_in_two_steps_finds_what_looking_once_finds(after: datetime, hours: int, cron: str) -> None:
    times = schedule(cron=cron, zone="Europe/Berlin")
    middle, until = after + timedelta(hours=hours / 3), after + timedelta(hours=hours)
    whole = times_after(times, after, until)
    if len(whole) < MOST:
        assert whole == [*times_after(times, after, middle), *times_after(times, middle, until)]
        assert whole == sorted(set(whole))


@given(now=moments, ages=st.lists(st.integers(0, 600), max_size=8))
def test_times_in_time_are_used_whatever_becomes_of_missed_ones(now: datetime, ages: list[int]) -> None:
    planned = sorted(now - timedelta(seconds=age) for age in set(ages))
    in_time = [moment for moment in planned if now - moment <= timedelta(seconds=60)]
    assert to_fire(planned, now, "all") == planned
    assert to_fire(planned, now, "skip") == in_time
    assert to_fire(planned, now, "once") == (in_time if in_time == planned else planned[-1:])


@given(after=moments, days=st.integers(0, 40), cron=st.sampled_from(["*/20 * * * *", "*/7 2 * * 0", "15 1,2 * * *", "0 0 29 2 *"]))
def test_of_many_times_the_newest_are_found(after: datetime, days: int, cron: str) -> None:
    times, until = schedule(cron=cron, zone="Europe/Berlin"), after + timedelta(days=days)
    one_by_one, moment = [], after
    while (moment := next_after(times, moment) or until + timedelta(1)) <= until:
        one_by_one.append(moment)
    assert times_after(times, after, until) == one_by_one[-MOST:]


@pytest.mark.parametrize("every", ["1s", "1500ms", "1m", "7h", "1d", "400d", "99999999d"])
def test_spans_are_planned_from_midnight_whatever_lies_between(every: str) -> None:
    times = schedule(every=every)
    now = datetime(2026, 11, 28, 12, 0, 30, tzinfo=UTC)
    planned = times_after(times, now - timedelta(days=365), now)
    assert len(planned) == min(MOST, timedelta(days=365) // times.every) or every == "400d"  # type: ignore[operator]
    assert all((moment - datetime(1970, 1, 1, tzinfo=UTC)) % times.every == timedelta(0) for moment in planned)  # type: ignore[operator]
    assert not planned or now - planned[-1] < times.every  # type: ignore[operator]


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({}, "schedule.one_of_both"),
        ({"cron": "* * * * *", "every": "1h"}, "schedule.one_of_both"),
        ({"cron": "every monday"}, "schedule.bad_cron"),
        ({"cron": "99 8 * * *"}, "schedule.bad_cron"),
        ({"cron": "0 0 30 2 *"}, "schedule.never_starts"),
        ({"cron": "0 8 * * *", "zone": "Mars/Olympus"}, "schedule.bad_zone"),
        ({"every": "10ms"}, "schedule.too_often"),
    ],
)
async def test_what_makes_no_schedule_is_named(params: dict[str, Any], code: str) -> None:
    assert code in [problem.code for problem in check_text(flow(**params), installed())]
