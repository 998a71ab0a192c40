"""Each field around the orders of a list, changed: the same orders are read, or the source says that it is no list. None is lost silently.

The answers are those of the simulated platforms, over real HTTP. What becomes of fields of an order: ``test_drift_of_platforms.py``.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from engine.errors import NodeError
from engine.node.context import HttpAnswer, HttpCall
from engine.testing.channel import ChannelSimulator
from nodes.connector.asking import Busy
from nodes.connector.jd import calls as jd
from nodes.connector.jd.simulator import JdSimulator
from nodes.connector.own_shop import calls as own_shop
from nodes.connector.own_shop.simulator import OwnShopSimulator
from nodes.connector.pinduoduo import calls as pinduoduo
from nodes.connector.pinduoduo.simulator import PinduoduoSimulator
from nodes.connector.shopify import calls as shopify
from nodes.connector.shopify.simulator import ShopifySimulator
from nodes.connector.taobao import calls as taobao
from nodes.connector.taobao.simulator import TaobaoSimulator
from tests.nodes.mutations import MUTATIONS, mutated, places
from tests.nodes.polled import NOON, Clock, outside_of

SINCE, UNTIL = NOON - timedelta(minutes=20), NOON + timedelta(minutes=5)
Read = Callable[[HttpAnswer], tuple[int, bool]]
"""How many orders an answer holds, and whether more follow."""


def of_taobao(answer: HttpAnswer) -> tuple[int, bool]:
    found = taobao.read(answer)
    rows = taobao.rows_of(found)
    return len(rows), taobao.has_next(found, rows)


def of_taobao_counted(answer: HttpAnswer) -> tuple[int, bool]:
    """It is asked for the number of its pages alone."""
    pages = taobao.pages_of(taobao.read(answer))
    return pages, pages > 1


def of_jd(answer: HttpAnswer) -> tuple[int, bool]:
    page = jd.read_page(answer)
    return len(page.orders), page.total > len(page.orders)


def of_pinduoduo(answer: HttpAnswer) -> tuple[int, bool]:
    page = pinduoduo.read_page(answer)
    return len(page.orders), page.total > len(page.orders)


def of_own_shop(answer: HttpAnswer) -> tuple[int, bool]:
    orders, mark = own_shop.reader(NOON)(answer)
    return len(orders), mark is not None


def of_shopify(answer: HttpAnswer) -> tuple[int, bool]:
    """Whether more follow stands in a header."""
    return len(shopify.orders_of(answer, NOON)), True


LISTS: dict[str, tuple[type[ChannelSimulator], HttpCall, int, Read]] = {
    "taobao": (TaobaoSimulator, taobao.list_call(SINCE, UNTIL, 1), taobao.PAGE_SIZE, of_taobao),
    "taobao_counted": (TaobaoSimulator, taobao.list_call(SINCE, UNTIL, 1, counted=True), taobao.PAGE_SIZE, of_taobao_counted),
    "jd": (JdSimulator, jd.list_call(SINCE, UNTIL, 1), jd.PAGE_SIZE, of_jd),
    "pinduoduo": (PinduoduoSimulator, pinduoduo.list_call(SINCE, UNTIL, 1), pinduoduo.PAGE_SIZE, of_pinduoduo),
    "own_shop": (OwnShopSimulator, own_shop.list_call(SINCE, UNTIL, None), own_shop.PAGE_SIZE, of_own_shop),
    "shopify": (ShopifySimulator, shopify.list_call(SINCE, UNTIL, None), 0, of_shopify),
}


async def answered(name: str) -> tuple[HttpAnswer, Read]:
    """A page that is full, with another one behind it."""
    simulator, call, size, read = LISTS[name]
    clock = Clock()
    async with simulator(now=clock) as shop:
        shop.create(size + 1)
        return await outside_of(shop, clock)(call), read


def around(body: Any) -> list[tuple[str | int, ...]]:
    """Where the fields of an answer are that are no order's."""
    return [place for place in places(body) if not any(isinstance(key, int) for key in place)]


def lost(answer: HttpAnswer, read: Read) -> list[str]:
    """What changes the answer into one that seems to be well and holds fewer orders."""
    right, found = read(answer), list[str]()
    for place in around(answer.body):
        for how in MUTATIONS:
            if how == "emptied" or (place[-1], how) == ("next", "null"):
                continue  # an answer as it may be
            try:
                now = read(HttpAnswer(answer.status, answer.headers, mutated(answer.body, place, how)))
            except (NodeError, Busy):
                continue
            if now[0] < right[0] or (now[0] == right[0] and now[1] < right[1]):
                found.append(f"{'.'.join(map(str, place))} {how}: {now}")
    return found


@pytest.mark.parametrize("name", LISTS)
async def test_a_list_that_drifts_loses_no_order_silently(name: str) -> None:
    answer, read = await answered(name)
    assert read(answer)[0] > 0
    assert read(answer)[1]
    assert lost(answer, read) == []


async def test_a_reader_that_takes_what_it_does_not_know_for_nothing_is_noticed() -> None:
    answer, read = await answered("taobao")

    def worse(drifted: HttpAnswer) -> tuple[int, bool]:
        try:
            return read(drifted)
        except NodeError:
            return 0, False

    assert any("trades renamed" in one for one in lost(answer, worse))


async def test_nothing_to_list_is_no_drift() -> None:
    for name, (simulator, call, _, read) in LISTS.items():
        clock = Clock()
        async with simulator(now=clock) as shop:
            assert read(await outside_of(shop, clock)(call))[0] == 0, name
