"""A WooCommerce shop as a local server: its REST API v3 with basic authentication, and the webhooks that it sends.

Source: woocommerce-rest-api-docs. A shop itself has no limit on calls; the answer to one too many is a host's, with ``Retry-After``.
"""

from __future__ import annotations

import base64
import copy
import hmac
import math
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, Final

from aiohttp import web

from engine.sdk import InputInvalid, read_json, write_json
from engine.testing.channel import ChannelSimulator, KeptOrder, Push, Sign
from nodes.connector.samples import priced, sample, sold
from nodes.connector.woocommerce.calls import INDEX, ORDERS
from nodes.connector.woocommerce.sign import HEADER, sign

_KEY: Final = "ck_simulator"
_KEY_SECRET: Final = "cs_simulator"  # noqa: S105
_SITE: Final = timedelta(hours=8)
_MOST: Final = 100
PRODUCTS: Final = "/wp-json/wc/v3/products"


class WooCommerceSimulator(ChannelSimulator):
    channel = "woocommerce"
    sells: ClassVar = sold("woocommerce")
    prices: ClassVar = priced("woocommerce")
    states: ClassVar = {
        "processing": ("completed", "on-hold", "cancelled", "refunded"),
        "on-hold": ("processing", "cancelled"),
        "completed": ("refunded",),
        "cancelled": (),
        "refunded": (),
    }

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self.products: dict[str, int | None] = {}

    def put_on_sale(self, sku: str, quantity: int) -> None:
        self.products[sku] = quantity

    def in_stock(self) -> Iterable[tuple[str, int | None]]:
        return self.products.items()

    @property
    def connection(self) -> dict[str, Any]:
        return {"type": self.channel, "url": self.url, "secret": self.secret, "consumer_key": _KEY, "consumer_secret": _KEY_SECRET}

    def routes(self) -> Iterable[web.RouteDef]:
        one = f"{ORDERS}/{{number:[0-9]+}}"
        orders = [web.get(ORDERS, self._list), web.get(one, self._get), web.put(one, self._put)]
        return [web.get(INDEX, self._index), *orders, web.get(PRODUCTS, self._products)]

    def refusal(self, request: web.Request, body: bytes) -> web.StreamResponse | None:
        del body
        right = "Basic " + base64.b64encode(f"{_KEY}:{_KEY_SECRET}".encode()).decode()
        if request.path == INDEX or hmac.compare_digest(request.headers.get("Authorization", "").encode(), right.encode()):
            return None
        return _error(401, "woocommerce_rest_cannot_view", "Sorry, you cannot list resources.")

    def busy(self, seconds: float) -> web.StreamResponse:
        return web.json_response({}, status=429, headers={"Retry-After": str(math.ceil(seconds))})

    def draft(self, number: int, at: datetime) -> tuple[str, dict[str, Any]]:
        order = copy.deepcopy(sample(self.channel))
        order_id = 727_000 + number
        times = {**_times("created", at), **_times("modified", at), **_times("paid", at)}
        return str(order_id), {**order, "id": order_id, "number": str(order_id), **times}

    def moved(self, order: KeptOrder, state: str, at: datetime) -> dict[str, Any]:
        body = {**order.body, "status": state, **_times("modified", at)}
        if state == "completed":
            body |= _times("completed", at)
        if state == "refunded":
            body["refunds"] = [{"id": int(order.id) + 1, "reason": "", "total": f"-{body['total']}"}]
        return body

    def push(self, order: KeptOrder, state: str, number: int) -> Sign:
        del state
        body, event = write_json(order.body), "created" if len(order.history) == 1 else "updated"

        def signed(*, forged: bool) -> Push:
            headers = {
                "Content-Type": "application/json",
                "X-WC-Webhook-Source": f"{self.url}/",
                "X-WC-Webhook-Topic": f"order.{event}",
                "X-WC-Webhook-Resource": "order",
                "X-WC-Webhook-Event": event,
                "X-WC-Webhook-ID": "3",
                "X-WC-Webhook-Delivery-ID": f"simulated{number}",
                HEADER: sign(body, "forged" if forged else self.secret),
            }
            return Push(body, headers)

        return signed

    async def _index(self, request: web.Request) -> web.StreamResponse:
        del request
        return web.json_response({"name": "Simulated shop", "home": self.url})

    async def _list(self, request: web.Request) -> web.StreamResponse:
        asked = request.query
        try:
            since, until = _moment(asked["modified_after"]), _moment(asked["modified_before"])
            page, size = int(asked.get("page", "1")), int(asked.get("per_page", "10"))
        except (KeyError, ValueError):
            return _error(400, "rest_invalid_param", "Invalid parameter(s).")
        if page < 1 or not 1 <= size <= _MOST or asked.get("dates_are_gmt") != "true" or asked.get("status") != "any":
            return _error(400, "rest_invalid_param", "Invalid parameter(s).")
        listed = self.orders.changed(since + timedelta(seconds=1), until - timedelta(microseconds=1), self.now())
        found = sorted(listed, key=lambda one: int(one.id))
        headers = {"X-WP-Total": str(len(found)), "X-WP-TotalPages": str(math.ceil(len(found) / size))}
        return _answer([one.body for one in found[(page - 1) * size : page * size]], headers)

    async def _products(self, request: web.Request) -> web.StreamResponse:
        """A product whose stock the shop does not manage has no ``stock_quantity``."""
        try:
            page, size = int(request.query.get("page", "1")), int(request.query.get("per_page", "10"))
        except ValueError:
            return _error(400, "rest_invalid_param", "Invalid parameter(s).")
        if page < 1 or not 1 <= size <= _MOST:
            return _error(400, "rest_invalid_param", "Invalid parameter(s).")
        listed = sorted(self.products.items())[(page - 1) * size : page * size]
        return _answer([{"sku": sku, "manage_stock": quantity is not None, "stock_quantity": quantity} for sku, quantity in listed])

    async def _get(self, request: web.Request) -> web.StreamResponse:
        order = self.orders.find(request.match_info["number"])
        return _unknown() if order is None else _answer(order.body)

    async def _put(self, request: web.Request) -> web.StreamResponse:
        order = self.orders.find(request.match_info["number"])
        if order is None:
            return _unknown()
        try:
            asked: dict[str, Any] = read_json(await request.read())
            state = str(asked.get("status", order.state))
            given = {one["key"]: one for one in asked.get("meta_data", [])}
        except (InputInvalid, KeyError, TypeError, AttributeError):
            return _error(400, "rest_invalid_param", "Invalid parameter(s).")
        if state not in self.states:
            return _error(400, "rest_invalid_param", "Invalid parameter(s): status")
        order.body = {**order.body, "meta_data": [*(one for one in order.body["meta_data"] if one["key"] not in given), *given.values()]}
        if state in (order.state, *self.states[order.state]):
            self.move(order.id, state)
        return _answer(order.body)


def _times(name: str, at: datetime) -> dict[str, str]:
    """In the site's zone and in UTC."""
    moment = at.astimezone(UTC)
    return {f"date_{name}": _text(moment + _SITE), f"date_{name}_gmt": _text(moment)}


def _text(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S}"


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def _unknown() -> web.Response:
    return _error(404, "woocommerce_rest_shop_order_invalid_id", "Invalid ID.")


def _answer(body: Any, headers: Mapping[str, str] | None = None) -> web.Response:
    return web.Response(body=write_json(body), content_type="application/json", headers=headers)


def _error(status: int, code: str, message: str) -> web.Response:
    return web.json_response({"code": code, "message": message, "data": {"status": status}}, status=status)
