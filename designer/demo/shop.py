"""The invented shop: it makes orders up, each in the form of its channel and signed as that channel signs."""

from __future__ import annotations

import base64
import secrets
from collections import deque
from collections.abc import Callable, Iterator
from datetime import datetime
from random import Random
from typing import Final

from designer.demo import payloads, signing
from designer.demo.flow_file import NAME
from designer.demo.goods import Person, basket, foreigner, person
from designer.demo.payloads import Sale
from designer.demo.signing import Delivery

CHANNELS: Final = ("taobao", "own_shop", "shopify")
_URGENT = ("麻烦加急，周五前要用", "urgent, please ship today")


class Secrets:
    """The secrets of the channels, invented at each start."""

    def __init__(self) -> None:
        self.taobao, self.shopify = secrets.token_hex(16), secrets.token_hex(16)
        self.own_shop = "whsec_" + base64.b64encode(secrets.token_bytes(24)).decode()


class Shop:
    """``deliveries()`` goes on for ever. Sixteen sales show each oddity once; a push message comes every 64."""

    def __init__(self, known: Secrets, now: Callable[[], datetime], seed: int = 1) -> None:
        self._secrets, self._now, self._chance = known, now, Random(seed)  # noqa: S311 - play, not protection
        self._sent: deque[Delivery] = deque(maxlen=20)
        self._number = 0

    def deliveries(self) -> Iterator[Delivery]:
        """Mostly plain new orders; among them the same delivery again, an update before its order, and other things that shops do."""
        while True:
            self._number += 1
            for one in self._next(self._number % 16):
                self._sent.append(one)
                yield one

    def _next(self, turn: int) -> list[Delivery]:
        if self._number % 64 == 7:
            return [self._taobao(payloads.taobao_push(self._sale()))]
        odd = {5: self._twice, 8: self._out_of_order, 11: self._unknown_status, 13: self._bad_phone, 15: self._cancelled}.get(turn)
        return odd() if odd else [self._plain(urgent=turn in (3, 10))]

    def _twice(self) -> list[Delivery]:
        return [self._plain(), self._sent[-1]]

    def _unknown_status(self) -> list[Delivery]:
        return [self._own(payloads.own_shop(self._sale(), status="under_inspection"))]

    def _bad_phone(self) -> list[Delivery]:
        return [self._own(payloads.own_shop(self._sale(bad_phone=True)))]

    def _plain(self, *, urgent: bool = False) -> Delivery:
        channel = CHANNELS[self._number % len(CHANNELS)]
        sale = self._sale(abroad=channel == "shopify", note=_URGENT[channel == "shopify"] if urgent else "")
        if channel == "taobao":
            return self._taobao(payloads.taobao(sale))
        if channel == "shopify":
            return signing.shopify(payloads.shopify(sale), self._secrets.shopify, _hook(channel), f"demo-{sale.serial}")
        return self._own(payloads.own_shop(sale))

    def _out_of_order(self) -> list[Delivery]:
        """The shop's change of the note overtakes the order itself."""
        sale = self._sale()
        return [self._own(payloads.own_shop(sale, "order.updated", 30, note="请放门口")), self._own(payloads.own_shop(sale))]

    def _cancelled(self) -> list[Delivery]:
        sale = self._sale()
        called_off = payloads.own_shop(sale, "order.cancelled", 60)
        return [self._own(payloads.own_shop(sale)), self._own(called_off)]

    def _taobao(self, payload: dict[str, object]) -> Delivery:
        return signing.taobao(payload, self._secrets.taobao, _hook("taobao"), self._now())

    def _own(self, payload: dict[str, object]) -> Delivery:
        return signing.own_shop(payload, self._secrets.own_shop, _hook("own_shop"), f"msg_{secrets.token_hex(8)}", self._now())

    def _sale(self, *, abroad: bool = False, bad_phone: bool = False, note: str = "") -> Sale:
        buyer = foreigner(self._chance) if abroad else person(self._chance)
        if bad_phone:
            buyer = Person(buyer.name, "12345", buyer.region, buyer.street)
        return Sale(self._number, self._now(), basket(self._chance), buyer, note)


def _hook(trigger: str) -> str:
    return f"/hooks/{NAME}/{trigger}"
