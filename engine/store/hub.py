"""Which version of an order counts: pure decisions, shared by all stores."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import NamedTuple

from engine.order.ahead import AHEAD, stands_for
from engine.store.ports import HubOutcome

PLACEHOLDER = b'"@outcome"'
_TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?:Z|[+-]\d\d:?\d\d)?")


class Came(NamedTuple):
    """A version of an order, and when it arrived."""

    version: str
    content: str
    at: datetime | None = None


def outcome(came: Came, held: Came | None) -> HubOutcome:
    """What becomes of a version beside the one that is held (``None``: none is)."""
    if held is None:
        return "new"
    order_of_versions = compare_versions(came.version, _believed(held, came))
    if order_of_versions is None or order_of_versions == 0:
        return "unchanged" if came.content == held.content else "changed"
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


def is_overtaken(held_version: str, run_id: int, newest: str, brought_by: int, since: datetime | None = None) -> bool:
    """Whether a version that run ``run_id`` holds is no longer the newest: ``newest`` is that of the hub, and the event that brought it.

    Versions that are no times tell nothing by themselves: then what came later is newer. So it is with one that was held at ``since``
    and lies in the future of that: its time is a mistake.
    """
    order_of_versions = compare_versions(held_version, newest)
    if order_of_versions is None or is_ahead(held_version, since):
        return brought_by > run_id and order_of_versions != 0
    return order_of_versions < 0


def is_ahead(version: str, arrived: datetime | None) -> bool:
    """Whether a version is a time that lies in the future of its arrival."""
    at = _normal(version)
    return at is not None and arrived is not None and at > arrived + AHEAD


def with_outcome(body: bytes, result: HubOutcome) -> bytes:
    """A fact's body, its first placeholder replaced."""
    return body.replace(PLACEHOLDER, b'"%s"' % result.encode(), 1)


def _believed(held: Came, came: Came) -> str:
    """The version that is held; one from the future, beside a believable one that came after it, as the time that it stands for.

    A time in the wrong zone is off by whole half hours: less those, it lies before its arrival. So a version that was corrected counts,
    and one from before the mistake does not.
    """
    at = _normal(held.version)
    if at is None or held.at is None or came.at is None or came.at < held.at:
        return held.version
    if not is_ahead(held.version, held.at) or is_ahead(came.version, came.at):
        return held.version
    return stands_for(at, held.at).isoformat()


def _normal(version: str) -> datetime | None:
    if not _TIME.fullmatch(version):
        return None
    try:
        at = datetime.fromisoformat(version)
    except ValueError:
        return None
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
