"""Which version of an order counts: pure decisions, shared by all stores."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from engine.store.ports import HubOrder, HubOutcome

PLACEHOLDER = b'"@outcome"'
_TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?:Z|[+-]\d\d:?\d\d)?")


def outcome(order: HubOrder, held_version: str | None, held_content: str) -> HubOutcome:
    """What becomes of an order beside the one that is held (``None``: none is)."""
    if held_version is None:
        return "new"
    order_of_versions = compare_versions(order.version, held_version)
    if order_of_versions is None or order_of_versions == 0:
        return "unchanged" if order.content == held_content else "changed"
    return "changed" if order_of_versions > 0 else "stale"


def compare_versions(one: str, other: str) -> int | None:
    """Below, at or above zero as ``one`` is older, equal or newer; ``None`` if they are not times and differ.

    ISO 8601 times compare as UTC; one without a zone counts as UTC.
    """
    if one == other:
        return 0
    mine, theirs = _normal(one), _normal(other)
    if mine is None or theirs is None:
        return None
    return (mine > theirs) - (mine < theirs)


def is_overtaken(held_version: str, run_id: int, newest: str, brought_by: int) -> bool:
    """Whether a version that run ``run_id`` holds is no longer the newest: ``newest`` is that of the hub, and the event that brought it.

    Versions that are no times tell nothing by themselves: then what came later is newer.
    """
    order_of_versions = compare_versions(held_version, newest)
    return brought_by > run_id if order_of_versions is None else order_of_versions < 0


def with_outcome(body: bytes, result: HubOutcome) -> bytes:
    """A fact's body, its first placeholder replaced."""
    return body.replace(PLACEHOLDER, b'"%s"' % result.encode(), 1)


def _normal(version: str) -> datetime | None:
    if not _TIME.fullmatch(version):
        return None
    try:
        at = datetime.fromisoformat(version)
    except ValueError:
        return None
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
