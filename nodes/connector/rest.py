"""What the channels with REST interfaces share: what the status of an answer says. Its words belong to each channel."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final

from engine.sdk import HttpAnswer, NodeError, Verdict
from nodes.connector.arrivals import as_item
from nodes.connector.asking import Busy

LATER: Final = (408, 425, 429)
NOT_ALLOWED: Final = (401, 403)
_SERVER_FAULT: Final = 500
_PAUSE: Final = 2.0


def settled(answer: HttpAnswer, said: str = "") -> Verdict:
    """For effects: ``retry`` where the same call may succeed later, else ``done``, also where the platform refuses what was asked.

    Raises ``NodeError`` with ``platform.signature`` where it does not take our credentials. ``said``: its code word, if it has any.
    """
    if answer.status in LATER or answer.status >= _SERVER_FAULT:
        return "retry"
    if answer.status in NOT_ALLOWED:
        raise NodeError("platform.signature", error=said or str(answer.status))
    return "done"


def require_answer(answer: HttpAnswer, now: datetime, said: str = "") -> None:
    """For sources. Raises ``Busy`` for as long as ``Retry-After`` says, and ``NodeError``: ``platform.signature``,
    ``platform.no_answer`` where there is no such address, ``order.error_response`` for any other refusal.
    """
    if settled(answer, said) == "retry":
        raise Busy(seconds_of(answer.headers, now), said or str(answer.status))
    if answer.status == 404:
        raise NodeError("platform.no_answer", status=answer.status)
    if not 200 <= answer.status < 300:
        raise NodeError("order.error_response", error=said or str(answer.status))


def seconds_of(headers: Mapping[str, str], now: datetime, otherwise: float = _PAUSE) -> float:
    """``Retry-After`` as seconds, which may be a number (Shopify: with decimals) or a date."""
    text = headers.get("retry-after", "").strip()
    try:
        return max(0.0, float(text)) if text[:1].isdigit() else max(0.0, (parsedate_to_datetime(text) - now).total_seconds())
    except (ValueError, TypeError, OverflowError):
        return otherwise


def word_of(body: Any, key: str, longest: int = 80) -> str:
    """The code word of a refusal; its sentences are left out, because they may repeat what was sent."""
    found: Any = as_item(body).get(key)
    return found[:longest] if isinstance(found, str) else ""
