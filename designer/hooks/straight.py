"""The usual delivery, without a task of its own: what is to be done is done in the turn of the event loop in which it came.

Whatever is unusual about one (its trigger answers in words of its own, its flow is not compiled yet, a share of the orders goes through
another version, it is refused) takes the usual way.
"""

from __future__ import annotations

from asyncio import CancelledError, Future
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache, partial
from time import perf_counter
from typing import Final

import msgspec

from designer.hooks.answers import usual_body, usual_headers
from designer.hooks.handler import MOUNT, address_of, note_accepted, refused
from engine.access.permissions import ANYONE, may
from engine.app import Orderloom, now
from engine.errors import NotFound
from engine.intake.accept import Keeping, hook_of
from engine.node.answering import HookParams
from engine.node.triggers import Delivery
from engine.run.plan import Plan, Step
from engine.store.ports import Accepted

PREFIX: Final = f"{MOUNT}/".encode()
Headers = list[tuple[bytes, bytes]]
Answer = Callable[[int, Headers, bytes], None]
"""Takes status, headers and body."""


class _OnTheWay(msgspec.Struct, frozen=True):
    keeping: Keeping
    size: int
    place: str
    headers: Headers
    answer: Answer
    at: datetime
    began: float


class Straight:
    """``deliveries`` counts what became of them."""

    def __init__(self, orderloom: Orderloom, deliveries: Counter[str]) -> None:
        self._orderloom, self._deliveries = orderloom, deliveries

    def take(self, url: bytes, headers: Headers, body: bytes, answer: Answer) -> bool:
        """Whether a delivery is on its way; ``answer`` is called once it is durable. If not, nothing has happened."""
        place, take_up = _place(url), self._orderloom.take_up
        found = self._trigger(*place) if place is not None else None
        if place is None or found is None or len(body) > self._orderloom.settings.max_body:
            return False
        at, began = now(), perf_counter()
        delivery = Delivery(body, {name.decode("latin-1"): value.decode("latin-1") for name, value in headers})
        try:
            take_up.require_room(len(body))
            keeping = self._orderloom.intake.keep_hook(*found, delivery, at)
        except Exception:  # noqa: BLE001 - it happens again on the usual way, which says why
            return False
        take_up.bytes += len(body)
        one = _OnTheWay(keeping, len(body), "/".join(place), headers, answer, at, began)
        keeping.accepted.add_done_callback(partial(self._kept, one))
        return True

    def _trigger(self, flow: str, trigger: str) -> tuple[Plan, Step] | None:
        plan = self._orderloom.flows.newest_at_hand(flow)
        step = hook_of(plan, trigger)
        if plan is None or step is None or not may(ANYONE, "hook.deliver", flow):
            return None
        own = isinstance(step.params, HookParams) and step.params.answer is not None
        return None if own or self._orderloom.flows.share(flow) is not None else (plan, step)

    def _kept(self, one: _OnTheWay, future: Future[Accepted]) -> None:
        self._orderloom.take_up.bytes -= one.size
        try:
            accepted = self._orderloom.intake.begin(one.keeping, future.result())
        except (Exception, CancelledError) as error:  # noqa: BLE001 - the sender gets an answer
            self._refuse(one, error if isinstance(error, Exception) else RuntimeError("stopped"))
            return
        self._deliveries["duplicate" if accepted.duplicate else "accepted"] += 1
        body = usual_body(accepted)
        one.answer(200, usual_headers(body), body)
        note_accepted(self._orderloom, one.place, one.at, one.began, accepted.id)

    def _refuse(self, one: _OnTheWay, error: Exception) -> None:
        scope = {"path": one.place, "method": "POST", "headers": one.headers}
        one.answer(*refused(self._orderloom, self._deliveries, scope, error, one.at, one.began))


@lru_cache(maxsize=4096)
def _place(url: bytes) -> tuple[str, str] | None:
    """Flow and trigger of an address without parameters or quoted signs."""
    try:
        return None if b"?" in url or b"%" in url else address_of(url[len(MOUNT) :].decode("ascii"))
    except (NotFound, UnicodeDecodeError):
        return None
