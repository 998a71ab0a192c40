"""A sales channel of one's own: its orders, its clock, its API as a real HTTP server on loopback, its pushes, its bad days.

A channel's simulator is a subclass that adds the platform's words: which calls there are, how they are signed, how errors look,
which states an order goes through. It comes in by the entry point group ``orderloom.simulators``, under the name of its channel.
"""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any, ClassVar

from aiohttp import web

from engine.testing.channel.behaviour import Behaviour, behaviour_of
from engine.testing.channel.faults import CallFaults, Failure, PushFault
from engine.testing.channel.goods import Goods, Offer
from engine.testing.channel.orders import KeptOrder, KeptOrders
from engine.testing.channel.page import page_routes
from engine.testing.channel.pushes import Pusher, Sign
from engine.testing.channel.tokens import TokenDesk
from engine.testing.server import LocalServer

CONTROL = "/simulator"
"""Below it are the pages for people; everything else is the platform's API."""


class ChannelSimulator(LocalServer):
    """``async with TaobaoSimulator() as shop``: ``shop.url`` answers as the platform does, ``shop.connection`` reaches it.

    ``now``: the platform's clock (aware), which ``clock_off`` shifts; ``push_to``: the address of our hook, ``None`` for no pushes;
    ``secret``: what signs; ``tokens``: who may call; ``goods``: what is for sale, where the channel lists it;
    ``calls`` and ``pushes`` hold the faults; ``asked`` counts the calls by name; ``changes_form``: what the
    platform has changed in the form of its orders, from now on.
    """

    max_body = 4 * 1024 * 1024
    channel: ClassVar[str]
    open_paths: ClassVar[frozenset[str]] = frozenset()
    """Paths that need no token."""
    states: ClassVar[Mapping[str, tuple[str, ...]]]
    """Each state with those that may follow it; the first is that of a new order."""
    sells: ClassVar[tuple[str, ...]] = ()
    """The seller's codes of what its orders are about."""
    prices: ClassVar[Mapping[str, str]] = {}
    """What one of them costs, by the seller's code, with the currency."""

    def __init__(self, *, now: Callable[[], datetime] | None = None, push_to: str | None = None, secret: str = "simulator-secret") -> None:  # noqa: S107
        self.orders = KeptOrders()
        self.goods = Goods()
        self.calls = CallFaults()
        self.pusher = Pusher(push_to)
        self.asked: dict[str, int] = {}
        self.secret = secret
        self.tokens = TokenDesk("simulator-token")
        self.clock_off = timedelta(0)
        self.changes_form: Callable[[dict[str, Any]], dict[str, Any]] = dict
        self._clock = now or (lambda: datetime.now(UTC))

    @property
    @abstractmethod
    def connection(self) -> dict[str, Any]:
        """The connection document that reaches this channel."""

    @abstractmethod
    def routes(self) -> Iterable[web.RouteDef]:
        """The platform's calls. Each handler is reached only by requests that are not refused, not limited and not made to fail."""

    @abstractmethod
    def refusal(self, request: web.Request, body: bytes) -> web.StreamResponse | None:
        """The answer to a call whose signature, clock or token does not hold; ``None`` where all is well."""

    @abstractmethod
    def busy(self, seconds: float) -> web.StreamResponse:
        """The answer to a call too many; calls are taken again after so many seconds."""

    @abstractmethod
    def draft(self, number: int, at: datetime) -> tuple[str, dict[str, Any]]:
        """Id and body of the so-manieth new order (from 1), made and paid at that time."""

    @abstractmethod
    def moved(self, order: KeptOrder, state: str, at: datetime) -> dict[str, Any]:
        """The body of the order once it is in that state; its time of change is ``at``. Also for the same state: a new version."""

    def push(self, order: KeptOrder, state: str, number: int) -> Sign | None:
        """What tells us of the order as it is now, the so-manieth push; ``None`` where the platform tells nothing."""
        del order, state, number

    def name_of(self, request: web.Request, body: bytes) -> str:
        """Under which name a call is counted."""
        del body
        return request.path

    def now(self) -> datetime:
        return self._clock() + self.clock_off

    def create(
        self, count: int = 1, *, at: datetime | None = None, listed_after: timedelta = timedelta(0), state: str | None = None
    ) -> list[KeptOrder]:
        """New orders, pushed. ``at``: their time (else now); ``listed_after``: how late lists begin to show them.

        ``state``: in which they begin, else in the first.
        """
        made = [self._make(at or self.now(), listed_after, state) for _ in range(count)]
        for order in made:
            self._tell(order)
        return made

    def place(self, order_id: str, body: Mapping[str, Any], *, at: datetime | None = None) -> KeptOrder:
        """A new order that the caller made up, in the platform's form and its first state; pushed."""
        moment, state = at or self.now(), next(iter(self.states))
        order = KeptOrder(order_id, state, dict(body), moment, moment, moment, [(moment, state)])
        self.orders.add(order)
        self._tell(order)
        return order

    def move(self, order_id: str, state: str, *, at: datetime | None = None) -> KeptOrder:
        """A new version of the order in a state that may follow (or the same one), pushed. Raises ``ValueError`` for any other."""
        order = self.orders.find(order_id)
        if order is None or state not in (order.state, *self.states[order.state]):
            raise ValueError(f"no order {order_id} that may become {state}")
        moment = at or self.now()
        order.body = self.changes_form(self.moved(order, state, moment))
        order.state, order.updated_at = state, moment
        order.history.append((moment, state))
        self._tell(order)
        return order

    def touch(self, order_id: str) -> KeptOrder:
        """A new version of the order in the state that it has."""
        order = self.orders.find(order_id)
        return self.move(order_id, order.state if order else "")

    def fail_next(self, times: int = 1, status: int = 503, body: Mapping[str, Any] | None = None) -> None:
        """The next calls are answered so, and do nothing."""
        self.calls.fail_next(times, Failure(status, body))

    def limit(self, calls: int, seconds: float) -> None:
        """From now on so many calls are taken in a span of so many seconds."""
        self.calls.limit = (calls, timedelta(seconds=seconds))

    @property
    def behaviour(self) -> Behaviour:
        """As it is now."""
        calls, span = self.calls.limit or (0, timedelta(minutes=1))
        shares: dict[PushFault, float] = {fault: round(share * 100, 3) for fault, share in self.pusher.faults.shares.items()}
        return Behaviour(calls, span.total_seconds(), self.clock_off.total_seconds(), shares)

    def behave_as(self, form: Mapping[str, str]) -> None:
        """As a person sets it, field by field. Raises ``InputInvalid``: ``simulate.setting``, ``simulate.shares``."""
        self.behave(behaviour_of(form))

    def behave(self, how: Behaviour) -> None:
        """From now on so."""
        self.calls.limit = (how.calls, timedelta(seconds=how.seconds)) if how.calls else None
        self.clock_off = timedelta(seconds=how.clock)
        self.pusher.faults.mix({fault: share / 100 for fault, share in how.shares.items()})

    def put_on_sale(self, sku: str, quantity: int) -> None:
        """A listing more, where the channel lists what it sells."""
        self.goods.offer((sku, quantity))

    def in_stock(self) -> Iterable[tuple[str, int | None]]:
        """The seller's codes of what is on sale now, with the units; ``None``: they are not counted."""
        return [(variant.sku or str(variant.id), variant.quantity) for _, variant in self.goods.variants_on_sale]

    @property
    def offers(self) -> Sequence[Offer]:
        """By code."""
        return [Offer(sku, quantity, self.prices.get(sku)) for sku, quantity in sorted(self.in_stock(), key=lambda one: one[0])]

    def app(self) -> web.Application:
        app = web.Application(client_max_size=self.max_body, middlewares=[self._guard])
        app.add_routes([*self.routes(), *page_routes(self, CONTROL)])
        return app

    async def stop(self) -> None:
        await self.pusher.close()
        await super().stop()

    def _make(self, at: datetime, listed_after: timedelta, state: str | None) -> KeptOrder:
        order_id, body = self.draft(len(self.orders) + 1, at)
        first = next(iter(self.states))
        order = KeptOrder(order_id, state or first, body, at, at, self.now() + listed_after, [(at, state or first)])
        if order.state != first:
            order.body = self.moved(order, order.state, at)
        order.body = self.changes_form(order.body)
        self.orders.add(order)
        return order

    def _tell(self, order: KeptOrder) -> None:
        signed = self.push(order, order.state, sum(self.pusher.counts.values()) + 1)
        if signed is not None:
            self.pusher.push(order.id, signed)

    @web.middleware
    async def _guard(self, request: web.Request, handler: Callable[[web.Request], Any]) -> web.StreamResponse:
        if request.path == CONTROL or request.path.startswith(f"{CONTROL}/"):
            return await handler(request)
        body = await request.read()
        name = self.name_of(request, body)
        self.asked[name] = self.asked.get(name, 0) + 1
        if self.calls.delay:
            await asyncio.sleep(self.calls.delay)
        answer = self._stopped(request, body) or await handler(request)
        if not answer.prepared:
            answer.headers["Date"] = format_datetime(self.now().astimezone(UTC), usegmt=True)
        if self.calls.lost and answer.status < 400:
            self.calls.lost -= 1
            if request.transport is not None:
                request.transport.close()
        return answer

    def _stopped(self, request: web.Request, body: bytes) -> web.StreamResponse | None:
        """The answer to a call that is not served."""
        if self.calls.failures:
            failure = self.calls.failures.popleft()
            return web.json_response(dict(failure.body or {}), status=failure.status)
        if refused := (None if request.path in self.open_paths else self.refusal(request, body)):
            return refused
        seconds = self.calls.wait(self.now())
        return self.busy(seconds) if seconds else None
