"""The real servers that the tests use, each with a place of its own that is removed afterwards; and a way between that can be cut."""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, ClassVar, Protocol

import pytest

HOST = "127.0.0.1"


def requires(port: int, what: str) -> None:
    """Skips where a server is missing; in CI that is an error."""
    try:
        socket.create_connection((HOST, port), 2).close()
    except OSError:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(f"{what} does not run on port {port}")


def own_name() -> str:
    return f"orderloom_test_{secrets.token_hex(5)}"


class Cuttable:
    """A way to a server through this process: ``cut`` breaks all connections, ``closed`` refuses new ones."""

    def __init__(self, port: int) -> None:
        self._to, self.port, self.closed = port, 0, False
        self._open: set[asyncio.StreamWriter] = set()

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Cuttable]:
        server = await asyncio.start_server(self._pass, HOST, 0)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            self.cut()
            server.close()
            await server.wait_closed()

    def cut(self) -> None:
        for writer in self._open:
            writer.transport.abort()
        self._open.clear()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.closed:
            writer.transport.abort()
            return
        there, back = await asyncio.open_connection(HOST, self._to)
        self._open |= {writer, back}
        await asyncio.gather(_copy(reader, back), _copy(there, writer))


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
        writer.close()


class Broker(Protocol):
    """``type``, ``port`` and ``params`` make the connection and the trigger of a flow."""

    use: str
    type: str
    port: int
    params: dict[str, Any]

    def __init__(self) -> None: ...
    async def make(self) -> None: ...
    async def hurry(self) -> None:
        """Let the broker send again at once what was not acknowledged."""
        ...

    async def send(self, bodies: Sequence[bytes]) -> None: ...
    async def remove(self) -> None: ...


class Rabbit:
    use, type, port = "connector.rabbitmq@1", "rabbitmq", 5672

    def __init__(self) -> None:
        self.name = own_name()
        self.params: dict[str, Any] = {"queue": self.name}

    async def make(self) -> None:
        import aiormq

        self._connection = await aiormq.connect(f"amqp://guest:guest@{HOST}:{self.port}//")
        self._channel = await self._connection.channel()
        await self._channel.queue_declare(self.name, durable=True)

    async def make_anew(self) -> None:
        await self._channel.queue_delete(self.name)
        await self._channel.queue_declare(self.name, durable=True)

    async def hurry(self) -> None:
        """It does."""

    async def send(self, bodies: Sequence[bytes]) -> None:
        from pamqp.commands import Basic

        for body in bodies:
            await self._channel.basic_publish(body, routing_key=self.name, properties=Basic.Properties(delivery_mode=2))

    async def unacknowledged(self) -> int:
        """Once nobody reads any more: while somebody does, the server counts only what he has not been sent."""
        return (await self._channel.queue_declare(self.name, passive=True)).message_count or 0

    async def remove(self) -> None:
        await self._channel.queue_delete(self.name)
        await self._connection.close()


class RedisStream:
    use, type, port = "connector.redis_stream@1", "redis", 6379

    def __init__(self) -> None:
        self.name = own_name()
        self.params: dict[str, Any] = {"stream": self.name, "field": "body", "group": "g"}

    async def make(self) -> None:
        from redis.asyncio import Redis

        self._redis: Any = Redis(host=HOST, port=self.port)

    async def make_anew(self) -> None:
        await self._redis.delete(self.name)

    async def give_way(self) -> None:
        """To a text under the same key."""
        await self._redis.set(self.name, "no stream")

    async def hurry(self) -> None:
        """It does."""

    async def send(self, bodies: Sequence[bytes]) -> None:
        for body in bodies:
            await self._redis.xadd(self.name, {"body": body})

    async def remove(self) -> None:
        await self._redis.delete(self.name)
        await self._redis.aclose()


class NatsStream:
    use, type, port = "connector.nats@1", "nats", 4222

    def __init__(self) -> None:
        self.name = own_name()
        self.params: dict[str, Any] = {"stream": self.name, "durable": "d"}

    async def make(self) -> None:
        import nats

        self._connection = await nats.connect(f"nats://{HOST}:{self.port}")
        self._stream = self._connection.jetstream()
        await self._stream.add_stream(name=self.name, subjects=[f"{self.name}.>"])

    async def make_anew(self) -> None:
        await self._stream.delete_stream(self.name)
        await self._stream.add_stream(name=self.name, subjects=[f"{self.name}.>"])

    async def hurry(self) -> None:
        from nats.js.api import AckPolicy, ConsumerConfig

        await self._stream.add_consumer(self.name, ConsumerConfig(durable_name="d", ack_policy=AckPolicy.EXPLICIT, ack_wait=0.5))

    async def take(self, count: int, seconds: float, again_after: float | None = None) -> int:
        """Another reader of the same consumer, which acknowledges nothing; ``again_after``: which makes it. How many it got."""
        from nats.errors import TimeoutError as NothingCame
        from nats.js.api import AckPolicy, ConsumerConfig

        config = ConsumerConfig(ack_policy=AckPolicy.EXPLICIT, ack_wait=again_after)
        pull = await self._stream.pull_subscribe("", durable="d", stream=self.name, config=config)
        try:
            return len(await pull.fetch(count, timeout=seconds))
        except NothingCame:
            return 0
        finally:
            await pull.unsubscribe()

    async def send(self, bodies: Sequence[bytes]) -> None:
        for body in bodies:
            await self._stream.publish(f"{self.name}.new", body)

    async def remove(self) -> None:
        await self._stream.delete_stream(self.name)
        await self._connection.close()


class MqttTopic:
    use, type, port = "connector.mqtt@1", "mqtt", 1883
    version: ClassVar[str] = "5"

    def __init__(self) -> None:
        self.name = own_name()
        self.params: dict[str, Any] = {"topic": f"{self.name}/+", "session": self.name, "key_path": "no"}

    async def make(self) -> None:
        import paho.mqtt.client as paho

        self._client = paho.Client(paho.CallbackAPIVersion.VERSION2)
        self._client.connect(HOST, self.port)
        self._client.loop_start()

    async def hurry(self) -> None:
        """It does."""

    async def send(self, bodies: Sequence[bytes], qos: int = 1) -> None:
        for body in bodies:
            sent = self._client.publish(f"{self.name}/new", body, qos=qos)
            await asyncio.to_thread(sent.wait_for_publish, 10)

    async def remove(self) -> None:
        import paho.mqtt.client as paho

        self._client.disconnect()
        self._client.loop_stop()
        last = paho.Client(paho.CallbackAPIVersion.VERSION2, self.name, clean_session=True)  # forgets the session
        last.connect(HOST, self.port)
        last.loop_start()
        await asyncio.sleep(0.1)
        last.disconnect()
        last.loop_stop()


BROKERS: Sequence[type[Broker]] = (Rabbit, RedisStream, NatsStream, MqttTopic)


@asynccontextmanager
async def broker(kind: type[Broker]) -> AsyncIterator[Broker]:
    requires(kind.port, kind.type)
    one = kind()
    await one.make()
    try:
        yield one
    finally:
        await one.remove()
