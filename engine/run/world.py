"""What live effects work with."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from engine.errors import NodeError
from engine.node.items import Item
from engine.order.rules import AppliedRules
from engine.run.calls import NO_CALLS, Calls
from engine.run.noted import Noted
from engine.run.outside import Outside
from engine.run.plan import Plan
from engine.run.seen import UNSEEN, Seen
from engine.run.tally import Tally
from engine.run.taps import Taps
from engine.store.call_records import CallNote
from engine.store.consignments import Consignment
from engine.store.ports import Event, HubOrder, Journal


def unnoted(call: CallNote) -> None:
    """Where no log of calls is kept."""
    del call


async def unreconciled(asked: Mapping[str, Any]) -> dict[str, Any]:
    """Where there is no hub to compare."""
    raise NodeError("reconcile.no_hub", channel=asked.get("channel"))


async def no_rules(asked: Mapping[str, Any]) -> dict[str, Any]:
    """Where nobody keeps any."""
    del asked
    return AppliedRules().answer()


def unheld(event: Event) -> bool:
    """Where nothing is ever held back."""
    del event
    return False


def unheard(event: Event, plan: Plan, slug: str, item: Item) -> None:
    """Where nobody watches the forms of what is fetched."""
    del event, plan, slug, item


async def nobody(asked: Mapping[str, Any]) -> dict[str, Any]:
    """Where there is no hub to ask."""
    raise NodeError("hub.not_here", task=asked.get("task"))


async def unremembered(sent: Sequence[Consignment]) -> None:
    """Where there is no hub that remembers."""
    del sent


@dataclass(frozen=True, slots=True)
class World:
    """One for the whole process.

    ``to_order`` makes the hub's row of a canonical order; ``calls`` begins the runs of other flows; ``note`` keeps that a call was made;
    ``reconcile`` compares a day's lists; ``desk`` does what else the hub is asked; ``rules`` says what of the cleansing rules applies;
    ``consigned`` remembers what a target took under a number that is not that of one whole order;
    ``clock`` gives seconds of which only differences mean something; ``seen`` is told of what the watch looks at; ``held``: whether
    nothing is to be sent for an event for now; ``fetched`` is told of what a node has fetched in a declared form.
    """

    journal: Journal
    outside: Outside
    now: Callable[[], datetime]
    to_order: Callable[[Mapping[str, Any], Event], HubOrder]
    sleep: Callable[[float], Any] = asyncio.sleep
    chance: Callable[[], float] = random.random
    clock: Callable[[], float] = time.perf_counter
    tally: Tally = field(default_factory=Tally)
    taps: Taps = field(default_factory=Taps)
    noted: Noted = field(default_factory=Noted)
    calls: Calls = NO_CALLS
    note: Callable[[CallNote], None] = unnoted
    reconcile: Callable[[Mapping[str, Any]], Awaitable[dict[str, Any]]] = unreconciled
    rules: Callable[[Mapping[str, Any]], Awaitable[dict[str, Any]]] = no_rules
    desk: Callable[[Mapping[str, Any]], Awaitable[dict[str, Any]]] = nobody
    consigned: Callable[[Sequence[Consignment]], Awaitable[None]] = unremembered
    seen: Seen = UNSEEN
    held: Callable[[Event], bool] = unheld
    fetched: Callable[[Event, Plan, str, Item], None] = unheard
