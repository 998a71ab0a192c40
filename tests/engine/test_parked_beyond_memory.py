"""Orders whose parked runs hold later events back, beyond what memory keeps of them: the store knows, and nobody overtakes."""

from __future__ import annotations

import asyncio
import gc
import random
import resource
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from engine.dispatch import Dispatcher, lanes
from engine.dispatch.lanes import Aside
from engine.store.ports import RunFilter, Store
from tests.engine.test_narrow_moments import Falling
from tests.engine.waiting import House, flow, published

CALL = {
    "use": "connector.http_request@1",
    "params": {"service": {"connection": "service"}, "path": "/o"},
    "policy": {"retry": {"attempts": 1}},
}
ORDERS = "ABCDEF"
LEAST = 100_000


async def holds_nobody(flow: str, order_key: str) -> list[int]:
    del flow, order_key
    return []


def resident() -> int:
    """Bytes of memory that this process has."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * resource.getpagesize()


def grown(holding: Any) -> int:
    """Bytes that a dispatcher takes for very many parked runs, each of an order of its own."""
    gc.collect()
    dispatcher, before = Dispatcher(None, None, holding=holding), resident()  # type: ignore[arg-type]  # nothing is executed
    for number in range(LEAST):
        dispatcher.parked("order_hub", f"taobao|shop|{number}", number + 1)
    return resident() - before


def test_a_hundred_thousand_parked_runs_do_not_grow_memory() -> None:
    assert grown(holds_nobody) < 15_000_000


def test_without_setting_any_aside_memory_grows_with_them() -> None:
    """Negative control of the test above."""
    assert grown(None) > 100_000_000


def test_the_filter_knows_all_that_were_set_aside_and_takes_few_others_for_them() -> None:
    aside, keys = Aside(), [("f", str(number)) for number in range(LEAST)]
    for key in keys:
        aside.add(key)
    assert all(key in aside for key in keys)
    assert sum(("g", str(number)) in aside for number in range(LEAST // 10)) < LEAST // 1000


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lanes, "MOST", 2)


@pytest.fixture
def house(open_one: Callable[[], Store], few: None) -> House:
    return Falling(open_one)


async def parked(house: House, orders: str = ORDERS) -> dict[str, int]:
    """The first event of each order, parked."""
    await published(house, flow(call=CALL, wires=["hook -> call"]))
    house.outside.script = [(422, {})] * len(orders)
    return {order: await house.send(order) for order in orders}


async def later(house: House, *orders: str) -> list[int]:
    return [await house.send(order, 2) for order in orders]


async def states(house: House, runs: list[int]) -> list[str]:
    return [await house.state(run) for run in runs]


async def test_later_events_wait_for_parked_ones_whether_these_are_in_memory_or_not(house: House) -> None:
    async with house.open() as app:
        first = await parked(house)
        assert sum(1 for _ in app.dispatcher._lanes) == 2  # type: ignore[attr-defined]
        behind = await later(house, *ORDERS)
        assert await states(house, behind) == ["queued"] * 6
        assert await states(house, [await house.send("other")]) == ["done"]
        for incident in (await app.store.incidents()).items:
            await app.resume(incident.id, "again", "owner")
        await house.settle()
        assert await states(house, [*first.values(), *behind]) == ["done"] * 12
        sent = [(body["id"], body["v"]) for body in house.outside.bodies[6:]]
        assert [v for order in ORDERS for one, v in sent if one == order] == [1, 2] * 6


async def test_after_a_restart_with_more_of_them_than_memory_keeps_nobody_overtakes(house: House) -> None:
    async with house.open():
        first = await parked(house)
    async with house.open() as app:
        assert sum(1 for _ in app.dispatcher._lanes) == 2  # type: ignore[attr-defined]
        behind = await later(house, *ORDERS)
        assert await states(house, behind) == ["queued"] * 6
    async with house.open() as app:
        assert await states(house, behind) == ["queued"] * 6
        await app.cancel(first["A"], "owner")
        await house.settle()
        assert await states(house, behind) == ["done", *["queued"] * 5]


async def test_forgetting_who_was_set_aside_lets_later_events_overtake(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Negative control of the two tests above."""
    monkeypatch.setattr(Aside, "__contains__", lambda *_: False)
    async with house.open():
        await parked(house)
        assert "done" in await states(house, await later(house, *ORDERS))


async def test_whatever_people_decide_while_it_is_looked_up_nobody_waits_for_ever(house: House) -> None:
    chance = random.Random(3)
    async with house.open() as app:
        for version in range(4):
            first = await parked(house) if version == 0 else {}
            house.outside.script = []
            work = [house.send(order, 10 + version) for order in ORDERS]
            for number, run in enumerate(first.values()):
                (incident,) = [one for one in (await app.store.incidents()).items if one.run_id == run]
                work.append(app.cancel(run, "owner") if number % 2 else app.resume(incident.id, "again", "owner"))
            chance.shuffle(work)
            await asyncio.gather(*work)
            await house.settle()
        left = [run.state for run in (await app.store.runs(RunFilter(), limit=100)).items if run.state not in ("done", "cancelled")]
        assert left == []
        assert sum(1 for _ in app.dispatcher._lanes) == 0  # type: ignore[attr-defined]
