"""A courier as a local server: parcels move, and it tells of them. For tests.

Pushes go out as Kuaidi100 sends them. Beside them it offers a list, as couriers with an interface of their own do:
``GET /tracks?since=…[&cursor=…]`` → ``{"items": [{tracking_no, carrier, updated_at, events: [{at, state, place}]}], "next"}``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode

import aiohttp
from aiohttp import web

from engine.sdk import utc_text, write_json
from engine.testing.server import LocalServer
from nodes.connector.kuaidi100.sign import sign

SALT: Final = "simulated-salt"
PAGE: Final = 50
_BEIJING: Final = timedelta(hours=8)
_CODES: Final[Mapping[str, str]] = {
    "picked_up": "1", "moving": "0", "out_for_delivery": "5", "delivered": "3", "problem": "2", "returning": "6", "returned": "4",
}  # fmt: skip


@dataclass(slots=True)
class Moving:
    """``events``: ``(at, state, place, text)``, oldest first."""

    carrier: str
    events: list[tuple[datetime, str, str, str]] = field(default_factory=list["tuple[datetime, str, str, str]"])


class CourierSimulator(LocalServer):
    """``async with CourierSimulator() as courier``: ``courier.move(…)``, then ``await courier.push(number)``."""

    def __init__(self, push_to: str = "", *, salt: str = SALT) -> None:
        self.push_to, self.salt = push_to, salt
        self.parcels: dict[str, Moving] = {}

    def move(self, number: str, state: str, at: datetime, place: str = "", text: str = "", carrier: str = "yuantong") -> None:
        moving = self.parcels.setdefault(number, Moving(carrier))
        moving.events.append((at, state, place, text))
        moving.events.sort(key=lambda one: one[0])

    def form(self, number: str, *, upto: int | None = None, forged: bool = False) -> bytes:
        """A push that tells of the first so many events (else all), newest first, as the form that is sent."""
        moving = self.parcels[number]
        told = list(reversed(moving.events[:upto]))
        rows = [
            {"ftime": f"{at + _BEIJING:%Y-%m-%d %H:%M:%S}", "areaName": place, "statusCode": _CODES[state], "context": text}
            for at, state, place, text in told
        ]
        last = {"state": _CODES[told[0][1]], "com": moving.carrier, "nu": number, "ischeck": "0", "data": rows}
        param = json.dumps({"status": "polling", "message": "", "lastResult": last}, ensure_ascii=False)
        return urlencode({"param": param, "sign": sign(param, "forged" if forged else self.salt)}).encode()

    async def push(self, number: str, *, upto: int | None = None, forged: bool = False) -> tuple[int, Any]:
        """Status and body of the answer."""
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        async with (
            aiohttp.ClientSession() as session,
            session.post(self.push_to, data=self.form(number, upto=upto, forged=forged), headers=headers) as answer,
        ):
            return answer.status, await answer.json(content_type=None)

    def routes(self) -> Iterable[web.RouteDef]:
        return [web.get("/tracks", self._list)]

    async def _list(self, request: web.Request) -> web.StreamResponse:
        try:
            since = datetime.fromisoformat(request.query.get("since", "2000-01-01T00:00:00Z"))
            start = int(request.query.get("cursor", "0"))
        except ValueError:
            return web.json_response({"error": "bad_request"}, status=400)
        changed = [(number, one) for number, one in sorted(self.parcels.items()) if one.events and one.events[-1][0] >= since]
        rows = [
            {
                "tracking_no": number,
                "carrier": one.carrier,
                "updated_at": utc_text(one.events[-1][0]),
                "events": [{"at": utc_text(at), "state": state, "place": place} for at, state, place, _ in one.events],
            }
            for number, one in changed[start : start + PAGE]
        ]
        mark = str(start + PAGE) if start + PAGE < len(changed) else None
        return web.Response(body=write_json({"items": rows, "next": mark}), content_type="application/json")
