"""Plain connections to addresses that the guard let pass."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Generator, Iterable
from contextlib import contextmanager, suppress


async def open_socket(addresses: Iterable[str], port: int) -> socket.socket:
    """A connection to the first address that takes one. Raises ``OSError``, that of the last one tried."""
    failure: OSError | None = None
    for address in addresses:
        connection = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM)
        connection.setblocking(False)  # noqa: FBT003 - it takes no keyword
        try:
            await asyncio.get_running_loop().sock_connect(connection, (address, port))
        except OSError as error:
            connection.close()
            failure = error
        except BaseException:
            connection.close()
            raise
        else:
            return connection
    raise failure or OSError


@contextmanager
def woken(connection: socket.socket) -> Generator[None]:
    """For the time in which a thread waits for what comes of a connection: where nobody wants it any more, the thread comes to its end."""
    with connection.dup() as same:  # encrypting takes the first one away
        try:
            yield
        except BaseException:
            with suppress(OSError):
                same.shutdown(socket.SHUT_RDWR)
            raise
