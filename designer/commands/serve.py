"""``orderloom serve``: pages, API, hooks and runner in one process."""

from __future__ import annotations

import asyncio
import fcntl
import os
import secrets
import socket
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import click
import uvloop

from designer.logging import log_to
from designer.server import Service, bind
from engine.access import requires
from engine.app import Orderloom
from engine.cli.numbers import Number
from engine.errors import Problem, SettingsInvalid, system_reason
from engine.settings import Settings, load_settings

KEY_BYTES = 24


@click.command("serve", help="Run the service: pages, API, hooks and runner in one process.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on; this machine only, until there are accounts.")
@click.option("--port", default=8420, show_default=True, type=Number(0, 65535), help="Port to listen on; 0 picks a free one.")
@click.option("--data", type=click.Path(file_okay=False, path_type=Path), help="Folder of database, keys and flows.")
@requires("service.run")
def serve(host: str, port: int, data: Path | None) -> None:
    """Prints one line ``ready http://HOST:PORT key=KEY`` once hooks are accepted; SIGTERM drains within 10 seconds."""
    settings = load_settings(os.environ, Path.cwd(), data=data)
    log_to()
    run_service(settings, host, port)


def run_service(settings: Settings, host: str, port: int) -> None:
    """Serve until a signal. Raises ``SettingsInvalid`` for what hinders the start."""
    with alone(settings.data):
        listener = bind(host, port)
        key = settings.key or secrets.token_urlsafe(KEY_BYTES)
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(_serve(settings, listener, key))


async def _serve(settings: Settings, listener: socket.socket, key: str) -> None:
    service = Service(Orderloom.at(settings, serves=True), listener, key=key)

    await service.run(lambda: click.echo(f"ready {service.url} key={service.key}"))


@contextmanager
def alone(data: Path) -> Generator[None]:
    """One service a data folder: the lock goes with the process, however it ends. Raises ``SettingsInvalid`` (``service.data_in_use``)."""
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(data / "serve.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise SettingsInvalid(Problem("service.data_unusable", fields={"data": str(data), **system_reason(error)})) from None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise SettingsInvalid(Problem("service.data_in_use", fields={"data": str(data)})) from None
    try:
        yield
    finally:
        os.close(descriptor)
