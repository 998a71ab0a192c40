"""What is asked for sources of events: who listens to one, and how far it has been read."""

from __future__ import annotations

from typing import Protocol


class Sources(Protocol):
    async def hold_source(self, flow: str, trigger: str) -> bool:
        """Take or keep a source of events for this owner. False while another live process has it."""
        ...

    async def free_source(self, flow: str, trigger: str) -> None:
        """Give a source up, if it is this owner's, so that another may take it at once."""
        ...

    async def source_cursor(self, flow: str, trigger: str) -> bytes | None:
        """How far the source has been read: JSON; ``None`` before the first time."""
        ...

    async def move_cursor(self, flow: str, trigger: str, cursor: bytes) -> None:
        """Raises ``Conflict`` (``source.lost``) unless this owner holds the source."""
        ...
