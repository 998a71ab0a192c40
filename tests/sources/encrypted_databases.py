"""Databases that speak TLS."""

from __future__ import annotations

import asyncio
import getpass
import os
import shutil
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar

from .encrypted import STARTS_WITHIN, Encrypted, OnAPort, as_user, found, give
from .servers import HOST

_POSTGRES = sorted(Path("/usr/lib/postgresql").glob("*/bin")) if Path("/usr/lib/postgresql").is_dir() else []
_ROWS: dict[str, Any] = {"table": "orders", "key_path": "no", "time_column": "changed", "every": "50ms"}


class EncryptedPostgres(OnAPort):
    use, named, client = "connector.database_rows@1", "database", "postgresql"
    connection: ClassVar[dict[str, Any]] = {"type": "database", "kind": "postgresql", "user": "tester", "database": "postgres"}
    params: ClassVar[dict[str, Any]] = _ROWS

    user = "postgres" if os.geteuid() == 0 else getpass.getuser()

    def __init__(self, folder: Path, files: tuple[str, str]) -> None:
        super().__init__(folder, files)
        data = ["-D", str(folder / "data"), "-U", "tester", "--auth=trust", "--no-sync", "-E", "UTF8"]
        made = [found("initdb", _POSTGRES), *data]
        subprocess.run(made, check=True, capture_output=True, cwd=folder, timeout=60, **as_user(self.user))
        (folder / "data" / "pg_hba.conf").write_text("local all all trust\nhostssl all all all trust\n", encoding="ascii")
        for name, file in zip(("server.key", "server.crt"), files, strict=True):
            place = folder / "data" / name
            shutil.copyfile(file, place)
            place.chmod(0o600)
            give(place, self.user)

    def command(self) -> Sequence[str]:
        options = {"port": self.port, "listen_addresses": HOST, "ssl": "on", "fsync": "off", "unix_socket_directories": self.folder}
        return [found("postgres", _POSTGRES), "-D", str(self.folder / "data"), *(f"--{name}={value}" for name, value in options.items())]

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

        where: dict[str, Any] = {"host": str(self.folder), "port": self.port, "user": "tester", "dbname": "postgres"}
        end = time.monotonic() + STARTS_WITHIN
        while True:
            try:
                return await psycopg.AsyncConnection.connect(**where, autocommit=True)
            except psycopg.OperationalError:
                if time.monotonic() > end:
                    raise
                await asyncio.sleep(0.1)


class EncryptedMaria(OnAPort):
    """Without tables of its own, which take long to make: it knows no users."""

    use, named, client = "connector.database_rows@1", "database", "mysql"
    connection: ClassVar[dict[str, Any]] = {"type": "database", "kind": "mysql", "user": "tester", "database": "shop"}
    params: ClassVar[dict[str, Any]] = _ROWS
    lets_plain_in = True

    def command(self) -> Sequence[str]:
        (self.folder / "data" / "shop").mkdir(parents=True)
        light = ["--no-defaults", "--skip-grant-tables", "--skip-innodb", "--default-storage-engine=Aria", "--skip-log-bin"]
        place = [f"--datadir={self.folder / 'data'}", f"--socket={self.folder / 's'}", f"--pid-file={self.folder / 'pid'}"]
        tls = [f"--ssl-cert={self.file}", f"--ssl-key={self.key}"]
        return [found("mariadbd"), *light, *place, *tls, f"--user={self.user}", f"--bind-address={HOST}", f"--port={self.port}"]

    async def send(self, numbers: Sequence[str]) -> None:
        await asyncio.to_thread(self._send, numbers)

    def _send(self, numbers: Sequence[str]) -> None:
        made = "(id bigint auto_increment primary key, no varchar(9), changed timestamp(6) DEFAULT now(6))"
        with self._connected() as cursor:
            cursor.execute(f"CREATE TABLE IF NOT EXISTS orders {made}")
            for number in numbers:
                cursor.execute("INSERT INTO orders (no) VALUES (%s)", (number,))

    def encrypted(self) -> int:
        with self._connected() as cursor:
            cursor.execute("SHOW GLOBAL STATUS LIKE 'Ssl_accepts'")
            return int(cursor.fetchone()[1])

    @contextmanager
    def _connected(self) -> Iterator[Any]:
        import pymysql

        with pymysql.connect(unix_socket=str(self.folder / "s"), database="shop", autocommit=True, ssl_disabled=True) as connection:
            yield connection.cursor()


DATABASES: Sequence[type[Encrypted]] = (EncryptedPostgres, EncryptedMaria)
