"""The only way from a node to the outside.

Every call is one effect: it is journaled under an id that is also its idempotency key, retried by the node's policy,
answered from the journal after a crash, and captured instead of performed in the sandbox. A node must therefore make
the same calls when it is given the same item and the same answers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import msgspec

from engine.errors import Problem
from engine.node.items import Item, Scope
from engine.node.params import ConnectionRef
from engine.order.rules import AppliedRules, Unmatched

Verdict = Literal["done", "retry", "refused"]
HubOutcome = Literal["new", "changed", "unchanged", "stale"]
HubTask = Literal["stock.keep", "stock.check", "parcels.keep", "orders.unshipped", "campaign.places", "shipments.take", "parcels.leave"]
"""What the hub can be asked to do besides; see ``engine.hub.desk``."""


class HttpAnswer(msgspec.Struct, frozen=True):
    """An answer as it is journaled: ``body`` is parsed JSON, or text where it is none."""

    status: int
    headers: Mapping[str, str]
    body: Any


Judge = Callable[[HttpAnswer], Verdict]


def by_status(answer: HttpAnswer) -> Verdict:
    """2xx is done; 408, 429 and 5xx are worth a retry; anything else is refused for good."""
    if 200 <= answer.status < 300:
        return "done"
    return "retry" if answer.status in (408, 429) or answer.status >= 500 else "refused"


class HttpCall(msgspec.Struct, frozen=True):
    """A request to the system behind a connection. ``path`` is added to the connection's URL; ``json`` or ``text`` is the body."""

    method: str = "POST"
    path: str = ""
    query: Mapping[str, str] = msgspec.field(default_factory=dict[str, str])
    headers: Mapping[str, str] = msgspec.field(default_factory=dict[str, str])
    json: Any = None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Mail:
    to: tuple[str, ...]
    subject: str
    text: str


class HeldOrder(msgspec.Struct, frozen=True):
    """Which version of which order is held."""

    channel: str
    shop_id: str
    channel_order_id: str
    version: str


class Wait(msgspec.Struct, frozen=True):
    """What an item waits for before it goes on.

    ``timer``: a time; ``signal``: a call from outside with a one-time token; ``task``: the answer of a person, who sees ``title`` and
    ``text`` and fills in the form ``schema`` (JSON Schema of an object); ``roles``: who may (empty: everybody who may answer tasks);
    ``hold``: that a person releases the ``order``, which ``reasons`` hold, or that a newer version of it comes. One for ``merge_wait``
    that is due takes along the other orders that wait so at the same step for the same receiver (decision 0024); ``missing``: lines whose
    SKU it waits for, so that it is released when all of them are known.
    ``body_for``: the field that what a signal brings is for; where it is named, a signal that brings nothing is refused, and it waits on.
    It is over after ``seconds`` from when the item came here, or at the UTC instant ``until``, whichever is set.
    """

    kind: Literal["timer", "signal", "task", "hold"]
    seconds: float | None = None
    until: str | None = None
    title: str = ""
    text: str = ""
    schema: Mapping[str, Any] | None = None
    roles: tuple[str, ...] = ()
    order: HeldOrder | None = None
    reasons: tuple[str, ...] = ()
    missing: tuple[Unmatched, ...] = ()
    body_for: str = ""


class Woken(msgspec.Struct, frozen=True):
    """How a wait ended: its time came (``due``), a ``signal`` came, or a person gave an ``answer``; ``body`` is what they brought.

    A held order was ``released``, ``superseded`` by a newer version, or ``merged``: it goes along with another one, which ``body`` names.
    A hold for merging that is ``due`` brings in ``body``: ``orders`` that go along with this one, and whether this one is ``in_parcel``:
    an earlier version of it has gone along or taken others along.
    """

    how: Literal["due", "signal", "answer", "released", "superseded", "merged"]
    at: str
    by: str = ""
    body: Any = None


class Call(msgspec.Struct, frozen=True):
    """A run of another flow with some items (rule R11). ``version``: the one that was published when this flow was, or the newest."""

    flow: str
    items: Sequence[Item]
    version: Literal["published", "latest"] = "published"


class Called(msgspec.Struct, frozen=True):
    """How a call ended: the ``items`` of its answer, or the ``failed`` problem."""

    items: Sequence[Item] = ()
    failed: Problem | None = None


class Context(Protocol):
    """What an effect node is handed besides its item and parameters."""

    @property
    def scope(self) -> Scope: ...

    async def http(self, connection: ConnectionRef, call: HttpCall, judge: Judge = by_status) -> HttpAnswer:
        """Send a request. Raises ``NodeError`` when it is refused, or still failing after the last retry."""
        ...

    async def mail(self, connection: ConnectionRef, mail: Mail) -> None:
        """Hand a message to the mail server of the connection."""
        ...

    async def to_hub(self, order: Item) -> HubOutcome:
        """Keep a canonical order in the hub, in one transaction with the journal."""
        ...

    async def reconcile(self, day: str, channel: str, source: ConnectionRef | None = None) -> Mapping[str, Any]:
        """Compare the lists of a day: source, hub, WMS, finance. ``source``: a system that lists what the channel sold; else what arrived.

        The result: ``day``, ``channel``, ``at``, ``counts`` by system, ``parcels`` and ``parts`` among what targets
        list, ``failed`` lists, the number of ``differences``, and ``rows``.
        """
        ...

    async def rules(self, order: Item) -> AppliedRules:
        """What of the kept cleansing rules applies to a canonical order now. The answer is a fact: a recompute sees the same (rule R7)."""
        ...

    async def ask_hub(self, task: HubTask, content: Mapping[str, Any]) -> Mapping[str, Any]:
        """Have the hub keep or look up something; the answer is kept in the journal. ``content`` is plain JSON.

        A task that was done and is done again changes nothing. Raises ``NodeError`` for content that it cannot keep.
        """
        ...

    async def wait(self, wait: Wait) -> Woken:
        """Returns when the wait is over. Until then the item rests in the store, not in memory: code before this line runs again."""
        ...

    async def call(self, call: Call) -> Sequence[Item]:
        """The items of the answer. Until it is there the item rests, as in a wait.

        Raises ``NodeError``: ``call.failed``, ``call.cancelled``, ``call.skipped``, and where the call cannot be made at all.
        """
        ...

    async def call_each(self, calls: Sequence[Call], at_once: int, *, stop: bool) -> Sequence[Called]:
        """Many calls, at most ``at_once`` of them under way, with their ends in the order of the calls.

        ``stop``: the first that failed is raised, and no further one begins.
        """
        ...

    def masked(self, item: Item) -> Item:
        """The item as a person may see it: personal fields masked, undeclared ones hidden."""
        ...
