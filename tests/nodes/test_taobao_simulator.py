"""The simulated platform keeps the platform's rules: what it would refuse there is refused here."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import aiohttp
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from engine.order.model import CanonicalOrder
from engine.order.statuses import may_ship
from engine.sdk import HttpCall, read_json
from nodes.connector.taobao.calls import PAGE_SIZE, beijing_text, detail_call, list_call, shipped_call
from nodes.connector.taobao.canonical import taobao_order
from nodes.connector.taobao.sign import sign, verify
from nodes.connector.taobao.simulator import APP_KEY, SESSION, TaobaoSimulator
from nodes.connector.taobao.simulator_trades import STATES, moved_trade, new_trade

NOON = datetime(2026, 1, 16, 4, 0, tzinfo=UTC)
SCHEMA: dict[str, Any] = json.loads(files("nodes.connector").joinpath("taobao", "schema.json").read_text("utf-8"))
TRADES = Draft202012Validator(SCHEMA)


@pytest.fixture
async def shop() -> AsyncIterator[TaobaoSimulator]:
    async with TaobaoSimulator(now=lambda: NOON) as one:
        yield one


def signed(call: HttpCall, secret: str = "simulator-secret", **changes: str) -> dict[str, str]:
    system = {"app_key": APP_KEY, "session": SESSION, "format": "json", "v": "2.0", "sign_method": "md5"}
    params = {**call.json, **system, "timestamp": beijing_text(NOON), **changes}
    return {**params, "sign": sign(params, secret, params["sign_method"])}


async def ask(shop: TaobaoSimulator, params: dict[str, str]) -> dict[str, Any]:
    headers = {"Content-Type": "application/x-www-form-urlencoded;charset=utf-8"}
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{shop.url}/router/rest", data=urlencode(params), headers=headers) as answer,
    ):
        assert answer.status == 200
        return read_json(await answer.read())


def refusal(answer: dict[str, Any]) -> tuple[int, str | None]:
    return answer["error_response"]["code"], answer["error_response"].get("sub_code")


@pytest.mark.parametrize("method", ["md5", "hmac", "hmac-sha256"])
async def test_each_way_of_signing_is_taken(shop: TaobaoSimulator, method: str) -> None:
    (order,) = shop.create()
    answer = await ask(shop, signed(detail_call(order.id), sign_method=method))
    assert answer["trade_fullinfo_get_response"]["trade"]["tid_str"] == order.id


@pytest.mark.parametrize(
    ("params", "code"),
    [
        (signed(detail_call("1"), secret="another"), 25),
        ({**signed(detail_call("1")), "tid": "2"}, 25),
        ({**signed(detail_call("1")), "extra": "1"}, 25),
        ({name: value for name, value in signed(detail_call("1")).items() if name != "sign"}, 24),
        (signed(detail_call("1"), app_key="other"), 29),
        (signed(detail_call("1"), session="other"), 27),
        (signed(detail_call("1"), session=""), 26),
        (signed(detail_call("1"), timestamp=beijing_text(NOON - timedelta(minutes=10, seconds=1))), 31),
        (signed(detail_call("1"), timestamp=beijing_text(NOON + timedelta(minutes=10, seconds=1))), 31),
        (signed(detail_call("1"), timestamp="2026-01-16T12:00:00Z"), 31),
        (signed(detail_call("1"), method="taobao.nothing.get"), 22),
        (signed(detail_call("1")), 15),
    ],
)
async def test_what_the_platform_refuses_is_refused(shop: TaobaoSimulator, params: dict[str, str], code: int) -> None:
    assert refusal(await ask(shop, params))[0] == code


async def test_a_clock_within_ten_minutes_is_taken(shop: TaobaoSimulator) -> None:
    (order,) = shop.create()
    at = beijing_text(NOON - timedelta(minutes=10))
    assert "error_response" not in await ask(shop, signed(detail_call(order.id), timestamp=at))


async def test_a_list_is_newest_first_in_pages_and_of_a_day_at_most(shop: TaobaoSimulator) -> None:
    made = [shop.create(at=NOON - timedelta(minutes=number))[0].id for number in range(PAGE_SIZE + 20)]
    day = NOON - timedelta(days=1)
    first = (await ask(shop, signed(list_call(day, NOON, 1))))["trades_sold_increment_get_response"]
    second = (await ask(shop, signed(list_call(day, NOON, 2))))["trades_sold_increment_get_response"]
    listed = [str(row["tid"]) for answer in (first, second) for row in answer["trades"]["trade"]]
    assert (listed, first["has_next"], second["has_next"]) == (made, True, False)
    assert set(first["trades"]["trade"][0]) == {"tid", "modified", "created"}
    counted = (await ask(shop, signed(list_call(day, NOON, 1, counted=True))))["trades_sold_increment_get_response"]
    assert (counted["total_results"], "has_next" in counted) == (PAGE_SIZE + 20, False)
    assert refusal(await ask(shop, signed(list_call(day - timedelta(seconds=1), NOON, 1)))) == (15, "isv.invalid-parameter")


async def test_a_call_too_many_names_the_seconds(shop: TaobaoSimulator) -> None:
    shop.limit(1, 5)
    (order,) = shop.create()
    await ask(shop, signed(detail_call(order.id)))
    limited = await ask(shop, signed(detail_call(order.id)))
    assert refusal(limited) == (7, "accesscontrol.limited-by-api-access-count")
    assert limited["error_response"]["sub_msg"] == "This ban will last for 5 more seconds"


async def test_the_rules_of_shipping_are_kept(shop: TaobaoSimulator) -> None:
    order, other = shop.create(2)
    oids = [line["oid_str"] for line in order.body["orders"]["order"]]

    async def send(*given: Any, **changes: str) -> str | None:
        answer = await ask(shop, signed(shipped_call(*given), **changes))
        return refusal(answer)[1] if "error_response" in answer else None

    error = "isv.logistics-offline-service-error:"
    assert await send("1", "YTO", "YT0000000001") == f"{error}B01"
    assert await send(order.id, "NOBODY", "YT0000000001") == f"{error}B56"
    assert await send(order.id, "YTO", "YT1") == f"{error}B60"
    assert await send(order.id, "YTO", "YT0000000001", (oids[0],), is_split="0") == f"{error}CD25"
    assert await send(order.id, "YTO", "YT0000000001", ("999",)) == f"{error}P38"
    assert await send(order.id, "YTO", "YT0000000001", (oids[0],)) is None
    assert order.state == "SELLER_CONSIGNED_PART"
    assert await send(order.id, "YTO", "YT0000000001", (oids[0],)) == f"{error}B04"
    assert await send(order.id, "SF", "SF0000000002") is None
    assert order.state == "WAIT_BUYER_CONFIRM_GOODS"
    assert [line["invoice_no"] for line in order.body["orders"]["order"]] == ["YT0000000001", "SF0000000002"]
    assert await send(order.id, "SF", "SF0000000002") == f"{error}B04"
    shop.move(other.id, "TRADE_CLOSED")
    assert await send(other.id, "SF", "SF0000000003") == f"{error}B04"


async def test_a_push_carries_a_signature_that_holds_and_a_forged_one_does_not(shop: TaobaoSimulator) -> None:
    (order,) = shop.create()
    make = shop.push(order, order.state, 1)
    for forged in (False, True):
        push = make(forged=forged)
        query = dict(pair.split("=", 1) for pair in push.query.split("&"))
        headers = {name.lower(): value for name, value in push.headers.items()}
        plain = {name: value.replace("+", " ").replace("%3A", ":") for name, value in query.items()}
        if forged:
            with pytest.raises(Exception, match=r"signature\.invalid"):
                verify(plain, push.body, headers, shop.secret, NOON)
        else:
            verify(plain, push.body, headers, shop.secret, NOON)


async def test_a_push_names_the_shop_that_its_trade_names(shop: TaobaoSimulator) -> None:
    (order,) = shop.create()
    order.body["seller_nick"] = "另一家旗舰店"
    message = read_json(shop.push(order, order.state, 1)(forged=False).body)
    assert (message["user_nick"], read_json(message["content"].encode())["seller_nick"]) == ("另一家旗舰店", "另一家旗舰店")


@settings(max_examples=150, deadline=None)
@given(
    number=st.integers(1, 5000),
    moves=st.lists(st.integers(0, 4), max_size=5),
    start=st.sampled_from(["WAIT_SELLER_SEND_GOODS", "WAIT_BUYER_PAY"]),
)
def test_invented_trades_have_the_declared_form_and_money_that_adds_up(number: int, moves: list[int], start: str) -> None:
    trade = new_trade(number, NOON)
    if start != "WAIT_SELLER_SEND_GOODS":
        trade = moved_trade(trade, start, NOON)
    state = start
    for step, move in enumerate(moves):
        if following := STATES[state]:
            state = following[move % len(following)]
            trade = moved_trade(trade, state, NOON + timedelta(minutes=step))
    document = {"trade_fullinfo_get_response": {"trade": trade}}
    assert [error.message for error in TRADES.iter_errors(document)] == []
    order = taobao_order(document)
    CanonicalOrder.model_validate(order)
    assert set(order["hold_reasons"]) <= {"platform_hold", "refund_in_progress"}
    assert order["drift"] == []
    assert may_ship(order) == (state in ("WAIT_SELLER_SEND_GOODS", "SELLER_CONSIGNED_PART"))


def test_the_declared_form_holds_for_the_samples_and_names_what_does_not_fit() -> None:
    domain = read_json((Path(__file__).parents[1] / "fixtures" / "domain" / "taobao_trade.json").read_bytes())
    for name in ("multi_sub_order", "part_shipped", "sub_order_refunding", "paid_but_forbidden"):
        assert list(TRADES.iter_errors(domain[name])) == [], name
    Draft202012Validator.check_schema(SCHEMA)
    wrong = json.loads(json.dumps(domain["multi_sub_order"]))
    wrong["trade_fullinfo_get_response"]["trade"]["status"] = "NEW_MAGIC_STATE"
    assert not TRADES.is_valid(wrong)
