"""When a failed call is repeated: pure decisions."""

from __future__ import annotations

from datetime import datetime
from email.utils import parsedate_to_datetime

from engine.flow.document import Retry

LONGEST_WISH = 24 * 3600.0
"""Seconds: who asks for more patience than this is taken for mistaken, and the policy's own delay counts."""


def delay_before(attempt: int, retry: Retry, spread: float) -> float | None:
    """Seconds to wait before attempt number ``attempt`` (2 is the first repetition); ``None`` when there are no more attempts.

    ``spread`` in [0, 1) is the caller's chance, which jitter turns into a shift of at most ± ``jitter`` × delay.
    """
    if attempt > retry.attempts:
        return None
    plain = min(retry.backoff.total_seconds() * retry.factor ** (attempt - 2), retry.max.total_seconds())
    return plain * (1 + retry.jitter * (2 * spread - 1))


def wished(retry_after: str | None, now: datetime) -> float:
    """Seconds that an answer's ``Retry-After`` asks for (RFC 9110, 10.2.3: seconds, or a date); 0 where it asks for nothing sensible."""
    if not retry_after:
        return 0.0
    text = retry_after.strip()
    if text.isascii() and text.isdigit():
        seconds = float(text)
    else:
        try:
            moment = parsedate_to_datetime(text)
        except ValueError:
            return 0.0
        seconds = (moment - now).total_seconds() if moment.tzinfo is not None else 0.0
    return seconds if 0 < seconds <= LONGEST_WISH else 0.0
