"""When a failed call is repeated: a pure decision."""

from __future__ import annotations

from engine.flow.document import Retry


def delay_before(attempt: int, retry: Retry, spread: float) -> float | None:
    """Seconds to wait before attempt number ``attempt`` (2 is the first repetition); ``None`` when there are no more attempts.

    ``spread`` in [0, 1) is the caller's chance, which jitter turns into a shift of at most ± ``jitter`` × delay.
    """
    if attempt > retry.attempts:
        return None
    plain = min(retry.backoff.total_seconds() * retry.factor ** (attempt - 2), retry.max.total_seconds())
    return plain * (1 + retry.jitter * (2 * spread - 1))
