"""The chain of the audit trail: pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from engine.json_text import canonical_json
from engine.store.ports import AuditRow
from engine.store.times import to_micros


def link(row: AuditRow, before: str) -> str:
    """SHA-256 over the canonical row and the chain of the row before it."""
    content = [row.id, to_micros(row.at), row.actor, row.action, row.resource, dict(row.detail), before]
    return hashlib.sha256(canonical_json(content)).hexdigest()


def broken_at(rows: Iterable[AuditRow], last: int) -> int | None:
    """The number of the first row that was changed, or is missing from 1 to ``last``; ``None`` if all is well."""
    before, expected = "", 1
    for row in rows:
        if row.id != expected or row.chain != link(row, before):
            return expected
        before, expected = row.chain, expected + 1
    return expected if expected <= last else None
