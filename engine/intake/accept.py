"""Accepts deliveries: verify, read, keep, hand on. Nothing is acknowledged before it is durable."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, cast

from engine.errors import InputInvalid, NotFound, OrderloomError, Problem
from engine.intake.parcel import pack
from engine.json_text import read_json
from engine.node.items import Item
from engine.node.keys import keys_of
from engine.node.triggers import Arrival, Delivery
from engine.run.plan import Plan, Step
from engine.store.ports import Accepted, Event, Journal, NewEvent

log = logging.getLogger("orderloom.intake")


class Busy(OrderloomError):
    """More than can be kept at the moment: the sender should come again (HTTP 503)."""


class Submit(Protocol):
    def __call__(self, event: Event, plan: Plan, arrival: Arrival) -> None: ...


@dataclass(frozen=True, slots=True)
class Intake:
    """``plan_of`` gives the published plan of a flow or ``None``; ``secrets`` the fields of a connection by name."""

    journal: Journal
    plan_of: Callable[[str], Plan | None]
    secrets: Callable[[str], Mapping[str, Any]]
    submit: Submit
    now: Callable[[], datetime]
    owner: int = 0
    max_backlog: int = 20_000

    async def hook(self, flow: str, trigger: str, delivery: Delivery) -> Accepted:
        """A webhook's delivery.

        Raises ``NotFound``, ``NodeError`` (``signature.invalid``), ``InputInvalid`` (``body.unreadable``) or ``Busy``.
        """
        plan = self.plan_of(flow)
        step = plan.triggers.get(trigger) if plan is not None else None
        if plan is None or step is None or step.type.starts != "hook" or step.disabled:
            raise NotFound(Problem("hook.unknown", (flow, trigger)))
        if self.journal.backlog() > self.max_backlog:
            raise Busy(Problem("intake.busy"))
        now = self.now()
        self._verify(step, delivery, now)
        return await self.accept(plan, step, delivery, now, actor=f"hook:{flow}/{trigger}")

    async def accept(self, plan: Plan, step: Step, delivery: Delivery, now: datetime, *, actor: str) -> Accepted:
        """Keep a delivery that needs no (more) verification, and start its run."""
        arrival = read_delivery(step, delivery)
        keys = keys_of(arrival)
        accepted = await self.journal.put_event(
            NewEvent(
                flow=plan.name,
                version=plan.version,
                trigger=step.slug,
                key=keys.event,
                content=keys.content,
                order_key=keys.order,
                body=pack(delivery, step.type.keeps_headers),
                received_at=now,
                actor=actor,
                delivery_key=keys.delivery,
                passes=arrival.passes,
                owner=self.owner,
                fingerprint=plan.fingerprint,
            )
        )
        if not accepted.duplicate:
            event = Event(
                accepted.id, plan.name, plan.version, step.slug, accepted.key, keys.order, now, actor, arrival.passes, accepted.conflict
            )
            self.submit(event, plan, arrival)
        return accepted

    def _verify(self, step: Step, delivery: Delivery, now: datetime) -> None:
        if step.type.verify is None:
            return
        try:
            step.type.verify(delivery, step.params, self.secrets(step.secret) if step.secret else {}, now)
        except KeyError:  # the connection lacks the field that the trigger verifies with
            raise NotFound(Problem("connection.no_secret", (step.slug,), {"name": step.secret or ""})) from None


def read_delivery(step: Step, delivery: Delivery) -> Arrival:
    """The event that a delivery holds, as its trigger reads it; what the trigger stumbles over is kept all the same, to be parked.

    Raises ``InputInvalid`` for bytes that cannot be read at all.
    """
    read = step.type.read
    assert read is not None  # noqa: S101 - a trigger always has its reading function
    try:
        return read(delivery, step.params)
    except InputInvalid:
        raise
    except Exception as error:  # noqa: BLE001 - an odd order must not be turned away
        log.warning("odd delivery", extra={"trigger": step.slug, "type": type(error).__name__})
        value: Any = read_json(delivery.body)
        item = cast("Item", value) if isinstance(value, dict) else {"value": value}
        return Arrival((item,), step.type.name.partition(".")[2])
