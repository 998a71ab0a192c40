"""The only way from a node to the outside.

Every call is one effect: it is journaled under an id that is also its idempotency key, retried by the node's policy,
answered from the journal after a crash, and captured instead of performed in the sandbox. A node must therefore make
the same calls when it is given the same item and the same answers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import msgspec

from engine.node.items import Item, Scope
from engine.node.params import ConnectionRef

Verdict = Literal["done", "retry", "refused"]
HubOutcome = Literal["new", "changed", "unchanged", "stale"]


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


class Wait(msgspec.Struct, frozen=True):
    """What an item waits for before it goes on.

    ``timer``: a time; ``signal``: a call from outside with a one-time token; ``task``: the answer of a person, who sees ``title`` and
    ``text`` and fills in the form ``schema`` (JSON Schema of an object); ``roles``: who may (empty: everybody who may answer tasks).
    It is over after ``seconds`` from when the item came here, or at the UTC instant ``until``, whichever is set.
    """

    kind: Literal["timer", "signal", "task"]
    seconds: float | None = None
    until: str | None = None
    title: str = ""
    text: str = ""
    schema: Mapping[str, Any] | None = None
    roles: tuple[str, ...] = ()


class Woken(msgspec.Struct, frozen=True):
    """How a wait ended: its time came (``due``), a ``signal`` came, or a person gave an ``answer``; ``body`` is what they brought."""

    how: Literal["due", "signal", "answer"]
    at: str
    by: str = ""
    body: Any = None


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

    async def wait(self, wait: Wait) -> Woken:
        """Returns when the wait is over. Until then the item rests in the store, not in memory: code before this line runs again."""
        ...

    def masked(self, item: Item) -> Item:
        """The item as a person may see it: personal fields masked, undeclared ones hidden."""
        ...
