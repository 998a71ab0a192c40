"""How much a system is asked at once: a token bucket and a circuit breaker, pure. Times are seconds of any clock that only goes on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

BreakerState = Literal["closed", "open", "half_open"]


@dataclass(slots=True)
class Bucket:
    """At most ``per_minute`` calls a minute on the long run; what was not used may be made up for, up to ``burst`` at once."""

    per_minute: int
    burst: int
    tokens: float
    at: float

    @classmethod
    def full(cls, per_minute: int, now: float) -> Bucket:
        """A tenth of a minute's calls may come at once, at least one."""
        burst = max(1, per_minute // 10)
        return cls(per_minute, burst, burst, now)

    def take(self, now: float) -> float:
        """Takes a call's turn; seconds to wait until it comes. Turns are given in the order in which they are taken."""
        self.tokens = min(self.burst, self.tokens + (now - self.at) * self.per_minute / 60) - 1
        self.at = now
        return max(0.0, -self.tokens * 60 / self.per_minute)

    def give_back(self) -> None:
        """The turn was not used."""
        self.tokens += 1


@dataclass(slots=True)
class Breaker:
    """Opens after so many failures in a row, lets nothing through for a while, then one call as a probe (half open).

    The probe closes it, or opens it once more. Source: M. Nygard, "Release It!", the pattern of that name.
    """

    after: int
    pause: float
    failures: int = 0
    open_until: float | None = None
    probing: bool = False

    def state(self, now: float) -> BreakerState:
        if self.open_until is None:
            return "closed"
        return "open" if now < self.open_until else "half_open"

    def ask(self, now: float) -> float:
        """0: the call may go; else seconds after which to ask again."""
        if self.open_until is None:
            return 0.0
        if now < self.open_until:
            return self.open_until - now
        if self.probing:
            return self.pause
        self.probing = True
        return 0.0

    def succeeded(self) -> None:
        self.failures, self.open_until, self.probing = 0, None, False

    def failed(self, now: float) -> None:
        self.failures += 1
        if self.probing or self.failures >= self.after:
            self.open_until = now + self.pause
        self.probing = False

    def abandoned(self) -> None:
        """A call ended without telling how the system is (it was cancelled, say): another one may probe."""
        self.probing = False
