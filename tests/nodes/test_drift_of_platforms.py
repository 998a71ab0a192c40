"""Each field of each sample of a channel, changed: held, noted or handled; no crash, no wrong money, no wrong status."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from engine.errors import NodeError
from engine.json_text import read_json
from engine.order.model import CanonicalOrder
from engine.order.statuses import may_ship
from nodes.connector.jd.canonical import jd_order
from nodes.connector.own_shop.canonical import own_shop_order
from nodes.connector.pinduoduo.canonical import pinduoduo_order
from nodes.connector.shopify.canonical import shopify_order
from nodes.connector.taobao.canonical import taobao_order
from tests.nodes.mutations import MUTATIONS, Place, at, mutated, places

DOMAIN = Path(__file__).parents[1] / "fixtures" / "domain"
PDD: dict[str, Any] = read_json((DOMAIN / "pdd_order.json").read_bytes())
TAOBAO: dict[str, Any] = read_json((DOMAIN / "taobao_trade.json").read_bytes())
SHOPIFY: dict[str, Any] = read_json((DOMAIN / "shopify_order.json").read_bytes())
OWN_SHOP: dict[str, Any] = read_json((DOMAIN / "ownstore_order.json").read_bytes())
JD: dict[str, Any] = read_json((DOMAIN / "jd_order.json").read_bytes())
SAMPLES: dict[str, tuple[Callable[[dict[str, Any]], dict[str, Any]], dict[str, Any]]] = {
    **{f"taobao-{name}": (taobao_order, TAOBAO[name]) for name in TAOBAO if name not in ("_facts", "error", "expected_core")},
    **{f"pinduoduo-{name}": (pinduoduo_order, PDD[name]) for name in ("to_ship", "list", "shipped_pii_blank", "group_incomplete")},
    **{f"jd-{name}": (jd_order, JD[name]) for name in ("get", "search", "split_parent", "split_child_a")},
}
SHOPS: dict[str, tuple[Callable[[dict[str, Any]], dict[str, Any]], dict[str, Any]]] = {
    **{f"shopify-{name}": (shopify_order, SHOPIFY[name]) for name in ("create", "partially_refunded", "cancelled", "test_order")},
    "own_shop": (own_shop_order, OWN_SHOP["created"]),
}
MAY_BE_ABSENT = {"test"}
"""Shopify's mark of a test order: an order without it is none."""
DECIDES = {
    "order_status", "refund_status", "confirm_status", "group_status", "risk_control_status", "orderState",
}  # fmt: skip


@pytest.mark.parametrize("how", MUTATIONS)
@pytest.mark.parametrize("name", SAMPLES)
def test_whatever_drifts_is_held_noted_or_handled(name: str, how: str) -> None:
    read, sample = SAMPLES[name]
    right = read(sample)
    for place in places(sample):
        if how == "renamed" and not isinstance(place[-1], str):
            continue
        try:
            found = read(mutated(sample, place, how))
        except NodeError:
            continue
        CanonicalOrder.model_validate(found)
        _same_or_held(right, found, place)
        _money_is_exact(found, place)


@pytest.mark.parametrize("how", MUTATIONS)
@pytest.mark.parametrize("name", SHOPS)
def test_an_order_of_a_shop_that_drifts_is_held_noted_or_handled(name: str, how: str) -> None:
    read, sample = SHOPS[name]
    right, borne = read(sample), 0
    for place in places(sample):
        if place[-1] in MAY_BE_ABSENT or (how == "renamed" and not isinstance(place[-1], str)):
            continue
        try:
            found = read(mutated(sample, place, how))
        except NodeError:
            continue
        borne += 1
        CanonicalOrder.model_validate(found)
        _same_or_held(right, found, place)
    assert borne


def _same_or_held(right: dict[str, Any], found: dict[str, Any], place: Place) -> None:
    """An order that still may ship has the money and the state that it had, unless the amount itself says otherwise."""
    if not may_ship(found):
        return
    assert may_ship(right), place
    assert found["status"] == right["status"], place
    assert found["amount"] == right["amount"], place
    assert [line["qty"] for line in found["lines"]] == [line["qty"] for line in right["lines"]], place


def _money_is_exact(found: dict[str, Any], place: Place) -> None:
    amount = {name: Decimal(value) for name, value in found["amount"].items() if value is not None}
    due = amount["items"] - amount["discount_seller"] - amount["discount_platform"] + amount["shipping"] + amount["tax"]
    assert due == amount["paid"] or "amount_mismatch" in found["hold_reasons"], place


@pytest.mark.parametrize("how", ["dropped", "null", "renamed", "emptied"])
@pytest.mark.parametrize("name", SAMPLES)
def test_what_decides_about_shipping_cannot_vanish(name: str, how: str) -> None:
    read, sample = SAMPLES[name]
    deciding = [place for place in places(sample) if place[-1] in DECIDES and not (how == "emptied" and at(sample, place) == 0)]
    assert deciding
    for place in deciding:
        assert not may_ship(read(mutated(sample, place, how))), place
