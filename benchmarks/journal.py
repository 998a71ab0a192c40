"""What keeping an order costs: processor time of an event and its fact on the loop's and the writer's thread together.

    python benchmarks/journal.py [orders] [in flight] [address of a PostgreSQL database or schema that may be filled]

Event bodies are realistic JSON of about 1.3 KB, facts of about 0.9 KB; both are compressed and sealed.
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from engine.store.open import open_store
from engine.store.ports import Fact, NewEvent, RunEnd, Store, StoreOptions
from engine.store.sql import SqlStore

NOW = datetime(2026, 1, 5, 8, tzinfo=UTC)


def body(number: int) -> bytes:
    line = {"line_id": "1", "sku_code": f"SKU-{number % 977:05}", "title": "Cotton shirt, blue", "quantity": 2, "price": "59.90"}
    receiver = {"name": "张三", "phone": f"138{number:08}", "address": "浙江省杭州市西湖区文三路 100 号", "zip": "310000"}
    order = {"tid": f"T{number:012}", "status": "WAIT_SELLER_SEND_GOODS", "paid": "179.70", "receiver": receiver, "lines": [line] * 6}
    return json.dumps(order, ensure_ascii=False).encode()


def event(number: int) -> NewEvent:
    order = f"taobao/shop/T{number:012}"
    return NewEvent("order_hub", 1, "taobao", f"{order}/{number}", f"{number:032x}", order, body(number), NOW, "hook", f"d{number}")


def fact(event_id: int, number: int) -> Fact:
    answer = {"status": 200, "headers": {}, "body": None}
    result = {"id": f"{number:032x}", "digest": f"{number:032x}", "step": "to_wms", "key": "taobao/shop/T", "ok": answer}
    return Fact(event_id, 1, "results", json.dumps({"results": [result] * 4}).encode(), "runner", NOW)


async def worker(store: Store, numbers: range) -> None:
    for number in numbers:
        accepted = await store.journal.put_event(event(number))
        await store.journal.put_fact(fact(accepted.id, number), RunEnd("done", NOW))


async def measure(store: SqlStore, numbers: range, in_flight: int) -> str:
    begun, cpu, commits = time.perf_counter(), time.process_time(), store.commits
    await asyncio.gather(*(worker(store, numbers[start::in_flight]) for start in range(in_flight)))
    seconds, cpu = time.perf_counter() - begun, time.process_time() - cpu
    orders, rows = len(numbers), 2 * len(numbers) / (store.commits - commits)
    return f"{orders / seconds:7.0f} orders/s  {cpu / orders * 1e6:5.1f} µs CPU an order  {rows:5.1f} rows a commit"


def cost_of_making(numbers: range) -> float:
    begun = time.process_time()
    for number in numbers:
        event(number)
        fact(0, number)
    return (time.process_time() - begun) / len(numbers) * 1e6


async def main(orders: int, in_flight: int, url: str | None) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(StoreOptions(str(Path(folder) / "data"), url))
        assert isinstance(store, SqlStore)
        await store.open()
        for turn in range(3):
            print(await measure(store, range(turn * orders, (turn + 1) * orders), in_flight))
        print(f"{cost_of_making(range(orders)):5.1f} µs of it make the event and the fact")
        await store.close()


if __name__ == "__main__":
    given = [*sys.argv[1:], *("20000", "64", "")[len(sys.argv) - 1 :]]
    asyncio.run(main(int(given[0]), int(given[1]), given[2] or None))
