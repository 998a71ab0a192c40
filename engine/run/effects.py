"""Effects: what a node asks of the outside, and the one interface behind which live, sandbox and test worlds stand."""

from __future__ import annotations

import hashlib
from typing import Any, Literal, Protocol

import msgspec

from engine.json_text import canonical_json
from engine.node.context import Judge, by_status
from engine.run.plan import Step
from engine.store.ports import NewWait

EffectKind = Literal["http", "mail", "hub", "wait"]


class Suspended(Exception):
    """Not an error: the item goes on when ``wait`` is over, so it leaves its batch and its run rests (rule R3)."""

    def __init__(self, wait: NewWait) -> None:
        super().__init__(wait.kind)
        self.wait = wait


class EffectRequest(msgspec.Struct, frozen=True):
    """``content`` is plain JSON: what is digested, captured and shown. Secrets and signatures are added later, at each attempt."""

    kind: EffectKind
    connection: str
    content: dict[str, Any]
    judge: Judge = by_status


class Effects(Protocol):
    """Performs effects, answers them from the journal, or captures them."""

    async def perform(self, step: Step, key: str, call: int, request: EffectRequest) -> Any:
        """The result as the journal keeps it (JSON).

        Raises ``NodeError`` when the effect failed for good, ``Suspended`` when its result comes later.
        """
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
