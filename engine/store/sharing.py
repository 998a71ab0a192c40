"""Decisions about shares, the same for all stores."""

from __future__ import annotations

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


def require_growth(held: Share, percent: int) -> None:
    """While a share stands no order goes back by itself. Raises ``Conflict`` (``share.shrinks``)."""
    if held.state == "switched" or percent < held.percent:
        raise Conflict(Problem("share.shrinks", (held.flow,), {"percent": held.percent}))


def stands(held: Share) -> Conflict:
    return Conflict(Problem("share.stands", (held.flow,), {"version": held.version, "percent": held.percent}))
