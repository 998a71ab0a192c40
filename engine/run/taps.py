"""Items that pass a tap, for people who look at that moment: masked, a few a node, in memory only. Nobody looks: nothing is done."""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Generator
from contextlib import contextmanager
from datetime import datetime
from typing import Final

import msgspec

from engine.flow.lineage import Carried
from engine.json_text import write_json
from engine.node.items import Item
from engine.node.keys import order_number
from engine.privacy.item import mask_item
from engine.run.execution import Execution
from engine.store.ports import Event

KEPT: Final = 50
"""Items of a node."""
LARGEST: Final = 32 * 1024
"""Bytes of an item as JSON; of a larger one only that it passed is shown."""


class Tapped(msgspec.Struct, frozen=True):
    """``number`` grows with each that passed, at whatever node. ``item`` is masked; ``None`` where it is too large to be shown."""

    number: int
    slug: str
    run: int
    key: str
    order: str | None
    at: datetime
    item: Item | None


class Taps:
    def __init__(self) -> None:
        self.watched: Counter[str] = Counter()
        self._kept: dict[str, defaultdict[str, deque[Tapped]]] = {}
        self._number = 0

    @contextmanager
    def watching(self, flow: str) -> Generator[None]:
        """While somebody looks at a flow. What was kept goes when the last one leaves."""
        self.watched[flow] += 1
        try:
            yield
        finally:
            self.watched[flow] -= 1
            if not self.watched[flow]:
                del self.watched[flow]
                self._kept.pop(flow, None)

    def take(self, event: Event, execution: Execution, now: datetime) -> None:
        """What passed the taps of a run. A run that goes on later passes again: an item is kept once."""
        for step in execution.plan.steps:
            if step.type.taps:
                kept = self._kept.setdefault(event.flow, defaultdict(lambda: deque(maxlen=KEPT)))[step.slug]
                known = {(one.run, one.key) for one in kept}
                for key, item in execution.inputs[step.index]:
                    if (event.id, key) not in known:
                        kept.append(self._tapped(event, execution, step.slug, key, item, now))

    def since(self, flow: str, number: int) -> list[Tapped]:
        """Those with a greater number, in the order in which they passed."""
        nodes = self._kept.get(flow)
        found = [one for kept in nodes.values() for one in kept if one.number > number] if nodes is not None else []
        return sorted(found, key=lambda one: one.number)

    def _tapped(self, event: Event, execution: Execution, slug: str, key: str, item: Item, now: datetime) -> Tapped:
        self._number += 1
        masked = mask_item(item, execution.plan.carried.get((slug, "in"), Carried()).fields)
        shown = masked if len(write_json(masked)) <= LARGEST else None
        return Tapped(self._number, slug, event.id, key, order_number(event.order_key), now, shown)
