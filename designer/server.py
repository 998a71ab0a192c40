"""One process that serves: it binds first, says when hooks are accepted, and drains when it is told to stop.

Pages and API are made once hooks are accepted, and what they need is loaded then: it takes as long as all before.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import gc
import logging
import os
import signal
import socket
from asyncio import Future
from collections import Counter
from collections.abc import Callable, Generator, Mapping, Sequence
from functools import partial
from threading import Timer
from typing import TYPE_CHECKING, Any, Final

import uvicorn

from designer.health import EarlyHealth
from designer.hooks.handler import front
from designer.hooks.protocol import HookProtocol
from designer.hooks.straight import Straight
from designer.hosts import is_loopback
from designer.later import Later
from engine.app import Orderloom
from engine.errors import Problem, SettingsInvalid, system_reason

if TYPE_CHECKING:
    from litestar.types import ASGIApp, ControllerRouterHandler

log = logging.getLogger("orderloom.server")
BACKLOG: Final = 2048
CONNECTIONS_CLOSE_WITHIN: Final = 1.0
STOP_WITHIN: Final = 9.7
_SIGNALS: Final = (signal.SIGTERM, signal.SIGINT)


def bind(host: str, port: int) -> socket.socket:
    """A listening socket on this machine's own addresses; port 0 picks a free one.

    Raises ``SettingsInvalid``: ``service.not_loopback``, ``service.port_in_use`` or ``service.cannot_listen``.
    """
    if not is_loopback(host):
        raise SettingsInvalid(Problem("service.not_loopback", ("--host",), {"host": host}))
    address = host.strip("[]")
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((address, port))
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        code = "service.port_in_use" if error.errno == errno.EADDRINUSE else "service.cannot_listen"
        raise SettingsInvalid(Problem(code, ("--port",), {"host": host, "port": port, **system_reason(error)})) from None
    listener.setblocking(False)  # noqa: FBT003 - the socket module's own signature
    return listener


def url_of(listener: socket.socket) -> str:
    """``http://HOST:PORT`` of a bound socket."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


class Service:
    """The engine and the web application on a bound socket. ``pages``: more than there are anyway; ``around``: more of their state."""

    def __init__(
        self, orderloom: Orderloom, listener: socket.socket, *, key: str, pages: Sequence[ControllerRouterHandler] = (),
        around: Mapping[str, Any] | None = None,
    ) -> None:  # fmt: skip
        self.orderloom, self.listener = orderloom, listener
        self.url, self.key = url_of(listener), key
        self.deliveries = Counter[str]()
        self._closing = asyncio.Event()
        self._pages, self._around = pages, {"deliveries": self.deliveries, "closing": self._closing, **(around or {})}
        self._application = Later(self._make, EarlyHealth(orderloom, self._closing))
        self._server = _Server(_config(orderloom, self.deliveries, self._application))
        self._hindered: BaseException | None = None

    async def run(self, ready: Callable[[], None]) -> None:
        """Until ``stop`` or SIGTERM, SIGINT. ``ready`` is called once hooks are accepted. Raises what hinders the start."""
        with self._signals():
            try:
                async with self.orderloom:
                    await self.orderloom.start()
                    self._server.on_started = lambda: self._started(ready)
                    try:
                        await self._server.serve(sockets=[self.listener])
                    finally:
                        self._closing.set()
            finally:
                self.listener.close()
        if self._hindered is not None:
            raise self._hindered

    def stop(self) -> None:
        """Take no more connections, let requests and runs at work end, then return from ``run``."""
        self._closing.set()
        self._server.should_exit = True

    def _started(self, ready: Callable[[], None]) -> None:
        _settle_memory()
        log.info("ready", extra={"url": self.url})
        ready()
        self._application.begin().add_done_callback(self._made)

    def _make(self) -> ASGIApp:
        import engine.connection.wire  # noqa: F401, PLC0415 - what the first call needs
        from designer.app import create_app  # noqa: PLC0415 - see above

        return create_app(self.orderloom, key=self.key, pages=self._pages, around=self._around)

    def _made(self, application: Future[ASGIApp]) -> None:
        gc.unfreeze()
        gc.collect()  # the first one since the start: a seventh of a second, for ten megabytes
        _settle_memory()
        if not application.cancelled() and application.exception() is not None:
            self._hindered = application.exception()
            self.stop()

    @contextlib.contextmanager
    def _signals(self) -> Generator[None]:
        """From the first moment on, so that a signal during a long start ends it in good order too."""
        loop = asyncio.get_running_loop()
        last_resort: list[Timer] = []

        def stop(one: signal.Signals) -> None:
            log.info("stopping", extra={"signal": one.name})
            if last_resort:
                return _leave() if one is signal.SIGINT else None
            last_resort.append(Timer(STOP_WITHIN, _leave))
            last_resort[0].daemon = True
            last_resort[0].start()
            return self.stop()

        for one in _SIGNALS:
            loop.add_signal_handler(one, stop, one)
        try:
            yield
        finally:
            for one in _SIGNALS:
                loop.remove_signal_handler(one)
            for timer in last_resort:
                timer.cancel()


def _settle_memory() -> None:
    """Leaves what the start has made out of all collections, and collects less often: a fifth of an order's time went there."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


class _Server(uvicorn.Server):
    """uvicorn, with signals and start messages left to us."""

    on_started: Callable[[], None] | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.on_started is not None and not self.should_exit:
            self.on_started()

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None]:
        yield


def _config(orderloom: Orderloom, deliveries: Counter[str], rest: ASGIApp) -> uvicorn.Config:
    return uvicorn.Config(
        front(orderloom, deliveries, rest),
        interface="asgi3",
        http=partial(HookProtocol, Straight(orderloom, deliveries)),  # pyright: ignore[reportArgumentType] - makes one
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        backlog=BACKLOG,
        timeout_keep_alive=30,
        timeout_graceful_shutdown=CONNECTIONS_CLOSE_WITHIN,  # pyright: ignore[reportArgumentType] - handed to asyncio.wait_for as it is
    )


def _leave() -> None:
    """What is not done yet goes on after the next start: nothing acknowledged is lost."""
    log.warning("left before everything had ended")
    os._exit(0)
