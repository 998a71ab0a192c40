"""One process that serves: it binds first, says when hooks are accepted, and drains when it is told to stop."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import gc
import logging
import os
import signal
import socket
from collections.abc import Callable, Generator, Sequence
from functools import partial
from threading import Timer
from typing import Final

import uvicorn
from litestar import Litestar
from litestar.types import ControllerRouterHandler

from designer.app import create_app
from designer.hooks import straight
from designer.hooks.protocol import HookProtocol
from designer.hooks.straight import Straight
from designer.security import is_loopback
from engine.app import Orderloom
from engine.errors import OrderloomError, Problem, SettingsInvalid, system_reason

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


def settle_memory() -> None:
    """Leaves what the start has made out of later collections, and collects less often: a fifth of an order's time went there."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


class Service:
    """The web application on a bound socket, from opening the engine to closing it. ``pages``: more than there are anyway."""

    def __init__(self, orderloom: Orderloom, listener: socket.socket, *, key: str, pages: Sequence[ControllerRouterHandler] = ()) -> None:
        self.orderloom, self.listener = orderloom, listener
        self.url, self.key = url_of(listener), key
        self.app: Litestar = create_app(orderloom, key=key, pages=pages)
        self._server = _Server(_config(self.app))

    async def run(self, ready: Callable[[], None]) -> None:
        """Until ``stop`` or SIGTERM, SIGINT. ``ready`` is called once hooks are accepted. Raises what hinders the start."""
        with self._signals():
            try:
                async with self.app.lifespan():
                    self._server.on_started = lambda: self._started(ready)
                    await self._server.serve(sockets=[self.listener])
            except BaseExceptionGroup as group:
                raise _own_error(group) from None
            finally:
                self.listener.close()

    def stop(self) -> None:
        """Take no more connections, let requests and runs at work end, then return from ``run``."""
        self.app.state.stopping = True
        self.app.state.closing.set()
        self._server.should_exit = True

    def _started(self, ready: Callable[[], None]) -> None:
        log.info("ready", extra={"url": self.url})
        ready()

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


def _config(app: Litestar) -> uvicorn.Config:
    return uvicorn.Config(
        straight(app),
        interface="asgi3",
        http=partial(HookProtocol, Straight(app.state.orderloom, app.state.deliveries)),  # pyright: ignore[reportArgumentType] - makes one
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


def _own_error(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """The application's life runs inside a task group, which wraps what hinders its start."""
    ours = group.subgroup(OrderloomError)
    found: BaseException = ours or group
    while isinstance(found, BaseExceptionGroup):
        found = found.exceptions[0]  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType]
    return found  # pyright: ignore[reportUnknownVariableType]
