"""What is asked of the audit trail."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from engine.store.records import AuditRow, Page


class Audit(Protocol):
    async def audit(self, actor: str, action: str, resource: str, detail: Mapping[str, Any]) -> None: ...
    async def audit_rows(self, *, limit: int = 50, cursor: str | None = None) -> Page[AuditRow]: ...
    async def audit_broken_at(self) -> int | None:
        """The first row whose chain does not hold, if any."""
        ...
