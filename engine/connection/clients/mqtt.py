"""MQTT by paho: QoS 1, a session that the broker keeps while we are away, acknowledged by hand.

paho works in a thread of its own; what it receives is handed over to the event loop.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import ssl
from collections.abc import AsyncGenerator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final

from paho.mqtt.client import Client, MQTTMessage, MQTTv5, MQTTv311
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from engine.connection.failures import CallFailed
from engine.connection.guard import AddressGuard
from engine.connection.servers import CONNECT_WITHIN, Mqtt, lost, reaching, tls_of
from engine.connection.sockets import open_socket, woken
from engine.node.triggers import Delivery

log = logging.getLogger("orderloom.sources")
_ROOM: Final = 64 * 1024 * 1024
"""Bytes of messages that may stand here. What came with QoS 1 the broker holds back; what came with QoS 0 nothing does."""
_OF_EACH: Final = 1000
"""Bytes that a message takes besides its payload."""
_NEVER: Final = 0xFFFFFFFF
"""When the broker may forget our session."""


@asynccontextmanager
async def client(
    server: Mqtt, guard: AddressGuard, topic: str = "", session: str = "", prefetch: int = 1, former: str | None = None
) -> AsyncGenerator[MqttInbox | None]:
    """Without a topic it is only tried, in a session that ends with it. ``former``: the topic that was listened to before, which the broker
    goes on to send to the session unless it is told otherwise.

    Raises ``CallFailed``: ``server.login``, ``server.bad_topic``, ``server.no_place``.
    """
    with reaching(server):
        addresses = await guard.resolve(server.host, server.effective_port)
        inbox = MqttInbox(server, session, prefetch)
        try:
            await asyncio.wait_for(inbox.begin(addresses, topic, former), CONNECT_WITHIN)
        except BaseException:
            await inbox.end()
            raise
    try:
        yield inbox if topic else None
    finally:
        await inbox.end()


class _Client(Client):
    """Speaks over a connection to an address that was checked, with the certificate of the host's name."""

    way: socket.socket | None = None
    tls: ssl.SSLContext | None = None

    def _create_socket_connection(self) -> socket.socket:
        assert self.way is not None  # noqa: S101 - it connects once
        return self.way

    def _ssl_wrap_socket(self, tcp_sock: socket.socket) -> ssl.SSLSocket:
        """The library would leave the socket of a handshake that fails open."""
        assert self.tls is not None  # noqa: S101 - else it does not encrypt
        secured = self.tls.wrap_socket(tcp_sock, server_hostname=self.host, do_handshake_on_connect=False)
        try:
            secured.do_handshake()
        except BaseException:
            secured.close()
            raise
        return secured


_DENIED: Final[Mapping[int, Mapping[str, str]]] = {
    134: {"reason": "wrong user or password", "rule": "login_password"},
    135: {"reason": "the user may not come in", "rule": "login_denied"},
}
"""By the standard's reason codes (MQTT 5, section 3.2.2.2), into which the client translates those of MQTT 3."""


class MqttInbox:
    def __init__(self, server: Mqtt, session: str, prefetch: int) -> None:
        self._server, self._most, self._session, self._five = server, prefetch, session, server.version == "5"
        self._loop = asyncio.get_running_loop()
        self._arrived: asyncio.Queue[MQTTMessage | None] = asyncio.Queue()
        self._answers: asyncio.Queue[Any] = asyncio.Queue()
        self._last: list[MQTTMessage] = []
        self._standing, self._dropped = 0, 0
        self._client: Any = self._made()

    async def begin(self, addresses: Iterable[str], topic: str, former: str | None) -> None:
        way = self._client.way = await open_socket(addresses, self._server.effective_port)
        way.settimeout(CONNECT_WITHIN)
        with woken(way):
            await asyncio.to_thread(self._connect)
        self._client.loop_start()
        code = await self._answer()
        if code.is_failure:
            if code.value in _DENIED:
                raise self._failed("server.login", retriable=False, **_DENIED[code.value])
            raise self._failed("server.unreachable", reason=str(code), rule="mqtt_refused", number=code.value)
        if topic:
            await self._subscribe(topic)
        if former not in (None, topic):
            self._client.unsubscribe(former)
            await self._answer()

    async def _subscribe(self, topic: str) -> None:
        if "\0" in topic:  # the broker would hang up
            raise self._failed("server.bad_topic", name=topic)
        try:
            self._client.subscribe(topic, qos=1)
        except ValueError:
            raise self._failed("server.bad_topic", name=topic) from None
        (granted,) = await self._answer()
        if granted.is_failure:
            raise self._failed("server.no_place", name=topic)

    async def next(self) -> Sequence[Delivery]:
        found = [self._still_there(await self._arrived.get())]
        while len(found) < self._most and not self._arrived.empty():
            found.append(self._still_there(self._arrived.get_nowait()))
        self._last = found
        return [Delivery(bytes(one.payload)) for one in found]

    async def acknowledge(self) -> None:
        """In the order in which they came, as the standard demands (MQTT 5, section 4.6)."""
        for one in self._last:
            self._client.ack(one.mid, one.qos)

    async def end(self) -> None:
        self._client.on_disconnect = None
        await asyncio.to_thread(self._leave)

    def _made(self) -> Any:
        version = MQTTv5 if self._five else MQTTv311
        clean: dict[str, Any] = {} if self._five else {"clean_session": not self._session}
        made: Any = _Client(
            CallbackAPIVersion.VERSION2, self._session, protocol=version, manual_ack=True, reconnect_on_failure=False, **clean
        )
        if self._server.user is not None or self._server.password is not None:
            made.username_pw_set(self._server.user or "", self._server.password)
        made.tls = tls_of(self._server)
        if made.tls is not None:
            made.tls_set_context(made.tls)
        made.on_connect = made.on_subscribe = made.on_unsubscribe = self._answered
        made.on_message = self._came
        made.on_disconnect = self._gone
        return made

    def _connect(self) -> None:
        more: dict[str, Any] = {}
        if self._five:
            properties = Properties(PacketTypes.CONNECT)
            properties.ReceiveMaximum = self._most
            properties.SessionExpiryInterval = _NEVER if self._session else 0
            more = {"properties": properties, "clean_start": not self._session}
        self._client.connect(self._server.host, self._server.effective_port, keepalive=30, **more)

    def _leave(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()
        if self._client.way is not None:
            self._client.way.close()

    async def _answer(self) -> Any:
        answer = await self._answers.get()
        if answer is None:
            raise lost(self._server)
        return answer

    def _answered(self, *told: Any) -> None:
        """To a connection with one code, to a subscription and its end with one for each topic; all stand in the fourth place."""
        self._hand(self._answers.put_nowait, told[3])

    def _came(self, *told: Any) -> None:
        self._hand(self._keep, told[2])

    def _keep(self, message: MQTTMessage) -> None:
        """Whoever sends with QoS 0 accepts that a message is lost: better than that memory runs out while nothing can be taken."""
        size = _size(message)
        if message.qos == 0 and self._standing + size > _ROOM:
            self._dropped += 1
            return
        self._standing += size
        self._arrived.put_nowait(message)

    def _gone(self, *_: object) -> None:
        for queue in (self._answers, self._arrived):
            self._hand(queue.put_nowait, None)

    def _hand(self, take: Callable[[Any], object], value: Any) -> None:
        """From paho's thread. The loop may be closed when the program ends."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(take, value)

    def _still_there(self, message: MQTTMessage | None) -> MQTTMessage:
        if message is None:
            raise lost(self._server)
        self._standing -= _size(message)
        if self._dropped:
            log.warning("messages of QoS 0 dropped, for too many stood here", extra={"session": self._session, "count": self._dropped})
            self._dropped = 0
        return message

    def _failed(self, code: str, *, retriable: bool = True, **fields: Any) -> CallFailed:
        known = {"host": self._server.host, "port": self._server.effective_port}
        return CallFailed(code, retriable=retriable, maybe_sent=False, **known, **fields)


def _size(message: MQTTMessage) -> int:
    return len(message.payload) + _OF_EACH
