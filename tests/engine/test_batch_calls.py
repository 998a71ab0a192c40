"""A call that a node makes for all of its items together: what a person decides on one of them is decided on that call."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from engine.connection.failures import CallFailed
from engine.errors import InputInvalid
from engine.node.context import Context, HttpAnswer, HttpCall
from engine.node.declare import effect_node
from engine.node.items import Item, Made
from engine.node.params import ConnectionRef, Params
from engine.store.memory import MemoryStore
from engine.store.open import open_store
from engine.store.ports import Store, StoreOptions
from tests.engine.calling import SERVICE, House, Outside


class Bulk(Params):
    service: ConnectionRef


class Lossy(Outside):
    """Loses answers while ``loses``."""

    loses = False

    async def http(self, connection: str, content: Mapping[str, Any], key: str, timeout: float) -> HttpAnswer:
        answer = await super().http(connection, content, key, timeout)
        if self.loses:
            raise CallFailed("http.timeout", retriable=True, maybe_sent=True)
        return answer


async def call(items: list[Item], params: Bulk, context: Context) -> list[Made]:
    await context.http(params.service, HttpCall(path="/bulk", json={"n": len(items)}))
    return [Made(item) for item in items]


BULK = effect_node("connector.bulk", version=1, label="Bulk", batch=True)(call)
ONCE = effect_node("connector.bulk_once", version=1, label="Bulk, once", batch=True, promise="ask")(call)


@pytest.fixture(params=["memory", "sqlite"])
async def house(request: pytest.FixtureRequest, tmp_path: Path) -> House:
    kept = MemoryStore()

    def open_one() -> Store:
        return kept if request.param == "memory" else open_store(StoreOptions(str(tmp_path)))

    made = House(open_one, BULK, ONCE)
    made.outside = Lossy()
    return made


async def parked(house: House, use: str = "connector.bulk@1") -> int:
    """A run whose one call for three lines was refused or, where it must not be repeated, was not answered."""
    nodes = {
        "hook": {"use": "connector.webhook@1", "params": {"key_path": "id"}},
        "split": {"use": "transform.split_lines@1"},
        "bulk": {"use": use, "params": SERVICE},
    }
    await house.publish("parent", nodes, "hook -> split", "split -> bulk")
    house.outside.refuse, house.outside.loses = {3}, use == "connector.bulk_once@1"  # type: ignore[attr-defined]
    run = await house.send(lines=[{"n": n} for n in range(3)])
    assert (await house.state(run), len(await house.incidents(run)), len(house.outside.calls)) == ("parked", 3, 1)
    house.outside.refuse, house.outside.loses = set(), False  # type: ignore[attr-defined]
    return run


@pytest.mark.parametrize("which", [0, 1, 2])
@pytest.mark.parametrize(("action", "keys"), [("again", 1), ("anew", 2)])
async def test_whichever_item_is_sent_on_the_call_is_made_once_more(house: House, which: int, action: str, keys: int) -> None:
    async with house.open():
        run = await parked(house)
        await house.resume((await house.incidents(run))[which], action)
        assert (await house.state(run), await house.incidents(run)) == ("done", [])
        made = house.outside.keys("/bulk")
        assert (len(made), len(set(made))) == (2, keys)


async def test_all_items_sent_anew_at_once_are_one_new_call(house: House) -> None:
    async with house.open() as app:
        run = await parked(house)
        house.outside.gate = asyncio.Event()
        for incident in await house.incidents(run):
            await app.resume(incident.id, "anew", "owner")
        house.outside.gate.set()
        await app.dispatcher.idle()
        assert await house.state(run) == "done"
        assert len(set(house.outside.keys("/bulk"))) == len(house.outside.keys("/bulk")) == 2


@pytest.mark.parametrize("which", [0, 1, 2])
async def test_an_item_is_left_out_of_a_refused_call_only_under_a_new_key(house: House, which: int) -> None:
    async with house.open():
        run = await parked(house)
        await house.resume((await house.incidents(run))[which], "skip")
        assert await house.state(run) == "done"
        assert [body["n"] for body in house.outside.bodies("/bulk")] == [3, 2]
        assert len(set(house.outside.keys("/bulk"))) == 2


async def test_nothing_is_left_out_of_a_call_that_may_have_happened_before_that_is_answered(house: House) -> None:
    async with house.open() as app:
        run = await parked(house, "connector.bulk_once@1")
        for incident in await house.incidents(run):
            assert incident.code == "effect.unknown_outcome"
            with pytest.raises(InputInvalid) as refusal:
                await app.resume(incident.id, "skip", "owner")
            assert refusal.value.problems[0].code == "incident.bad_action"
        assert len(house.outside.calls) == 1
        await house.resume((await house.incidents(run))[1], "sent")
        assert (await house.state(run), len(house.outside.calls)) == ("done", 1)
