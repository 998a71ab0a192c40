"""What people keep by hand: sheets (JSON documents of a kind and a name), of which every version stays. Nothing in them is personal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Protocol

from engine.errors import Conflict, Problem

VERSIONS: Final = 100
"""So many of a sheet are kept; of more the oldest go."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One version, counted from 1."""

    kind: str
    name: str
    version: int
    body: bytes = field(repr=False)
    actor: str
    at: datetime


class Sheets(Protocol):
    async def sheets(self, kind: str) -> Mapping[str, Sheet]:
        """The newest version of each of a kind, by name, in the order of names."""
        ...

    async def sheet(self, kind: str, name: str, version: int | None = None) -> Sheet | None:
        """The newest version, or one of those before; ``None`` where there is none."""
        ...

    async def sheet_versions(self, kind: str, name: str) -> Sequence[Sheet]:
        """All that are kept, newest first."""
        ...

    async def save_sheet(self, kind: str, name: str, body: bytes, *, expected: int | None, keep: int = VERSIONS, actor: str) -> int:
        """The new version. ``expected``: the one that the writer saw (0: there must be none; ``None``: whatever there is).

        ``keep``: how many versions stay. Raises ``Conflict`` (``sheet.changed``).
        """
        ...

    async def delete_sheet(self, kind: str, name: str, *, actor: str) -> bool:
        """Forget all versions. False where there was none."""
        ...


def next_version(held: int, expected: int | None) -> int:
    """Raises ``Conflict`` (``sheet.changed``) where somebody was quicker. Pure."""
    if expected is not None and expected != held:
        raise Conflict(Problem("sheet.changed", fields={"version": held}))
    return held + 1
