"""What the engine asks of whoever executes its runs."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Protocol

import msgspec

from engine.node.items import Item
from engine.node.triggers import Arrival
from engine.run.facts import Recorded
from engine.run.live import Outcome
from engine.run.plan import Plan
from engine.store.ports import Event, RunState

After = Callable[[Event, Outcome, Plan | None], Awaitable[None] | None]
"""Told of a run that ended or rests; what it gives back is waited for."""


class Load(msgspec.Struct):
    """What a run needs besides its event."""

    plan: Plan
    items: tuple[Item, ...]
    channel: str
    shop_id: str
    recorded: Recorded


class Dispatch(Protocol):
    """The port: hands runnable runs to whoever executes them. It keeps the order of rule R5 and gives each run to one worker at a time;

    what it is handed is durable before, so that whatever it forgets goes on at the next start.
    """

    ended: Counter[tuple[str, RunState]]
    changed: asyncio.Event

    def accepted(self, event: Event, plan: Plan, arrival: Arrival) -> None: ...
    def recovered(self, event: Event) -> None: ...
    def parked(self, flow: str, order_key: str, event_id: int) -> None: ...
    def resumed(self, event: Event) -> None: ...
    def cancel(self, event_id: int) -> bool: ...
    def forget(self, flow: str, order_key: str, event_id: int) -> None: ...
    def known(self) -> set[int]: ...
    async def idle(self) -> None: ...
    async def drain(self, seconds: float) -> None: ...

    @property
    def running(self) -> int: ...
    @property
    def waiting(self) -> int: ...
