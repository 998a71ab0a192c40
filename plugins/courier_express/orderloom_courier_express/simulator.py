"""A Courier Express of one's own: a real HTTP server on loopback, for tests and for trying flows.

``POST /labels`` → 201 ``{"tracking_no", "label"}``, 409 with the same where the reference has a label; ``GET /tracking?number=`` → 200
``{"state", "at"}`` or 404. Requests with a wrong signature get 401, incomplete ones 422. The same Idempotency-Key gets the same answer.
"""

from __future__ import annotations

import hmac
import json
from collections import deque
from collections.abc import Mapping
from typing import Any, Final, Self

from aiohttp import web

from orderloom_courier_express.connection import ACCOUNT, SIGNATURE, TIME, sign

STARTED: Final = "2026-01-17T08:00:00Z"


class SimulatedCourier:
    """``async with SimulatedCourier("shop", "secret") as courier``: ``courier.url`` answers, ``courier.labels`` tells what came."""

    def __init__(self, account: str, secret: str) -> None:
        self.url = ""
        self.labels: dict[str, Mapping[str, Any]] = {}
        self.states: dict[str, str] = {}
        self._account, self._secret = account, secret
        self._made: dict[str, dict[str, str]] = {}
        self._answers: dict[str, tuple[int, dict[str, str]]] = {}
        self._failures: deque[int] = deque()
        self._runner: web.AppRunner | None = None

    @property
    def connection(self) -> dict[str, str]:
        """The connection document that reaches this courier."""
        return {"type": "courier_express", "url": self.url, "account": self._account, "secret": self._secret}

    def fail_next(self, times: int, status: int = 503) -> None:
        """The next requests are answered with this status and change nothing."""
        self._failures.extend([status] * times)

    def move(self, tracking_no: str, state: str) -> None:
        """What tracking says of a parcel from now on."""
        self.states[tracking_no] = state

    async def __aenter__(self) -> Self:
        app = web.Application(middlewares=[self._guard])
        app.add_routes([web.post("/labels", self._label), web.get("/tracking", self._track)])
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    @web.middleware
    async def _guard(self, request: web.Request, handler: Any) -> web.StreamResponse:
        if self._failures:
            return web.json_response({"error": "simulated"}, status=self._failures.popleft())
        if not self._signed(request, await request.read()):
            return web.json_response({"error": "signature"}, status=401)
        return await handler(request)

    def _signed(self, request: web.Request, body: bytes) -> bool:
        headers = request.headers
        expected = sign(self._secret, request.method, request.raw_path, headers.get(TIME, ""), body)
        return headers.get(ACCOUNT) == self._account and hmac.compare_digest(headers.get(SIGNATURE, "").encode(), expected.encode())

    async def _label(self, request: web.Request) -> web.StreamResponse:
        key = request.headers.get("Idempotency-Key", "")
        if key not in self._answers:
            self._answers[key] = self._make(json.loads(await request.read()))
        status, said = self._answers[key]
        return web.json_response(said, status=status)

    def _make(self, waybill: Mapping[str, Any]) -> tuple[int, dict[str, str]]:
        reference = str(waybill.get("reference") or "")
        if not (reference and waybill.get("receiver") and waybill.get("printed")):
            return 422, {"error": "reference, receiver and printed are required"}
        if reference in self._made:
            return 409, self._made[reference]
        number = f"CE{len(self._made) + 1:012d}"
        self.labels[reference] = waybill
        self.states[number] = "created"
        self._made[reference] = {"tracking_no": number, "label": f"L-{len(self._made) + 1}"}
        return 201, self._made[reference]

    async def _track(self, request: web.Request) -> web.StreamResponse:
        state = self.states.get(request.query.get("number", ""))
        if state is None:
            return web.json_response({"error": "no such parcel"}, status=404)
        return web.json_response({"state": state, "at": STARTED})
