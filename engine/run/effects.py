"""Effects: what a node asks of the outside, and the one interface behind which live, sandbox and test worlds stand."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import msgspec

from engine.errors import Problem
from engine.json_text import canonical_json
from engine.node.context import Judge, by_status
from engine.run.plan import Step
from engine.store.ports import NewWait

EffectKind = Literal["http", "mail", "hub", "wait", "call", "reconcile", "rules", "desk"]


class Suspended(Exception):
    """Not an error: the item goes on when one of the ``waits`` is over, so it leaves its batch and its run rests (rule R3)."""

    def __init__(self, *waits: NewWait) -> None:
        super().__init__(*(wait.kind for wait in waits))
        self.waits = waits


class EffectRequest(msgspec.Struct, frozen=True):
    """``content`` is plain JSON: what is digested, captured and shown. Secrets and signatures are added later, at each attempt.

    ``items``: the keys of all items that a batch asks for together. ``body_for``: see ``Wait``; no part of what is digested, so that
    runs that waited before it was there go on.
    """

    kind: EffectKind
    connection: str
    content: dict[str, Any]
    judge: Judge = by_status
    items: tuple[str, ...] = ()
    body_for: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that a step made, as it was, with its item key and idempotency key, and what became of it: ``answer``, or ``failed``."""

    slug: str
    key: str
    id: str
    request: EffectRequest
    answer: Any = None
    failed: Problem | None = None


class Effects(Protocol):
    """Performs effects, answers them from the journal, or captures them."""

    async def perform(self, step: Step, key: str, call: int, request: EffectRequest) -> Any:
        """The result as the journal keeps it (JSON).

        Raises ``NodeError`` when the effect failed for good, ``Suspended`` when its result comes later.
        """
        ...

    def knows(self, step: Step, key: str, call: int) -> bool:
        """Whether the journal holds the result of a call."""
        ...

    async def settle(self, step: Step) -> None:
        """Returns once all results that later effects depend on are durable."""
        ...


def effect_id(flow: str, slug: str, event_key: str, item_key: str, call: int, generation: int) -> str:
    """Rule R1: the identity of an effect, which is its idempotency key; 32 hex digits. The version of the flow is not part of it."""
    parts = (flow, slug, event_key, item_key, str(call), str(generation))
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:32]


def request_digest(request: EffectRequest) -> str:
    """32 hex digits over the canonical JSON of what is asked."""
    return hashlib.sha256(canonical_json([request.kind, request.connection, request.content])).hexdigest()[:32]
