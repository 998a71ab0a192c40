"""Trades of Taobao after the facts of the domain, whole or with a few fields changed."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest

from engine.errors import NodeError
from engine.json_text import read_json
from nodes.connector.taobao.canonical import taobao_order

DOMAIN = Path(__file__).parents[1] / "fixtures" / "domain"
TRADES: dict[str, Any] = read_json((DOMAIN / "taobao_trade.json").read_bytes())
MESSAGES: dict[str, Any] = read_json((DOMAIN / "taobao_tmc.json").read_bytes())
MAPPING: dict[str, Any] = read_json((DOMAIN / "canonical_mapping.json").read_bytes())
VARIANTS = ("multi_sub_order", "part_shipped", "sub_order_refunding", "paid_but_forbidden")


def trade(name: str = "multi_sub_order", **changes: Any) -> dict[str, Any]:
    found = copy.deepcopy(TRADES[name]["trade_fullinfo_get_response"]["trade"])
    return {**found, **changes}


def with_lines(*lines: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """The sample with every line changed, or the lines given in turn."""
    found = trade(**changes)
    for line, change in zip(found["orders"]["order"], lines, strict=False):
        line.update(change)
    return found


def single(**changes: Any) -> dict[str, Any]:
    """One sub-order as an object: 2 × 129.00 − 10.00 + 6.00 postage, which its own payment includes."""
    line = {**trade()["orders"]["order"][0], "payment": "254.00", "divide_order_fee": "248.00", "part_mjz_discount": "0.00"}
    return trade(total_fee="258.00", payment="254.00", num=2, promotion_details=None, orders={"order": line}) | changes


def holds(payload: dict[str, Any]) -> list[str]:
    return taobao_order(payload)["hold_reasons"]


def code(payload: dict[str, Any]) -> str:
    with pytest.raises(NodeError) as caught:
        taobao_order(payload)
    return caught.value.problem.code
