"""A shop of one's own as a local server, by the contract in this folder's README."""

from __future__ import annotations

import copy
import hmac
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, Final

from aiohttp import web

from engine.sdk import InputInvalid, read_json, write_json
from engine.testing.channel import ChannelSimulator, KeptOrder, Push, Sign
from engine.testing.stock import StockList
from nodes.connector.own_shop.sign import sign
from nodes.connector.samples import priced, sample, sold

SECRET: Final = "whsec_c2ltdWxhdGVkLXNlY3JldC0yNC1ieXQ="  # noqa: S105
_FORGED: Final = "whsec_Zm9yZ2VkLXNlY3JldA=="
_TOKEN: Final = "simulator-token"  # noqa: S105
_MOST: Final = 100


class OwnShopSimulator(ChannelSimulator):
    """``parcels`` by order: ``{carrier, tracking_no, lines}``, as they were told."""

    channel = "own_shop"
    sells: ClassVar = sold("own_shop")
    prices: ClassVar = priced("own_shop")
    states: ClassVar = {
        "awaiting_fulfillment": ("shipped", "partially_shipped", "paid_hold", "cancelled"),
        "partially_shipped": ("shipped",),
        "paid_hold": ("awaiting_fulfillment", "cancelled"),
        "shipped": ("completed",),
        "completed": (),
        "cancelled": (),
    }

    def __init__(self, *, secret: str = SECRET, **given: Any) -> None:
        super().__init__(secret=secret, **given)
        self.stock = StockList()
        self.parcels: dict[str, list[dict[str, Any]]] = {}

    def put_on_sale(self, sku: str, quantity: int) -> None:
        self.stock.put(sku, quantity)

    def in_stock(self) -> Iterable[tuple[str, int | None]]:
        return [(row["sku_code"], row["quantity"]) for row in self.stock.rows.values()]

    @property
    def connection(self) -> dict[str, Any]:
        return {"type": self.channel, "url": self.url, "secret": self.secret, "access_token": _TOKEN}

    def routes(self) -> Iterable[web.RouteDef]:
        return [web.get("/orders", self._list), web.post("/orders/{number}/shipments", self._ship), web.get("/stock", self._stock)]

    def refusal(self, request: web.Request, body: bytes) -> web.StreamResponse | None:
        del body
        if hmac.compare_digest(request.headers.get("Authorization", "").encode(), f"Bearer {_TOKEN}".encode()):
            return None
        return _error(401, "unauthorized")

    def busy(self, seconds: float) -> web.StreamResponse:
        return web.json_response({"error": "busy"}, status=429, headers={"Retry-After": f"{seconds:.0f}"})

    def draft(self, number: int, at: datetime) -> tuple[str, dict[str, Any]]:
        event = copy.deepcopy(sample(self.channel))
        order_no, times = f"OWN-{number:04d}", dict.fromkeys(("created_at", "paid_at", "updated_at"), _text(at))
        return order_no, {**event, "timestamp": _text(at), "data": {**event["data"], "order_no": order_no, **times}}

    def moved(self, order: KeptOrder, state: str, at: datetime) -> dict[str, Any]:
        data = {**order.body["data"], "status": state, "updated_at": _text(at)}
        kind = state if state in ("shipped", "completed", "cancelled") else "updated"
        if kind != "updated":
            data[f"{kind}_at"] = _text(at)
        return {"type": f"order.{kind}", "timestamp": _text(at), "data": data}

    def push(self, order: KeptOrder, state: str, number: int) -> Sign:
        del state
        body = write_json(order.body)

        def signed(*, forged: bool) -> Push:
            message, sent = f"msg_simulated{number}", int(self.now().timestamp())
            signature = sign(_FORGED if forged else self.secret, message, sent, body)
            headers = {"webhook-id": message, "webhook-timestamp": str(sent), "webhook-signature": signature}
            return Push(body, {"Content-Type": "application/json", **headers})

        return signed

    async def _list(self, request: web.Request) -> web.StreamResponse:
        """A portion is what comes after the last order of the one before, in the order of changes."""
        asked = request.query
        try:
            since, until = (datetime.fromisoformat(asked[name]) for name in ("updated_since", "updated_until"))
            size = min(int(asked.get("limit", "100")), _MOST)
            moment, _, number = asked["cursor"].partition(" ") if "cursor" in asked else ("0001-01-01T00:00:00+00:00", "", "")
            after = (datetime.fromisoformat(moment), number)
        except (KeyError, ValueError):
            return _error(400, "bad_request")
        listed = self.orders.changed(since, until + timedelta(milliseconds=999), self.now())
        found = [one for one in reversed(listed) if (one.updated_at, one.id) > after]
        page = found[:size]
        mark = f"{page[-1].updated_at.isoformat()} {page[-1].id}" if len(found) > size else None
        return web.Response(body=write_json({"orders": [one.body for one in page], "next": mark}), content_type="application/json")

    async def _stock(self, request: web.Request) -> web.StreamResponse:
        page = self.stock.page(request.query.get("cursor", "0"))
        return web.Response(body=write_json(page), content_type="application/json") if page is not None else _error(400, "bad_request")

    async def _ship(self, request: web.Request) -> web.StreamResponse:
        order = self.orders.find(request.match_info["number"])
        try:
            asked: dict[str, Any] = read_json(await request.read())
            parcel = {"carrier": asked["carrier"], "tracking_no": asked["tracking_no"]}
            wanted = frozenset(map(str, asked.get("lines", ())))
        except (InputInvalid, KeyError, TypeError, AttributeError):
            return _error(400, "bad_request")
        if order is None:
            return _error(404, "unknown_order")
        held = self.parcels.setdefault(order.id, [])
        if any(one["tracking_no"] == parcel["tracking_no"] for one in held):
            return web.json_response({})
        if asked.get("further") is True and held and order.state == "shipped":
            held.append({**parcel, "lines": []})
            return web.json_response({}, status=201)
        known = {str(line["line_no"]) for line in order.body["data"]["lines"]}
        open_lines = known.difference(*(one["lines"] for one in held))
        if order.state not in ("awaiting_fulfillment", "partially_shipped") or not wanted <= open_lines:
            word = "not_to_ship" if wanted <= known else "unknown_line"
            return web.json_response({"error": word, "tracking_nos": [one["tracking_no"] for one in held]}, status=409)
        held.append({**parcel, "lines": sorted(wanted or open_lines)})
        order.body = {**order.body, "data": {**order.body["data"], "logistics": {name: held[0][name] for name in parcel}}}
        self.move(order.id, "partially_shipped" if wanted and wanted < open_lines else "shipped")
        return web.json_response({}, status=201)


def _text(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _error(status: int, word: str) -> web.Response:
    return web.json_response({"error": word}, status=status)
