"""The published flows as compiled plans, kept current while other processes publish."""

from __future__ import annotations

import logging

from engine.errors import OrderloomError
from engine.registry import Registry
from engine.run.plan import Plan, compile_flow
from engine.store.ports import Store

log = logging.getLogger("orderloom.flows")


class PublishedFlows:
    """``plan(name)`` is the newest published version; ``plan_at`` any version, for runs that are pinned to it."""

    def __init__(self, store: Store, registry: Registry) -> None:
        self._store, self._registry = store, registry
        self._plans: dict[str, Plan] = {}
        self._mark: int | None = None
        self.broken: dict[str, OrderloomError] = {}

    def plan(self, name: str) -> Plan | None:
        return self._plans.get(name)

    def runnable(self, name: str) -> Plan | None:
        """The same. Raises what is wrong with a published flow that cannot run: its senders shall come again."""
        found = self._plans.get(name)
        if found is None and name in self.broken:
            raise self.broken[name]
        return found

    def plans(self) -> dict[str, Plan]:
        return dict(self._plans)

    async def plan_at(self, name: str, version: int) -> Plan:
        """Raises ``NotFound`` or, where a node type has gone since, ``FlowInvalid``."""
        plan = self._plans.get(name)
        if plan is not None and plan.version == version:
            return plan
        kept = await self._store.version(name, version)
        return compile_flow(kept.document, self._registry, version)

    async def refresh(self) -> bool:
        """Takes up what was published since; true where something changed anywhere."""
        mark = await self._store.change_mark()
        if mark == self._mark:
            return False
        for name, version in (await self._store.published()).items():
            known = self._plans.get(name)
            if known is None or known.version != version:
                await self._take_up(name, version)
        self._mark = mark
        return True

    async def _take_up(self, name: str, version: int) -> None:
        try:
            self._plans[name] = await self.plan_at(name, version)
            self.broken.pop(name, None)
        except OrderloomError as error:
            self.broken[name] = error
            log.error("published flow cannot run", extra={"flow": name, "version": version, "codes": [p.code for p in error.problems]})  # noqa: TRY400
