"""Reasons to hold that rules set: dated in the future, blacklist."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from engine.app import Orderloom
from engine.node.items import Scope
from engine.node.triggers import Delivery
from engine.settings import Settings
from engine.store.memory import MemoryStore
from nodes.rule.blacklist import BlacklistParams, blacklist
from nodes.rule.future_dated import FutureDatedParams, future_dated
from nodes.rule.future_dated_1 import future_dated as future_dated_1

ARRIVED = datetime(2026, 1, 16, 8, 0, tzinfo=UTC)


def judged(order: dict[str, Any], **params: Any) -> tuple[str, dict[str, Any]]:
    return future_dated.function(order, FutureDatedParams(**params), Scope(event={"received_at": ARRIVED}))


def port(order: dict[str, Any], **params: Any) -> str:
    return judged(order, **params)[0]


@pytest.mark.parametrize("name", ["created_at", "paid_at", "updated_at"])
def test_each_time_of_an_order_counts_and_clocks_may_differ_a_little(name: str) -> None:
    assert port({name: "2026-01-16T08:10:00Z"}) == "out"
    assert port({name: "2026-01-16T08:10:01Z"}) == "ahead"
    assert port({name: "2026-01-16T08:00:31Z"}, tolerance=timedelta(seconds=30)) == "ahead"
    assert port({name: None}) == port({}) == "out"


@pytest.mark.parametrize(
    ("version", "becomes"),
    [
        ("2026-01-16T16:00:00Z", "2026-01-16T07:59:59Z"),
        ("2026-01-16T13:29:58.5Z", "2026-01-16T07:59:57.5Z"),
        ("2026-01-16T15:59:00+00:00", "2026-01-16T07:58:59Z"),
        ("2026-01-16T08:10:00Z", "2026-01-16T08:10:00Z"),
        ("a-digest-of-the-content", "a-digest-of-the-content"),
        (None, None),
    ],
)
def test_a_version_from_the_future_becomes_the_time_that_it_stands_for_less_a_second(version: str | None, becomes: str | None) -> None:
    given = {"created_at": "2026-01-16T16:00:00Z", "version": version}
    sent, order = judged(given)
    assert (sent, order["version"], order["created_at"]) == ("ahead", becomes, given["created_at"])
    assert order["hold_reasons"] == ["future_dated"]


def test_an_order_that_brings_no_version_gets_that_of_its_last_change() -> None:
    assert judged({"updated_at": "2026-01-16T16:00:00Z"})[1]["version"] == "2026-01-16T07:59:59Z"


@pytest.mark.parametrize(("params", "status"), [({"hold": False}, "awaiting_fulfillment"), ({}, "cancelled")])
def test_what_is_not_to_be_held_or_not_to_ship_gets_its_version_alone(params: dict[str, Any], status: str) -> None:
    given = {"created_at": "2026-01-16T16:00:00Z", "version": "2026-01-16T16:00:00Z", "status": status, "hold_reasons": []}
    assert judged(given, **params)[1] == {**given, "version": "2026-01-16T07:59:59Z"}


def test_the_first_version_of_the_node_leaves_the_version_of_the_order_alone() -> None:
    given = {"created_at": "2026-01-16T16:00:00Z", "version": "2026-01-16T16:00:00Z"}
    sent, order = future_dated_1.function(given, future_dated_1.params(), Scope(event={"received_at": ARRIVED}))
    assert (sent, order) == ("ahead", {**given, "hold_reasons": ["future_dated"]})


def test_a_listed_buyer_is_one_of_the_channel_that_was_named_and_a_reason_stands_once() -> None:
    order = {"channel": "jd", "buyer": {"ref": "u1"}, "hold_reasons": ["blacklist"]}
    assert blacklist.function(order, BlacklistParams(buyers=("u1",), channel="taobao")) == ("out", order)
    assert blacklist.function(order, BlacklistParams(buyers=("u1",), channel="jd")) == ("listed", order)
    assert blacklist.function({"buyer": None}, BlacklistParams(buyers=("u1",))) == ("out", {"buyer": None})


CHECKED: dict[str, Any] = {
    "name": "checked",
    "nodes": {
        "hook": {"use": "connector.webhook@1", "params": {"key_path": "channel_order_id", "version_path": "version"}},
        "time": {"use": "rule.future_dated@2"},
        "listed": {"use": "rule.blacklist@1", "params": {"buyers": ["u9"]}},
        "held": {"use": "connector.hold_order@1"},
        "kept": {"use": "transform.keep_fields@1", "params": {"fields": ["channel_order_id"]}},
    },
    "wires": ["hook -> time", "time -> listed", "time.ahead -> listed", "listed -> held", "listed.listed -> held", "held -> kept"],
    "tests": [{"name": "t", "trigger": "hook", "input": [{}], "expect": {"hook": {"items": [{}], "match": "subset"}}}],
}


async def test_such_orders_stand_among_the_held_ones_for_all_to_see_and_go_on_once_released() -> None:
    async with Orderloom(Settings(), MemoryStore(), clock=lambda: ARRIVED) as app:
        await app.start()
        await app.publish(json.dumps(CHECKED).encode(), note="", actor="owner")
        base = {"channel": "own_shop", "shop_id": "s1", "status": "awaiting_fulfillment", "version": "2026-01-16T08:00:00Z"}
        orders = [
            {**base, "channel_order_id": "A", "created_at": "2026-01-16T16:00:00Z", "buyer": {"ref": "u9"}},
            {**base, "channel_order_id": "B", "created_at": "2026-01-16T07:59:00Z", "buyer": {"ref": "u1"}},
        ]
        for order in orders:
            await app.intake.hook("checked", "hook", Delivery(json.dumps(order).encode()))
        await app.dispatcher.idle()
        (hold,) = (await app.store.holds()).items
        assert (hold.order.channel_order_id, set(hold.order.reasons)) == ("A", {"future_dated", "blacklist"})
        await app.holds.release(hold.id, "owner")
        await app.dispatcher.idle()
        assert not (await app.store.holds()).items
