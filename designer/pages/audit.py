"""The audit log: who changed what, and whether the chain of its rows holds."""

from __future__ import annotations

from litestar import Response, get
from litestar.params import FromQuery

from designer.pages.frame import PageRequest, loom, page
from designer.pages.listing import PER_PAGE, links


@get("/audit", opt={"permission": "audit.read"})
async def list_audit(request: PageRequest, cursor: FromQuery[str | None] = None, verify: FromQuery[bool] = False) -> Response[str]:
    store = loom(request).store
    found = await store.audit_rows(limit=PER_PAGE, cursor=cursor)
    broken_at = await store.audit_broken_at() if verify else None
    return page(request, "audit.html", found=found, links=links("/audit", found, cursor, {}), verified=verify, broken_at=broken_at)
