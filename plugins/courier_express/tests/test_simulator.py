"""The nodes against a courier that really answers, by signed HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import aiohttp
import pytest
from orderloom_courier_express.connection import CourierExpress
from orderloom_courier_express.nodes.label import CourierLabel, courier_label
from orderloom_courier_express.nodes.tracking import CourierTracking, courier_tracking
from orderloom_courier_express.simulator import SimulatedCourier

from engine.sdk import ConnectionRef, Context, HttpAnswer, HttpCall, HttpRequest, Judge, NodeError, by_status, read_json, write_json
from engine.testing import FakeContext

COURIER = {"connection": "courier"}
ORDER: dict[str, Any] = {
    "channel": "own_shop",
    "channel_order_id": "OWN-0001",
    "status": "awaiting_fulfillment",
    "receiver": {"name": "测试乙", "phone": "19900000505", "address": "示例大道5号"},
    "lines": [{"qty": 1}],
}


class Wire(FakeContext):
    """Sends each call once, signed as the connection says."""

    def __init__(self, connection: dict[str, str], key: str = "k1") -> None:
        super().__init__()
        self._to = CourierExpress.model_validate({name: value for name, value in connection.items() if name != "type"})
        self._key = key

    async def http(self, connection: ConnectionRef, call: HttpCall, judge: Judge = by_status) -> HttpAnswer:
        assert connection.connection == COURIER["connection"]
        query = "&".join(f"{name}={value}" for name, value in call.query.items())
        body = b"" if call.json is None else write_json(call.json)
        url = f"{self._to.url}{call.path}" + (f"?{query}" if query else "")
        request = self._to.prepare(HttpRequest(call.method, url, {"Idempotency-Key": self._key}, body), datetime.now(UTC))
        async with (
            aiohttp.ClientSession() as session,
            session.request(request.method, request.url, data=request.body or None, headers=request.headers) as got,
        ):
            answer = HttpAnswer(got.status, got.headers, read_json(await got.read()))
        if judge(answer) != "done":
            raise NodeError("effect.refused", status=answer.status)
        return answer


def with_courier(work: Callable[[SimulatedCourier], Awaitable[Any]]) -> Any:
    async def run() -> Any:
        async with SimulatedCourier("shop", "fixture-secret") as courier:
            return await work(courier)

    return asyncio.run(run())


async def label(order: dict[str, Any], context: Context) -> dict[str, Any]:
    return await courier_label.function(order, CourierLabel.model_validate({"courier": COURIER}), context)


async def track(order: dict[str, Any], context: Context) -> tuple[str, dict[str, Any]]:
    return await courier_tracking.function(order, CourierTracking.model_validate({"courier": COURIER}), context)


def test_a_label_is_made_and_its_number_comes_back() -> None:
    async def work(courier: SimulatedCourier) -> None:
        made = await label(ORDER, Wire(courier.connection))
        assert made["logistics"] == {
            "carrier": "courier_express",
            "tracking_no": "CE000000000001",
            "label": "L-1",
            "label_existed": False,
        }

    with_courier(work)


def test_a_call_repeated_with_its_key_gets_the_same_answer() -> None:
    async def work(courier: SimulatedCourier) -> None:
        first, second = [await label(ORDER, Wire(courier.connection, "same")) for _ in range(2)]
        assert first == second

    with_courier(work)


def test_another_version_of_an_order_gets_no_second_label() -> None:
    async def work(courier: SimulatedCourier) -> None:
        first = await label(ORDER, Wire(courier.connection, "k1"))
        second = await label({**ORDER, "version": "2"}, Wire(courier.connection, "k2"))
        assert len(courier.labels) == 1
        assert second["logistics"] == {**first["logistics"], "label_existed": True}

    with_courier(work)


@pytest.mark.parametrize(("state", "port"), [("out_for_delivery", "moving"), ("delivered", "delivered"), ("lost", "problem")])
def test_a_parcel_leaves_by_the_port_of_its_state(state: str, port: str) -> None:
    async def work(courier: SimulatedCourier) -> None:
        made = await label(ORDER, Wire(courier.connection))
        courier.move(made["logistics"]["tracking_no"], state)
        sent, item = await track(made, Wire(courier.connection))
        assert (sent, item["logistics"]["state"]) == (port, state)

    with_courier(work)


def test_a_number_that_the_courier_does_not_know_is_refused() -> None:
    async def work(courier: SimulatedCourier) -> None:
        with pytest.raises(NodeError, match=r"effect\.refused"):
            await track({"logistics": {"tracking_no": "CE9"}}, Wire(courier.connection))

    with_courier(work)


def test_a_request_signed_with_another_secret_is_refused() -> None:
    async def work(courier: SimulatedCourier) -> None:
        with pytest.raises(NodeError, match=r"effect\.refused"):
            await label(ORDER, Wire({**courier.connection, "secret": "another"}))
        assert courier.labels == {}

    with_courier(work)
