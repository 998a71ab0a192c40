"""Four message brokers, the real ones: acknowledged only what is durable, nothing lost, nothing twice."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from engine.app import Orderloom
from engine.connection.clients import mqtt
from engine.connection.guard import AddressGuard
from engine.connection.servers import Mqtt
from engine.source.feed import LiveFeed

from .house import Place, arrived, flow, numbers, phase, until, wrong
from .servers import BROKERS, HOST, Broker, Cuttable, MqttTopic, broker

pytestmark = pytest.mark.slow


@pytest.fixture(params=BROKERS, ids=lambda kind: kind.type)
async def place(request: pytest.FixtureRequest) -> AsyncIterator[Broker]:
    async with broker(request.param) as one:
        yield one


def bodies(first: int, last: int) -> list[bytes]:
    return [json.dumps({"no": f"N{number:03}"}).encode() for number in range(first, last + 1)]


def names(first: int, last: int) -> list[str]:
    return [f"N{number:03}" for number in range(first, last + 1)]


def service(one: Broker, port: int | None = None) -> Place:
    return Place({"server": {"type": one.type, "host": HOST, "port": port or one.port, "tls": "none"}})


async def publish(app: Orderloom, one: Broker, **params: Any) -> None:
    given = {"server": {"connection": "server"}, "key_path": "no", "prefetch": 20, **one.params, **params}
    await app.publish(flow(one.use, given), note="", actor="owner")
    await until(lambda: phase(app) == "connected")


async def test_messages_become_events_in_their_order(place: Broker) -> None:
    async with service(place).open() as app:
        await publish(app, place)
        await place.send(bodies(1, 50))
        assert await arrived(app, 50) == names(1, 50)
        await until(lambda: [(one.taken, one.phase, one.problem) for one in app.sources.states()] == [(50, "connected", None)])
        await until(lambda: app.dispatcher.running == 0)
        assert await app.store.run_counts() == {("incoming", "done"): 50}
    async with service(place).open() as app:  # which remembers nothing: what was acknowledged is not sent again
        await publish(app, place)
        await place.send(bodies(51, 51))
        assert await arrived(app, 1) == ["N051"]


async def test_what_was_not_acknowledged_comes_again_and_is_the_same_event(place: Broker, monkeypatch: pytest.MonkeyPatch) -> None:
    house = service(place)
    await place.hurry()
    async with house.open() as app:
        with monkeypatch.context() as patched:
            take = LiveFeed.take

            async def silent(self: LiveFeed, deliveries: Any, acknowledge: Any = None, **more: Any) -> None:
                await take(self, deliveries, None, **more)
                if deliveries:
                    await asyncio.Event().wait()

            patched.setattr(LiveFeed, "take", silent)
            await publish(app, place)
            await place.send(bodies(1, 3))
            await arrived(app, 1)
            first = await numbers(app)
    async with house.open() as app:
        await until(lambda: sum(state.taken for state in app.sources.states()) == 3)
        assert await numbers(app) == names(1, 3)
        assert set(first) <= set(names(1, 3))


async def test_a_cut_connection_is_made_again_and_loses_nothing(place: Broker) -> None:
    async with Cuttable(place.port).open() as way, service(place, way.port).open() as app:
        await publish(app, place)
        await place.send(bodies(1, 10))
        await arrived(app, 10)
        way.closed = True
        way.cut()
        await until(lambda: phase(app) == "broken")
        assert wrong(app).code.startswith("server.")
        await place.send(bodies(11, 20))
        way.closed = False
        assert await arrived(app, 20) == names(1, 20)
        await until(lambda: phase(app) == "connected")
        assert app.sources.states()[0].problem is None


async def test_what_cannot_be_read_is_kept_and_parks_and_the_next_message_goes_on(place: Broker) -> None:
    async with service(place).open() as app:
        await publish(app, place)
        await place.send([b"{not json", *bodies(1, 1)])
        await arrived(app, 2)

        async def parked() -> bool:
            return len((await app.store.incidents()).items) == 1

        await until(parked)
        (incident,) = (await app.store.incidents()).items
        assert incident.code == "body.unreadable"
        assert len(await numbers(app)) == 2


@pytest.mark.parametrize("version", ["5", "3.1.1"])
async def test_a_topic_that_a_trigger_no_longer_names_is_no_longer_sent_to_its_session(version: str) -> None:
    async with broker(MqttTopic) as place:
        house = Place({"server": {"type": "mqtt", "host": HOST, "port": place.port, "tls": "none", "version": version}})
        async with house.open() as app:
            await publish(app, place, topic=f"{place.name}/#")
            await place.send(bodies(1, 2))
            assert await arrived(app, 2) == names(1, 2)
            await publish_anew(app, place, f"{place.name}/other")
        async with house.open() as app:
            await until(lambda: phase(app) == "connected")
            await place.send(bodies(3, 3))
            await publish_anew(app, place, f"{place.name}/+")
            await place.send(bodies(4, 4))
            assert await arrived(app, 3) == [*names(1, 2), *names(4, 4)]


async def publish_anew(app: Orderloom, one: Broker, topic: str) -> None:
    await publish(app, one, topic=topic)
    await app.sources.look()
    await until(lambda: phase(app) == "connected")


@pytest.mark.parametrize("topic", ["a/#/b", "a/+b", "a\0b"])
async def test_what_is_no_topic_filter_is_told_as_such(topic: str) -> None:
    async with broker(MqttTopic) as place, service(place).open() as app:
        given = {"server": {"connection": "server"}, "topic": topic, "session": place.name}
        await app.publish(flow(place.use, given), note="", actor="owner")
        await until(lambda: phase(app) == "broken")
        assert (wrong(app).code, wrong(app).fields["name"]) == ("server.bad_topic", topic)


async def test_what_is_sent_with_qos_0_while_nothing_can_be_taken_does_not_fill_the_memory(caplog: pytest.LogCaptureFixture) -> None:
    async with broker(MqttTopic) as place:
        assert isinstance(place, MqttTopic)
        server = Mqtt(host=HOST, port=place.port, tls="none")
        async with mqtt.client(server, AddressGuard(["127.0.0.0/8"]), f"{place.name}/+", place.name, 20) as inbox:
            assert inbox is not None
            for _ in range(80):
                await place.send([b"x" * 1024 * 1024], qos=0)
            await place.send(bodies(1, 1))
            await until(lambda: inbox._arrived.qsize() + inbox._dropped == 81)
            taken = list[bytes]()
            while bodies(1, 1)[0] not in taken:
                taken += [delivery.body for delivery in await inbox.next()]
                await inbox.acknowledge()
    assert 60 <= len(taken) < 70
    assert [getattr(record, "count", 0) for record in caplog.records if "QoS 0" in record.message] == [81 - len(taken)]
