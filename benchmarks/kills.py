"""kill -9 under load: what was acknowledged and never arrived, and what arrived twice."""

from __future__ import annotations

import argparse
import asyncio
from contextlib import ExitStack
from random import Random
from statistics import median

import servers
import uvloop
from figures import Figure
from load import Ledger, Sender, Target
from orders import body

IN_FLIGHT = 32
PATIENCE = 60.0


def measure(options: argparse.Namespace) -> list[Figure]:
    chance, doubled, lost, keys = Random(options.kills), list[int](), 0, 1
    with ExitStack() as stack:
        server = servers.engine(servers.folder(stack))
        stack.callback(server.end)
        for turn in range(options.kills):
            ledger = uvloop.run(_round(server, 1_000_000 * (turn + 1), after=chance.uniform(1, 2)))
            lost += sum(any(number not in seen for seen in ledger.arrived.values()) for number in ledger.acknowledged)
            doubled.append(sum(ledger.doubled.values()))
            keys = max(keys, *(len(found) for found in ledger.keys.values()))
    return [
        Figure(f"lost in {options.kills} kills", lost, "orders", bar=0),
        Figure("doubled posts a kill", median(doubled), "", bar=IN_FLIGHT * 2, note=f"{IN_FLIGHT} orders in flight, two posts each"),
        Figure("keys of one post, at most", keys, "", bar=1),
    ]


async def _round(server: servers.Server, first: int, after: float) -> Ledger:
    """Load until the server is killed; then a new start, until all that it acknowledged has arrived."""
    ledger, loop = Ledger(), asyncio.get_running_loop()
    targets = await loop.create_server(lambda: Target(ledger), "127.0.0.1", server.targets)
    numbers = iter(range(first, first + 1_000_000))
    lanes = [asyncio.ensure_future(_lane(server, ledger, numbers)) for _ in range(IN_FLIGHT)]
    await asyncio.sleep(after)
    server.kill()
    await asyncio.gather(*lanes, return_exceptions=True)
    await asyncio.to_thread(server.start)
    until = loop.time() + PATIENCE
    while loop.time() < until and any(number not in seen for seen in ledger.arrived.values() for number in ledger.acknowledged):
        await asyncio.sleep(0.1)
    await asyncio.sleep(1)
    targets.close()
    return ledger


async def _lane(server: servers.Server, ledger: Ledger, numbers: object) -> None:
    loop = asyncio.get_running_loop()
    _, sender = await loop.create_connection(Sender, "127.0.0.1", server.port)
    head = f"POST {server.path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n".encode()
    for number in numbers:  # type: ignore[attr-defined]
        if await sender.send(head, body(number)) == 200:
            ledger.acknowledged[number] = loop.time()
