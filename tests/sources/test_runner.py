"""What every source gets from the engine: durable before it is acknowledged, begun again, one holder, no loss at the end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from engine.app import Orderloom
from engine.errors import NodeError, Problem
from engine.node.declare import trigger
from engine.node.sources import Feed
from engine.node.triggers import Arrival, Delivery
from engine.registry import Registry, installed
from engine.settings import Settings
from engine.source.state import backoff
from engine.store.memory import MemoryStore
from engine.store.open import open_store
from engine.store.ports import Store, StoreOptions
from engine.store.problems import StoreUnavailable
from nodes.connector.messages import Keyed, keyed_arrival

from .house import arrived, flow, numbers, phase, until, wrong


class Spring:
    """What the test source brings. ``waiting``: bodies; ``acknowledged``: those that were; ``begun``: how often.

    ``work``: what it does instead.
    """

    def __init__(self) -> None:
        self.waiting: list[bytes] = []
        self.acknowledged: list[bytes] = []
        self.begun = 0
        self.cursor: Any = None
        self.work: Callable[[Feed], Any] | None = None

    async def consume(self, feed: Feed) -> None:
        self.begun += 1
        if self.work is not None:
            await self.work(feed)
            return
        feed.connected()
        while True:
            while not self.waiting:
                await feed.sleep(0.01)
            bodies = self.waiting[:10]

            async def acknowledge(bodies: Sequence[bytes] = bodies) -> None:
                self.acknowledged += bodies
                del self.waiting[: len(bodies)]

            await feed.take([Delivery(body) for body in bodies], acknowledge)


class TestParams(Keyed):
    __test__ = False
    other: int = 0


SPRINGS: dict[str, Spring] = {}


async def consume_spring(params: TestParams, feed: Feed) -> None:
    await SPRINGS["one"].consume(feed)


@trigger("connector.test_spring", version=1, label="Spring", starts="source", consume=consume_spring)
def spring_node(delivery: Delivery, params: TestParams) -> Arrival:
    """A source for tests."""
    return keyed_arrival(delivery, params)


REGISTRY = Registry([*installed(), spring_node])


@pytest.fixture
def spring() -> Spring:
    SPRINGS["one"] = Spring()
    return SPRINGS["one"]


def document(**params: Any) -> bytes:
    return flow("connector.test_spring@1", {"key_path": "no", **params})


@asynccontextmanager
async def service(store: Store | None = None, **settings: Any) -> AsyncIterator[Orderloom]:
    async with Orderloom(Settings(**settings), store or MemoryStore(), REGISTRY) as app:
        await app.start()
        yield app


def body(number: int) -> bytes:
    return b'{"no":"N%d"}' % number


class Late(MemoryStore):
    """A store whose disk is slow: events are durable once ``release`` was called. ``failing``: so many writes are refused first."""

    def __init__(self) -> None:
        super().__init__()
        self.release, self.failing, real = asyncio.Event(), 0, self.journal.put_event

        def put_event(event: Any) -> Any:
            async def write() -> Any:
                if self.failing:
                    self.failing -= 1
                    raise StoreUnavailable(Problem("store.unavailable", fields={"reason": "SQLITE_FULL"}))
                await self.release.wait()
                return await real(event)

            return asyncio.ensure_future(write())

        self.journal.put_event = put_event  # type: ignore[method-assign]


async def test_nothing_is_acknowledged_before_its_event_is_durable(spring: Spring) -> None:
    store = Late()
    async with service(store) as app:
        await app.publish(document(), note="", actor="owner")
        spring.waiting = [body(1), body(2)]
        await until(lambda: phase(app) == "connected")
        for _ in range(20):
            await asyncio.sleep(0.005)
            assert spring.acknowledged == []
        store.release.set()
        await until(lambda: spring.acknowledged == [body(1), body(2)])
        assert await numbers(app) == ["N1", "N2"]


async def test_a_store_that_refuses_is_waited_for_and_the_order_of_messages_is_kept(
    spring: Spring, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.source.feed.TRY_AGAIN", 0.1)
    store = Late()
    store.release.set()
    store.failing = 4
    async with service(store) as app:
        await app.publish(document(), note="", actor="owner")
        spring.waiting = [body(1), body(2)]
        await until(lambda: phase(app) == "held_back")
        assert wrong(app).code == "store.unavailable"
        assert spring.acknowledged == []
        await until(lambda: len(spring.acknowledged) == 2)
        assert await numbers(app) == ["N1", "N2"]
        await until(lambda: phase(app) == "connected" and app.sources.states()[0].problem is None)


async def test_while_too_much_is_under_way_nothing_more_is_taken(spring: Spring) -> None:
    async with service() as app:
        room = False
        app.sources._has_room = lambda: room
        await app.publish(document(), note="", actor="owner")
        spring.waiting = [body(1)]
        await until(lambda: phase(app) == "held_back")
        assert (spring.acknowledged, await numbers(app)) == ([], [])
        room = True
        await arrived(app, 1)


async def test_there_is_room_only_while_deliveries_of_hooks_are_taken_too(spring: Spring) -> None:
    async with service() as app:
        assert app.sources._has_room()
        app.take_up.behind = True
        assert not app.sources._has_room()
        app.take_up.behind = False


async def test_what_is_larger_than_allowed_is_kept_and_parks_and_goes_on_once_it_is_allowed(spring: Spring, tmp_path: Path) -> None:
    large = b'{"no":"L","text":"%s"}' % (b"x" * 500)
    async with service(open_store(StoreOptions(str(tmp_path))), max_body=200) as app:
        await app.publish(document(), note="", actor="owner")
        spring.waiting = [large, body(1)]
        await until(lambda: len(spring.acknowledged) == 2)

        async def parked() -> bool:
            return len((await app.store.incidents()).items) == 1

        await until(parked)
        (incident,) = (await app.store.incidents()).items
        assert (incident.code, incident.fields) == ("body.too_large", {"limit": 200})
        spring.waiting = [large]
        await until(lambda: len(spring.acknowledged) == 3)
        assert len(await numbers(app)) == 2
    async with service(open_store(StoreOptions(str(tmp_path))), max_body=1000) as app:
        await app.resume(incident.id, "again", "owner")

        async def done() -> bool:
            return (await app.store.run(incident.run_id)).state == "done"

        await until(done)


async def test_a_source_is_begun_anew_only_when_something_of_it_changes_and_ends_with_its_trigger(spring: Spring) -> None:
    async with service() as app:
        await app.publish(document(), note="", actor="owner")
        await until(lambda: spring.begun == 1)
        await app.publish(document().replace(b'"no"]', b'"no", "x"]'), note="", actor="owner")
        spring.waiting = [body(1)]
        await arrived(app, 1)
        await app.sources.look()
        assert spring.begun == 1
        assert (await app.store.events()).items[0].version == 2
        await app.publish(document(other=1), note="", actor="owner")
        await until(lambda: spring.begun == 2)
        await app.publish(flow("connector.manual@1", {}), note="", actor="owner")
        await until(lambda: not app.sources.states())
        spring.waiting = [body(2)]
        await app.sources.look()
        await asyncio.sleep(0.05)
        assert await numbers(app) == ["N1"]


@pytest.mark.parametrize(
    ("how", "code"),
    [
        (NodeError("source.unpublished"), "source.unpublished"),
        (RuntimeError("a secret word"), "source.broken"),
        (asyncio.CancelledError(), "source.broken"),
        (None, "source.ended"),
    ],
)
async def test_a_source_that_ends_is_begun_again_and_says_why(spring: Spring, how: BaseException | None, code: str) -> None:
    async def ends(feed: Feed) -> None:
        if how is not None:
            raise how

    async with service() as app:
        spring.work = ends
        await app.publish(document(), note="", actor="owner")
        await until(lambda: phase(app) == "broken")
        assert wrong(app).code == code
        assert "secret" not in str(wrong(app))
        spring.work = None
        spring.waiting = [body(1)]
        await arrived(app, 1)
        assert app.sources.states()[0].problem is None


async def test_the_cursor_moves_only_after_what_it_covers_is_durable_and_is_there_after_a_restart(spring: Spring) -> None:
    store, seen = Late(), []

    async def reads(feed: Feed) -> None:
        seen.append(await feed.cursor())
        await feed.take([Delivery(body(1))], cursor={"id": 1})
        await asyncio.Event().wait()

    spring.work = reads
    async with service(store) as app:
        await app.publish(document(), note="", actor="owner")
        await until(lambda: spring.begun == 1)
        await asyncio.sleep(0.05)
        assert await store.source_cursor("incoming", "source") is None
        store.release.set()

        async def moved() -> bool:
            return await store.source_cursor("incoming", "source") == b'{"id":1}'

        await until(moved)
    async with service(store):
        await until(lambda: seen == [None, {"id": 1}])


async def test_of_two_services_on_one_store_one_listens_and_the_other_takes_over(spring: Spring, tmp_path: Path) -> None:
    def store() -> Store:
        return open_store(StoreOptions(str(tmp_path)))

    async with service(store()) as other:
        async with service(store()) as app:
            await app.publish(document(), note="", actor="owner")
            await until(lambda: {phase(app), phase(other)} == {"connected", "elsewhere"})
            first, second = (app, other) if phase(app) == "connected" else (other, app)
            assert spring.begun == 1
            await first.sources.close()
            await until(lambda: phase(second) == "connected")
        spring.waiting = [body(1)]
        if second is other:
            await arrived(other, 1)


async def test_what_is_being_taken_when_the_service_ends_is_still_acknowledged(spring: Spring) -> None:
    store = Late()
    async with service(store) as app:
        await app.publish(document(), note="", actor="owner")
        spring.waiting = [body(1)]
        await until(lambda: phase(app) == "connected")
        await asyncio.sleep(0.05)
        closing = asyncio.ensure_future(app.sources.close())
        await asyncio.sleep(0.02)
        spring.waiting.append(body(2))
        store.release.set()
        await closing
        assert spring.acknowledged == [body(1)]


def test_attempts_come_later_each_time_but_within_a_minute() -> None:
    assert [backoff(number) for number in (1, 2, 3, 4, 10, 10_000)] == [1, 2, 4, 8, 60, 60]
