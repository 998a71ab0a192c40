"""The declared form of a channel's orders agrees with its samples and with what its mapping and its list call know."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from engine.json_text import read_json
from nodes.connector.jd.fields import WANTED
from nodes.connector.jd.status import STATUS
from nodes.connector.pinduoduo import status as pinduoduo
from nodes.connector.samples import sample, schema
from nodes.connector.taobao.trigger import taobao_orders

DOMAIN = Path(__file__).parents[1] / "fixtures" / "domain"
PDD: dict[str, Any] = read_json((DOMAIN / "pdd_order.json").read_bytes())
JD: dict[str, Any] = read_json((DOMAIN / "jd_order.json").read_bytes())
SHOPIFY: dict[str, Any] = read_json((DOMAIN / "shopify_order.json").read_bytes())
WOOCOMMERCE: dict[str, Any] = read_json((DOMAIN / "woocommerce_order.json").read_bytes())
OWN_SHOP: dict[str, Any] = read_json((DOMAIN / "ownstore_order.json").read_bytes())
ORDERS = {
    "shopify": [SHOPIFY[name] for name in ("create", "partially_refunded", "cancelled", "test_order")],
    "woocommerce": [WOOCOMMERCE[name] for name in ("created", "on_hold")],
    "own_shop": [OWN_SHOP["created"]],
    "pinduoduo": [
        *(PDD[name]["order_info_get_response"]["order_info"] for name in ("to_ship", "shipped_pii_blank", "group_incomplete")),
        *PDD["list"]["order_list_get_response"]["order_list"],
    ],
    "jd": [
        JD["get"]["jingdong_pop_order_get_responce"]["orderDetailInfo"]["orderInfo"],
        *JD["search"]["jingdong_pop_order_search_responce"]["searchorderinfo_result"]["orderInfoList"],
        *(JD[name] for name in ("split_parent", "split_child_a", "split_child_b")),
    ],
}
CHANNELS = pytest.mark.parametrize("channel", ORDERS)


@CHANNELS
def test_a_form_is_a_schema_with_a_version(channel: str) -> None:
    form = schema(channel)
    Draft202012Validator.check_schema(form)
    assert (form["$id"], form["version"]) == (f"urn:orderloom:{channel}:order:{form['version']}", 1)


@CHANNELS
def test_every_sample_has_the_declared_form(channel: str) -> None:
    validator = Draft202012Validator(schema(channel))
    for order in ORDERS[channel]:
        assert [error.message for error in validator.iter_errors(order)] == []
        assert not set(order) - set(schema(channel)["properties"])


@CHANNELS
def test_an_order_of_another_form_is_told_apart(channel: str) -> None:
    validator = Draft202012Validator(schema(channel))
    order = ORDERS[channel][0]
    for name in schema(channel)["required"]:
        assert not validator.is_valid({key: value for key, value in order.items() if key != name})
        assert not validator.is_valid({**order, name: {"new": "form"}})


def test_codes_are_declared_where_the_mapping_knows_them() -> None:
    assert schema("jd")["properties"]["orderState"]["enum"] == sorted(STATUS)
    known = {"order_status": pinduoduo.ORDER, "refund_status": pinduoduo.REFUND}
    for name, words in known.items():
        assert schema("pinduoduo")["properties"][name]["enum"] == sorted(map(int, words))


def test_jd_is_asked_for_declared_fields_only() -> None:
    assert set(WANTED) <= set(schema("jd")["properties"])


def test_a_push_message_that_only_names_its_trade_is_not_held_against_the_form_of_a_trade() -> None:
    declared = taobao_orders.form
    assert declared is not None
    assert not declared.describes({"topic": "taobao_trade_TradeBuyerPay", "content": '{"tid": 1}', "id": 5})
    assert declared.describes(sample("taobao"))
