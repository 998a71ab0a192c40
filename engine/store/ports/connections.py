"""What is asked of connections, whose documents are kept sealed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol


class Connections(Protocol):
    async def connection_names(self) -> Sequence[str]: ...
    async def connection(self, name: str) -> bytes | None:
        """Plain JSON of a connection (kept sealed with the master key)."""
        ...

    async def save_connection(self, name: str, document: bytes, *, actor: str) -> None: ...
    async def delete_connection(self, name: str, *, actor: str) -> None:
        """Raises ``NotFound`` (``connection.missing``)."""
        ...
