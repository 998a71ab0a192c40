"""Real servers that speak TLS with an invented certificate for 127.0.0.1, each on a free port and in a folder of its own."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import ssl
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar, Protocol

import pytest

from tests.connection.certificates import certificate

from .servers import HOST

STARTS_WITHIN = 30.0
_POSTGRES = sorted(Path("/usr/lib/postgresql").glob("*/bin")) if Path("/usr/lib/postgresql").is_dir() else []
_USER = "postgres"


class Encrypted(Protocol):
    """``connection`` and ``params`` make the connection and the trigger of a flow, in which it is ``named``."""

    use: str
    named: str
    connection: dict[str, Any]
    params: dict[str, Any]
    port: int

    def __init__(self, folder: Path, files: tuple[str, str]) -> None: ...
    def command(self) -> Sequence[str]: ...
    async def send(self, numbers: Sequence[str]) -> None: ...


class EncryptedRedis:
    use, named = "connector.redis_stream@1", "server"
    connection: ClassVar[dict[str, Any]] = {"type": "redis"}
    params: ClassVar[dict[str, Any]] = {"stream": "orders", "field": "body", "group": "g", "key_path": "no"}

    def __init__(self, folder: Path, files: tuple[str, str]) -> None:
        self._folder, (self._key, self._file), self.port = folder, files, _free_port()

    def command(self) -> Sequence[str]:
        tls = ["--tls-key-file", self._key, "--tls-cert-file", self._file, "--tls-ca-cert-file", self._file, "--tls-auth-clients", "no"]
        own = ["--dir", str(self._folder), "--unixsocket", str(self._folder / "s"), "--save", "", "--bind", HOST]
        return [_found("redis-server"), "--port", "0", "--tls-port", str(self.port), *tls, *own]

    async def send(self, numbers: Sequence[str]) -> None:
        from redis.asyncio import Redis

        redis: Any = Redis(unix_socket_path=str(self._folder / "s"))
        for number in numbers:
            await redis.xadd("orders", {"body": f'{{"no": "{number}"}}'})
        await redis.aclose()


class EncryptedNats:
    use, named = "connector.nats@1", "server"
    connection: ClassVar[dict[str, Any]] = {"type": "nats"}
    params: ClassVar[dict[str, Any]] = {"stream": "orders", "durable": "d", "key_path": "no"}

    def __init__(self, folder: Path, files: tuple[str, str]) -> None:
        self._folder, (self._key, self._file), self.port = folder, files, _free_port()

    def command(self) -> Sequence[str]:
        own = ["-a", HOST, "-p", str(self.port), "-js", "-sd", str(self._folder)]
        return [_found("nats-server"), *own, "--tls", "--tlscert", self._file, "--tlskey", self._key]

    async def send(self, numbers: Sequence[str]) -> None:
        import nats

        connection = await nats.connect(f"tls://{HOST}:{self.port}", tls=ssl.create_default_context(cafile=self._file))
        stream = connection.jetstream()
        await stream.add_stream(name="orders", subjects=["orders.>"])
        for number in numbers:
            await stream.publish("orders.new", f'{{"no": "{number}"}}'.encode())
        await connection.close()


class EncryptedPostgres:
    use, named = "connector.database_rows@1", "database"
    connection: ClassVar[dict[str, Any]] = {"type": "database", "kind": "postgresql", "user": "tester", "database": "postgres"}
    params: ClassVar[dict[str, Any]] = {"table": "orders", "key_path": "no", "time_column": "changed", "every": "50ms"}

    def __init__(self, folder: Path, files: tuple[str, str]) -> None:
        self._folder, self.port = folder, _free_port()
        data = ["-D", str(folder / "data"), "-U", "tester", "--auth=trust", "--no-sync", "-E", "UTF8"]
        _run([_found("initdb", _POSTGRES), *data], folder)
        for name, file in zip(("server.key", "server.crt"), files, strict=True):
            place = folder / "data" / name
            shutil.copyfile(file, place)
            place.chmod(0o600)
            _give(place)

    def command(self) -> Sequence[str]:
        options = {"port": self.port, "listen_addresses": HOST, "ssl": "on", "fsync": "off", "unix_socket_directories": self._folder}
        return [_found("postgres", _POSTGRES), "-D", str(self._folder / "data"), *(f"--{name}={value}" for name, value in options.items())]

    async def send(self, numbers: Sequence[str]) -> None:
        async with await self._connected() as connection:
            await connection.execute(
                "CREATE TABLE IF NOT EXISTS orders (id bigserial primary key, no text, changed timestamptz DEFAULT now())"
            )
            for number in numbers:
                await connection.execute("INSERT INTO orders (no) VALUES (%s)", (number,))

    async def _connected(self) -> Any:
        """It listens a moment before it lets anybody in."""
        import psycopg

        where: dict[str, Any] = {"host": str(self._folder), "port": self.port, "user": "tester", "dbname": "postgres"}
        end = time.monotonic() + STARTS_WITHIN
        while True:
            try:
                return await psycopg.AsyncConnection.connect(**where, autocommit=True)
            except psycopg.OperationalError:
                if time.monotonic() > end:
                    raise
                await asyncio.sleep(0.1)


SERVERS: Sequence[type[Encrypted]] = (EncryptedRedis, EncryptedNats, EncryptedPostgres)


@contextmanager
def serving(kind: type[Encrypted]) -> Iterator[tuple[Encrypted, str]]:
    """A server that can be reached, and the file of its certificate."""
    with tempfile.TemporaryDirectory(prefix="tls", dir="/tmp") as made:  # a short path: sockets of the system have short names
        folder = Path(made)
        _give(folder)
        files = certificate(folder, days=30)
        server = kind(folder, files)
        process = subprocess.Popen(server.command(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder, **_as_user(server))
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


def _found(program: str, folders: Sequence[Path] = ()) -> str:
    """Skips where a program is missing; in CI that is an error."""
    places = os.pathsep.join([*map(str, folders[::-1]), os.environ.get("PATH", ""), "/usr/sbin", "/usr/bin"])
    found = shutil.which(program, path=places)
    if found is None:
        assert os.environ.get("CI") != "true", f"{program} is not installed"
        pytest.skip(f"{program} is not installed: its TLS is not tested here")
    return found


def _as_user(server: Encrypted) -> dict[str, Any]:
    """PostgreSQL does not run as root."""
    return {"user": _USER} if isinstance(server, EncryptedPostgres) and os.geteuid() == 0 else {}


def _run(command: Sequence[str], folder: Path) -> None:
    user: dict[str, Any] = {"user": _USER} if os.geteuid() == 0 else {}
    subprocess.run(command, check=True, capture_output=True, cwd=folder, timeout=60, **user)


def _give(path: Path) -> None:
    """To the user as whom a server runs that does not run as root."""
    if os.geteuid() == 0:
        shutil.chown(path, _USER)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])
