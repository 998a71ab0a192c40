"""What people see of an execution: every step, masked by the classes that lineage knows."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

import pytest

from engine.errors import NodeError
from engine.flow.document import Flow
from engine.node.context import Context, HttpCall
from engine.node.declare import effect_node, node, trigger
from engine.node.examples import Example
from engine.node.items import Item
from engine.node.params import Cel, ConnectionRef, Params, UrlTemplate
from engine.node.ports import ORDER, replaces
from engine.node.triggers import Arrival, Delivery
from engine.order import CanonicalOrder
from engine.registry import Registry
from engine.run.plan import Plan
from engine.run.sandbox import run_in_sandbox
from engine.run.view import Asked, StepView, views_of
from tests.run.conftest import Nothing, keep_positive, picky, start

PHONE, BUYER = "19900001234", "林小满"
ORDER_ITEM: Item = {"channel": "own_shop", "shop_id": "s", "channel_order_id": "A1", "receiver": {"name": BUYER, "phone": PHONE}, "n": 1}
MakePlan = Callable[..., Plan]


class Say(Params):
    to: ConnectionRef
    path: UrlTemplate | None = None
    body: Cel | None = None


@trigger("connector.orders", version=1, label="Orders", starts="manual", emits=replaces(CanonicalOrder, ORDER))
def orders(delivery: Delivery, params: Nothing) -> Arrival:
    raise NotImplementedError


@effect_node("connector.say", version=1, label="Say")
async def say(item: Item, params: Say, context: Context) -> Item:
    path = params.path.render(item=item) if params.path else "/orders/" + item["receiver"]["name"]
    body = params.body.json(item, context.scope) if params.body else item
    headers = {"Order": item["channel_order_id"], "Phone": item["receiver"]["phone"]}
    await context.http(params.to, HttpCall(path=path, query={"q": item["receiver"]["phone"]}, headers=headers, json=body))
    return item


ANSWER = {
    "status": 200,
    "headers": {"content-type": "application/json", "location": f"/orders/{BUYER}", "x-request-id": "a1b2c3d4", "retry-after": PHONE},
    "body": {"errcode": 40001, "msg": f"no {BUYER}", "tel": int(PHONE), PHONE: {BUYER: True}, "code": PHONE, "list": [{"status": "7"}]},
}


@effect_node("connector.asks", version=1, label="Asks", examples=(Example({}, [{}], {"out": [{}]}, answers=(ANSWER,)),))
async def asks(item: Item, params: Nothing, context: Context) -> Item:
    await context.http(ConnectionRef(connection="there"), HttpCall(path="/x"))
    return item


@node("rule.tells", version=1, label="Tells too much")
def tells(item: Item, params: Nothing) -> Item:
    raise NodeError("test.bad", "n", value=PHONE)


REGISTRY = Registry([orders, say, asks, tells, start, keep_positive, picky])


async def views(nodes: dict[str, Any], *wires: str, item: Item = ORDER_ITEM, plain: Collection[str] = ()) -> dict[str, StepView]:
    full = {slug: {"use": given} if isinstance(given, str) else given for slug, given in nodes.items()}
    plan = Plan(Flow.model_validate({"name": "flow", "nodes": {"orders": {"use": "connector.orders@1"}, **full}, "wires": wires}), REGISTRY)
    run = await run_in_sandbox(plan, plan.by_slug["orders"], Arrival((item,), "own_shop", "s", "A1"))
    asked = [Asked(one.slug, one.key, one.id, one.request, one.answer, one.failed) for one in run.effects.requests]
    return {view.slug: view for view in views_of(run.execution, asked, plain)}


async def answer(plain: Collection[str] = ()) -> Any:
    return (await views({"asks": "connector.asks@1"}, "orders -> asks", plain=plain))["asks"].requests[0].answer


async def request(**params: Any) -> dict[str, Any]:
    found = await views({"say": {"use": "connector.say@1", "params": {"to": {"connection": "there"}, **params}}}, "orders -> say")
    return dict(found["say"].requests[0].request)


async def test_dropped_items_are_counted() -> None:
    found = await views({"keep": "transform.keep_positive@1", "end": "rule.picky@1"}, "orders -> keep", "keep -> end", item={"n": -1})
    assert (found["keep"].state, found["keep"].dropped, found["end"].state) == ("done", 1, "skipped")


async def test_items_are_masked_by_the_classes_of_their_fields() -> None:
    found = await views({"keep": "transform.keep_positive@1"}, "orders -> keep")
    shown = found["keep"].inputs[0].item
    assert (shown["channel_order_id"], shown["receiver"]["phone"], shown["receiver"]["name"]) == ("A1", "199****1234", "林**")


async def test_a_fault_that_tells_a_number_is_shown_without_it() -> None:
    found = await views({"tells": "rule.tells@1"}, "orders -> tells")
    ((_, problem),) = found["tells"].failures
    assert problem.fields == {"value": "199****1234"}


async def test_of_an_answer_status_technical_headers_codes_and_structure_are_shown() -> None:
    assert await answer() == {
        "status": 200,
        "headers": {"content-type": "application/json", "location": "*" * 11, "x-request-id": "a1b2c3d4", "retry-after": "*" * 11},
        "body": {
            "errcode": 40001, "msg": "******", "tel": "****", "****1": {"****1": "****"}, "code": "*" * 11, "list": [{"status": "7"}],
        },
    }  # fmt: skip


async def test_who_brought_the_data_sees_the_answer_as_it_came() -> None:
    assert await answer(plain={"asks"}) == ANSWER


async def test_an_address_that_a_node_makes_is_shown_without_what_must_not_be_seen() -> None:
    shown = await request()
    assert shown["url"] == "there:/orders/****?q=****"
    assert (shown["headers"]["Order"], shown["headers"]["Phone"]) == ("A1", "****")
    assert shown["body"]["receiver"]["phone"] == "199****1234"
    assert shown["body"]["channel"] == "own_shop"


@pytest.mark.parametrize(
    ("path", "url"),
    [
        ("/orders/{{ item.channel_order_id }}", "/orders/A1"),
        ("/to/{{ item.receiver.name }}/{{ item.receiver.name[0] }}", "/to/****/****"),
        ("/x{{ item.receiver.phone[3:] }}", "/****"),
        ("/a/{% if true %}b/c{% endif %}", "/a/****/****"),
    ],
)
async def test_of_a_path_that_the_author_composed_only_what_is_known_to_be_open_is_shown(path: str, url: str) -> None:
    assert (await request(path=path))["url"] == f"there:{url}?q=****"


async def test_of_a_body_that_the_author_composed_only_what_is_known_to_be_open_is_shown() -> None:
    body = '{"status": item.receiver.name, "no": item.channel_order_id, "by": "us", "n": 5, "all": [item.receiver.phone], "yes": true}'
    shown = (await request(body=body))["body"]
    assert shown == {"status": "***", "no": "A1", "by": "us", "n": "****", "all": ["*" * 11], "yes": "****"}


async def test_a_key_that_the_author_made_of_data_is_shown_by_its_number() -> None:
    body = '{item.receiver.name: 1, "Lin" + "Xiao": {item.receiver.phone: item.receiver.phone.matches("^199")}, "订单": item.n}'
    assert (await request(body=body))["body"] == {"****1": "****", "****2": {"****1": "****"}, "订单": "****"}


async def test_a_body_that_is_a_single_value_is_shown_only_if_it_is_open() -> None:
    assert (await request(body="item.receiver.name"))["body"] == "***"
    assert (await request(body="item.channel_order_id"))["body"] == "A1"
