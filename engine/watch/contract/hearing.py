"""Orders that are put aside to be looked at.

The event loop does no more with an order: at most so many a look, so that intake is as fast with it as without.
"""

from __future__ import annotations

from typing import Final

from engine.node.items import Item
from engine.run.plan import Plan
from engine.store.ports import Event
from engine.watch.contract.operation import Heard

MOST_EACH: Final = 10
MOST: Final = 20
"""Orders that are looked at in one look: of one operation, and of all."""


class Hearing:
    """What was heard since the last look, by operation."""

    def __init__(self) -> None:
        self._heard: dict[str, list[Heard]] = {}
        self._count = 0

    def hear(self, event: Event, plan: Plan, slug: str, item: Item) -> None:
        form = plan.by_slug[slug].type.form
        if form is None or self._count >= MOST or not form.describes(item):
            return
        aside = self._heard.setdefault(form.name, [])
        if len(aside) < MOST_EACH:
            aside.append(Heard(plan, slug, item, event.received_at))
            self._count += 1

    def take(self) -> dict[str, list[Heard]]:
        """What was put aside; the next look begins with nothing."""
        heard, self._heard, self._count = self._heard, {}, 0
        return heard
