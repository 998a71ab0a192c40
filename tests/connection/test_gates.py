"""The gate in front of a system: calls at once, calls a minute, none while it fails."""

from __future__ import annotations

import asyncio

import pytest

from engine.connection.failures import CallFailed
from engine.connection.gates import Gate, Gates, Limits
from engine.connection.types import parse_connection


class Clock:
    def __init__(self) -> None:
        self.time = 0.0

    def __call__(self) -> float:
        return self.time


async def once(gate: Gate, *, went: bool | None = True) -> None:
    with gate.at_once("wms") or await gate.in_line("wms") as call:
        call.went = went


async def refused(gate: Gate) -> tuple[str, float | None]:
    with pytest.raises(CallFailed) as caught:
        await once(gate)
    assert not caught.value.maybe_sent
    return caught.value.problem.code, caught.value.after


async def test_no_more_calls_are_under_way_than_allowed() -> None:
    gate, most, go = Gate(Limits(at_once=3), Clock()), 0, asyncio.Event()

    async def work() -> None:
        nonlocal most
        with gate.at_once("wms") or await gate.in_line("wms"):
            most = max(most, gate.under_way)
            await go.wait()

    tasks = [asyncio.ensure_future(work()) for _ in range(10)]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert (gate.state().under_way, gate.state().in_line) == (3, 7)
    go.set()
    await asyncio.gather(*tasks)
    assert (most, gate.state().under_way, gate.state().in_line) == (3, 0, 0)


async def test_a_call_that_is_cancelled_in_line_or_under_way_leaves_its_place() -> None:
    gate = Gate(Limits(at_once=1, break_after=1), Clock())
    started = asyncio.Event()

    async def work() -> None:
        with gate.at_once("wms") or await gate.in_line("wms"):
            started.set()
            await asyncio.Event().wait()

    first, second = asyncio.ensure_future(work()), asyncio.ensure_future(once(gate))
    await started.wait()
    second.cancel()
    first.cancel()
    await asyncio.gather(first, second, return_exceptions=True)
    await once(gate)
    assert gate.state().under_way == 0


async def test_what_would_wait_long_for_its_turn_is_sent_away_with_a_time() -> None:
    gate = Gate(Limits(per_minute=6), Clock())
    await once(gate)
    assert await refused(gate) == ("connection.crowded", 10.0)
    assert await refused(gate) == ("connection.crowded", 10.0)


async def test_after_failures_nothing_is_called_until_a_probe_goes_well() -> None:
    clock = Clock()
    gate = Gate(Limits(break_after=2, pause=30), clock)
    await once(gate, went=False)
    await once(gate, went=False)
    assert await refused(gate) == ("connection.paused", 30)
    assert (gate.state().breaker, gate.state().reopens_in) == ("open", 30)
    clock.time = 30
    assert gate.state().breaker == "half_open"
    await once(gate)
    assert (gate.state().breaker, gate.state().failures) == ("closed", 0)


async def test_calls_that_stood_in_line_when_the_system_failed_are_not_made_and_only_one_probes() -> None:
    clock, went = Clock(), list[bool]()
    gate = Gate(Limits(at_once=1, break_after=1, pause=30), clock)

    async def work(*, well: bool) -> None:
        with gate.at_once("wms") or await gate.in_line("wms") as call:
            await asyncio.sleep(0)
            went.append(well)
            call.went = well

    tasks = [asyncio.ensure_future(work(well=False)) for _ in range(3)]
    assert [type(each) for each in await asyncio.gather(*tasks, return_exceptions=True)] == [type(None), CallFailed, CallFailed]
    clock.time = 30
    two = [asyncio.ensure_future(work(well=True)) for _ in range(2)]
    assert await asyncio.gather(*two, return_exceptions=True) == [None, None]
    assert (went, gate.state().breaker) == ([False, True, True], "closed")


async def test_while_a_probe_is_under_way_nobody_else_calls() -> None:
    clock, go = Clock(), asyncio.Event()
    gate = Gate(Limits(break_after=1, pause=30), clock)
    await once(gate, went=False)
    clock.time = 30

    async def probe() -> None:
        with gate.at_once("wms") or await gate.in_line("wms") as call:
            await go.wait()
            call.went = True

    probing = asyncio.ensure_future(probe())
    await asyncio.sleep(0)
    assert [await refused(gate) for _ in range(2)] == [("connection.paused", 30)] * 2
    go.set()
    await probing
    await once(gate)


async def test_a_connection_keeps_its_gate_whatever_becomes_of_its_limits() -> None:
    def connection(**more: object) -> object:
        return parse_connection("wms", {"type": "wms", "url": "http://wms.example", **more})

    gates = Gates(Clock())
    first = gates.of("wms", connection(at_once=2))  # type: ignore[arg-type]
    assert gates.of("wms", connection(at_once=2, secret="x")) is first  # type: ignore[arg-type]
    assert gates.of("wms", connection(at_once=3)) is first  # type: ignore[arg-type]
    assert first.limits == Limits(at_once=3)
    assert list(gates.states()) == ["wms"]


async def test_other_limits_count_for_calls_in_line_and_those_under_way_count_against_them() -> None:
    gate, go = Gate(Limits(), Clock()), asyncio.Event()

    async def work() -> None:
        with gate.at_once("wms") or await gate.in_line("wms"):
            await go.wait()

    async def state_with(**limits: int) -> tuple[int, int]:
        gate.change(Limits(**limits))
        for _ in range(3):
            await asyncio.sleep(0)
        return gate.state().under_way, gate.state().in_line

    tasks = [asyncio.ensure_future(work()) for _ in range(3)]
    await asyncio.sleep(0)
    assert await state_with(at_once=2) == (3, 0)
    tasks += [asyncio.ensure_future(work()) for _ in range(4)]
    assert await state_with(at_once=3) == (3, 4)
    assert await state_with(at_once=4) == (4, 3)
    tasks[-1].cancel()
    assert await state_with() == (6, 0)
    assert await state_with(at_once=1) == (6, 0)
    go.set()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert await state_with() == (0, 0)


async def test_a_place_that_was_given_to_a_call_that_is_cancelled_goes_to_the_next() -> None:
    gate = Gate(Limits(at_once=1), Clock())
    with await gate.in_line("wms"):
        first, second = (asyncio.ensure_future(once(gate)) for _ in range(2))
        await asyncio.sleep(0)
    first.cancel()
    await asyncio.gather(first, second, return_exceptions=True)
    assert (first.cancelled(), second.cancelled()) == (True, False)
    assert (gate.state().under_way, gate.state().in_line) == (0, 0)


async def test_what_failed_before_other_numbers_of_calls_were_set_is_not_forgotten() -> None:
    gate = Gate(Limits(break_after=1, pause=30), Clock())
    await once(gate, went=False)
    gate.change(Limits(at_once=2, break_after=1, pause=30))
    assert await refused(gate) == ("connection.paused", 30)
    gate.change(Limits(at_once=2, break_after=2, pause=30))
    await once(gate)
