"""How a wait begins and ends."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from engine.errors import NodeError
from engine.node.durations import LONGEST_WAIT, duration_text
from engine.order import utc_text
from engine.order.rules import Unmatched
from engine.store.ports import NewHold


def woken(how: str, at: datetime, by: str, body: Any = None) -> dict[str, Any]:
    """How a wait ended, as the journal keeps it."""
    return {"how": how, "at": utc_text(at), "by": by, "body": body}


def due_at(content: Mapping[str, Any], now: datetime) -> datetime | None:
    """When a wait that begins now is over by itself. Raises ``NodeError`` (``wait.too_long``)."""
    if "until" in content:
        return datetime.fromisoformat(content["until"])
    if "seconds" not in content:
        return None
    if not content["seconds"] <= LONGEST_WAIT.total_seconds():
        raise NodeError("wait.too_long", limit=duration_text(LONGEST_WAIT))
    return now + timedelta(seconds=content["seconds"])


def held_by(content: Mapping[str, Any]) -> NewHold | None:
    """What a wait holds, where it is one for a release."""
    if content["wait"] != "hold":
        return None
    missing = tuple(Unmatched(**one) for one in content.get("missing", ()))
    return NewHold(**content["order"], reasons=tuple(content["reasons"]), missing=missing)
