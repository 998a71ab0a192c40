"""How a wait begins and ends."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from engine.order import utc_text
from engine.order.rules import Unmatched
from engine.store.ports import NewHold


def woken(how: str, at: datetime, by: str, body: Any = None) -> dict[str, Any]:
    """How a wait ended, as the journal keeps it."""
    return {"how": how, "at": utc_text(at), "by": by, "body": body}


def due_at(content: Mapping[str, Any], now: datetime) -> datetime | None:
    """When a wait that begins now is over by itself."""
    if "until" in content:
        return datetime.fromisoformat(content["until"])
    return now + timedelta(seconds=content["seconds"]) if "seconds" in content else None


def held_by(content: Mapping[str, Any]) -> NewHold | None:
    """What a wait holds, where it is one for a release."""
    if content["wait"] != "hold":
        return None
    missing = tuple(Unmatched(**one) for one in content.get("missing", ()))
    return NewHold(**content["order"], reasons=tuple(content["reasons"]), missing=missing)
