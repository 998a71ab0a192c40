"""What the contract watch asks of the store: what was seen of each operation, its changes, and the versions of its form.

Nothing of it is personal: names of fields, types, formats, and words of enumerations.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

from engine.store.records import Page

ChangeState = Literal["open", "accepted", "gone"]


@dataclass(frozen=True, slots=True)
class KeptContract:
    """What was seen of an operation, such as ``taobao.order``. ``body`` is JSON of a bounded size."""

    operation: str
    at: datetime
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class FormVersion:
    """What people decided about an operation's form, the whole of it, from the version on. ``body`` is JSON."""

    operation: str
    version: int
    at: datetime
    actor: str
    note: str
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class NewFormChange:
    """``key`` tells the changes of an operation apart; ``weight`` how much it matters; ``body`` is JSON."""

    operation: str
    key: str
    kind: str
    path: str
    weight: str
    at: datetime
    orders: int
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class FormChange:
    """``orders``: those in which it was seen; ``version``: of the form, by which it was accepted; ``gone``: it showed no more."""

    id: int
    operation: str
    key: str
    kind: str
    path: str
    weight: str
    state: ChangeState
    first_at: datetime
    last_at: datetime
    orders: int
    decided_at: datetime | None
    decided_by: str | None
    version: int | None
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class ChangeFilter:
    """``None``: any."""

    state: ChangeState | None = "open"
    operation: str | None = None


OPEN_CHANGES = ChangeFilter()


class Contracts(Protocol):
    async def contracts(self) -> Sequence[KeptContract]:
        """By operation."""
        ...

    async def keep_contract(self, kept: KeptContract) -> None:
        """In place of what was kept of the operation before."""
        ...

    async def form_versions(self) -> Mapping[str, Sequence[FormVersion]]:
        """By operation, oldest first."""
        ...

    async def open_change(self, change: NewFormChange) -> int | None:
        """``None``, and nothing is written, where one of that operation and key is open."""
        ...

    async def keep_change(self, change_id: int, weight: str, last_at: datetime, orders: int, body: bytes) -> None:
        """What has become of an open one; nothing where it was closed meanwhile."""
        ...

    async def end_change(self, change_id: int, at: datetime) -> bool:
        """It showed no more. False where it was closed meanwhile."""
        ...

    async def accept_changes(self, change_ids: Sequence[int], version: FormVersion) -> None:
        """A person takes changes: with the new version of the form, all or nothing, audited.

        Raises ``NotFound`` (``form_change.unknown``) or ``Conflict``: ``form_change.closed``, or ``form_change.overtaken`` where that
        version was made by somebody else.
        """
        ...

    async def form_changes(self, where: ChangeFilter = OPEN_CHANGES, *, limit: int = 50, cursor: str | None = None) -> Page[FormChange]:
        """Newest first."""
        ...

    async def form_change(self, change_id: int) -> FormChange:
        """Raises ``NotFound`` (``form_change.unknown``)."""
        ...

    async def delete_changes(self, before: datetime) -> int:
        """Delete what was closed before then. Returns how many."""
        ...
