"""When the certificates of the systems that we call end, read from a handshake that asks nothing. By the guard's rules, bounded."""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from engine.connection.addresses import parse_url
from engine.connection.book import ConnectionBook
from engine.connection.guard import AddressGuard
from engine.connection.probe.reach import certificate_end
from engine.connection.sockets import open_socket
from engine.errors import OrderloomError

log = logging.getLogger("orderloom.certificates")
EVERY: Final = timedelta(hours=6)
WITHIN: Final = 10.0
"""Seconds for one handshake."""
_EXPIRED: Final = 10


@dataclass(frozen=True, slots=True)
class CertificateState:
    """``ends_at``: when it ends; of one that has ended already, when that was seen."""

    name: str
    ends_at: datetime


class Certificates:
    """``look`` is called again and again, and looks at each system every few hours. One that cannot be reached says nothing new."""

    def __init__(self, book: ConnectionBook, guard: AddressGuard, now: Callable[[], datetime]) -> None:
        self._book, self._guard, self._now = book, guard, now
        self._looked: dict[str, tuple[str, datetime]] = {}
        self._found: dict[str, CertificateState] = {}

    def states(self) -> list[CertificateState]:
        """Of the connections that there are now."""
        known = self._book.types()
        return [one for name, one in self._found.items() if name in known]

    async def look(self) -> None:
        for name in list(self._book.types()):
            address, now = self._book.get(name).address, self._now()
            before = self._looked.get(name)
            if not address.startswith("https://") or (before is not None and before[0] == address and now - before[1] < EVERY):
                continue
            self._looked[name] = (address, now)
            ends = await self._end_of(address, now)
            if ends is not None:
                self._found[name] = CertificateState(name, ends)
            elif before is not None and before[0] != address:
                self._found.pop(name, None)

    async def _end_of(self, address: str, now: datetime) -> datetime | None:
        try:
            async with asyncio.timeout(WITHIN):
                return await handshake(address, self._guard)
        except ssl.SSLCertVerificationError as error:
            return now if error.verify_code == _EXPIRED else None
        except (OSError, TimeoutError, OrderloomError) as error:
            log.info("certificate not seen", extra={"error": type(error).__name__})
            return None


async def handshake(address: str, guard: AddressGuard) -> datetime | None:
    """The end of a server's certificate. Raises ``OSError`` (``ssl.SSLError`` among them), ``TimeoutError``, ``CallFailed``."""
    url = parse_url(address)
    host, port = url.raw_host or "", url.port or 443
    connection = await open_socket(await guard.resolve(host, port), port)
    try:
        context = await asyncio.to_thread(ssl.create_default_context)
        _, writer = await asyncio.open_connection(sock=connection, ssl=context, server_hostname=host)
    except BaseException:
        connection.close()
        raise
    try:
        return certificate_end(writer.get_extra_info("ssl_object"))
    finally:
        writer.transport.abort()
