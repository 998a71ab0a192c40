"""What lies in a message queue is lost by no kill -9; and the proof notices an acknowledgement that comes too early."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.crash.from_queue import fed_by_a_queue, nothing_in_the_queue_is_lost, order_of
from tests.sources.house import until

pytestmark = [pytest.mark.crash, pytest.mark.slow]


async def test_an_order_in_a_queue_reaches_the_wms_and_a_repeated_one_changes_nothing(tmp_path: Path) -> None:
    async with fed_by_a_queue(tmp_path / "data") as (world, service, queue):
        await service.start()
        await queue.send([json.dumps(order_of(number)).encode() for number in (1, 1, 2)])
        await until(lambda: len(world.arrived["wms"]) == 2)
        await service.stop()
        assert {number: len(keys) for number, keys in world.arrived["wms"].items()} == {"Q-00001": 1, "Q-00002": 1}
        assert world.bodies["wms"]["Q-00001"]["channel"] == "own_shop"
        assert await queue.unacknowledged() == 0


async def test_nothing_in_the_queue_is_lost_although_the_service_is_killed_twice(tmp_path: Path) -> None:
    assert await nothing_in_the_queue_is_lost(tmp_path / "data", orders=300, kills=2) == []


async def test_the_proof_notices_an_acknowledgement_before_the_event_is_durable(tmp_path: Path) -> None:
    sabotage = "acknowledge_source_before_accept"
    found = await nothing_in_the_queue_is_lost(tmp_path / "data", orders=200, kills=2, sabotage=sabotage, patience=3)
    assert any("never arrived" in one for one in found)
