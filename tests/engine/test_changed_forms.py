"""Mappings of changed forms in runs: pinned with each event, the same in every recompute; and a breaker that holds back what is sent."""

from __future__ import annotations

import copy
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from engine.app import Orderloom
from engine.errors import Conflict, InputInvalid
from engine.form_decisions import Decision, accept_change, let_go
from engine.form_mending import mend_parked
from engine.node.triggers import Delivery
from engine.recompute import recompute
from engine.settings import Settings
from engine.store.memory import MemoryStore
from engine.store.open import open_store
from engine.store.ports import AlarmFilter, ChangeFilter, FormChange, RunFilter, Store, StoreOptions
from nodes.connector.own_shop.sign import sign
from nodes.connector.own_shop.simulator import SECRET
from nodes.connector.samples import sample

from .waiting import Clock, Outside

Change = Callable[[dict[str, Any]], object]
FLOW = {
    "format": 1,
    "name": "hub",
    "nodes": {
        "shop": {"use": "connector.own_shop_orders@1", "params": {"shop": {"connection": "own_shop"}}},
        "order": {"use": "transform.canonical_order@1", "params": {"channel": "own_shop"}},
        "kept": {"use": "connector.to_hub@1"},
        "to_wms": {"use": "connector.to_wms@1", "params": {"wms": {"connection": "wms"}}},
    },
    "wires": ["shop -> order", "order -> kept", "kept.new -> to_wms", "kept.changed -> to_wms"],
    "tests": [],
}
CONNECTIONS = {"own_shop": {"type": "own_shop", "secret": SECRET}, "wms": {"type": "wms", "url": "http://wms.example"}}


def renamed(order: dict[str, Any]) -> None:
    order["amounts"]["paid_total"] = order["amounts"].pop("paid")


def noted(order: dict[str, Any]) -> None:
    """Flows read it, and go on."""
    order["lines"][0]["qty"] = "1"


class House:
    def __init__(self, open_one: Callable[[], Store]) -> None:
        self._open_one, self.clock, self.outside = open_one, Clock(), Outside()
        self.app: Any = None

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Orderloom]:
        async with Orderloom(Settings(connections=CONNECTIONS), self._open_one(), clock=self.clock) as app:
            object.__setattr__(app.world, "outside", self.outside)
            self.app = app
            if not await app.store.flow_names():
                await app.publish(json.dumps(FLOW).encode(), note="", actor="owner")
            await app.start()
            app._upkeep.stop()
            yield app

    async def send(self, number: int, change: Change = len, *, message: str = "") -> int:
        event = copy.deepcopy(sample("own_shop"))
        event["data"]["order_no"] = f"OWN-{number}"
        change(event["data"])
        body, at, name = json.dumps(event).encode(), int(self.clock().timestamp()), message or f"msg_{number}"
        signed = {"webhook-id": name, "webhook-timestamp": str(at), "webhook-signature": sign(SECRET, name, at, body)}
        accepted = await self.app.intake.hook("hub", "shop", Delivery(body, signed))
        await self.app.dispatcher.idle()
        return accepted.id

    async def look(self, **later: float) -> None:
        self.clock.time += timedelta(**later)
        await self.app.contracts.look()
        await self.app.watch.look()

    async def change(self, kind: str = "vanished", path: str = "amounts.paid") -> FormChange:
        found = (await self.app.store.form_changes(ChangeFilter())).items
        return next(one for one in found if (one.kind, one.path) == (kind, path))

    async def map(self, source: str = "amounts.paid_total") -> None:
        await accept_change(self.app, (await self.change()).id, Decision("move", source), "owner")

    async def settle(self) -> None:
        for task in list(self.app.bulk._tasks):
            await task
        await self.app.dispatcher.idle()

    async def states(self) -> list[str]:
        return [run.state for run in reversed((await self.app.store.runs(RunFilter(), limit=100)).items)]


@pytest.fixture(params=["memory", "sqlite"])
def house(request: pytest.FixtureRequest, tmp_path: Path) -> House:
    kept = MemoryStore()
    return House(lambda: kept if request.param == "memory" else open_store(StoreOptions(str(tmp_path))))


async def canonical(app: Orderloom, run: int) -> dict[str, Any]:
    execution = (await recompute(app.store, app.flows, run)).execution
    return execution.inputs[execution.plan.by_slug["kept"].index][0][1]


async def test_each_event_is_read_in_the_terms_of_its_time_in_every_recompute(house: House) -> None:
    def twice(order: dict[str, Any]) -> None:
        order["amounts"].update(paid_total="1.00", paid_sum="88.00")
        order["amounts"].pop("paid")

    async with house.open() as app:
        await house.send(1, renamed)
        await house.look()
        await house.map()
        first = await house.send(2, renamed)
        before = await canonical(app, first)
        assert before["amount"]["paid"] == "88.00"
        operation = app.contracts.operation("own_shop.order")
        operation.changes.clear()
        await house.send(3, lambda order: order["amounts"].pop("paid"))
        await house.look()
        await house.map("amounts.paid_sum")
        second = await house.send(4, twice)
        assert (await canonical(app, second))["amount"]["paid"] == "88.00"
    async with house.open() as app:
        assert await canonical(app, first) == before, "after a restart and two decisions"
        assert app.contracts.operation("own_shop.order").version == 2


async def test_an_order_that_comes_again_after_the_decision_is_the_same_event(house: House) -> None:
    async with house.open():
        first = await house.send(1, renamed)
        await house.look()
        await house.map()
        assert await house.send(1, renamed, message="msg_again") == first
        assert await house.states() == ["parked"]


async def test_parked_orders_go_on_and_others_stay_where_they_are(house: House) -> None:
    async with house.open() as app:
        await house.send(1, renamed)
        await house.send(2, lambda order: order.update(lines=[]))
        await house.look()
        change = await house.change()
        with pytest.raises(Conflict) as caught:
            await mend_parked(app, change.id, 1000, "owner")
        assert caught.value.problems[0].code == "form_change.no_mapping"
        await house.map()
        await mend_parked(app, change.id, 1000, "owner")
        await house.settle()
        assert app.bulk.last is not None
        assert (app.bulk.last.decided, app.bulk.last.passed_over) == (1, 1)
        assert await house.states() == ["done", "parked"]
        assert [body["amount"]["paid"] for body in house.outside.bodies] == ["88.00"]
        actions = {row.action for row in (await app.store.audit_rows()).items}
        assert actions >= {"form_change.accept", "incident.map"}


async def test_a_mapping_with_faults_is_refused_with_all_of_them(house: House) -> None:
    async with house.open() as app:
        await house.send(1, renamed)
        await house.look()
        change = await house.change()
        for source, code in (("not a path", "bad_path"), ("currency", "declared_source"), ("lines[].unit_price_2", "other_list")):
            with pytest.raises(InputInvalid) as caught:
                await accept_change(app, change.id, Decision("move", source), "owner")
            assert [one.code for one in caught.value.problems] == [f"form_change.{code}"]
        assert await app.store.form_versions() == {}


async def test_a_change_that_is_taken_as_it_is_is_not_told_again(house: House) -> None:
    async with house.open() as app:
        await house.send(1, noted)
        await house.look()
        change = await house.change("retyped", "lines[].qty")
        assert [one.code for one in (await app.store.alarms()).items] == ["alarm.drift_retyped"]
        await accept_change(app, change.id, Decision("as_it_is", note="they send text now"), "owner")
        await house.send(2, noted)
        await house.look()
        assert (await app.store.form_changes()).items == []
        assert [one.state for one in (await app.store.alarms(AlarmFilter(None, "changed_form"))).items] == ["over"]


async def test_a_change_that_shows_no_more_is_gone_and_its_alarm_over(house: House) -> None:
    async with house.open() as app:
        await house.send(0, noted)
        await house.look()
        for number in range(1, 56):
            await house.send(number)
            if number % 9 == 0:
                await house.look(seconds=1)
        await house.look()
        assert [(one.kind, one.state) for one in (await app.store.form_changes(ChangeFilter(None))).items] == [("retyped", "gone")]
        assert [one.state for one in (await app.store.alarms(AlarmFilter(None, "changed_form"))).items] == ["over"]


async def drift_until_paused(house: House) -> None:
    for number in range(24):
        await house.send(number, noted)
        if number % 8 == 7:
            await house.look(seconds=1)


async def test_beyond_its_threshold_sending_pauses_and_intake_does_not(house: House) -> None:
    async with house.open() as app:
        await drift_until_paused(house)
        sent = len(house.outside.keys)
        held = [await house.send(number, noted) for number in range(100, 103)]
        assert len(house.outside.keys) == sent, "nothing goes out"
        assert (await house.states())[-3:] == ["waiting"] * 3
        assert len((await app.store.orders(limit=100)).items) == 27, "the hub goes on"
        assert "alarm.drift_paused" in [one.code for one in (await app.store.alarms()).items]
    async with house.open() as app:
        await house.look(seconds=1)
        await app.waits.wake_due()
        await house.send(200, noted)
        assert len(house.outside.keys) == sent, "a restart lets nothing go"
        await let_go(app, "own_shop.order", "owner")
        await house.settle()
        assert len(house.outside.keys) == len(set(house.outside.keys)) == sent + len(held) + 1, "each once"
        assert set(await house.states()) == {"done"}
        await house.look(seconds=1)
        await drift_until_paused(house)
        assert app.contracts.operation("own_shop.order").body.pause is None, "what people let pass holds nothing back"


async def test_what_is_held_back_looks_again_by_itself_and_counts_no_attempt(house: House) -> None:
    async with house.open() as app:
        await drift_until_paused(house)
        run = await house.send(100, noted)
        sent = len(house.outside.keys)
        for _ in range(3):
            house.clock.time += timedelta(minutes=11)
            await app.waits.wake_due()
            await app.dispatcher.idle()
        assert len(house.outside.keys) == sent
        await let_go(app, "own_shop.order", "owner")
        await house.settle()
        assert len(house.outside.keys) == sent + 1
        entries = [json.loads(fact.body) for fact in await app.store.facts(run) if fact.kind == "results"]
        assert [one["attempts"] for entry in entries for one in entry["results"] if "attempts" in one] in ([], [1])


async def test_deciding_on_the_last_change_lets_sending_go_on(house: House) -> None:
    async with house.open() as app:
        await drift_until_paused(house)
        sent = len(house.outside.keys)
        await house.send(100, noted)
        change = await house.change("retyped", "lines[].qty")
        await accept_change(app, change.id, Decision("as_it_is"), "owner")
        await house.settle()
        assert len(house.outside.keys) == sent + 1
