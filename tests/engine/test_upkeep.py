"""Jobs of the service: alone, again after a failure, and not after the end."""

from __future__ import annotations

import asyncio
import json
import logging
from pathlib import Path

import pytest

from engine.app import Orderloom
from engine.errors import OrderloomError, Problem
from engine.settings import Settings
from engine.upkeep import Upkeep

FLOW = {
    "name": "later",
    "nodes": {"hook": {"use": "connector.webhook@1"}},
    "wires": [],
    "tests": [{"name": "one", "trigger": "hook", "input": [{}], "expect": {"hook": {"items": [{}]}}}],
}


async def test_a_job_that_fails_runs_again() -> None:
    upkeep, ran, third = Upkeep(), 0, asyncio.Event()

    async def job() -> None:
        nonlocal ran
        ran += 1
        if ran == 1:
            raise OrderloomError(Problem("store.unavailable"))
        if ran == 2:
            raise ValueError
        third.set()

    upkeep.every(0.01, "job", job)
    upkeep.start()
    await asyncio.wait_for(third.wait(), 5)
    upkeep.stop()


async def test_a_job_that_the_end_of_the_service_cuts_off_is_no_fault(caplog: pytest.LogCaptureFixture) -> None:
    upkeep, begun = Upkeep(), asyncio.Event()

    async def job() -> None:
        begun.set()
        await asyncio.Event().wait()

    upkeep.every(0.01, "job", job)
    upkeep.start()
    await asyncio.wait_for(begun.wait(), 5)
    with caplog.at_level(logging.INFO):
        upkeep.stop()
        async with asyncio.timeout(5):
            while "job stopped" not in caplog.messages:
                await asyncio.sleep(0.01)
        await asyncio.sleep(0)
    assert [record.message for record in caplog.records if record.levelno > logging.WARNING] == []


async def test_a_running_service_takes_up_what_another_process_publishes(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path / "data")
    async with Orderloom.at(settings) as service:
        await service.start()
        assert await service.flows.newest("later") is None
        async with Orderloom.at(settings) as other:
            await other.publish(json.dumps(FLOW).encode(), note="", actor="owner")
        async with asyncio.timeout(5):
            while await service.flows.newest("later") is None:
                await asyncio.sleep(0.05)


async def test_a_job_that_is_begun_runs_at_once_and_not_twice_at_the_same_time() -> None:
    upkeep, go_on, ran = Upkeep(), asyncio.Event(), 0

    async def job() -> None:
        nonlocal ran
        ran += 1
        await go_on.wait()

    upkeep.begin("job", job)
    upkeep.begin("job", job)
    await asyncio.sleep(0)
    assert ran == 1
    go_on.set()
    await asyncio.sleep(0.01)
    upkeep.begin("job", job)
    await asyncio.sleep(0)
    assert ran == 2


async def test_a_job_that_was_begun_and_fails_may_be_begun_again() -> None:
    upkeep, ran = Upkeep(), 0

    async def job() -> None:
        nonlocal ran
        ran += 1
        raise OrderloomError(Problem("store.unavailable"))

    for _ in range(2):
        upkeep.begin("job", job)
        await asyncio.sleep(0.01)
    assert ran == 2


async def test_a_job_that_runs_rarely_may_run_soon_after_the_start() -> None:
    ran = asyncio.Event()

    async def job() -> None:
        ran.set()

    upkeep = Upkeep()
    upkeep.every(600, "rare", job, first=0.05)
    upkeep.every(600, "rarer", never)
    upkeep.start()
    try:
        await asyncio.wait_for(ran.wait(), 5)
    finally:
        upkeep.stop()


async def never() -> None:
    raise AssertionError("not before its time")
