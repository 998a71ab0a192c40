"""Cancellations and refunds wait for nothing, in every form in which a shop tells them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from engine.node.triggers import Delivery
from engine.node.types import NodeType
from nodes.connector.own_shop.trigger import own_shop_orders
from nodes.connector.shopify.trigger import shopify_orders

PARAMS = {"shop": {"connection": "shop"}}


def passes(trigger: NodeType, body: dict[str, Any]) -> bool:
    return trigger.function(Delivery(json.dumps(body).encode()), trigger.params.model_validate(PARAMS)).passes


@pytest.mark.parametrize("status", ["refunded", "partially_refunded", "voided"])
def test_a_shopify_order_whose_money_went_back_passes(status: str) -> None:
    assert passes(shopify_orders, {"id": 1, "financial_status": status, "refunds": []})


@pytest.mark.parametrize("kind", ["order.refund_requested", "order.refund.created", "order.partially_refunded"])
def test_every_step_of_a_refund_in_the_own_shop_passes(kind: str) -> None:
    assert passes(own_shop_orders, {"type": kind, "data": {"order_no": "A1"}})


@pytest.mark.parametrize("changes", [{"status": "closed_refunded"}, {"refund_status": "requested"}])
def test_an_own_shop_order_that_tells_a_refund_itself_passes(changes: dict[str, str]) -> None:
    assert passes(own_shop_orders, {"type": "order.updated", "data": {"order_no": "A1", **changes}})


@pytest.mark.parametrize("changes", [{}, {"refund_status": "none"}, {"refund_status": "refused"}, {"status": "paid"}])
def test_an_own_shop_order_without_a_refund_takes_its_turn(changes: dict[str, str]) -> None:
    assert not passes(own_shop_orders, {"type": "order.updated", "data": {"order_no": "A1", **changes}})
