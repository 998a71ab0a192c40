"""The world around the service: a shop that signs and sends orders, a WMS, a finance system, a chat robot."""

from __future__ import annotations

import asyncio
import base64
import copy
import hashlib
import hmac
import json
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import aiohttp
from aiohttp import web

from tests.crash.service import ROOT, Service

SECRET = "shpss_invented"
PHONE_PREFIX = "1990076"
_SAMPLE = json.loads((ROOT / "nodes/connector/shopify/sample.json").read_text(encoding="utf-8"))


def hooks_only() -> bytes:
    """The order hub without the triggers that ask the channels: in this world they only push."""
    flow = json.loads((ROOT / "flows/order_hub.json").read_text(encoding="utf-8"))
    for node in flow["nodes"].values():
        if node["use"].partition("@")[0].endswith(("_poll", "_messages")):
            node["disabled"] = True
    return json.dumps(flow).encode()


def phone_of(number: int) -> str:
    return f"{PHONE_PREFIX}{number:04d}"


def order_of(number: int, *, version: int = 0) -> dict[str, Any]:
    """An invented Shopify order; ``version`` moves its time of change."""
    order = copy.deepcopy(_SAMPLE.get("order", _SAMPLE))
    order.update(id=7_000_000_000_000 + number, name=f"#T{number}", updated_at=f"2026-01-15T20:{version:02d}:05-05:00")
    order["shipping_address"]["phone"] = phone_of(number)
    order["phone"] = None
    return order


def signed(body: bytes, delivery: str) -> dict[str, str]:
    signature = base64.b64encode(hmac.new(SECRET.encode(), body, hashlib.sha256).digest()).decode()
    return {
        "Content-Type": "application/json", "X-Shopify-Hmac-Sha256": signature, "X-Shopify-Webhook-Id": delivery,
        "X-Shopify-Shop-Domain": "test.myshopify.example", "X-Shopify-Topic": "orders/create",
    }  # fmt: skip


@dataclass
class World:
    """``arrived`` by target and order number: the idempotency keys under which the order came, one for each request."""

    arrived: dict[str, dict[str, list[str]]] = field(default_factory=lambda: {"wms": defaultdict(list), "finance": defaultdict(list)})
    bodies: dict[str, dict[str, Any]] = field(default_factory=lambda: {"wms": {}, "finance": {}})
    failing: dict[str, int] = field(default_factory=lambda: {"wms": 0, "finance": 0})

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_post("/{target}/orders", self._take)
        app.router.add_post("/chat", self._chat)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        self.session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=64), cookie_jar=aiohttp.CookieJar(unsafe=True))
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.session.close()
        await self._runner.cleanup()

    @property
    def connections(self) -> dict[str, dict[str, Any]]:
        return {
            "taobao": {"type": "taobao", "secret": "invented"},
            "shopify": {"type": "shopify", "secret": SECRET},
            "woocommerce": {"type": "woocommerce", "secret": "invented"},
            "own_shop": {"type": "own_shop", "secret": "whsec_aW52ZW50ZWQtc2VjcmV0LTI0LWJ5dGVz"},
            "wms": {"type": "wms", "url": f"{self.url}/wms"},
            "finance": {"type": "finance", "url": f"{self.url}/finance"},
            "team_chat": {"type": "wecom", "url": f"{self.url}/chat?key=invented"},
        }

    async def send(self, service: Service, order: dict[str, Any], delivery: str) -> tuple[int, dict[str, Any]]:
        """Status (0: no answer) and answer of one signed delivery."""
        body = json.dumps(order).encode()
        try:
            async with self.session.post(f"{service.url}/hooks/order_hub/shopify", data=body, headers=signed(body, delivery)) as answer:
                return answer.status, await answer.json(content_type=None)
        except (aiohttp.ClientError, OSError, TimeoutError):
            return 0, {}

    async def until(self, orders: list[str], seconds: float) -> list[str]:
        """The orders that have not reached both targets by then."""
        for _ in range(int(seconds * 20)):
            missing = [order for order in orders if any(order not in seen for seen in self.arrived.values())]
            if not missing:
                return []
            await asyncio.sleep(0.05)
        return missing

    async def _take(self, request: web.Request) -> web.Response:
        target = request.match_info["target"]
        order = await request.json()
        number = order["channel_order_id"]
        self.arrived[target][number].append(request.headers["Idempotency-Key"])
        self.bodies[target][number] = order
        if self.failing[target] > 0:
            self.failing[target] -= 1
            return web.json_response({}, status=503)
        return web.json_response({"ok": True})

    async def _chat(self, request: web.Request) -> web.Response:
        return web.json_response({"errcode": 0, "errmsg": "ok"})


def files_with(folder: Path, needle: str) -> list[str]:
    """Files below a folder that hold a text in clear, in UTF-8 or UTF-16."""
    forms = [needle.encode(), needle.encode("utf-16-le")]
    return [str(file) for file in folder.rglob("*") if file.is_file() and any(form in file.read_bytes() for form in forms)]
