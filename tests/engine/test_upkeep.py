"""Jobs of the service: alone, again after a failure, and not after the end."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

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


async def test_a_running_service_takes_up_what_another_process_publishes(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path / "data")
    async with Orderloom.at(settings) as service:
        await service.start()
        assert service.flows.plan("later") is None
        async with Orderloom.at(settings) as other:
            await other.publish(json.dumps(FLOW).encode(), note="", actor="owner")
        async with asyncio.timeout(5):
            while service.flows.plan("later") is None:
                await asyncio.sleep(0.05)
