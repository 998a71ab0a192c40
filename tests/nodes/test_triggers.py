"""What triggers read from deliveries, and which they refuse."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import InputInvalid, NodeError
from engine.json_text import write_json
from engine.node.triggers import Arrival, Delivery
from engine.node.types import NodeType
from engine.privacy.item import mask_item
from nodes.connector.channels import CANONICAL
from nodes.connector.file import file
from nodes.connector.manual import manual
from nodes.connector.own_shop.sign import sign as sign_own_shop
from nodes.connector.own_shop.trigger import own_shop_orders
from nodes.connector.shopify.sign import sign as sign_shopify
from nodes.connector.shopify.trigger import shopify_orders
from nodes.connector.taobao.sign import sign as sign_taobao
from nodes.connector.taobao.trigger import taobao_orders
from nodes.connector.webhook import webhook

FIXTURES = Path(__file__).parents[1] / "fixtures" / "domain"
NOW = datetime(2026, 1, 16, 3, 4, 5, tzinfo=UTC)
BODY = '{"id":1,"note":"加急"}'.encode()
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


def read(node_type: NodeType, body: Any, headers: dict[str, str] | None = None, **params: Any) -> Arrival:
    raw = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
    return node_type.function(Delivery(raw, headers or {}), node_type.params.model_validate(params))


def check(node_type: NodeType, delivery: Delivery, secret: str = "secret", now: datetime = NOW, **params: Any) -> None:
    assert node_type.verify is not None
    node_type.verify(delivery, node_type.params.model_validate(params), {"secret": secret}, now)


def reason(node_type: NodeType, delivery: Delivery, **more: Any) -> str:
    with pytest.raises(NodeError) as raised:
        check(node_type, delivery, **more)
    assert raised.value.problem.code == "signature.invalid"
    return raised.value.problem.fields["reason"]


def connection_of(node_type: NodeType) -> dict[str, Any]:
    return {"shop": {"connection": "main_shop"}} if "shop" in node_type.params.model_fields else {}


TRIGGERS = [webhook, shopify_orders, taobao_orders, own_shop_orders, manual, file]


@pytest.mark.parametrize("node_type", TRIGGERS, ids=lambda n: n.name)
@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"{'a':1}", b"NaN"])
def test_unreadable_bytes_are_said_to_be_so(node_type: NodeType, body: bytes) -> None:
    with pytest.raises(InputInvalid) as raised:
        read(node_type, body, **connection_of(node_type))
    assert raised.value.problems[0].code == "body.unreadable"


@pytest.mark.parametrize("node_type", TRIGGERS, ids=lambda n: n.name)
@settings(max_examples=50, deadline=None)
@given(body=json_values)
def test_any_readable_json_is_accepted(node_type: NodeType, body: Any) -> None:
    arrival = read(node_type, body, **connection_of(node_type))
    assert all(isinstance(item, dict) for item in arrival.items)


def test_json_that_is_no_object_is_wrapped() -> None:
    assert read(webhook, [1, 2]).items == ({"value": [1, 2]},)


def test_a_number_beyond_2_to_the_53_keeps_its_digits() -> None:
    assert read(webhook, b'{"no":4012600000000000011}', key_path="no").order_id == "4012600000000000011"


def test_key_version_and_shop_come_from_their_paths() -> None:
    arrival = read(
        webhook, {"o": {"no": "A1", "at": 7, "shop": "S"}}, channel="erp", key_path="o.no", version_path="o.at", shop_path="o.shop"
    )
    assert (arrival.channel, arrival.order_id, arrival.version, arrival.shop_id) == ("erp", "A1", "7", "S")


def test_without_a_secret_any_webhook_is_accepted() -> None:
    check(webhook, Delivery(BODY))


@pytest.mark.parametrize("form", ["hex", "base64", "sha256=hex"])
def test_a_right_webhook_signature_is_accepted_in_every_form(form: str) -> None:
    mac = hmac.digest(b"secret", BODY, hashlib.sha256)
    sent = {"hex": mac.hex(), "base64": base64.b64encode(mac).decode(), "sha256=hex": f"sha256={mac.hex()}"}[form]
    params = {"secret": {"secret": "erp"}, "signature_header": "X-Erp-Sign"}
    assert webhook.verify is not None
    webhook.verify(Delivery(BODY, {"x-erp-sign": sent}), webhook.params.model_validate(params), {"secret": "secret"}, NOW)


@pytest.mark.parametrize(("headers", "why"), [({}, "missing"), ({"x-signature": "00"}, "mismatch"), ({"x-signature": "加"}, "mismatch")])
def test_a_wrong_webhook_signature_is_refused(headers: dict[str, str], why: str) -> None:
    assert webhook.verify is not None
    with pytest.raises(NodeError) as raised:
        webhook.verify(Delivery(BODY, headers), webhook.params.model_validate({"secret": {"secret": "erp"}}), {"secret": "s"}, NOW)
    assert raised.value.problem.fields["reason"] == why


def test_a_shopify_delivery_is_verified_by_its_raw_body() -> None:
    headers = {"x-shopify-hmac-sha256": sign_shopify(BODY, "secret")}
    check(shopify_orders, Delivery(BODY, headers), shop={"connection": "s"})
    assert reason(shopify_orders, Delivery(BODY + b" ", headers), shop={"connection": "s"}) == "mismatch"


def test_a_shopify_order_is_known_by_shop_id_and_time_of_change() -> None:
    headers = {"x-shopify-shop-domain": "a.myshopify.com", "x-shopify-webhook-id": "w1"}
    for body in ({"id": 6100000000001, "updated_at": "t"}, {"order": {"id": "6100000000001", "updated_at": "t"}}):
        arrival = read(shopify_orders, body, headers, shop={"connection": "s"})
        assert (arrival.shop_id, arrival.order_id, arrival.version, arrival.delivery_id) == ("a.myshopify.com", "6100000000001", "t", "w1")


@pytest.mark.parametrize(("change", "passes"), [({"cancelled_at": "t"}, True), ({"refunds": [{"id": 1}]}, True), ({"refunds": []}, False)])
def test_shopify_cancellations_and_refunds_pass(change: dict[str, Any], passes: bool) -> None:
    assert read(shopify_orders, {"id": 1, **change}, shop={"connection": "s"}).passes is passes


def test_an_own_shop_delivery_is_verified_with_its_clock() -> None:
    secret = "whsec_" + base64.b64encode(b"fixture-secret-24-bytes!").decode()
    stamp = int(NOW.timestamp())
    headers = {"webhook-id": "m1", "webhook-timestamp": str(stamp), "webhook-signature": sign_own_shop(secret, "m1", stamp, BODY)}
    check(own_shop_orders, Delivery(BODY, headers), secret, shop={"connection": "s"})
    late = NOW + timedelta(minutes=6)
    assert reason(own_shop_orders, Delivery(BODY, headers), secret=secret, now=late, shop={"connection": "s"}) == "expired"


def test_own_shop_content_is_type_and_data_without_the_time_of_sending() -> None:
    first = read(own_shop_orders, {"type": "order.paid", "timestamp": "1", "data": {"order_no": "A"}}, shop={"connection": "s"})
    again = read(own_shop_orders, {"type": "order.paid", "timestamp": "2", "data": {"order_no": "A"}}, shop={"connection": "s"})
    assert first.content == again.content == {"type": "order.paid", "data": {"order_no": "A"}}


@pytest.mark.parametrize("kind", ["order.cancelled", "order.refunded"])
def test_own_shop_cancellations_and_refunds_pass(kind: str) -> None:
    assert read(own_shop_orders, {"type": kind, "data": {"order_no": "A"}}, shop={"connection": "s"}).passes


@pytest.mark.parametrize("method", ["md5", "hmac", "hmac-sha256"])
def test_a_taobao_push_is_verified_with_its_clock(method: str) -> None:
    query = {"timestamp": "2026-01-16 11:04:05", "method": "taobao.trade", "app_key": "1", "sign_method": method}
    signed = {**query, "sign": sign_taobao(query, "secret", method, BODY)}
    check(taobao_orders, Delivery(BODY, {}, signed), shop={"connection": "s"})
    assert reason(taobao_orders, Delivery(BODY, {}, {**signed, "app_key": "2"}), shop={"connection": "s"}) == "mismatch"
    assert reason(taobao_orders, Delivery(BODY, {}, signed), now=NOW + timedelta(minutes=11), shop={"connection": "s"}) == "expired"


@pytest.mark.parametrize("wrap", [lambda t: t, lambda t: {"trade": t}, lambda t: {"trade_fullinfo_get_response": {"trade": t}}])
@pytest.mark.parametrize(
    "tid", [{"tid": 4012600000000000011}, {"tid": "4012600000000000011"}, {"tid": 1, "tid_str": "4012600000000000011"}]
)
def test_a_taobao_trade_is_known_in_every_wrapper(wrap: Any, tid: dict[str, Any]) -> None:
    arrival = read(taobao_orders, wrap({**tid, "modified": "2026-01-16 00:02:03", "seller_nick": "旗舰店"}), shop={"connection": "s"})
    assert (arrival.order_id, arrival.version, arrival.shop_id) == ("4012600000000000011", "2026-01-16 00:02:03", "旗舰店")


@pytest.mark.parametrize("orders", [{"order": {"refund_status": "WAIT_SELLER_AGREE"}}, {"order": [{}, {"refund_status": "SUCCESS"}]}])
def test_a_taobao_trade_with_a_refund_passes(orders: Any) -> None:
    assert read(taobao_orders, {"tid": 1, "orders": orders}, shop={"connection": "s"}).passes


@pytest.mark.parametrize(
    "orders", [None, [], "x", {"order": None}, {"order": [{"refund_status": "NO_REFUND"}]}, {"order": {"refund_status": "CLOSED"}}]
)
def test_a_taobao_trade_without_a_refund_waits_its_turn(orders: Any) -> None:
    assert not read(taobao_orders, {"tid": 1, "orders": orders}, shop={"connection": "s"}).passes


def test_a_taobao_push_that_is_delivered_twice_says_the_same_although_fields_differ() -> None:
    push = {"id": 5160000000000000001, "topic": "taobao_trade_TradeBuyerPay", "pub_time": "2026-01-15 23:58:41"}
    first = read(
        taobao_orders,
        {**push, "user_nick": "旗舰店", "content": '{"tid":4012600000000000010,"payment":"301.60"}'},
        shop={"connection": "s"},
    )
    again = read(taobao_orders, {**push, "user_nick": "旗舰店", "content": '{"tid":4012600000000000010}'}, shop={"connection": "s"})
    key = ("taobao", "旗舰店", "4012600000000000010", "push-5160000000000000001")
    assert (first.channel, first.shop_id, first.order_id, first.version) == key
    assert (again.channel, again.shop_id, again.order_id, again.version) == key
    assert (first.content, first.delivery_id) == (again.content, again.delivery_id)


def test_a_taobao_push_with_unreadable_content_is_accepted() -> None:
    assert read(taobao_orders, {"id": 1, "topic": "t", "content": "{"}, shop={"connection": "s"}).order_id is None


def test_rows_without_a_key_are_known_by_their_number() -> None:
    assert read(file, [{"sku": "A", "row": 12}], row_number="row").order_id == "12"


def test_a_group_without_a_value_is_known_by_its_first_row() -> None:
    assert read(file, [{"InvoiceNo": "", "source_row": 3}], group_by="InvoiceNo").order_id == "3"


def test_the_order_number_field_comes_before_the_group() -> None:
    assert read(file, [{"g": "G", "no": "N", "source_row": 3}], group_by="g", key_path="no").order_id == "N"


def test_an_empty_file_starts_nothing() -> None:
    assert read(file, []).items == ()


def test_the_sample_pushes_of_taobao_give_one_key_for_each_message() -> None:
    messages = json.loads((FIXTURES / "taobao_tmc.json").read_text())["messages"]
    arrivals = [read(taobao_orders, message, shop={"connection": "s"}) for message in messages]
    assert [arrival.version for arrival in arrivals] == [f"push-{message['id']}" for message in messages]
    assert arrivals[0].content == arrivals[1].content != arrivals[2].content


def test_the_sample_of_the_own_shop_is_verified_and_read() -> None:
    sample = json.loads((FIXTURES / "ownstore_order.json").read_text())
    delivery = Delivery(sample["raw_body"].encode(), sample["headers"])
    sent_at = datetime.fromtimestamp(int(sample["headers"]["webhook-timestamp"]), UTC)
    check(own_shop_orders, delivery, sample["fixture_secret"], sent_at, shop={"connection": "s"})
    arrival = own_shop_orders.function(delivery, own_shop_orders.params.model_validate({"shop": {"connection": "s"}}))
    assert (arrival.order_id, arrival.delivery_id, arrival.items) == ("OWN-0001", "msg_fixture0001", (sample["created"],))


@pytest.mark.parametrize(
    ("node_type", "sample", "hidden"),
    [
        (shopify_orders, "shopify_order.json", ("buyer@example.com", "Test Buyer", "1 Example Street", "+1-202-555-0100", "gift-wrap")),
        (own_shop_orders, "ownstore_order.json", ("测试乙", "19900000505", "示例大道5号")),
        (taobao_orders, "taobao_trade.json", ("AAFixtureOpenUid01", "1Fixture0aidAAAA==", "周末")),
    ],
    ids=["shopify", "own_shop", "taobao"],
)
def test_people_see_the_numbers_of_a_raw_order_and_nobody_in_it(node_type: NodeType, sample: str, hidden: tuple[str, ...]) -> None:
    samples = json.loads((FIXTURES / sample).read_text())
    raw = next(value for name, value in samples.items() if name in ("create", "created", "multi_sub_order"))
    shown = json.dumps(mask_item(raw, node_type.outputs[0].effect.fields), ensure_ascii=False)
    assert not any(word in shown for word in hidden)
    assert any(word in shown for word in ("64.30", "88.00", "301.60"))


@pytest.mark.parametrize("node_type", [own_shop_orders, shopify_orders, taobao_orders], ids=lambda one: one.name)
def test_the_first_example_of_a_channel_is_an_order_that_becomes_canonical(node_type: NodeType) -> None:
    """It is what a test run starts from where nothing else is at hand."""
    arrival = read(node_type, write_json(node_type.examples[0].input[0]), shop={"connection": "shop"})
    channel = node_type.name.partition(".")[2].removesuffix("_orders")
    assert CANONICAL[channel](arrival.items[0])["lines"]
