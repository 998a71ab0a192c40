"""Accepts deliveries: verify, read, keep, hand on. Nothing is acknowledged before it is durable."""

from __future__ import annotations

import logging
from asyncio import Future
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, NamedTuple, Protocol, cast

import msgspec
from msgspec import structs

from engine.errors import InputInvalid, NotFound, OrderloomError, Problem, place_of
from engine.intake.parcel import pack
from engine.intake.split import as_fact, goes_along, may_have_gone
from engine.json_text import read_json, write_json
from engine.node.items import Item
from engine.node.keys import Keys, keys_of
from engine.node.terms import Terms, in_terms
from engine.node.triggers import Arrival, Delivery
from engine.run.plan import Plan, Step
from engine.store.ports import Accepted, Event, Journal, NewCall, NewEvent, Share

log = logging.getLogger("orderloom.intake")


class Busy(OrderloomError):
    """More than can be kept at the moment: the sender should come again (HTTP 503)."""


class Submit(Protocol):
    def __call__(self, event: Event, plan: Plan, arrival: Arrival) -> None: ...


def _forgotten(event: Event) -> None:
    """Nobody runs what was kept, where nothing ever fetches."""


def _no_terms(form: str) -> Terms | None:
    """Every form is as it was declared."""
    del form
    return None


def _unshared(flow: str) -> None:
    """All orders of every flow go through the published version."""
    del flow


async def _never(share: Share, order_key: str) -> bool:
    """No order was there before."""
    del share, order_key
    return False


async def _no_plan(flow: str, version: int) -> Plan:
    raise NotFound(Problem("flow.version_unknown", (flow,), {"flow": flow, "version": version}))


class Keeping(msgspec.Struct, frozen=True):
    """A delivery on its way into the store. ``accepted`` resolves once it is durable.

    ``arrival``: as its step reads it, ``None`` where that cannot; ``passes``: as the published version reads it.
    """

    accepted: Future[Accepted]
    plan: Plan
    step: Step
    arrival: Arrival | None
    order_key: str
    at: datetime
    actor: str
    passes: bool


class Chosen(NamedTuple):
    """The version that an order goes through while a share of them does not go through the published one, and why."""

    plan: Plan
    step: Step
    arrival: Arrival | None
    share: bytes


@dataclass(frozen=True, slots=True)
class Intake:
    """``plan_of`` gives the published plan of a flow or ``None``; ``secrets`` the fields of a connection by name;
    ``require_room`` raises ``Busy`` where no more can be taken in at the moment; ``reread`` starts the run of an event whose delivery
    was not read; ``max_body``: bytes of a delivery that a run may read; ``terms`` in which what arrives in a form is to be read;
    ``share_of`` gives the share of a flow's orders that goes through another version, ``plan_at`` that version; ``went_along`` tells
    whether an order did so before, since the share began.
    """

    journal: Journal
    plan_of: Callable[[str], Awaitable[Plan | None]]
    secrets: Callable[[str], Mapping[str, Any]]
    submit: Submit
    now: Callable[[], datetime]
    require_room: Callable[[], None] = lambda: None
    reread: Callable[[Event], None] = _forgotten
    max_body: int = 1024 * 1024
    terms: Callable[[str], Terms | None] = _no_terms
    share_of: Callable[[str], Share | None] = _unshared
    plan_at: Callable[[str, int], Awaitable[Plan]] = _no_plan
    went_along: Callable[[Share, str], Awaitable[bool]] = _never

    async def hook(self, flow: str, trigger: str, delivery: Delivery) -> Accepted:
        """A webhook's delivery.

        Raises ``NotFound``, ``NodeError`` (``signature.invalid``), ``InputInvalid`` (``body.unreadable``) or ``Busy``.
        """
        plan = await self.plan_of(flow)
        step = hook_of(plan, trigger)
        if plan is None or step is None:
            raise NotFound(Problem("hook.unknown", (flow, trigger)))
        self.require_room()
        now = self.now()
        self._verify(step, delivery, now)
        return await self.accept(plan, step, delivery, now, actor=f"hook:{flow}/{trigger}")

    def keep_hook(self, plan: Plan, step: Step, delivery: Delivery, now: datetime) -> Keeping:
        """The same up to the commit, of a flow of which no share stands, for a delivery that there is room for. Raises as ``hook`` does."""
        self._verify(step, delivery, now)
        return self.keep(plan, step, delivery, now, actor=f"hook:{plan.name}/{step.slug}")

    async def accept(
        self, plan: Plan, step: Step, delivery: Delivery, now: datetime, *, actor: str, call: NewCall | None = None,
        no_later: datetime | None = None,
    ) -> Accepted:  # fmt: skip
        """Keep a delivery that needs no (more) verification, and start its run.

        ``call``: the effect of a run by which it was made, which is its key (rule R11); ``no_later``: when that run must have ended.
        """
        share = self.share_of(plan.name) if call is None else None
        if share is None or plan.version != share.base:
            keeping = self.keep(plan, step, delivery, now, actor=actor, call=call, no_later=no_later)
        else:
            keeping = await self._keep_either(share, plan, step, delivery, now, actor, no_later)
        return self.begin(keeping, await keeping.accepted)

    def keep(
        self, plan: Plan, step: Step, delivery: Delivery, now: datetime, *, actor: str, call: NewCall | None = None,
        no_later: datetime | None = None,
    ) -> Keeping:  # fmt: skip
        """The same up to the commit: whoever waits for it begins the run after."""
        delivery = self._told(step, delivery)
        arrival = read_delivery(step, delivery)
        keys = keys_of(arrival) if call is None else Keys(call.effect, call.effect, "call", None)
        return self._keep(plan, step, delivery, arrival, keys, now, actor, call, deadline(plan, step, now, no_later))

    async def _keep_either(
        self, share: Share, plan: Plan, step: Step, delivery: Delivery, now: datetime, actor: str, no_later: datetime | None
    ) -> Keeping:
        """Whatever version an order goes through, its keys are those that the published one reads."""
        delivery = self._told(step, delivery)
        arrival = read_delivery(step, delivery)
        keys = keys_of(arrival)
        goes = arrival.order_id is not None and (
            goes_along(share, keys.order) or (may_have_gone(share, keys.order) and await self.went_along(share, keys.order))
        )
        chosen = await self._chosen(share, step, keys.order, delivery) if goes else None
        until = deadline(*((chosen.plan, chosen.step) if chosen else (plan, step)), now, no_later)
        return self._keep(plan, step, delivery, arrival, keys, now, actor, None, until, chosen)

    def begin(self, keeping: Keeping, accepted: Accepted) -> Accepted:
        """Start the run of what is kept by now, unless it was kept before. What its version cannot read is parked, never turned away."""
        if accepted.duplicate:
            return accepted
        event = _event(accepted, keeping)
        if keeping.arrival is None:
            self.reread(event)
        else:
            self.submit(event, keeping.plan, keeping.arrival)
        return accepted

    async def accept_anew(self, plan: Plan, step: Step, delivery: Delivery, now: datetime, *, actor: str, mark: str = "") -> Accepted:
        """An event that was there before, read in other terms or for another reason: another event of the same order, once for each
        version of the terms, or for each ``mark``.
        """
        arrival, terms = read_delivery(step, delivery), delivery.terms
        known = keys_of(arrival)
        mark = mark or (f"+{terms.version}" if terms is not None else "")
        keys = Keys(f"{known.event}{mark}", known.order, f"{known.content}{mark}", None)
        keeping = self._keep(plan, step, delivery, arrival, keys, now, actor, None, deadline(plan, step, now, None))
        return self.begin(keeping, await keeping.accepted)

    async def _chosen(self, share: Share, published: Step, order_key: str, delivery: Delivery) -> Chosen | None:
        try:
            plan = await self.plan_at(share.flow, share.version)
        except OrderloomError as error:
            log.error("share cannot run", extra={"flow": share.flow, "version": share.version, "code": error.problems[0].code})  # noqa: TRY400
            return None
        step = plan.triggers.get(published.slug)
        if step is None or step.disabled or step.type.name != published.type.name:
            return None
        try:
            arrival = read_delivery(step, delivery)
        except InputInvalid:
            arrival = None
        return Chosen(plan, step, arrival, as_fact(share, order_key))

    async def take(self, plan: Plan, step: Step, delivery: Delivery, now: datetime, *, actor: str) -> Accepted:
        """The same for a sender that cannot be told: what cannot be read, or is too large, is kept as it is, and its run parks."""
        if len(delivery.body) <= self.max_body:
            try:
                return await self.accept(plan, step, delivery, now, actor=actor)
            except InputInvalid:
                pass
            except Exception:
                if not _stumbles(step, self._told(step, delivery)):  # else it would be tried for ever, and hold up what comes behind it
                    raise
        arrival = Arrival((), _channel(step), content={"sha256": sha256(delivery.body).hexdigest()})
        keys = keys_of(arrival)
        keeping = self._keep(plan, step, delivery, arrival, keys, now, actor, None, deadline(plan, step, now, None))
        accepted = await keeping.accepted
        if not accepted.duplicate:
            self.reread(_event(accepted, keeping))
        return accepted

    def _told(self, step: Step, delivery: Delivery) -> Delivery:
        """With the terms of today, which stay with it."""
        form = step.type.form
        if form is None or delivery.terms is not None or (terms := self.terms(form.name)) is None:
            return delivery
        return structs.replace(delivery, terms=structs.replace(terms, envelopes=form.envelopes))

    def _keep(
        self, plan: Plan, step: Step, delivery: Delivery, arrival: Arrival, keys: Keys, now: datetime, actor: str, call: NewCall | None,
        until: datetime | None, chosen: Chosen | None = None,
    ) -> Keeping:  # fmt: skip
        headers = step.type.keeps_headers if chosen is None else {*step.type.keeps_headers, *chosen.step.type.keeps_headers}
        plan, step, read, share = chosen or Chosen(plan, step, arrival, b"")
        accepted = self.journal.put_event(
            NewEvent(
                flow=plan.name,
                version=plan.version,
                trigger=step.slug,
                key=keys.event,
                content=keys.content,
                order_key=keys.order,
                body=pack(delivery, headers),
                received_at=now,
                actor=actor,
                delivery_key=keys.delivery,
                passes=arrival.passes,
                fingerprint=plan.fingerprint,
                call=call,
                deadline=until,
                share=share,
            )
        )
        return Keeping(accepted, plan, step, read, keys.order, now, actor, arrival.passes)

    def _verify(self, step: Step, delivery: Delivery, now: datetime) -> None:
        if step.type.verify is None:
            return
        try:
            step.type.verify(delivery, step.params, self.secrets(step.secret) if step.secret else {}, now)
        except KeyError:  # the connection lacks the field that the trigger verifies with
            raise NotFound(Problem("connection.no_secret", (step.slug,), {"name": step.secret or ""})) from None


def deadline(plan: Plan, step: Step, now: datetime, no_later: datetime | None) -> datetime | None:
    """When a run that is accepted now must have ended (rule R12)."""
    policy = plan.flow.nodes[step.slug].policy
    own = now + policy.deadline if policy is not None and policy.deadline is not None else None
    return min((one for one in (own, no_later) if one is not None), default=None)


def hook_of(plan: Plan | None, trigger: str) -> Step | None:
    """The trigger of that name, where it takes deliveries."""
    step = plan.triggers.get(trigger) if plan is not None else None
    return step if step is not None and step.type.starts == "hook" and not step.disabled else None


def _event(accepted: Accepted, kept: Keeping) -> Event:
    return Event(
        accepted.id, kept.plan.name, kept.plan.version, kept.step.slug, accepted.key, kept.order_key, kept.at, kept.actor,
        kept.passes, accepted.conflict,
    )  # fmt: skip


def read_kept(step: Step, delivery: Delivery, max_body: int, terms: Terms | None = None) -> Arrival:
    """The same for an event that was kept before. Raises ``InputInvalid``, also ``body.too_large`` for what a source brought."""
    if step.type.consume is not None and len(delivery.body) > max_body:
        raise InputInvalid(Problem("body.too_large", (step.slug,), {"limit": max_body}))
    return read_delivery(step, delivery, terms)


def read_delivery(step: Step, delivery: Delivery, terms: Terms | None = None) -> Arrival:
    """The event that a delivery holds, as its trigger reads it; what the trigger stumbles over is kept all the same, to be parked.

    ``terms``: those that a person decided on later, in place of the delivery's own. Whether two deliveries say the same is decided
    by what was sent, whatever the terms.

    Raises ``InputInvalid`` for bytes that cannot be read at all.
    """
    arrival, terms = _read(step, delivery), terms or delivery.terms
    if not terms:
        return arrival
    told = _read(step, structs.replace(delivery, body=_in_terms(delivery.body, terms)))
    return structs.replace(told, content=arrival.content if arrival.content is not None else list(arrival.items), terms=terms)


def _stumbles(step: Step, delivery: Delivery) -> bool:
    """Whether reading alone fails, in a way that nobody foresaw: then it does so each time, and nothing was kept."""
    try:
        keys_of(read_delivery(step, delivery))
    except OrderloomError:
        return False
    except Exception as error:  # noqa: BLE001 - whatever it is, the bytes are kept
        log.warning("stumbled over a delivery", extra={"trigger": step.slug, "type": type(error).__name__, "at": place_of(error)})
        return True
    return False


def _in_terms(body: bytes, terms: Terms) -> bytes:
    value: Any = read_json(body)
    return write_json(in_terms(cast("Item", value), terms)) if isinstance(value, dict) else body


def _read(step: Step, delivery: Delivery) -> Arrival:
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
        return Arrival((item,), _channel(step))


def _channel(step: Step) -> str:
    """What stands for the channel where nothing else is known."""
    return step.type.name.partition(".")[2]
