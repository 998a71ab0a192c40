"""Real servers that speak TLS with an invented certificate for 127.0.0.1, each on a free port and in a folder of its own."""

from __future__ import annotations

import getpass
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import pytest

from tests.connection.certificates import certificate

from .servers import HOST

STARTS_WITHIN = 30.0


class Encrypted(Protocol):
    """``connection`` and ``params`` make the connection and the trigger of a flow, in which it is ``named``.

    ``client``: the module of ours that speaks to it; ``lets_plain_in``: whether it lets in who does not encrypt.
    """

    use: str
    named: str
    client: str
    connection: dict[str, Any]
    params: dict[str, Any]
    port: int
    user: str
    environment: Mapping[str, str]
    lets_plain_in: bool

    def __init__(self, folder: Path, files: tuple[str, str]) -> None: ...
    def encrypted(self) -> int:
        """How many connections were encrypted, where it counts them."""
        ...

    def command(self) -> Sequence[str]: ...
    async def send(self, numbers: Sequence[str]) -> None: ...


class OnAPort:
    """What they share. ``user``: as whom it runs."""

    environment: Mapping[str, str] = {}
    lets_plain_in = False
    user = getpass.getuser()

    def __init__(self, folder: Path, files: tuple[str, str]) -> None:
        self.folder, (self.key, self.file), self.port = folder, files, free_port()

    def encrypted(self) -> int:
        return 0


@contextmanager
def serving(kind: type[Encrypted]) -> Iterator[tuple[Encrypted, str]]:
    """A server that can be reached, and the file of its certificate."""
    with tempfile.TemporaryDirectory(prefix="tls", dir="/tmp") as made:  # a short path: sockets of the system have short names
        folder = Path(made)
        give(folder, kind.user)
        files = certificate(folder, days=30)
        server = kind(folder, files)
        process = subprocess.Popen(
            server.command(), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder,
            env={**os.environ, **server.environment}, **as_user(server.user),
        )  # fmt: skip
        try:
            _until_it_listens(server.port, process)
            yield server, files[1]
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _until_it_listens(port: int, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + STARTS_WITHIN
    while True:
        try:
            socket.create_connection((HOST, port), 1).close()
        except OSError:
            assert process.poll() is None, f"the server ended with {process.returncode}"
            assert time.monotonic() < end, "the server does not listen"
            time.sleep(0.05)
        else:
            return


def found(program: str, folders: Sequence[Path] = ()) -> str:
    """Skips where a program is missing; in CI that is an error."""
    places = os.pathsep.join([*map(str, folders[::-1]), os.environ.get("PATH", ""), "/usr/sbin", "/usr/bin"])
    there = shutil.which(program, path=places)
    if there is None:
        assert os.environ.get("CI") != "true", f"{program} is not installed"
        pytest.skip(f"{program} is not installed: its TLS is not tested here")
    return there


def as_user(name: str) -> dict[str, Any]:
    """Not every server runs as root."""
    return {"user": name} if name != getpass.getuser() else {}


def give(path: Path, user: str) -> None:
    """To the user as whom a server runs."""
    if user != getpass.getuser():
        shutil.chown(path, user)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])
