"""The invented shop: it sells on six channels, each a simulated platform, and lets happen what happens in shops."""

from __future__ import annotations

import base64
import secrets
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime, timedelta
from random import Random
from typing import Any, Final

from designer.demo import payloads
from designer.demo.flow_file import NAME
from designer.demo.goods import Person, basket, foreigner, person
from designer.demo.payloads import Sale
from engine.cli.simulate import simulators
from engine.testing.channel import ChannelSimulator, KeptOrder

CHANNELS: Final = ("taobao", "own_shop", "shopify", "jd", "pinduoduo", "woocommerce")
PUSHING: Final = ("taobao", "own_shop", "shopify", "woocommerce")
_URGENT = ("麻烦加急，周五前要用", "urgent, please ship today")
Platforms = Mapping[str, ChannelSimulator]


@asynccontextmanager
async def platforms() -> AsyncGenerator[Platforms]:
    """The simulated channels, each with a secret that is invented at each start."""
    found = simulators()
    async with AsyncExitStack() as stack:
        yield {name: await stack.enter_async_context(found[name].load()(secret=_secret(name))) for name in CHANNELS}


def push_to(shops: Platforms, url: str) -> None:
    """From now on the channels that push do so to the hooks of a service at this address."""
    for name in PUSHING:
        shops[name].pusher.to = f"{url}/hooks/{NAME}/{name}"


class Shop:
    """``sell()`` makes the next sale. Sixteen sales show each oddity once; an order that nobody can read comes every 64.

    ``placed``: the orders so far, by channel and number; ``slipped``: numbers of the own shop's orders since its times slipped.
    """

    def __init__(self, shops: Platforms, now: Callable[[], datetime], seed: int = 1) -> None:
        self._shops, self._now, self._chance = shops, now, Random(seed)  # noqa: S311 - play, not protection
        self._number = 0
        self._slip = timedelta(0)
        self.placed: list[tuple[str, str]] = []
        self.slipped: list[str] = []

    def slip(self, by: timedelta) -> None:
        """From now on the own shop's times are wrong by so much; then it has plain orders only. Nothing: they are right again."""
        self._slip = by
        if by:
            self.slipped = []

    def correct(self) -> None:
        """The orders whose times slipped are told once more, with their true times."""
        for number in self.slipped:
            order = self._shops["own_shop"].orders.find(number)
            if order is not None:
                data = order.body["data"]
                order.body["data"] = {**data, **{name: payloads.earlier(data[name], self._slip) for name in ("created_at", "paid_at")}}
                self._shops["own_shop"].move(number, order.state, at=self._now())

    def sell_here(self, count: int) -> None:
        """So many plain orders of the own shop at once."""
        for _ in range(count):
            self._number += 1
            self._own()

    def sell(self) -> None:
        """Mostly a plain new order; now and then it is pushed twice, overtaken by a change of itself, called off, or odd."""
        self._number += 1
        turn = self._number % 16
        if self._number % 64 == 7 and not self._slip:
            self._own(currency="")
            return
        odd = {
            5: self._twice, 8: self._out_of_order, 9: self._on_hold, 11: self._unknown_status, 13: self._bad_phone, 15: self._cancelled,
        }.get(turn)  # fmt: skip
        if odd is None:
            self._plain(urgent=turn in (3, 10))
        elif self._slip:
            self._own()
        else:
            odd()

    def _twice(self) -> None:
        self._shops["own_shop"].pusher.faults.next("doubled")
        self._own()

    def _on_hold(self) -> None:
        """The shop itself is not sure: a person may release the order."""
        self._own(status="paid_hold")

    def _unknown_status(self) -> None:
        self._own(status="under_inspection")

    def _bad_phone(self) -> None:
        self._own(bad_phone=True)

    def _out_of_order(self) -> None:
        """A change of the order overtakes the order itself."""
        shop = self._shops["own_shop"]
        shop.pusher.faults.next("late")
        order = self._own()
        shop.move(order.id, order.state, at=self._now() + timedelta(seconds=2))

    def _cancelled(self) -> None:
        order = self._own()
        self._shops["own_shop"].move(order.id, "cancelled", at=self._now() + timedelta(seconds=2))

    def _plain(self, *, urgent: bool) -> None:
        channel = CHANNELS[self._number % len(CHANNELS)]
        sale = self._sale(abroad=channel == "shopify", note=_URGENT[channel == "shopify"] if urgent else "")
        if channel == "taobao":
            trade: dict[str, Any] = payloads.taobao(sale)["trade_fullinfo_get_response"]["trade"]
            self._place(channel, trade["tid_str"], trade, sale)
        elif channel == "shopify":
            body = payloads.shopify(sale)
            self._place(channel, str(body["id"]), body, sale)
        elif channel == "own_shop":
            self._own(note=sale.note)
        else:
            self.placed += [(channel, order.id) for order in self._shops[channel].create()]

    def _own(self, *, bad_phone: bool = False, **changes: Any) -> KeptOrder:
        sale = self._sale(bad_phone=bad_phone, slipped=self._slip)
        event = payloads.own_shop(sale, **changes)
        if self._slip:
            self.slipped.append(event["data"]["order_no"])
        return self._place("own_shop", event["data"]["order_no"], event, sale)

    def _place(self, channel: str, number: str, body: Mapping[str, Any], sale: Sale) -> KeptOrder:
        self.placed.append((channel, number))
        return self._shops[channel].place(number, body, at=sale.at)

    def _sale(self, *, abroad: bool = False, bad_phone: bool = False, note: str = "", slipped: timedelta = timedelta(0)) -> Sale:
        buyer = foreigner(self._chance) if abroad else person(self._chance)
        if bad_phone:
            buyer = Person(buyer.name, "12345", buyer.region, buyer.street)
        return Sale(self._number, self._now() + slipped, basket(self._chance), buyer, note)


def _secret(channel: str) -> str:
    return "whsec_" + base64.b64encode(secrets.token_bytes(24)).decode() if channel == "own_shop" else secrets.token_hex(16)
