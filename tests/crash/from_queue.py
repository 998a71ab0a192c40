"""Orders that come through a real RabbitMQ queue, while the service is killed."""

from __future__ import annotations

import asyncio
import copy
import json
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tests.crash.service import ROOT, Service
from tests.crash.world import World
from tests.sources.servers import HOST, Rabbit, broker

_SAMPLE = json.loads((ROOT / "nodes/connector/own_shop/sample.json").read_text(encoding="utf-8"))


def order_of(number: int) -> dict[str, Any]:
    order = copy.deepcopy(_SAMPLE)
    order["data"]["order_no"] = f"Q-{number:05}"
    return order


def flow_file(folder: Path, queue: str) -> Path:
    """From the queue by way of the canonical order to the WMS."""
    document = {
        "format": 1,
        "name": "from_queue",
        "nodes": {
            "queue": {
                "use": "connector.rabbitmq@1",
                "params": {"server": {"connection": "broker"}, "queue": queue, "key_path": "data.order_no", "prefetch": 20},
            },
            "order": {"use": "transform.canonical_order@1", "params": {"channel": "own_shop"}},
            "to_wms": {"use": "connector.to_wms@1", "params": {"wms": {"connection": "wms"}}},
        },
        "wires": ["queue -> order", "order -> to_wms"],
        "tests": [
            {
                "name": "an order reaches the WMS",
                "trigger": "queue",
                "input": [_SAMPLE],
                "expect": {"to_wms": {"requests": [{"method": "POST"}], "match": "subset"}},
            }
        ],
    }
    file = folder / "from_queue.json"
    file.write_text(json.dumps(document), encoding="utf-8")
    return file


@asynccontextmanager
async def fed_by_a_queue(data: Path, sabotage: str | None = None) -> AsyncIterator[tuple[World, Service, Rabbit]]:
    """The service has published the flow, and is not started yet."""
    async with World() as world, broker(Rabbit) as queue:
        connections = {**world.connections, "broker": {"type": "rabbitmq", "host": HOST, "tls": "none"}}
        service = Service(data, connections, sabotage)
        data.mkdir(parents=True)  # noqa: ASYNC240
        await service.command("publish", str(flow_file(data, queue.params["queue"])))
        yield world, service, queue  # type: ignore[misc]
        await service.stop()


async def nothing_in_the_queue_is_lost(
    data: Path, *, orders: int, kills: int, sabotage: str | None = None, patience: float = 10
) -> list[str]:
    """Every order must reach the WMS under one key although the service is killed while it reads; in the end the queue is empty."""
    async with fed_by_a_queue(data, sabotage) as (world, service, queue):
        numbers = [f"Q-{number:05}" for number in range(orders)]
        await queue.send([json.dumps(order_of(number)).encode() for number in range(orders)])
        arrived = world.arrived["wms"]
        for turn in range(kills):
            await service.start()
            await _until(lambda: len(arrived) >= orders * (turn + 1) // (kills + 2), patience)  # noqa: B023 - awaited in the loop
            await asyncio.sleep(random.Random(turn).random() * 0.2)
            await service.kill()
        await service.start()
        await _until(lambda: len(arrived) == orders, patience)
        await service.stop()
        lost = [number for number in numbers if number not in arrived]
        found = [f"{len(lost)} of {orders} orders never arrived"] if lost else []
        found += [f"order {number} came under {len(set(keys))} keys" for number, keys in arrived.items() if len(set(keys)) > 1]
        left = await queue.unacknowledged()
        return found + ([f"{left} messages are left in the queue"] if left else [])


async def _until(holds: Any, seconds: float) -> None:
    """Until it holds, but not for ever: what is missing is counted afterwards."""
    for _ in range(int(seconds * 50)):
        if holds():
            return
        await asyncio.sleep(0.02)
