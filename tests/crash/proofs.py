"""Proofs over a real service. Each returns what it found wrong: an empty list is a proof, anything else is red."""

from __future__ import annotations

import asyncio
import resource
from collections.abc import Awaitable, Callable
from pathlib import Path

from tests.crash.service import KEY, Service
from tests.crash.shop import Shop
from tests.crash.trace import acceptance_faults, traced
from tests.crash.world import World, files_with, hooks_only, order_of, phone_of


async def published(service: Service) -> None:
    service.data.mkdir(parents=True, exist_ok=True)
    flow = service.data / "hooks_only.json"
    flow.write_bytes(hooks_only())
    await service.command("publish", str(flow))
    await service.start()


async def restarted(service: Service) -> None:
    await service.kill()
    await service.start()


async def nothing_acknowledged_is_lost(
    data: Path,
    *,
    orders: int,
    kills: int,
    sabotage: str | None = None,
    database: str | None = None,
    patience: float = 30,
    strike: Callable[[Service], Awaitable[None]] = restarted,
) -> list[str]:
    """Orders at 32 in flight while the service is struck; every order answered 2xx must reach both targets."""
    async with World() as world:
        service = Service(data, world.connections, sabotage, database)
        await published(service)
        shop = Shop(world, service, orders)
        await asyncio.gather(shop.struck(kills, strike), *(shop.send() for _ in range(32)))
        missing = await world.until(shop.acknowledged, patience)
        await service.stop()
        found = [f"{len(missing)} of {len(shop.acknowledged)} acknowledged orders never arrived"] if missing else []
        if len(shop.acknowledged) < orders // 2:
            found.append(f"only {len(shop.acknowledged)} of {orders} orders were acknowledged")
        clear = files_with(data, phone_of(7)[:9])
        return found + _keys_changed(world) + [f"a phone number stands in clear in {file}" for file in clear]


async def an_order_is_on_disk_before_its_sender_is_answered(data: Path, trace: Path, sabotage: str | None = None) -> list[str]:
    """The system calls of one acceptance: the flush of the log that holds the order ends before the answer is written."""
    async with World() as world:
        service = Service(data, world.connections, sabotage)
        await published(service)
        await world.send(service, order_of(0), "first")  # keys are made ahead by now
        await world.until([str(order_of(0)["id"])], 30)
        async with traced(service.process_ids, trace):
            status, _ = await world.send(service, order_of(1), "second")
        await service.stop()
        return [f"the order was not accepted: {status}"] if status != 200 else acceptance_faults(trace)


async def a_repeated_delivery_changes_nothing(data: Path, sabotage: str | None = None) -> list[str]:
    """The same delivery again, and the same order version by another delivery."""
    async with World() as world:
        service = Service(data, world.connections, sabotage)
        await published(service)
        first = await world.send(service, order_of(1), "one")
        again = await world.send(service, order_of(1), "one")
        otherwise = await world.send(service, order_of(1), "two")
        missing = await world.until([str(order_of(1)["id"])], 20)
        await asyncio.sleep(0.3)
        await service.stop()
        found = [f"the order never arrived: {missing}"] if missing else []
        if first[1].get("duplicate") is not False:
            found.append("the first delivery counts as a duplicate")
        for name, answer in (("the same delivery", again), ("the same version by another delivery", otherwise)):
            if answer[0] != 200 or answer[1].get("duplicate") is not True or answer[1].get("event") != first[1].get("event"):
                found.append(f"{name} is not recognised: {answer}")
        return found + [
            f"{name} got {len(keys)} requests" for name, seen in world.arrived.items() for keys in seen.values() if len(keys) != 1
        ]


async def every_attempt_carries_the_same_key(data: Path, sabotage: str | None = None) -> list[str]:
    """The WMS fails three times, then recovers."""
    async with World() as world:
        service = Service(data, world.connections, sabotage)
        await published(service)
        world.failing["wms"] = 3
        await world.send(service, order_of(1), "one")
        number = str(order_of(1)["id"])
        for _ in range(200):
            if len(world.arrived["wms"][number]) >= 4:
                break
            await asyncio.sleep(0.05)
        await service.stop()
        keys = world.arrived["wms"][number]
        found = [] if len(keys) == 4 else [f"{len(keys)} requests instead of 4"]
        return found + ([f"{len(set(keys))} different keys"] if len(set(keys)) != 1 else [])


async def no_person_sees_a_phone_number(data: Path, sabotage: str | None = None) -> list[str]:
    """Pages and API after an order went through; the finance system gets it masked, the WMS in full."""
    async with World() as world:
        service = Service(data, world.connections, sabotage)
        await published(service)
        _, answer = await world.send(service, order_of(7), "one")
        number, phone = str(order_of(7)["id"]), phone_of(7)
        await world.until([number], 20)
        await asyncio.sleep(0.2)
        found: list[str] = []
        run = answer["event"]
        headers = {"Authorization": f"Bearer {KEY}"}
        async with world.session.get(f"{service.url}/?key={KEY}") as entered:
            await entered.read()
        for path in (
            "/",
            "/runs",
            f"/runs/{run}",
            "/events",
            "/orders",
            "/incidents",
            f"/api/runs/{run}/steps",
            "/api/orders",
            "/api/events",
        ):
            async with world.session.get(service.url + path, headers=headers if path.startswith("/api") else {}) as page:
                text = await page.text()
                if page.status != 200:
                    found.append(f"{path} answers {page.status}")
                if phone in text:
                    found.append(f"{path} shows the phone number")
        if world.bodies["wms"][number]["receiver"]["phone"].replace(" ", "")[-11:] != phone:
            found.append("the WMS did not get the phone number")
        if phone in str(world.bodies["finance"][number]):
            found.append("the finance system got the phone number in clear")
        await service.stop()
        return found


def _limit_files(service: Service, soft: int, hard: int) -> None:
    for process in service.process_ids:
        resource.prlimit(process, resource.RLIMIT_FSIZE, (soft, hard))


async def a_full_disk_loses_nothing(data: Path, sabotage: str | None = None) -> list[str]:
    """No file may grow any more while an order is on its way; then there is room again."""
    async with World() as world:
        service = Service(data, world.connections, sabotage)
        await published(service)
        world.failing["wms"] = 2
        under_way = await world.send(service, order_of(1), "one")
        _, hard = resource.prlimit(service.process_id, resource.RLIMIT_FSIZE)
        _limit_files(service, 0, hard)
        full = [await world.send(service, order_of(2), f"two-{number}") for number in range(3)]
        await asyncio.sleep(2)  # the run under way meets the full disk
        _limit_files(service, hard, hard)
        again = await world.send(service, order_of(2), "two-again")
        missing = await world.until([str(order_of(1)["id"]), str(order_of(2)["id"])], 60)
        states = await _states(world, service)
        await service.stop()
        found = [f"on a full disk the sender hears {status}" for status, _ in full if status != 503]
        found += [f"an order was not accepted: {status}" for status, _ in (under_way, again) if status != 200]
        found += [f"orders never arrived: {missing}"] if missing else []
        found += [] if states == ["done", "done"] else [f"runs ended as {states}"]
        return found + _keys_changed(world)


async def _states(world: World, service: Service) -> list[str]:
    """Of all runs, once nothing is queued any more."""
    for _ in range(300):
        async with world.session.get(f"{service.url}/api/runs", headers={"Authorization": f"Bearer {KEY}"}) as answer:
            states = [run["state"] for run in (await answer.json())["items"]]
        if "queued" not in states:
            break
        await asyncio.sleep(0.1)
    return states


def _keys_changed(world: World) -> list[str]:
    """Orders that came to a target under more than one idempotency key."""
    return [
        f"{name}: order {order} came under {len(set(keys))} keys"
        for name, seen in world.arrived.items()
        for order, keys in seen.items()
        if len(set(keys)) > 1
    ]
