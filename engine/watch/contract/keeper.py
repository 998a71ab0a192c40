"""Looks at a share of what arrives in a thread of its own, and keeps what has changed."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

import msgspec

from engine.errors import NotFound, Problem
from engine.node.forms import Form
from engine.node.items import Item
from engine.node.terms import Terms
from engine.node.triggers import Arrival
from engine.registry import Registry
from engine.run.plan import Plan
from engine.store.ports import ChangeFilter, ChangeState, Event, FormChange, KeptContract, Store
from engine.threads import DaemonThreads
from engine.watch.contract.breaker import Limit, breaks
from engine.watch.contract.decisions import Decisions
from engine.watch.contract.hearing import Hearing
from engine.watch.contract.operation import CLEAN, Body, Heard, Operation, Pause
from engine.watch.contract.places import Place, forms_behind, sources_of, triggers_of
from engine.watch.contract.records import as_change, document_of, new_change, told_of
from engine.watch.observations import Held, Observation

log = logging.getLogger("orderloom.contract")
KEEP_EVERY: Final = timedelta(seconds=10)
TELL_EVERY: Final = timedelta(seconds=5)
KEPT: Final = timedelta(days=400)
_AT_WORK: Final = DaemonThreads(1, "contract")
_PAGE: Final = 500
RECENT: Final = 100
"""Changes that ended last, of which it is told after a start that they are over."""
RELEASED: Final = 300
ENDED: Final[tuple[ChangeState, ...]] = ("accepted", "gone")


def _no_limits(operation: str) -> Sequence[Limit]:
    """Nothing is ever held back."""
    del operation
    return ()


class Contracts:
    """``plans``: the versions of flows that take events; ``tell`` is told what has ended; ``limits`` of the breaker for an operation."""

    def __init__(
        self, store: Store, registry: Registry, now: Callable[[], datetime], plans: Callable[[], Iterable[Plan]],
        tell: Callable[[Observation], None],
    ) -> None:  # fmt: skip
        self._store, self._now, self._plans, self._tell = store, now, plans, tell
        self.forms: Mapping[str, Form] = {one.form.name: one.form for one in registry if one.form is not None}
        self.operations: dict[str, Operation] = {}
        self.limits: Callable[[str], Sequence[Limit]] = _no_limits
        self._hearing = Hearing()
        self._terms: dict[str, Terms] = {}
        self._paused: set[Place] = set()
        self._paused_forms: set[str] = set()
        self._kept_at: dict[str, datetime] = {}
        self._lock = asyncio.Lock()

    def heard(self, event: Event, plan: Plan, arrival: Arrival) -> None:
        """An order that was accepted."""
        if self._paused_forms and not self._paused_forms.isdisjoint(forms_behind(plan, event.trigger)):
            self._paused.add((plan.name, event.trigger))
        if arrival.items:
            self._hearing.hear(event, plan, event.trigger, arrival.items[0])

    def fetched(self, event: Event, plan: Plan, slug: str, item: Item) -> None:
        """An order that a node of a run has fetched."""
        self._hearing.hear(event, plan, slug, item)

    def terms(self, form: str) -> Terms | None:
        """In which what arrives in a form is to be read."""
        return self._terms.get(form)

    def holds(self, event: Event) -> bool:
        """Whether nothing is to be sent for an event for now."""
        return bool(self._paused) and (event.flow, event.trigger) in self._paused

    async def open(self) -> None:
        for kept in await self._store.contracts():
            operation = self._operation(kept.operation)
            if operation is not None:
                operation.body = msgspec.json.decode(kept.body, type=Body)
        await self.refresh()
        await self._tell_of_ended()

    async def refresh(self) -> None:
        """Versions, changes and flows as the store has them by now."""
        async with self._lock:
            await self._refresh()

    async def _tell_of_ended(self) -> None:
        """What ended while nobody watched is over, too."""
        now = self._now()
        for state in ENDED:
            for one in (await self._store.form_changes(ChangeFilter(state), limit=RECENT)).items:
                self._tell(told_of(one.operation, as_change(one), now, over=True))
        for name, operation in self.operations.items():
            if operation.body.pause is None:
                self._tell(Held(name, 0, 0, now, over=True))

    async def _refresh(self) -> None:
        for name, versions in (await self._store.form_versions()).items():
            operation = self._operation(name)
            if operation is not None and versions[-1].version > operation.version:
                decisions = msgspec.json.decode(versions[-1].body, type=Decisions)
                operation.decide(versions[-1].version, decisions)
                terms = decisions.terms(versions[-1].version)
                self._terms.pop(name, None)
                if terms is not None:
                    self._terms[name] = terms
        await self._read_changes()
        self._find_places()

    async def look(self) -> None:
        """Raises what the store raises; what was found is then written at the next look."""
        async with self._lock:
            await self._look()

    async def _look(self) -> None:
        heard = self._hearing.take()
        for name in heard:
            self._operation(name)
        if heard:
            await asyncio.wrap_future(_AT_WORK.submit(lambda: self._work(heard)))
        for operation in self.operations.values():
            await self._keep_changes(operation)
            self._break(operation)
            await self._keep(operation)

    def observations(self) -> list[Observation]:
        """Open changes and pauses."""
        now = self._now()
        found: list[Observation] = []
        for name, operation in list(self.operations.items()):
            found += [told_of(name, one, now) for one in list(operation.changes.values())]
            pause = operation.body.pause
            if pause is not None:
                found.append(Held(name, pause.percent, pause.orders, now))
        return found

    def operation(self, name: str) -> Operation:
        """Raises ``NotFound`` (``contract.unknown``)."""
        found = self._operation(name)
        if found is None:
            raise NotFound(Problem("contract.unknown", fields={"name": name[:80]}))
        return found

    async def let_go(self, name: str) -> list[str]:
        """What was held back may be sent: people have seen the changes that are open. Returns the flows whose calls wait."""
        operation = self.operation(name)
        async with self._lock:
            operation.body.released = [*dict.fromkeys((*operation.body.released, *operation.changes))][-RELEASED:]
            return await self._continue(name, operation)

    async def accepted(self, name: str) -> list[str]:
        """After a decision: as ``let_go``, where nothing is left that drifts. Nothing otherwise."""
        operation = self.operation(name)
        async with self._lock:
            await self._refresh()
            return [] if operation.drifting or operation.body.pause is None else await self._continue(name, operation)

    async def tidy(self) -> None:
        await self._store.delete_changes(self._now() - KEPT)

    async def close(self) -> None:
        for operation in self.operations.values():
            if operation.is_news:
                await self._keep(operation, at_once=True)

    async def _continue(self, name: str, operation: Operation) -> list[str]:
        if operation.body.pause is not None:
            self._tell(Held(name, 0, 0, self._now(), over=True))
        operation.body.pause = None
        operation.window.forget()
        await self._keep(operation, at_once=True)
        self._find_places()
        return sorted({flow for flow, _ in operation.plans})

    def _operation(self, name: str) -> Operation | None:
        found = self.operations.get(name)
        if found is None and name in self.forms:
            found = self.operations[name] = Operation(self.forms[name])
        return found

    def _work(self, heard: Mapping[str, Sequence[Heard]]) -> None:
        for name, orders in heard.items():
            self.operations[name].take(orders)

    def _break(self, operation: Operation) -> None:
        if operation.body.pause is not None:
            return
        now = self._now()
        for limit in self.limits(operation.form.name):
            share = operation.window.share(now, limit.minutes)
            if breaks(share, limit) and operation.drifting:
                operation.body.pause = Pause(now, share.percent, share.orders)
                operation.is_news = True
                self._kept_at.pop(operation.form.name, None)
                self._find_places()
                log.warning("sending paused", extra={"operation": operation.form.name, "percent": share.percent, "orders": share.orders})
                return

    def _find_places(self) -> None:
        plans = list(self._plans())
        found, arrives = sources_of(plans), triggers_of(plans)
        for name, operation in self.operations.items():
            new = [(place, plan) for place, plan in found.get(name, ()) if operation.plans.get(place) is not plan]
            if new:
                operation.touch_again(new)
        held = [one for one in self.operations.values() if one.body.pause is not None]
        for one in held:
            one.body.places = sorted({*one.body.places, *arrives.get(one.form.name, ())})
        self._paused = {place for one in held for place in one.body.places}
        self._paused_forms = {one.form.name for one in held}

    async def _keep_changes(self, operation: Operation) -> None:
        now = self._now()
        for key, change in list(operation.changes.items()):
            if change.id is not None and change.clean >= CLEAN:
                if await self._store.end_change(change.id, now):
                    self._tell(told_of(operation.form.name, change, now, over=True))
                operation.changes.pop(key, None)
            elif change.id is None:
                change.id = await self._store.open_change(new_change(operation.form.name, change))
                change.is_news = False
                self._kept_at[key] = now
                if change.id is None:  # another process was quicker
                    await self._read_changes()
            elif change.is_news and now - self._kept_at.get(key, change.first_at) >= TELL_EVERY:
                await self._store.keep_change(change.id, change.weight, change.last_at, change.orders, document_of(change.body))
                change.is_news = False
                self._kept_at[key] = now

    async def _read_changes(self) -> None:
        """Those that are open; one that was closed elsewhere is so here."""
        open_ones: dict[str, dict[str, FormChange]] = {}
        cursor: str | None = None
        while True:
            page = await self._store.form_changes(ChangeFilter(), limit=_PAGE, cursor=cursor)
            for one in page.items:
                open_ones.setdefault(one.operation, {})[one.key] = one
            cursor = page.next
            if cursor is None:
                break
        for name in {*open_ones, *self.operations}:
            operation = self._operation(name)
            if operation is not None:
                self._match(name, operation, open_ones.get(name, {}))

    def _match(self, name: str, operation: Operation, kept: Mapping[str, FormChange]) -> None:
        for key, change in list(operation.changes.items()):
            if change.id is not None and (key not in kept or kept[key].id != change.id):
                self._tell(told_of(name, change, self._now(), over=True))
                operation.changes.pop(key, None)
        for key, one in kept.items():
            known = operation.changes.get(key)
            if known is None:
                operation.changes[key] = as_change(one)
            elif known.id is None:
                known.id = one.id

    async def _keep(self, operation: Operation, *, at_once: bool = False) -> None:
        now, name = self._now(), operation.form.name
        if not at_once and (not operation.is_news or now - self._kept_at.get(name, now - KEEP_EVERY) < KEEP_EVERY):
            return
        await self._store.keep_contract(KeptContract(name, now, msgspec.json.encode(operation.body)))
        operation.is_news = False
        self._kept_at[name] = now
