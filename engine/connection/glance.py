"""A look at what a database holds: how many tables a login sees, and the server's time. No row is read."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any

from engine.connection.failures import CallFailed

if TYPE_CHECKING:
    from engine.connection.servers import Database


class Glance:
    """``ask`` gives ``tables`` and ``at``."""

    def __init__(self, server: Database, ask: Callable[[], Awaitable[Mapping[str, Any]]]) -> None:
        self._server, self._ask = server, ask

    async def glance(self) -> Mapping[str, Any]:
        """Raises ``CallFailed`` (``probe.no_tables``)."""
        try:
            return await self._ask()
        except Exception:  # noqa: BLE001 - a driver's own words may name what is there
            raise CallFailed("probe.no_tables", retriable=True, maybe_sent=False, host=self._server.host) from None
