"""An error flow starts once for an incident, although the service is killed between the incident and the start."""

from __future__ import annotations

import asyncio
import signal
import sys
from pathlib import Path

import pytest

import engine
from engine.app import Orderloom
from engine.settings import Settings
from engine.store.filters import EventFilter

pytestmark = pytest.mark.crash


async def starts_after(data: Path, *how: str) -> int:
    """How often the error flow had started once the service was up again and had looked twice."""
    command = [sys.executable, str(Path(__file__).with_name("alarming.py")), str(data), *how]
    killed = await asyncio.create_subprocess_exec(*command, env={"PYTHONPATH": str(Path(engine.__file__).parents[1])})
    assert await asyncio.wait_for(killed.wait(), 60) == -signal.SIGKILL
    async with Orderloom.at(Settings(data=data)) as app:
        await app.start()
        for _ in range(2):
            await app.error_flows.tell()
        return len((await app.store.events(EventFilter(flow="alarm"))).items)


@pytest.mark.parametrize("where", ["before", "after"])
async def test_a_killed_service_tells_each_incident_exactly_once(tmp_path: Path, where: str) -> None:
    assert await starts_after(tmp_path, where) == 1


async def test_the_proof_is_red_where_the_note_goes_before_the_event(tmp_path: Path) -> None:
    assert await starts_after(tmp_path, "after", "noted_first") == 0
