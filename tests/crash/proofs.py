"""Proofs over a real service. Each returns what it found wrong: an empty list is a proof, anything else is red."""

from __future__ import annotations

import asyncio
from pathlib import Path

from tests.crash.service import KEY, Service
from tests.crash.world import World, files_with, order_of, phone_of


async def published(service: Service) -> None:
    await service.command("publish", "flows/order_hub.json")
    await service.start()


async def nothing_acknowledged_is_lost(data: Path, *, orders: int, kills: int, sabotage: str | None = None) -> list[str]:
    """Orders at 32 in flight while the service is killed; every order answered 2xx must reach both targets."""
    async with World() as world:
        service = Service(data, world.connections, sabotage)
        await published(service)
        acknowledged: list[str] = []
        todo = list(range(orders))
        running = asyncio.Event()
        running.set()

        async def shop() -> None:
            while todo:
                await running.wait()
                number = todo.pop()
                status, _ = await world.send(service, order_of(number), f"delivery-{number}")
                if status == 200:
                    acknowledged.append(str(order_of(number)["id"]))
                elif status == 0:
                    await asyncio.sleep(0.02)

        async def killer() -> None:
            for turn in range(1, kills + 1):
                while todo and len(todo) > orders - orders * turn // (kills + 1):
                    await asyncio.sleep(0.005)
                running.clear()
                await service.kill()
                await service.start()
                running.set()

        await asyncio.gather(killer(), *(shop() for _ in range(32)))
        missing = await world.until(acknowledged, 30)
        await service.stop()
        found = [f"{len(missing)} of {len(acknowledged)} acknowledged orders never arrived"] if missing else []
        if len(acknowledged) < orders // 2:
            found.append(f"only {len(acknowledged)} of {orders} orders were acknowledged")
        found += [
            f"{name}: order {order} came under {len(set(keys))} keys"
            for name, seen in world.arrived.items()
            for order, keys in seen.items()
            if len(set(keys)) > 1
        ]
        clear = files_with(data, phone_of(7)[:9])
        return found + [f"a phone number stands in clear in {file}" for file in clear]


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
