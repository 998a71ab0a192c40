"""The audit log."""

from __future__ import annotations

from litestar import get

from designer.api.given import Cursor, Limit, Loom
from designer.api.shapes import AuditShown, Listed, audit_shown, listed


@get("/audit", opt={"permission": "audit.read"})
async def list_audit(orderloom: Loom, limit: Limit = 50, cursor: Cursor = None) -> Listed[AuditShown]:
    """Who did what and when, newest first."""
    return listed(await orderloom.store.audit_rows(limit=limit, cursor=cursor), audit_shown)


routes = [list_audit]
