"""Load and targets in one process: sends orders to a hook and counts what arrives at the WMS and the finance system.

Both sides are bare asyncio protocols on httptools, so that this process is never what is measured.

    python benchmarks/load.py --port 8420 --path /hooks/reference/hook --orders 8000 --in-flight 32
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

import httptools
import uvloop
from orders import body

_OK = b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 11\r\n\r\n{"ok":true}'
_NUMBER = re.compile(rb'"(?:id|channel_order_id)":\s*"?(\d+)')


@dataclass
class Ledger:
    """What was sent, acknowledged and delivered, with times in seconds."""

    sent: dict[int, float] = field(default_factory=dict)
    acknowledged: dict[int, float] = field(default_factory=dict)
    arrived: dict[str, dict[int, float]] = field(default_factory=lambda: {"wms": {}, "finance": {}})
    doubled: Counter[str] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)
    keys: defaultdict[tuple[str, int], set[bytes]] = field(default_factory=lambda: defaultdict(set))
    complete: int = 0
    on_complete: Callable[[], None] = lambda: None

    def deliver(self, target: str, number: int, key: bytes) -> None:
        self.keys[target, number].add(key)
        seen = self.arrived[target]
        if number in seen:
            self.doubled[target] += 1
            return
        seen[number] = time.perf_counter()
        if number in self.arrived["finance" if target == "wms" else "wms"]:
            self.complete += 1
            self.on_complete()


class Target(asyncio.Protocol):
    """Answers every POST with 200 at once."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._parser = httptools.HttpRequestParser(self)

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_message_begin(self) -> None:
        self._url, self._body, self._key = b"", b"", b""

    def on_url(self, url: bytes) -> None:
        self._url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        if name.lower() == b"idempotency-key":
            self._key = value

    def on_body(self, part: bytes) -> None:
        self._body += part

    def on_message_complete(self) -> None:
        found = _NUMBER.search(self._body)
        if found:
            self._ledger.deliver("wms" if self._url.startswith(b"/wms") else "finance", int(found[1]), self._key)
        self._transport.write(_OK)


class Sender(asyncio.Protocol):
    """One keep-alive connection to the hook, one order at a time."""

    def __init__(self) -> None:
        self._answer: asyncio.Future[int] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def send(self, head: bytes, content: bytes) -> asyncio.Future[int]:
        self._answer = asyncio.get_running_loop().create_future()
        self._parser = httptools.HttpResponseParser(self)
        self._transport.write(head + b"Content-Length: %d\r\n\r\n" % len(content) + content)
        return self._answer

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_message_complete(self) -> None:
        if self._answer and not self._answer.done():
            self._answer.set_result(self._parser.get_status_code())

    def connection_lost(self, error: Exception | None) -> None:
        if self._answer and not self._answer.done():
            self._answer.set_exception(ConnectionError("closed"))


async def measure(options: argparse.Namespace) -> dict[str, float | int | dict[str, int]]:
    ledger, loop = Ledger(), asyncio.get_running_loop()
    targets = await loop.create_server(lambda: Target(ledger), "127.0.0.1", options.targets)
    slots = asyncio.Semaphore(options.in_flight)
    if not options.no_calls:
        ledger.on_complete = slots.release
    head = f"POST {options.path} HTTP/1.1\r\nHost: 127.0.0.1:{options.port}\r\nContent-Type: application/json\r\n".encode()
    senders: asyncio.Queue[Sender] = asyncio.Queue()
    for _ in range(options.in_flight):
        senders.put_nowait((await loop.create_connection(Sender, "127.0.0.1", options.port))[1])

    async def one(number: int, sender: Sender) -> None:
        ledger.sent[number] = time.perf_counter()
        status = await sender.send(head, contents[number])
        senders.put_nowait(sender)
        if 200 <= status < 300:
            ledger.acknowledged[number] = time.perf_counter()
        else:
            ledger.errors[str(status)] += 1
        if options.no_calls or not 200 <= status < 300:
            slots.release()

    numbers = range(options.first, options.first + options.orders)
    contents = {number: body(number) for number in numbers}
    tasks = []
    start = time.perf_counter()
    for n, number in enumerate(numbers):
        if options.rate:
            await asyncio.sleep(max(0, start + n / options.rate - time.perf_counter()))
        else:
            await slots.acquire()
        tasks.append(asyncio.ensure_future(one(number, await senders.get())))
    await asyncio.gather(*tasks)
    deadline = time.perf_counter() + options.patience
    while not options.no_calls and ledger.complete < len(ledger.acknowledged) and time.perf_counter() < deadline:
        await asyncio.sleep(0.01)
    targets.close()
    return _summary(ledger, start, no_calls=options.no_calls)


def _summary(ledger: Ledger, start: float, *, no_calls: bool) -> dict[str, float | int | dict[str, int]]:
    last = max(ledger.acknowledged.values() if no_calls else [t for seen in ledger.arrived.values() for t in seen.values()], default=start)
    done = len(ledger.acknowledged) if no_calls else ledger.complete
    to_wms = sorted(t - ledger.sent[n] for n, t in ledger.arrived["wms"].items() if n in ledger.sent)
    lost = [n for n in ledger.acknowledged if any(n not in seen for seen in ledger.arrived.values())]
    return {
        "orders": len(ledger.sent), "acknowledged": len(ledger.acknowledged), "complete": done, "lost": 0 if no_calls else len(lost),
        "doubled": sum(ledger.doubled.values()), "errors": dict(ledger.errors), "per_second": round(done / max(last - start, 1e-9), 1),
        "wms_p50_ms": _percentile(to_wms, 0.5), "wms_p99_ms": _percentile(to_wms, 0.99),
    }  # fmt: skip


def _percentile(values: list[float], share: float) -> float:
    return round(values[int(share * (len(values) - 1))] * 1000, 3) if values else 0.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--path", required=True)
    parser.add_argument("--targets", type=int, default=9100)
    parser.add_argument("--orders", type=int, default=8000)
    parser.add_argument("--first", type=int, default=1_000_000)
    parser.add_argument("--in-flight", type=int, default=32)
    parser.add_argument("--rate", type=float, default=0, help="orders a second in an open loop, instead of a closed one")
    parser.add_argument("--patience", type=float, default=20, help="seconds to wait for what was acknowledged")
    parser.add_argument("--no-calls", action="store_true")
    print(json.dumps(uvloop.run(measure(parser.parse_args()))))


if __name__ == "__main__":
    main()
