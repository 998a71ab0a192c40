"""What a call for many items consists of is journaled before it is sent: after a fall the same goes out under the same key (rule R3)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from engine.app import Orderloom
from engine.node.triggers import Delivery
from engine.run.history import history
from engine.store.open import open_store
from engine.store.ports import IncidentFilter, StoreOptions
from tests.crash.bulk import BULK_NODES, Life
from tests.crash.fall import crash
from tests.crash.faults import FAULTS
from tests.engine.calling import SETTINGS, House

NODES = {
    "hook": {"use": "connector.webhook@1", "params": {"key_path": "id"}},
    "split": {"use": "transform.split_lines@1", "params": {"keep": ["id"]}},
    "turn": {"use": "transform.turn@1"},
    "bulk": {"use": "connector.bulk@1", "params": {"target": {"connection": "service"}}},
}
WIRES = ("hook -> split", "split -> turn", "turn -> bulk")


class Falling(House):
    @asynccontextmanager
    async def until_it_falls(self) -> AsyncIterator[Orderloom]:
        self.app = app = Orderloom(SETTINGS, self._open_one(), self.registry, clock=lambda: self.time)
        await app.__aenter__()
        object.__setattr__(app.world, "outside", self.outside)
        await app.start()
        yield app
        await crash(app)

    async def falls_during_the_call(self) -> int:
        """A run of three lines, whose one call has reached its target when the service falls."""
        async with self.until_it_falls() as app:
            await self.publish("parent", NODES, *WIRES)
            self.outside.gate = asyncio.Event()
            body = json.dumps({"id": "A", "lines": [{"n": n} for n in range(3)]}).encode()
            run = (await app.intake.hook("parent", "hook", Delivery(body))).id
            async with asyncio.timeout(20):
                while not self.outside.calls:
                    await asyncio.sleep(0.01)
        self.outside.gate = None
        Life.number += 1
        return run

    def sent(self) -> list[list[int]]:
        return [body["lines"] for body in self.outside.bodies("/bulk")]


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Falling]:
    Life.number = Life.left_out = 0
    yield Falling(lambda: open_store(StoreOptions(str(tmp_path))), *BULK_NODES)
    Life.number = Life.left_out = 0


async def test_after_a_fall_the_same_call_is_made_under_the_same_key_whatever_order_its_items_come_in(house: Falling) -> None:
    run = await house.falls_during_the_call()
    async with house.open() as app:
        await app.dispatcher.idle()
        assert await house.state(run) == "done"
        assert house.sent() == [[0, 1, 2], [0, 1, 2]]
        assert len(set(house.outside.keys("/bulk"))) == 1


async def test_a_call_that_is_put_together_at_each_attempt_is_caught(house: Falling, monkeypatch: pytest.MonkeyPatch) -> None:
    """Negative control of the test above."""
    FAULTS["composition_per_attempt"](monkeypatch.setattr)
    await house.falls_during_the_call()
    async with house.open() as app:
        await app.dispatcher.idle()
        assert house.sent() == [[0, 1, 2], [2, 1, 0]]


async def test_where_other_items_come_after_a_fall_nothing_is_sent_before_a_person_gives_it_a_new_key(house: Falling) -> None:
    run = await house.falls_during_the_call()
    Life.left_out = 1
    async with house.open() as app:
        await app.dispatcher.idle()
        assert {one.code for one in await house.incidents(run)} == {"run.diverged"}
        await house.resume((await house.incidents(run))[0], "again")
        assert house.sent() == [[0, 1, 2]]
        await house.resume((await house.incidents(run))[0], "anew")
        assert await house.state(run) == "done"
        assert house.sent() == [[0, 1, 2], [2, 1]]
        assert len(set(house.outside.keys("/bulk"))) == 2


async def test_an_item_that_is_left_out_of_a_call_that_may_have_been_sent_gives_the_rest_a_new_key(house: Falling) -> None:
    run = await house.falls_during_the_call()
    house.outside.refuse = {None}
    async with house.open() as app:
        await app.dispatcher.idle()
        house.outside.refuse = set()
        await house.resume(next(one for one in await house.incidents(run) if one.item_key == "1"), "skip")
        assert await house.state(run) == "done"
        assert house.sent() == [[0, 1, 2], [0, 1, 2], [2, 1]]
        assert len(set(house.outside.keys("/bulk"))) == 2


async def test_it_is_set_down_once_and_told_of(house: Falling) -> None:
    run = await house.falls_during_the_call()
    async with house.open() as app:
        await app.dispatcher.idle()
        facts, incidents = await app.store.facts(run), (await app.store.incidents(IncidentFilter(state=None, run_id=run))).items
        told = history(await app.store.event(run), await app.store.run(run), facts, incidents)
        assert [fact.kind for fact in facts] == ["composition", "results"]
        assert [(one.kind, one.detail) for one in told if one.step == "bulk"] == [("composed", "3"), ("call", "")]
