"""A start with very many parked runs: it reads them in pages, and in no order a later event overtakes afterwards."""

from __future__ import annotations

import asyncio
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy

from engine import held_back
from engine.app import Orderloom
from engine.dispatch import lanes
from engine.held_back import Holders
from engine.node.triggers import Delivery
from engine.store.open import open_store
from engine.store.ports import Event, NewEvent, NewIncident, RunEnd, Store, StoreOptions
from tests.engine.waiting import MORNING, SETTINGS, House, flow, published

CALL = {
    "use": "connector.http_request@1",
    "params": {"service": {"connection": "service"}, "path": "/o"},
    "policy": {"retry": {"attempts": 1}},
}
MANY = 2000
REFUSED = RunEnd("parked", MORNING, [NewIncident("call", "1", "http.refused", ("waiting", "call"), {"status": 422})])


Opened = Callable[[], Store]


def in_folder(path: Path) -> Opened:
    return lambda: open_store(StoreOptions(str(path)))


async def parked(house: House, count: int) -> None:
    """So many orders whose first event is parked: one that really came, and others like it."""
    await published(house, flow(call=CALL, wires=["hook -> call"]))
    house.outside.script = [(422, {})]
    store, names = house.app.store, [f"N{number}" for number in range(count)]
    one: Event = await store.event(await house.send(names[0]))
    body = await store.event_body(one.id)
    kept = await asyncio.gather(*(store.journal.put_event(like(one, body, name)) for name in names[1:]))
    await asyncio.gather(*(store.journal.end_run(accepted.id, REFUSED) for accepted in kept))


def like(one: Event, body: bytes, name: str) -> NewEvent:
    key, order_key = (text.replace("N0", name) for text in (one.key, one.order_key))
    kept = body.replace(b"N0", name.encode())
    return NewEvent(one.flow, one.version, one.trigger, key, key, order_key, kept, one.received_at, one.actor)


async def statements(open_one: Opened) -> int:
    """How many are read with until a service has started."""
    count = 0
    async with Orderloom(SETTINGS, open_one()) as app:

        @sqlalchemy.event.listens_for(app.store._database._engine, "before_cursor_execute")  # type: ignore[attr-defined]
        def note(*_: object) -> None:
            nonlocal count
            count += 1

        await app.holders.tell(app.dispatcher)
        return count


async def fill(folder: Path, count: int) -> None:
    house = House(in_folder(folder))
    async with house.open():
        await parked(house, count)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("filled")
    asyncio.run(fill(folder, MANY))
    return folder


@pytest.fixture
def many(filled: Path, tmp_path: Path) -> Path:
    """A data folder with two thousand parked orders."""
    shutil.copytree(filled, tmp_path / "many")
    return tmp_path / "many"


async def test_a_start_reads_two_thousand_parked_runs_with_as_many_statements_as_two(many: Path, tmp_path: Path) -> None:
    await fill(tmp_path / "few", 2)
    assert await statements(in_folder(many)) == await statements(in_folder(tmp_path / "few")) <= 5


async def test_reading_each_run_for_itself_is_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Negative control of the test above."""
    monkeypatch.setattr(held_back, "PAGE", 1)
    await fill(tmp_path, 50)
    assert await statements(in_folder(tmp_path)) > 50


async def told_after_a_restart(folder: Path) -> tuple[Counter[str], list[tuple[str, int]]]:
    """What becomes of later events of the first and the last orders, and what is sent once some of the parked ones are resumed."""
    house, names = House(in_folder(folder)), [f"N{number}" for number in range(MANY)]
    async with house.open() as app:
        called = len(house.outside.bodies)
        states = await later(app, [*names[:30], *names[-30:]])
        for incident in (await app.store.incidents(limit=20)).items:
            await app.resume(incident.id, "again", "owner")
        await house.settle()
        return states, [(body["id"], body["v"]) for body in house.outside.bodies[called:]]


async def later(app: Orderloom, names: list[str]) -> Counter[str]:
    """The states of second events, once nothing moves any more."""
    bodies = [b'{"id": "%s", "v": 2}' % name.encode() for name in names]
    sent = await asyncio.gather(*(app.intake.hook("waiting", "hook", Delivery(body)) for body in bodies))
    await app.dispatcher.idle()
    return Counter([(await app.store.run(accepted.id)).state for accepted in sent])


async def test_after_the_start_every_order_is_held_and_goes_on_in_its_order(many: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lanes, "MOST", 500)
    states, sent = await told_after_a_restart(many)
    assert states == {"queued": 60}
    assert len(sent) == 40
    for name in {name for name, _ in sent}:
        assert [version for one, version in sent if one == name] == [1, 2]


async def test_a_start_that_is_told_of_nobody_lets_them_overtake(many: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Negative control of the test above."""

    async def nobody(*_: object) -> None:
        """Tells the dispatcher nothing."""

    monkeypatch.setattr(Holders, "tell", nobody)
    assert (await told_after_a_restart(many))[0] == {"done": 60}
