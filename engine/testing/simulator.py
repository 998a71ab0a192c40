"""A WMS or finance system that keeps our contract for targets: a real HTTP server on loopback, for tests and the demo.

``POST /orders`` with ``Idempotency-Key`` and ``Orderloom-Version``: 201 new, 200 changed or the same again, 409 when a newer
version is held, 400 and 422 for what breaks the contract. ``GET /orders?day=&channel=&cursor=`` lists what is held,
``GET /stock?cursor=`` what lies in the warehouses, ``GET /shipments?since=&cursor=`` what left them.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import OrderedDict, deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

from aiohttp import web

from engine.errors import InputInvalid
from engine.json_text import read_json, write_json
from engine.testing.ledger import OrderName, TargetLedger, name_of
from engine.testing.server import LocalServer
from engine.testing.shipments import ShipmentList
from engine.testing.stock import StockList

PAGE: Final = 500
KEYS_KEPT: Final = 200_000


@dataclass(frozen=True, slots=True)
class Received:
    """One ``POST /orders`` as it was answered. ``repeated``: the same key with the same body had been answered before."""

    key: str
    version: str
    order: Mapping[str, Any]
    status: int
    repeated: bool = False


class SimulatedTarget(LocalServer):
    """``async with SimulatedTarget() as target``: orders go to ``target.url``; ``target.received`` tells what came.

    ``secret``: then only requests with ``Authorization: Bearer SECRET`` are served. ``kept``: how many requests are remembered.
    """

    def __init__(self, *, secret: str | None = None, kept: int = 10_000) -> None:
        self.received: deque[Received] = deque(maxlen=kept)
        self.ledger = TargetLedger()
        self.stock = StockList()
        self.shipments = ShipmentList()
        self.count = 0
        self._secret = secret
        self._answers: OrderedDict[str, tuple[str, int]] = OrderedDict()
        self._failures: deque[int] = deque()
        self._lost = 0
        self._delay = 0.0

    def fail_next(self, times: int, status: int = 503) -> None:
        """The next requests are answered with this status and change nothing."""
        self._failures.extend([status] * times)

    def lose_next(self, times: int) -> None:
        """The next orders are taken, but the connection breaks before the answer: the sender cannot know."""
        self._lost += times

    def answer_after(self, seconds: float) -> None:
        """How long every answer takes from now on."""
        self._delay = seconds

    def forget(self, name: OrderName) -> None:
        """Lose an order, and that it ever came."""
        self.ledger.lose(name)
        for received in self.received:
            if name_of(received.order) == name:
                self._answers.pop(received.key, None)

    def routes(self) -> Iterable[web.RouteDef]:
        return [
            web.post("/orders", self._post),
            web.get("/orders", self._list),
            web.get("/stock", self._stock),
            web.get("/shipments", self._shipments),
        ]

    async def _post(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        if self._delay:
            await asyncio.sleep(self._delay)
        if not self._allowed(request):
            return _answer(401, {"error": "unauthorized"})
        if self._failures:
            return _answer(self._failures.popleft(), {"error": "simulated"})
        status, said = self._take(request.headers.get("Idempotency-Key", ""), request.headers.get("Orderloom-Version", ""), body)
        if self._lost and status < 400:
            self._lost -= 1
            if request.transport is not None:
                request.transport.close()
        return _answer(status, said)

    def _take(self, key: str, version: str, body: bytes) -> tuple[int, dict[str, Any]]:
        order = _object(body)
        if not key or not version or order is None:
            return 400, {"error": "Idempotency-Key, Orderloom-Version and a JSON object are required"}
        digest = hashlib.sha256(body).hexdigest()
        known = self._answers.get(key)
        if known is not None and known[0] != digest:
            return 422, {"error": "the key was used for another order"}
        status = known[1] if known is not None else self.ledger.put(order, version)
        self._remember(Received(key, version, order, status, known is not None), digest)
        return status, {"status": "newer version held" if status == 409 else "held"}

    def _remember(self, received: Received, digest: str) -> None:
        self.count += 1
        self.received.append(received)
        self._answers[received.key] = (digest, received.status)
        if len(self._answers) > KEYS_KEPT:
            self._answers.popitem(last=False)

    async def _list(self, request: web.Request) -> web.StreamResponse:
        if not self._allowed(request):
            return _answer(401, {"error": "unauthorized"})
        cursor = request.query.get("cursor", "0")
        if not (cursor.isascii() and cursor.isdigit()):
            return _answer(400, {"error": "cursor"})
        found = self.ledger.rows(request.query.get("day"), request.query.get("channel"))
        start = int(cursor)
        more = start + PAGE < len(found)
        return _answer(200, {"items": found[start : start + PAGE], "next": str(start + PAGE) if more else None})

    async def _stock(self, request: web.Request) -> web.StreamResponse:
        return self._page(request, self.stock.page(request.query.get("cursor", "0")))

    async def _shipments(self, request: web.Request) -> web.StreamResponse:
        return self._page(request, self.shipments.page(request.query.get("since"), request.query.get("cursor", "0")))

    def _page(self, request: web.Request, page: dict[str, Any] | None) -> web.StreamResponse:
        if not self._allowed(request):
            return _answer(401, {"error": "unauthorized"})
        if self._failures:
            return _answer(self._failures.popleft(), {"error": "simulated"})
        return _answer(200, page) if page is not None else _answer(400, {"error": "cursor"})

    def _allowed(self, request: web.Request) -> bool:
        return self._secret is None or request.headers.get("Authorization") == f"Bearer {self._secret}"


def _object(body: bytes) -> dict[str, Any] | None:
    try:
        value = read_json(body)
    except InputInvalid:
        return None
    return cast("dict[str, Any]", value) if isinstance(value, dict) else None


def _answer(status: int, body: dict[str, Any]) -> web.Response:
    return web.Response(status=status, body=write_json(body), content_type="application/json")
