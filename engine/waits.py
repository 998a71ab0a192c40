"""Ends what runs wait for: times that have come, signals from outside, answers of people. Each is a fact, and its run goes on."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any, Final, TypeVar, cast

from engine.errors import Conflict, InputInvalid, NotFound, OrderloomError, Problem
from engine.intake.published import PublishedFlows
from engine.json_text import require_shallow
from engine.order import utc_text
from engine.recompute import recompute
from engine.run.wakes import woken
from engine.store.ports import Event, Fact, HoldEnd, NewIncident, Store, Wait

log = logging.getLogger("orderloom.waits")
AT_ONCE: Final = 50
"""Waits that are ended side by side: their writes share commits, and a flood of them leaves room for new orders."""
T = TypeVar("T")
Decide = Callable[[int, str, Mapping[str, Any], str, Callable[[Fact], Awaitable[T]]], Awaitable[T]]


class Waits:
    """``decide`` journals a fact under the next free number; ``resumed`` hands a run on; ``gather`` ends a hold that is due."""

    def __init__(
        self, store: Store, decide: Decide[Any], resumed: Callable[[Event], None], now: Callable[[], datetime],
        gather: Callable[[Wait], Awaitable[None]], flows: PublishedFlows,
    ) -> None:  # fmt: skip
        self._flows = flows
        self._store, self._decide, self._resumed, self._now, self._gather = store, decide, resumed, now, gather

    async def wake_due(self) -> int:
        """End whatever is due by now, those that are due longest first. Returns how many were."""
        count = 0
        while due := await self._store.due_waits(self._now(), limit=AT_ONCE):
            done = await asyncio.gather(*(self._wake(wait) for wait in due))
            count += sum(done)
            if not any(done):
                break
        return count

    async def signal(self, token: str, body: Any) -> Wait:
        """A call from outside. ``body`` is JSON, ``None`` for none.

        Raises ``NotFound`` (``wait.unknown``: that token was never given), ``Conflict`` (it was used) or ``InputInvalid``
        (``wait.no_body``: its node needs one; it waits on, and the token stays good).
        """
        effect, _, proof = token.partition(".")
        if not hmac.compare_digest(proof, self._proof(effect)):
            raise NotFound(Problem("wait.unknown"))
        wait = await self._store.wait_for_effect(effect)
        if body is None and wait.state == "open":
            await self._must_need_none(wait)
        await self.end(wait, "signal", "signal", body)
        return wait

    def token(self, effect: str) -> str:
        """The one-time token by which the outside ends a wait."""
        return f"{effect}.{self._proof(effect)}"

    async def end(self, wait: Wait, how: str, by: str, body: Any = None) -> None:
        """Raises ``Conflict`` (``wait.closed``) where something was quicker, and ``InputInvalid`` (``body.too_deep``)."""
        require_shallow(body)
        at = self._now()
        if wait.kind == "deadline":
            await self._overdue(wait, at)
            return
        if wait.kind == "backoff":
            goes_on = await self._store.close_wait(wait.id, at)
        else:
            entry = {
                "id": wait.effect,
                "digest": wait.digest,
                "step": wait.step,
                "key": wait.item_key,
                "at": at,
                "ok": woken(how, at, by, body),
            }
            keep = self._keep(wait, how, at)
            goes_on = await self._decide(wait.run_id, "results", {"results": [entry]}, by, keep)
        if goes_on:
            self._resumed(await self._store.event(wait.run_id))

    async def _must_need_none(self, wait: Wait) -> None:
        """What the wait asks for is computed again from its run, as it is after any restart."""
        asked = (await recompute(self._store, self._flows, wait.run_id)).effects.requests
        field = next((request.body_for for _, _, identity, request in asked if identity == wait.effect), "")
        if field:
            raise InputInvalid(Problem("wait.no_body", (wait.flow, wait.step), {"path": field}))

    def _keep(self, wait: Wait, how: str, at: datetime) -> Callable[[Fact], Awaitable[bool]]:
        if wait.kind == "hold":
            return partial(self._store.close_hold, wait.id, at, cast("HoldEnd", how))
        return partial(self._store.close_wait, wait.id, at)

    async def _overdue(self, wait: Wait, at: datetime) -> None:
        """The run goes on where it can; that it is late becomes a fact and an incident (rule R12)."""
        assert wait.due_at is not None  # noqa: S101 - a deadline has a time
        fields = {"due_at": utc_text(wait.due_at)}
        incident = NewIncident(wait.step, wait.item_key, "run.overdue", (wait.step,), fields)
        await self._decide(wait.run_id, "overdue", fields, "system", lambda fact: self._store.pass_deadline(wait.id, at, fact, incident))

    async def _wake(self, wait: Wait) -> bool:
        try:
            await (self._gather(wait) if wait.kind == "hold" else self.end(wait, "due", "system"))
        except Conflict:
            return True  # somebody answered in the same moment
        except OrderloomError as error:
            log.warning("wait not ended", extra={"run": str(wait.run_id), "code": error.problems[0].code})
            return False
        return True

    def _proof(self, effect: str) -> str:
        return hmac.new(self._store.signing_key(), effect.encode(), hashlib.sha256).hexdigest()[:32]
