"""Small rules of the shops with REST interfaces: their deliveries, what a status says, what is sent from where."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from engine.errors import NodeError
from engine.node.context import HttpAnswer
from engine.node.triggers import Delivery
from nodes.connector.asking import Busy
from nodes.connector.own_shop.calls import shipped_call
from nodes.connector.rest import require_answer, seconds_of, settled
from nodes.connector.shipping import Parcel
from nodes.connector.shopify.calls import next_mark
from nodes.connector.shopify.shipped import work_of
from nodes.connector.woocommerce.sign import is_trial
from nodes.connector.woocommerce.tracking import with_parcel
from nodes.connector.woocommerce.trigger import verify_woocommerce, woocommerce_orders

VECTOR: dict[str, Any] = json.loads((Path(__file__).parents[1] / "fixtures" / "signature_vectors.json").read_text("utf-8"))[
    "woocommerce_webhook"
]
NOW = datetime(2026, 1, 16, 4, 0, tzinfo=UTC)
PARAMS = woocommerce_orders.params.model_validate({"shop": {"connection": "shop"}})
SHIPPED = Parcel("1", "YTO", "YT1")


def verified(body: bytes, **headers: str) -> str | None:
    """The reason of the refusal, or ``None``."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    try:
        verify_woocommerce(Delivery(body, named), PARAMS, {"secret": VECTOR["secret"]}, NOW)
    except NodeError as error:
        return str(error.problem.fields.get("reason"))
    return None


def test_woocommerce_signs_the_raw_body() -> None:
    body = VECTOR["body_utf8"].encode()
    assert verified(body, x_wc_webhook_signature=VECTOR["value"]) is None
    assert verified(body + b" ", x_wc_webhook_signature=VECTOR["value"]) == "mismatch"
    assert verified(body) == "missing"


@pytest.mark.parametrize("body", [b"webhook_id=3", b"webhook_id=99999999999999999999"])
def test_the_call_that_tries_a_webhook_is_let_through_and_all_of_them_are_one_event(body: bytes) -> None:
    assert verified(body) is None
    found = woocommerce_orders.function(
        Delivery(body, {"x-wc-webhook-delivery-id": "forged", "x-wc-webhook-source": "https://elsewhere/"}), PARAMS
    )
    assert (found.items, found.shop_id, found.delivery_id, found.content) == ((), "shop", None, {"trial": True})


@pytest.mark.parametrize("body", [b"webhook_id=", b"webhook_id=3&x=1", b"webhook_id=3\n", b'{"id":3}', b"webhook_id=" + b"1" * 21])
def test_nothing_else_passes_for_such_a_call(body: bytes) -> None:
    assert not is_trial(body)
    assert verified(body) == "missing"


def test_a_signature_that_does_not_hold_is_refused_also_of_such_a_call() -> None:
    assert verified(b"webhook_id=3", x_wc_webhook_signature="bm8=") == "mismatch"


@pytest.mark.parametrize("name", ["x-wc-webhook-delivery-id", "x-wc-delivery-id"])
def test_the_id_of_a_delivery_has_two_names(name: str) -> None:
    assert woocommerce_orders.function(Delivery(b'{"id":1}', {name: "d1"}), PARAMS).delivery_id == "d1"


def test_a_deleted_order_waits_for_nothing() -> None:
    found = woocommerce_orders.function(Delivery(b'{"id":727001}', {"x-wc-webhook-topic": "order.deleted"}), PARAMS)
    assert (found.order_id, found.version, found.passes) == ("727001", None, True)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("2.0", 2.0),
        ("7", 7.0),
        ("Fri, 16 Jan 2026 04:00:30 GMT", 30.0),
        ("Fri, 16 Jan 2026 03:00:00 GMT", 0.0),
        ("soon", 5.0),
        ("", 5.0),
        ("9x", 5.0),
        ("Fri, 16 Jan 99999999999999999999 04:00:30 GMT", 5.0),
    ],
)
def test_how_long_to_wait_is_a_number_or_a_date(text: str, seconds: float) -> None:
    assert seconds_of({"retry-after": text}, NOW, 5.0) == seconds


@pytest.mark.parametrize("status", [408, 429, 500, 503])
def test_a_shop_that_is_busy_is_asked_later(status: int) -> None:
    answer = HttpAnswer(status, {"retry-after": "3"}, None)
    assert settled(answer) == "retry"
    with pytest.raises(Busy) as caught:
        require_answer(answer, NOW)
    assert caught.value.seconds == 3.0


@pytest.mark.parametrize(("status", "code"), [(401, "platform.signature"), (404, "platform.no_answer"), (422, "order.error_response")])
def test_a_refusal_is_named(status: int, code: str) -> None:
    with pytest.raises(NodeError) as caught:
        require_answer(HttpAnswer(status, {}, None), NOW)
    assert caught.value.problem.code == code


@pytest.mark.parametrize(
    ("link", "mark"),
    [
        ('<https://a/x.json?limit=50&page_info=B>; rel="next"', "B"),
        ('<https://a/x.json?page_info=A>; rel="previous", <https://a/x.json?limit=50&page_info=B%3D>; rel="next"', "B="),
        ('<https://a/x.json?page_info=A>; rel="previous"', None),
        ("", None),
    ],
)
def test_shopify_s_next_page_is_in_a_header(link: str, mark: str | None) -> None:
    assert next_mark(HttpAnswer(200, {"link": link}, None)) == mark


def work(number: int, place: int, status: str = "open", *lines: int) -> dict[str, Any]:
    rows = [{"id": line * 10, "line_item_id": line, "fulfillable_quantity": 2} for line in lines]
    return {"id": number, "status": status, "assigned_location_id": place, "line_items": rows}


def test_each_place_sends_what_is_open_there() -> None:
    orders = [work(1, 7), work(2, 8), work(3, 7), work(4, 7, "closed"), work(5, 8, "on_hold")]
    assert work_of(orders, SHIPPED) == [[{"fulfillment_order_id": 1}, {"fulfillment_order_id": 3}], [{"fulfillment_order_id": 2}]]


def test_a_part_of_an_order_names_its_lines_alone() -> None:
    orders = [work(1, 7, "open", 11, 12), work(2, 8, "open", 13)]
    wanted = [{"id": 120, "quantity": 2}]
    assert work_of(orders, Parcel("1", "YTO", "YT1", ("12",))) == [[{"fulfillment_order_id": 1, "fulfillment_order_line_items": wanted}]]
    assert work_of(orders, Parcel("1", "YTO", "YT1", ("99",))) == []


def test_a_parcel_is_added_to_those_that_an_order_has() -> None:
    meta = [{"key": "_wc_shipment_tracking_items", "value": [{"tracking_number": "YT0"}, "odd"]}]
    assert [one.get("tracking_number") for one in with_parcel({"meta_data": meta}, "YTO", "YT1")] == ["YT0", "YT1"]


@pytest.mark.parametrize(("number", "path"), [("OWN-1", "/orders/OWN-1/shipments"), ("a/../b?c", "/orders/a%2F..%2Fb%3Fc/shipments")])
def test_a_number_leads_nowhere_else(number: str, path: str) -> None:
    assert shipped_call(Parcel(number, "YTO", "YT1")).path == path


def test_a_number_of_dots_alone_is_refused() -> None:
    with pytest.raises(NodeError) as caught:
        shipped_call(Parcel("..", "YTO", "YT1"))
    assert caught.value.problem.code == "shipment.refused"
