"""Held orders do not ship: they go on when a person releases them, and not at all once a newer version has come."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from engine.app import Orderloom
from engine.errors import Conflict, NotFound
from engine.store.memory import MemoryStore
from engine.store.open import open_store
from engine.store.ports import HoldFilter, Store, StoreOptions

from .test_waits import House, published

HOLD: dict[str, Any] = {"use": "connector.hold_order@1"}
FLOW: dict[str, Any] = {
    "name": "waiting",
    "nodes": {
        "hook": {"use": "connector.webhook@1", "params": {"key_path": "id", "version_path": "v"}},
        "hub": {"use": "connector.to_hub@1"},
        "hold": HOLD,
        "call": {"use": "connector.http_request@1", "params": {"service": {"connection": "service"}, "path": "/orders"}},
    },
    "wires": ["hook -> hub", "hub.new -> hold", "hub.changed -> hold", "hold.out -> call", "hold.released -> call"],
    "tests": [{"name": "t", "trigger": "hook", "input": [{"id": "1"}], "expect": {"hook": {"items": [{}], "match": "subset"}}}],
}


@pytest.fixture(params=["memory", "sqlite"])
async def house(request: pytest.FixtureRequest, tmp_path: Path) -> House:
    kept = MemoryStore()

    def open_one() -> Store:
        return kept if request.param == "memory" else open_store(StoreOptions(str(tmp_path)))

    return House(open_one)


async def send(house: House, *reasons: str, version: int = 1, status: str = "awaiting_fulfillment", number: str = "A") -> int:
    at = f"2026-01-16T08:00:0{version}Z"
    order = {"channel": "own_shop", "shop_id": "s1", "channel_order_id": number, "status": status, "hold_reasons": list(reasons)}
    return await house.send(number, version, **order, updated_at=at, lines=[{"sku_code": "A-1", "qty": 2}])


async def only_hold(app: Orderloom) -> int:
    (hold,) = (await app.store.holds()).items
    return hold.id


def document(**hold: Any) -> bytes:
    return json.dumps({**FLOW, "nodes": {**FLOW["nodes"], "hold": {**HOLD, "params": hold}}}).encode()


async def test_an_order_with_a_reason_ships_once_a_person_has_released_it(house: House) -> None:
    async with house.open() as app:
        await published(house, document())
        free, held = await send(house, number="B"), await send(house, "amount_mismatch")
        assert [await house.state(run) for run in (free, held)] == ["done", "waiting"]
        assert len(house.outside.keys) == 1
        hold = await app.store.hold(await only_hold(app))
        assert (hold.order.channel_order_id, hold.order.reasons, hold.step) == ("A", ("amount_mismatch",), "hold")
        await app.holds.release(hold.id, "ann")
        await house.settle()
        assert await house.state(held) == "done"
        assert len(house.outside.keys) == 2
        row = (await app.store.audit_rows()).items[0]
        assert (row.actor, row.action, row.resource) == ("ann", "order.release", "order:own_shop/s1/A")
        assert row.detail["reasons"] == "amount_mismatch"
        assert (await app.store.facts(held))[-2].actor == "ann"


async def test_a_hold_outlasts_a_restart(house: House) -> None:
    async with house.open():
        await published(house, document())
        run = await send(house, "risk_review")
    async with house.open() as app:
        assert await house.state(run) == "waiting"
        await app.holds.release(await only_hold(app), "ann")
        await house.settle()
        assert await house.state(run) == "done"


async def test_what_is_held_does_not_ship_after_a_newer_version(house: House) -> None:
    async with house.open() as app:
        await published(house, document())
        older = await send(house, "amount_mismatch", version=1)
        newer = await send(house, version=2, status="cancelled")
        assert await app.holds.end_overtaken() == 1
        await house.settle()
        assert [await house.state(run) for run in (older, newer)] == ["done", "done"]
        assert len(house.outside.keys) == 1  # the cancellation
        (hold,) = (await app.store.holds(HoldFilter("done"))).items
        assert (hold.run_id, hold.ended_how, hold.ended_by) == (older, "superseded", "system")
        assert await app.holds.end_overtaken() == 0


async def test_a_release_in_the_very_moment_of_a_newer_version_ships_nothing(house: House) -> None:
    async with house.open() as app:
        await published(house, document())
        await send(house, "amount_mismatch", version=1)
        hold = await only_hold(app)
        await send(house, "amount_mismatch", version=2)
        with pytest.raises(Conflict, match=r"hold\.superseded"):
            await app.holds.release(hold, "ann")
        await house.settle()
        assert house.outside.keys == []
        assert len((await app.store.holds()).items) == 1


async def test_an_older_version_that_comes_late_ends_no_hold(house: House) -> None:
    async with house.open() as app:
        await published(house, document())
        run = await send(house, "amount_mismatch", version=2)
        await send(house, version=1)
        assert await app.holds.end_overtaken() == 0
        assert await house.state(run) == "waiting"
        assert house.outside.keys == []


async def test_a_state_that_nobody_knows_is_never_released(house: House) -> None:
    async with house.open() as app:
        await published(house, document())
        run = await send(house, status="unknown")
        with pytest.raises(Conflict, match=r"hold\.status_unknown"):
            await app.holds.release(await only_hold(app), "ann")
        assert await house.state(run) == "waiting"


async def test_a_hold_is_released_once_and_only_if_there_is_one(house: House) -> None:
    async with house.open() as app:
        await published(house, document())
        await send(house, "amount_mismatch")
        hold = await only_hold(app)
        await app.holds.release(hold, "ann")
        with pytest.raises(Conflict, match=r"hold\.closed"):
            await app.holds.release(hold, "bob")
        with pytest.raises(NotFound, match=r"hold\.unknown"):
            await app.holds.release(7, "bob")
        await house.settle()
        assert len(house.outside.keys) == 1


async def test_many_are_released_each_for_itself(house: House) -> None:
    async with house.open() as app:
        await published(house, document())
        runs = [await send(house, "amount_mismatch", number=f"A{n}") for n in range(3)]
        unknown = await send(house, status="unknown", number="B")
        chosen = [hold.id for hold in (await app.store.holds()).items]
        done = await app.holds.release_many([*chosen, 7], "ann")
        await house.settle()
        assert (done.released, done.passed_over) == (3, 2)
        assert [await house.state(run) for run in (*runs, unknown)] == ["done", "done", "done", "waiting"]
        assert len(house.outside.keys) == 3


async def test_a_flow_may_hold_for_a_reason_of_its_own_but_not_what_is_shipped(house: House) -> None:
    async with house.open() as app:
        await published(house, document(reason="risk_review"))
        held, shipped = await send(house), await send(house, "amount_mismatch", status="shipped", number="B")
        assert [await house.state(run) for run in (held, shipped)] == ["waiting", "done"]
        assert [hold.order.reasons for hold in (await app.store.holds()).items] == [("risk_review",)]


async def test_cancelling_the_run_gives_the_order_up(house: House) -> None:
    async with house.open() as app:
        await published(house, document())
        run = await send(house, "amount_mismatch")
        hold = await only_hold(app)
        await app.cancel(run, "ann")
        with pytest.raises(Conflict, match=r"hold\.closed"):
            await app.holds.release(hold, "bob")
        assert await house.state(run) == "cancelled"
        assert house.outside.keys == []
