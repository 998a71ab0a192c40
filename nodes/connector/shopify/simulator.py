"""A Shopify shop as a local server: its REST Admin API with token, cursors and leaky bucket, its variants by GraphQL, and the webhooks that
it sends.

Source: shopify.dev, "Order", "FulfillmentOrder", "Fulfillment", "REST Admin API rate limits", "productVariants".
"""

from __future__ import annotations

import base64
import copy
import hmac
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta, timezone
from typing import Any, ClassVar, Final

from aiohttp import web

from engine.sdk import InputInvalid, read_json, write_json
from engine.testing.channel import ChannelSimulator, KeptOrder, Push, Sign
from nodes.connector.samples import priced, sample, sold
from nodes.connector.shopify.calls import ROOT
from nodes.connector.shopify.sign import HEADER, sign
from nodes.connector.shopify.simulator_goods import Points, answer_of
from nodes.connector.shopify.stock_calls import PATH

DOMAIN: Final = "simulated.myshopify.com"
_RENEWAL: Final = "/admin/oauth/access_token"
_CLIENT: Final = "simulator"
_SHOP: Final = timezone(timedelta(hours=-5))
_MOST: Final = 250
_BUCKET: Final = 40


class ShopifySimulator(ChannelSimulator):
    """``used``: how full the bucket of calls says it is; ``points``: what queries are paid from. ``sent`` by order: the lines that
    fulfillments hold.
    """

    channel = "shopify"
    sells: ClassVar = sold("shopify")
    prices: ClassVar = priced("shopify")
    states: ClassVar = {
        "unfulfilled": ("fulfilled", "partial", "cancelled", "refunded"),
        "partial": ("fulfilled",),
        "fulfilled": (),
        "cancelled": (),
        "refunded": (),
    }
    open_paths = frozenset({_RENEWAL})
    used: int = 1

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self.sent: dict[str, frozenset[int]] = {}
        self.points = Points()

    @property
    def connection(self) -> dict[str, Any]:
        return {"type": self.channel, "url": self.url, "secret": self.secret, "client_id": _CLIENT, "access_token": self.tokens.access}

    def routes(self) -> Iterable[web.RouteDef]:
        one = f"{ROOT}/orders/{{number:[0-9]+}}"
        return [
            web.post(_RENEWAL, self._renew),
            web.get(f"{ROOT}/shop.json", self._shop),
            web.get(f"{ROOT}/orders.json", self._list),
            web.get(f"{one}.json", self._get),
            web.get(f"{one}/fulfillment_orders.json", self._work),
            web.post(f"{ROOT}/fulfillments.json", self._ship),
            web.post(PATH, self._offer),
        ]

    async def _renew(self, request: web.Request) -> web.StreamResponse:
        asked = await request.json()
        known = hmac.compare_digest(str(asked.get("client_secret")).encode(), self.secret.encode()) and asked.get("client_id") == _CLIENT
        given = self.tokens.renew(str(asked.get("refresh_token"))) if known else None
        return _error(400, "invalid_grant") if given is None else web.json_response(dict(given))

    def refusal(self, request: web.Request, body: bytes) -> web.StreamResponse | None:
        del body
        if self.tokens.takes(request.headers.get("X-Shopify-Access-Token", "")):
            return None
        return _error(401, "[API] Invalid API key or access token (unrecognized login or wrong password)")

    def busy(self, seconds: float) -> web.StreamResponse:
        return _error(429, "Exceeded 2 calls per second for api client.", {"Retry-After": f"{seconds:.1f}"})

    def draft(self, number: int, at: datetime) -> tuple[str, dict[str, Any]]:
        order = copy.deepcopy(sample(self.channel))
        order_id = 6_100_000_000_000 + number
        times = dict.fromkeys(("created_at", "processed_at", "updated_at"), _text(at))
        return str(order_id), {**order, "id": order_id, "name": f"#{1000 + number}", "order_number": 1000 + number, **times}

    def moved(self, order: KeptOrder, state: str, at: datetime) -> dict[str, Any]:
        body = {**order.body, "updated_at": _text(at)}
        if state in ("fulfilled", "partial"):
            body |= {"fulfillment_status": state, "fulfillments": body["fulfillments"] or [_parcel(at, None, None)]}
        if state == "cancelled":
            body |= {"cancelled_at": _text(at), "cancel_reason": "customer", "financial_status": "voided"}
        if state == "refunded":
            body["financial_status"] = "refunded"
        return body

    def push(self, order: KeptOrder, state: str, number: int) -> Sign:
        body, topic = write_json(order.body), "create" if len(order.history) == 1 else "updated"
        del state

        def signed(*, forged: bool) -> Push:
            headers = {
                "Content-Type": "application/json",
                "X-Shopify-Topic": f"orders/{topic}",
                "X-Shopify-Shop-Domain": DOMAIN,
                "X-Shopify-Webhook-Id": f"00000000-0000-4000-8000-{number:012d}",
                "X-Shopify-Triggered-At": self.now().isoformat(),
                HEADER: sign(body, "forged" if forged else self.secret),
            }
            return Push(body, headers)

        return signed

    async def _shop(self, request: web.Request) -> web.StreamResponse:
        del request
        return self._answer({"shop": {"myshopify_domain": DOMAIN}})

    async def _list(self, request: web.Request) -> web.StreamResponse:
        """A page is what comes after the last order of the one before, in the order of changes."""
        asked, after = request.query, None
        try:
            if "page_info" in asked:
                since, until, *last = base64.urlsafe_b64decode(asked["page_info"]).decode().split("|")
                after = (datetime.fromisoformat(last[0]), last[1])
            else:
                since, until = asked["updated_at_min"], asked["updated_at_max"]
            window, size = (datetime.fromisoformat(since), datetime.fromisoformat(until)), int(asked.get("limit", "50"))
        except (KeyError, ValueError, IndexError):
            return _error(400, "page_info: Invalid value.")
        if not 1 <= size <= _MOST or ("page_info" in asked and set(asked) - {"limit", "page_info", "fields"}):
            return _error(400, "Invalid parameters.")
        found = [one for one in reversed(self.orders.changed(*window, self.now())) if after is None or (one.updated_at, one.id) > after]
        page, rest = found[:size], found[size:]
        headers: dict[str, str] = {}
        if rest:
            mark = base64.urlsafe_b64encode(f"{since}|{until}|{page[-1].updated_at.isoformat()}|{page[-1].id}".encode()).decode()
            headers["Link"] = f'<{self.url}{request.path}?limit={size}&page_info={mark}>; rel="next"'
        return self._answer({"orders": [one.body for one in page]}, headers=headers)

    async def _get(self, request: web.Request) -> web.StreamResponse:
        order = self.orders.find(request.match_info["number"])
        return _error(404, "Not Found") if order is None else self._answer({"order": order.body})

    async def _work(self, request: web.Request) -> web.StreamResponse:
        order = self.orders.find(request.match_info["number"])
        if order is None:
            return _error(404, "Not Found")
        status = {"unfulfilled": "open", "partial": "in_progress", "fulfilled": "closed"}.get(order.state, "cancelled")
        sent = self.sent.get(order.id, frozenset())
        lines = [
            {"id": _work_line(line), "line_item_id": line["id"], "fulfillable_quantity": 0 if line["id"] in sent else line["quantity"]}
            for line in order.body["line_items"]
        ]
        return self._answer(
            {"fulfillment_orders": [{"id": int(order.id) + 1_000_000, "status": status, "assigned_location_id": 1, "line_items": lines}]}
        )

    async def _ship(self, request: web.Request) -> web.StreamResponse:
        try:
            asked: dict[str, Any] = read_json(await request.read())["fulfillment"]
            work = asked["line_items_by_fulfillment_order"][0]
            order = self.orders.find(str(work["fulfillment_order_id"] - 1_000_000))
            tracking, wanted = asked["tracking_info"], {one["id"] for one in work.get("fulfillment_order_line_items", ())}
        except (InputInvalid, KeyError, TypeError, IndexError):
            return _error(400, "Required parameter missing or invalid")
        if order is None or order.state not in ("unfulfilled", "partial"):
            return _error(422, "The fulfillment order is not in an open state.")
        sent = self.sent.get(order.id, frozenset())
        open_lines = {line["id"]: _work_line(line) for line in order.body["line_items"] if line["id"] not in sent}
        if not wanted <= set(open_lines.values()):
            return _error(422, "Invalid fulfillment order line item quantity requested.")
        now_sent = {line for line, work_id in open_lines.items() if not wanted or work_id in wanted}
        self.sent[order.id] = sent | now_sent
        parcel = _parcel(self.now(), tracking.get("company"), tracking.get("number"))
        parcel["id"] = int(order.id) * 10 + len(order.body["fulfillments"])
        order.body = {**order.body, "fulfillments": [*order.body["fulfillments"], parcel]}
        self.move(order.id, "fulfilled" if len(now_sent) == len(open_lines) else "partial")
        return self._answer({"fulfillment": parcel}, 201)

    async def _offer(self, request: web.Request) -> web.StreamResponse:
        try:
            asked: dict[str, Any] = read_json(await request.read())
            if str(asked["query"]).startswith("mutation"):
                return self._answer({"data": {"fulfillmentTrackingInfoUpdate": self._track(asked["variables"])}})
            return self._answer(answer_of(self.goods, asked, self.points, self.now()))
        except (InputInvalid, KeyError, TypeError, ValueError, AttributeError):
            return _error(400, "Required parameter missing or invalid")

    def _track(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        """One more number for a fulfillment."""
        wanted, info = asked["id"].rpartition("/")[2], asked["info"]
        for order in self.orders:
            for place, one in enumerate(order.body["fulfillments"]):
                if str(one["id"]) == wanted:
                    told = {**one, "tracking_company": info["company"], "tracking_numbers": list(info["numbers"])}
                    held = order.body["fulfillments"]
                    order.body = {**order.body, "fulfillments": [*held[:place], told, *held[place + 1 :]]}
                    return {"fulfillment": {"id": asked["id"]}, "userErrors": []}
        return {"fulfillment": None, "userErrors": [{"field": ["fulfillmentId"], "message": "Fulfillment could not be found."}]}

    def _answer(self, body: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> web.Response:
        said = {"X-Shopify-Shop-Api-Call-Limit": f"{self.used}/{_BUCKET}", **(headers or {})}
        return web.Response(status=status, body=write_json(body), content_type="application/json", headers=said)


def _work_line(line: Mapping[str, Any]) -> int:
    return int(line["id"]) + 1_000_000


def _parcel(at: datetime, company: str | None, number: str | None) -> dict[str, Any]:
    numbers = [number] if number else []
    return {
        "id": 1,
        "status": "success",
        "created_at": _text(at),
        "tracking_company": company,
        "tracking_number": number,
        "tracking_numbers": numbers,
    }


def _text(at: datetime) -> str:
    return f"{at.astimezone(_SHOP):%Y-%m-%dT%H:%M:%S}-05:00"


def _error(status: int, said: str, headers: Mapping[str, str] | None = None) -> web.Response:
    return web.json_response({"errors": said}, status=status, headers=headers)
