"""Message brokers that speak TLS."""

from __future__ import annotations

import asyncio
import os
import ssl
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

from .encrypted import Encrypted, OnAPort, found, free_port
from .servers import HOST, requires

_RABBIT = [Path("/usr/lib/rabbitmq/bin")]
_EPMD = 4369
"""The port of the register in which every RabbitMQ has its name."""


class EncryptedRedis(OnAPort):
    use, named, client = "connector.redis_stream@1", "server", "redis"
    connection: ClassVar[dict[str, Any]] = {"type": "redis"}
    params: ClassVar[dict[str, Any]] = {"stream": "orders", "field": "body", "group": "g", "key_path": "no"}

    def command(self) -> Sequence[str]:
        tls = ["--tls-key-file", self.key, "--tls-cert-file", self.file, "--tls-ca-cert-file", self.file, "--tls-auth-clients", "no"]
        own = ["--dir", str(self.folder), "--unixsocket", str(self.folder / "s"), "--save", "", "--bind", HOST]
        return [found("redis-server"), "--port", "0", "--tls-port", str(self.port), *tls, *own]

    async def send(self, numbers: Sequence[str]) -> None:
        from redis.asyncio import Redis

        redis: Any = Redis(unix_socket_path=str(self.folder / "s"))
        for number in numbers:
            await redis.xadd("orders", {"body": f'{{"no": "{number}"}}'})
        await redis.aclose()


class EncryptedNats(OnAPort):
    use, named, client = "connector.nats@1", "server", "nats"
    connection: ClassVar[dict[str, Any]] = {"type": "nats"}
    params: ClassVar[dict[str, Any]] = {"stream": "orders", "durable": "d", "key_path": "no"}

    def command(self) -> Sequence[str]:
        own = ["-a", HOST, "-p", str(self.port), "-js", "-sd", str(self.folder)]
        return [found("nats-server"), *own, "--tls", "--tlscert", self.file, "--tlskey", self.key]

    async def send(self, numbers: Sequence[str]) -> None:
        import nats

        connection = await nats.connect(f"tls://{HOST}:{self.port}", tls=ssl.create_default_context(cafile=self.file))
        stream = connection.jetstream()
        await stream.add_stream(name="orders", subjects=["orders.>"])
        for number in numbers:
            await stream.publish("orders.new", f'{{"no": "{number}"}}'.encode())
        await connection.close()


class EncryptedRabbit(OnAPort):
    use, named, client = "connector.rabbitmq@1", "server", "rabbitmq"
    connection: ClassVar[dict[str, Any]] = {"type": "rabbitmq"}
    params: ClassVar[dict[str, Any]] = {"queue": "orders", "key_path": "no"}

    def __init__(self, folder: Path, files: tuple[str, str]) -> None:
        super().__init__(folder, files)
        requires(_EPMD, "epmd, with which RabbitMQ comes,")
        tls = {"certfile": self.file, "keyfile": self.key, "cacertfile": self.file, "verify": "verify_none"}
        lines = ["listeners.tcp = none", f"listeners.ssl.1 = {HOST}:{self.port}", *(f"ssl_options.{name} = {tls[name]}" for name in tls)]
        (folder / "own.conf").write_text("\n".join([*lines, "log.file = false"]), encoding="ascii")
        (folder / "environment").touch()
        (folder / "plugins").write_text("[].", encoding="ascii")
        self.environment: Mapping[str, str] = {
            "HOME": str(folder),
            "RABBITMQ_ALLOW_INPUT": "1",  # else a shell stands between, which ends without it
            "RABBITMQ_CONFIG_FILE": str(folder / "own"),
            "RABBITMQ_CONF_ENV_FILE": str(folder / "environment"),
            "RABBITMQ_DIST_PORT": str(free_port()),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "plugins"),
            "RABBITMQ_LOG_BASE": str(folder),
            "RABBITMQ_MNESIA_BASE": str(folder),
            "RABBITMQ_NODENAME": f"tls{os.getpid()}@localhost",
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-noinput +S 1:1 +sbwt none -kernel inet_dist_use_interface {127,0,0,1}",
        }

    def command(self) -> Sequence[str]:
        return [found("rabbitmq-server", _RABBIT)]

    async def send(self, numbers: Sequence[str]) -> None:
        import aiormq
        from pamqp.commands import Basic

        trusting = ssl.create_default_context(cafile=self.file)
        connection = await aiormq.connect(f"amqps://guest:guest@{HOST}:{self.port}//", context=trusting)
        channel = await connection.channel()
        await channel.queue_declare("orders", durable=True)
        for number in numbers:
            kept = Basic.Properties(delivery_mode=2)
            await channel.basic_publish(f'{{"no": "{number}"}}'.encode(), routing_key="orders", properties=kept)
        await connection.close()


class EncryptedMqtt(OnAPort):
    use, named, client = "connector.mqtt@1", "server", "mqtt"
    connection: ClassVar[dict[str, Any]] = {"type": "mqtt"}
    params: ClassVar[dict[str, Any]] = {"topic": "orders/+", "session": "orders", "key_path": "no"}

    def command(self) -> Sequence[str]:
        tls = [f"certfile {self.file}", f"keyfile {self.key}"]
        lines = [f"listener {self.port} {HOST}", *tls, "allow_anonymous true", "persistence false", f"user {self.user}", "log_dest none"]
        place = self.folder / "own.conf"
        place.write_text("\n".join(lines), encoding="ascii")
        return [found("mosquitto"), "-c", str(place)]

    async def send(self, numbers: Sequence[str]) -> None:
        await asyncio.to_thread(self._send, numbers)

    def _send(self, numbers: Sequence[str]) -> None:
        """The broker keeps for a session only what comes once it has subscribed."""
        self._connected("orders", lambda client: client.subscribe("orders/+", qos=1))
        for number in numbers:
            body = f'{{"no": "{number}"}}'
            self._connected("sender", lambda client, body=body: client.publish("orders/new", body, qos=1))

    def _connected(self, session: str, act: Any) -> None:
        """Connect, do it, and leave once the broker has acknowledged it."""
        import paho.mqtt.client as paho

        client: Any = paho.Client(paho.CallbackAPIVersion.VERSION2, session, clean_session=session != "orders")
        client.tls_set(self.file)
        client.on_connect = lambda *_: act(client)
        client.on_subscribe = client.on_publish = lambda *_: client.disconnect()
        client.connect(HOST, self.port)
        client.loop_forever()


BROKERS: Sequence[type[Encrypted]] = (EncryptedRedis, EncryptedNats, EncryptedRabbit, EncryptedMqtt)
