"""What a watch wants to know of live runs: calls, orders that arrived, orders that a system took. Nothing waits for it."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Protocol

from engine.node.items import Item
from engine.node.ports import ERROR_PORT
from engine.store.ports import Event

if TYPE_CHECKING:
    from engine.run.execution import Execution

STAMPS = ("updated_at", "created_at")
MOST = 200
"""Orders of one event that are looked at."""


class Seen(Protocol):
    """Each of these only notes something in memory, and raises nothing."""

    def called(self, connection: str, *, went: bool) -> None:
        """An attempt was made. ``went``: the system did its work, whatever it thought of the request."""
        ...

    def arrived(self, event: Event, order: Item) -> None:
        """A canonical order, when its run works for the first time."""
        ...

    def delivered(self, event: Event, use: str, content: Mapping[str, Any]) -> None:
        """A node of type ``use`` has brought something about; ``content`` is what it asked for."""
        ...


class Unseen:
    """Nobody looks."""

    def called(self, connection: str, *, went: bool) -> None: ...
    def arrived(self, event: Event, order: Item) -> None: ...
    def delivered(self, event: Event, use: str, content: Mapping[str, Any]) -> None: ...


UNSEEN = Unseen()


def orders_in(execution: Execution) -> list[Item]:
    """The canonical orders of a run: those of the first step that got any."""
    for keyed in execution.inputs:
        if keyed and "channel_order_id" in keyed[0][1] and "time_sources" in keyed[0][1]:
            return [item for _, item in keyed[:MOST]]
    return []


def fetched_in(execution: Execution, called: Container[tuple[str, str]]) -> Iterator[tuple[str, Item]]:
    """What nodes have fetched this time in a declared form, with the node. ``called``: places that called the outside this time."""
    for step in execution.plan.fetching:
        result = execution.results[step.index]
        outputs = result.outputs.items() if result is not None else ()
        for key, item in (keyed for port, sent in outputs if port != ERROR_PORT for keyed in sent[:MOST]):
            if (step.slug, key) in called:
                yield step.slug, item
