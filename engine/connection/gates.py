"""The gate in front of each system that we call: so many calls at once, so many a minute, none for a while when it fails."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Final, Self

from engine.connection.failures import CallFailed
from engine.connection.pressure import Breaker, BreakerState, Bucket
from engine.connection.types import Connection

PATIENCE: Final = 5.0
"""Seconds that a call waits at the gate for its turn; for longer its item rests in the store, and somebody else may be served."""


@dataclass(frozen=True, slots=True)
class Limits:
    """``None``: as many as come. ``break_after`` failures in a row nothing is called for ``pause`` seconds."""

    at_once: int | None = None
    per_minute: int | None = None
    break_after: int | None = None
    pause: float = 30.0


@dataclass(frozen=True, slots=True)
class GateState:
    """How a connection is doing: calls under way and in line, failures in a row, the breaker, seconds until it lets a probe through."""

    under_way: int
    in_line: int
    failures: int
    breaker: BreakerState
    reopens_in: float | None


class Gate:
    def __init__(self, limits: Limits, clock: Callable[[], float]) -> None:
        self.limits, self._clock = Limits(), clock
        self._line: deque[asyncio.Future[None]] = deque()
        self._bucket: Bucket | None = None
        self._breaker: Breaker | None = None
        self.under_way = self.waiting = 0
        self.is_free = True
        """Whether it lets everybody through: then its calls only count themselves, ``under_way``, and ``leave``."""
        self.change(limits)

    def change(self, limits: Limits) -> None:
        """Other limits hold at once, for those in line too, and calls under way are counted on. What changed begins anew."""
        before, self.limits = self.limits, limits
        if limits.per_minute != before.per_minute:
            self._bucket = Bucket.full(limits.per_minute, self._clock()) if limits.per_minute else None
        if (limits.break_after, limits.pause) != (before.break_after, before.pause):
            self._breaker = Breaker(limits.break_after, limits.pause) if limits.break_after else None
        self.is_free = limits.at_once is None and limits.per_minute is None and limits.break_after is None
        self._let_in()

    def at_once(self, name: str) -> Call | None:
        """What goes around a call where nobody waits for a turn. Raises ``CallFailed`` (``connection.paused``) with a time."""
        if self._bucket is not None or self.limits.at_once is not None:
            return None
        self.under_way += 1
        return self._entered(name)

    async def in_line(self, name: str) -> Call:
        """The same once the call's turn has come. Raises ``CallFailed`` (``connection.paused``, ``connection.crowded``) with a time."""
        self._refuse_while_open(name)
        self.waiting += 1
        try:
            await self._turn(name)
        finally:
            self.waiting -= 1
        return self._entered(name)

    def _entered(self, name: str) -> Call:
        if self._breaker is not None:
            try:
                self._ask(self._breaker, name)
            except CallFailed:
                self.leave()
                raise
        return Call(self)

    def left(self, went: bool | None) -> None:
        self._note(went)
        self.leave()

    def leave(self) -> None:
        self.under_way -= 1
        if self._line:
            self._let_in()

    def state(self) -> GateState:
        now, breaker = self._clock(), self._breaker
        if breaker is None:
            return GateState(self.under_way, self.waiting, 0, "closed", None)
        left = breaker.open_until - now if breaker.open_until is not None and breaker.open_until > now else None
        return GateState(self.under_way, self.waiting, breaker.failures, breaker.state(now), left)

    def _refuse_while_open(self, name: str) -> None:
        """Nobody stands in line for a system that is left alone."""
        breaker = self._breaker
        if breaker is not None and breaker.open_until is not None and (now := self._clock()) < breaker.open_until:
            raise later("connection.paused", name, breaker.open_until - now)

    def _ask(self, breaker: Breaker, name: str) -> None:
        """Asked last, because the system may have failed while the call stood in line."""
        if wait := breaker.ask(self._clock()):
            if self._bucket is not None:
                self._bucket.give_back()
            raise later("connection.paused", name, wait)

    async def _turn(self, name: str) -> None:
        if self._bucket is not None:
            wait = self._bucket.take(self._clock())
            if wait > PATIENCE:
                self._bucket.give_back()
                raise later("connection.crowded", name, wait)
            if wait:
                await asyncio.sleep(wait)
        if self._line or not self._has_place():
            await self._stand()
        else:
            self.under_way += 1

    async def _stand(self) -> None:
        """Until a place is given, which counts as taken from then on."""
        place: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._line.append(place)
        try:
            await place
        except asyncio.CancelledError:
            if not place.cancelled():
                self.leave()
            elif place in self._line:
                self._line.remove(place)
            raise

    def _let_in(self) -> None:
        while self._line and self._has_place():
            place = self._line.popleft()
            if not place.done():
                self.under_way += 1
                place.set_result(None)

    def _has_place(self) -> bool:
        return self.limits.at_once is None or self.under_way < self.limits.at_once

    def _note(self, went: bool | None) -> None:
        if self._breaker is None:
            return
        if went is None:
            self._breaker.abandoned()
        elif went:
            self._breaker.succeeded()
        else:
            self._breaker.failed(self._clock())


class Call:
    """``went``: whether the system works; ``None``: the call did not tell. A failure that is worth a retry counts against the system."""

    __slots__ = ("_gate", "went")

    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        self.went: bool | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if isinstance(error, CallFailed):
            self.went = not error.retriable
        self._gate.left(self.went)


class Gates:
    """One gate a connection, which its limits may change under."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._gates: dict[str, Gate] = {}
        self._made_for: dict[str, Connection] = {}

    def of(self, name: str, connection: Connection) -> Gate:
        if self._made_for.get(name) is connection:
            return self._gates[name]
        limits = limits_of(connection)
        gate = self._gates.get(name)
        if gate is None:
            gate = self._gates[name] = Gate(limits, self._clock)
        elif gate.limits != limits:
            gate.change(limits)
        self._made_for[name] = connection
        return gate

    def states(self) -> Mapping[str, GateState]:
        """Of all connections that were called since the start."""
        return {name: gate.state() for name, gate in sorted(self._gates.items())}


def limits_of(connection: Connection) -> Limits:
    given = {name: getattr(connection, name, None) for name in ("at_once", "per_minute", "break_after")}
    return Limits(**given, pause=float(getattr(connection, "pause_seconds", None) or 30))


def later(code: str, name: str, seconds: float) -> CallFailed:
    """Nothing was sent, and nothing is held against the call: it may be made after so many seconds."""
    return CallFailed(code, retriable=True, maybe_sent=False, after=seconds, name=name, seconds=max(1, round(seconds)))
