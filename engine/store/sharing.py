"""Decisions about shares, the same for all stores."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from engine.errors import Conflict, Problem
from engine.store.traffic import Share

ALL = 100
"""Percent: nothing is left for the former version."""


def require_free(flow: str, held: Share | None, published: int | None) -> int:
    """The version that the others go on with. Raises ``Conflict``: ``share.stands`` or ``share.unpublished``."""
    if held is not None and held.state == "share":
        raise stands(held)
    if published is None:
        raise Conflict(Problem("share.unpublished", (flow,)))
    return published


def require_other(flow: str, version: int, base: int) -> None:
    """Raises ``Conflict`` (``share.same_version``)."""
    if version == base:
        raise Conflict(Problem("share.same_version", (flow,), {"version": version}))


def require_resizable(held: Share) -> None:
    """Once all orders go through the version there is no share any more. Raises ``Conflict`` (``share.switched``)."""
    if held.state == "switched":
        raise Conflict(Problem("share.switched", (held.flow,), {"version": held.version, "base": held.base}))


def resized(held: Share, percent: int, at: datetime) -> Share:
    return replace(held, percent=percent, peak=max(held.peak, percent), state="switched" if percent == ALL else "share", changed_at=at)


def action_of(before: Share, after: Share) -> str:
    """For the audit trail."""
    return "share.shrink" if after.percent < before.percent else "share.grow"


def stands(held: Share) -> Conflict:
    return Conflict(Problem("share.stands", (held.flow,), {"version": held.version, "percent": held.percent}))
