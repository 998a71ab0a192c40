"""Ends what runs wait for: times that have come, signals from outside, answers of people. Each is a fact, and its run goes on."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any, Final, TypeVar

from engine.errors import Conflict, NotFound, OrderloomError, Problem
from engine.run.journaled import woken
from engine.store.ports import Event, Fact, Store, Wait

log = logging.getLogger("orderloom.waits")
AT_ONCE: Final = 50
"""Waits that are ended side by side: their writes share commits, and a flood of them leaves room for new orders."""
T = TypeVar("T")
Decide = Callable[[int, str, Mapping[str, Any], str, Callable[[Fact], Awaitable[T]]], Awaitable[T]]


class Waits:
    """``decide`` journals a fact under the next free number; ``resumed`` hands a run on."""

    def __init__(self, store: Store, decide: Decide[Any], resumed: Callable[[Event], None], now: Callable[[], datetime]) -> None:
        self._store, self._decide, self._resumed, self._now = store, decide, resumed, now

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
        """A call from outside. Raises ``NotFound`` (``wait.unknown``: that token was never given) or ``Conflict`` (it was used)."""
        effect, _, proof = token.partition(".")
        if not hmac.compare_digest(proof, self._proof(effect)):
            raise NotFound(Problem("wait.unknown"))
        wait = await self._store.wait_for_effect(effect)
        await self.end(wait, "signal", "signal", body)
        return wait

    def token(self, effect: str) -> str:
        """The one-time token by which the outside ends a wait."""
        return f"{effect}.{self._proof(effect)}"

    async def end(self, wait: Wait, how: str, by: str, body: Any = None) -> None:
        """Raises ``Conflict`` (``wait.closed``) where something was quicker."""
        at = self._now()
        if wait.kind == "backoff":
            await self._store.close_wait(wait.id, at)
        else:
            entry = {
                "id": wait.effect,
                "digest": wait.digest,
                "step": wait.step,
                "key": wait.item_key,
                "at": at,
                "ok": woken(how, at, by, body),
            }
            await self._decide(wait.run_id, "results", {"results": [entry]}, by, lambda fact: self._store.close_wait(wait.id, at, fact))
        self._resumed(await self._store.event(wait.run_id))

    async def _wake(self, wait: Wait) -> bool:
        try:
            await self.end(wait, "due", "system")
        except Conflict:
            return True  # somebody answered in the same moment
        except OrderloomError as error:
            log.warning("wait not ended", extra={"run": str(wait.run_id), "code": error.problems[0].code})
            return False
        return True

    def _proof(self, effect: str) -> str:
        return hmac.new(self._store.signing_key(), effect.encode(), hashlib.sha256).hexdigest()[:32]
