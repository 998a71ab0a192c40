"""Who lets the later events of an order wait while being parked or waiting (rule R5), as the store and the flows say."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from engine.dispatch import Dispatch, may_hold
from engine.errors import OrderloomError
from engine.intake.published import PublishedFlows
from engine.store.ports import Run, RunState, Store
from engine.store.standing import Resting

PAGE: Final = 2000
"""Runs that one statement reads at a start."""
Triggers = Collection[str] | None
"""Those whose runs hold the others back. ``None``: all, as nobody knows the flow any more."""


class Holders:
    """A run that passes the others (a cancellation, a refund) holds nobody: the store leaves those out."""

    def __init__(self, store: Store, flows: PublishedFlows) -> None:
        self._store, self._flows = store, flows

    async def tell(self, dispatcher: Dispatch) -> None:
        """At a start. Of runs that wait, which may be very many, only those of flows are read in which one may hold."""
        for (state, flow), versions in (await self._store.resting_versions()).items():
            holding = {version: await self._triggers(flow, version, state) for version in versions}
            if any(triggers is None or triggers for triggers in holding.values()):
                await self._tell(dispatcher, state, flow, holding)

    async def of_order(self, flow: str, order_key: str) -> list[int]:
        """The runs that hold back the later events of an order, oldest first."""
        found = await self._store.resting_runs(flow, order_key)
        return [one.run_id for one in found if _holds(one, await self._triggers(flow, one.version, one.state))]

    async def holds(self, run: Run) -> bool:
        return run.id in await self.of_order(run.flow, run.order_key)

    async def _tell(self, dispatcher: Dispatch, state: RunState, flow: str, holding: dict[int, Triggers]) -> None:
        page: Sequence[Resting] = ()
        while page := await self._store.resting_page(state, flow, after=page[-1].run_id if page else 0, limit=PAGE):
            for one in page:
                if one.version not in holding:  # it has come to rest since
                    holding[one.version] = await self._triggers(flow, one.version, state)
                if _holds(one, holding[one.version]):
                    dispatcher.parked(flow, one.order_key, one.run_id)

    async def _triggers(self, flow: str, version: int, state: RunState) -> Triggers:
        try:
            plan = await self._flows.plan_at(flow, version)
        except OrderloomError:
            return None
        return {trigger for trigger in plan.triggers if may_hold(plan, trigger, state)}


def _holds(one: Resting, triggers: Triggers) -> bool:
    return triggers is None or one.trigger in triggers
