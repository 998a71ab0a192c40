"""What is asked for sending a share of a flow's orders through another version. Each of these is one transaction, with its audit entry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from engine.store.traffic import Share


@dataclass(frozen=True, slots=True)
class Candidate:
    """A document that becomes a version without being published. ``calls`` as ``publish`` takes them."""

    document: bytes
    note: str
    calls: str = "{}"


class Shares(Protocol):
    async def shares(self) -> Mapping[str, Share]:
        """By flow."""
        ...

    async def begin_share(self, flow: str, what: int | Candidate, percent: int, *, actor: str) -> Share:
        """Of a version that there is, or of one that is made for it. 100 percent switches over.

        Raises ``NotFound`` (``flow.unknown``, ``flow.version_unknown``) or ``Conflict``: ``share.stands``, ``share.unpublished``,
        ``share.same_version``.
        """
        ...

    async def resize_share(self, flow: str, percent: int, *, actor: str) -> Share:
        """More or less, down to 0; 100 switches over. Raises ``NotFound`` (``share.none``) or ``Conflict`` (``share.switched``)."""
        ...

    async def end_share(self, flow: str, *, actor: str) -> Share:
        """All orders go through ``base`` again, at once; gives what ended. Raises ``NotFound`` (``share.none``)."""
        ...
