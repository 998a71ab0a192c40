"""A WMS or finance system in a process of its own: whatever it took is on disk before it answers, so that a kill loses nothing.

It trusts the idempotency key and nothing else: the same order under another key is booked twice, and its list says so. Now and then
it takes an order and breaks off before the answer. Usage: ``python -m tests.whole.target PORT FILE``.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import sys
import time
from collections import defaultdict
from datetime import datetime
from pathlib import Path
from typing import Any

from aiohttp import web

PAGE = 500
LOSE_EVERY = 40
"""Of so many bookings one is not answered."""
Name = tuple[str, str, str]


class Books:
    """``held``: the newest version of each order; ``booked``: the keys under which each version came. A line of the file a booking."""

    def __init__(self, file: Path) -> None:
        self.answers: dict[str, tuple[str, int]] = {}
        self.held: dict[Name, dict[str, Any]] = {}
        self.booked: dict[tuple[Name, str], list[str]] = defaultdict(list)
        self.lines: list[dict[str, Any]] = []
        for line in file.read_bytes().splitlines() if file.exists() else ():
            self._enter(json.loads(line))
        self._descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def take(self, key: str, version: str, body: bytes) -> tuple[int, bool]:
        """The status of the answer, and whether it is a new booking."""
        digest = hashlib.sha256(body).hexdigest()
        if key in self.answers:
            known, status = self.answers[key]
            return (status, False) if known == digest else (422, False)
        order = json.loads(body)
        name = (order["channel"], order["shop_id"] or "", order["channel_order_id"])
        held = self.held.get(name)
        older = held is not None and datetime.fromisoformat(version) < datetime.fromisoformat(held["version"])
        line = {
            "key": key, "digest": digest, "status": 409 if older else 201, "name": name, "version": version, "at": time.time(),
            "amount": order["amount"]["paid"], "day": order["created_at"][:10], "state": order["status"],
        }  # fmt: skip
        os.write(self._descriptor, json.dumps(line).encode() + b"\n")
        self._enter(line)
        return line["status"], not older

    def rows(self, day: str, channel: str) -> list[dict[str, Any]]:
        """As ``GET /orders`` lists them; an order that was booked twice stands there twice."""
        found = [(name, line) for name, line in sorted(self.held.items()) if name[0] == channel and line["day"] == day]
        return [
            {"channel": name[0], "shop_id": name[1], "channel_order_id": name[2], "version": line["version"], "amount": line["amount"]}
            for name, line in found
            for _ in self.booked[(name, line["version"])]
        ]

    def _enter(self, line: dict[str, Any]) -> None:
        name = tuple(line["name"])
        self.answers[line["key"]] = (line["digest"], line["status"])
        if line["status"] == 201:
            self.held[name] = line
            self.booked[(name, line["version"])].append(line["key"])
            self.lines.append(line)


class Target:
    def __init__(self, books: Books) -> None:
        self.books = books

    async def post(self, request: web.Request) -> web.StreamResponse:
        key, version = request.headers.get("Idempotency-Key", ""), request.headers.get("Orderloom-Version", "")
        if not key or not version:
            return web.json_response({}, status=400)
        status, is_new = self.books.take(key, version, await request.read())
        if is_new and len(self.books.lines) % LOSE_EVERY == 0 and request.transport is not None:
            request.transport.close()
        return web.json_response({}, status=status)

    async def list(self, request: web.Request) -> web.StreamResponse:
        rows, start = self.books.rows(request.query["day"], request.query["channel"]), int(request.query.get("cursor", "0"))
        more = str(start + PAGE) if start + PAGE < len(rows) else None
        return web.json_response({"items": rows[start : start + PAGE], "next": more})

    async def chat(self, request: web.Request) -> web.StreamResponse:
        """The team's chat robot lives here as well."""
        await request.read()
        return web.json_response({"errcode": 0, "errmsg": "ok"})


async def serve(port: int, file: Path) -> None:
    target, app = Target(Books(file)), web.Application(client_max_size=4 * 1024 * 1024)
    app.add_routes([web.post("/orders", target.post), web.get("/orders", target.list), web.post("/chat", target.chat)])
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), Path(sys.argv[2])))
