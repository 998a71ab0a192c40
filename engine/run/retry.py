"""What an attempt came to that did not succeed, and when the call is repeated: pure decisions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final, NamedTuple

from engine.connection.failures import CallFailed
from engine.errors import Problem
from engine.flow.document import Retry

TOO_MANY: Final = 429
"""The one answer worth a retry that says for certain that nothing was done."""
LOCKED_OUT: Final = (401, 403)
"""Refusals that are no fault of the request."""
LONGEST_WISH = 24 * 3600.0
"""Seconds: who asks for more patience than this gets this much."""


class Missed(NamedTuple):
    """An attempt that did not succeed. ``again``: another one may; ``perhaps_done``: nobody knows whether it happened all the same;
    ``heard``: the system works, and says no; ``wish``: seconds that it asks to be left alone for.
    """

    problem: Problem
    again: bool
    perhaps_done: bool
    heard: bool = False
    wish: float = 0.0


def missed_by_answer(answer: Mapping[str, Any], verdict: str, attempt: int, now: datetime) -> Missed:
    """Of an answer that was judged ``refused`` or ``retry``; the number of the attempt is told with the problem."""
    status = answer.get("status")
    headers: Mapping[str, str] = answer.get("headers") or {}
    refused = verdict == "refused"
    problem = Problem("effect.refused" if refused else "effect.gave_up", fields={"status": status, "attempts": attempt})
    wish = wished(headers.get("retry-after"), now)
    return Missed(problem, not refused, not refused and status != TOO_MANY, refused and status not in LOCKED_OUT, wish)


def missed_by_failure(error: CallFailed) -> Missed:
    return Missed(error.problem, error.retriable, error.maybe_sent)


def delay_before(attempt: int, retry: Retry, spread: float) -> float | None:
    """Seconds to wait before attempt number ``attempt`` (2 is the first repetition); ``None`` when there are no more attempts.

    ``spread`` in [0, 1) is the caller's chance, which jitter turns into a shift of at most ± ``jitter`` × delay.
    """
    if attempt > retry.attempts:
        return None
    plain = min(retry.backoff.total_seconds() * retry.factor ** (attempt - 2), retry.max.total_seconds())
    return plain * (1 + retry.jitter * (2 * spread - 1))


def wished(retry_after: str | None, now: datetime) -> float:
    """Seconds that an answer's ``Retry-After`` asks for (RFC 9110, 10.2.3: seconds, or a date), at most ``LONGEST_WISH``; 0 where it
    asks for nothing sensible, or for a time that is over.
    """
    text = (retry_after or "").strip()
    seconds = float(text) if text.isascii() and text.isdigit() else _seconds_until(text, now)
    return min(max(seconds, 0.0), LONGEST_WISH)


def _seconds_until(date: str, now: datetime) -> float:
    """0 where it is no date, or does not say in which zone."""
    try:
        moment = parsedate_to_datetime(date)
    except (ValueError, OverflowError):
        return 0.0
    return (moment - now).total_seconds() if moment.tzinfo is not None else 0.0
