"""Whether much of something slows start, acceptance and lists: nodes in a flow, published flows, past runs; whole against a tenth.

Rows are copied within the database: what counts is that they are there, not how they came.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import http.client
import json
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing
from itertools import pairwise
from pathlib import Path
from typing import Any

import servers
from figures import Figure

from engine.app import Orderloom
from engine.node.triggers import Delivery
from engine.settings import Settings

NODES = 1_000
STARTS, POSTS, LISTS = 3, 60, 60
KEY = "benchmark"
PAGES = ("/api/runs?limit=50", "/api/events?limit=50", "/api/flows?limit=50")
Fill = Callable[[Path, int], None]


def measure(options: argparse.Namespace) -> list[Figure]:
    found: list[Figure] = []
    for what, most, fill in (("nodes in a flow", NODES, _nodes), ("flows", options.flows, _flows), ("past runs", options.runs, _runs)):
        with ExitStack() as stack:
            small, large = (_observed(Path(servers.folder(stack)), count, fill) for count in (most // 10, most))
        for figure, unit in (("start", "s"), ("accept", "ms"), ("list", "ms")):
            note = f"{small[figure]:.3g} → {large[figure]:.3g} {unit}"
            found.append(Figure(f"{figure}, {most:,} {what} ÷ a tenth", large[figure] / small[figure], "×", 1.5, 1.1, note=note))
        if what == "past runs":
            found.append(Figure(f"start to ready, {most:,} past runs", large["ready"], "s", 1.5, 0.8))
            found.append(Figure("start to the first page", large["page"], "s"))
    return found


def _observed(data: Path, count: int, fill: Fill) -> Mapping[str, float]:
    """``start``: processor time until ready, for a ratio; ``ready``: the same by the clock; ``page``: until a page is answered, which
    is asked for at once. Of all times the lowest counts.
    """
    fill(data, count)
    starts: list[tuple[float, float, float]] = []
    for _ in range(STARTS):
        with _served(data) as (port, seconds, cpu):
            starts.append((cpu, seconds, seconds + _timed(port, "GET", PAGES[0]) / 1e3))
            if len(starts) == STARTS:
                accept = min(_timed(port, "POST", "/hooks/flow/hook", json.dumps({"id": number})) for number in range(POSTS))
                lists = max(min(_timed(port, "GET", page) for _ in range(LISTS)) for page in PAGES)
    start, ready, page = (min(one) for one in zip(*starts, strict=True))
    return {"start": start, "ready": ready, "page": page, "accept": accept, "list": lists}


@contextlib.contextmanager
def _served(data: Path) -> Iterator[tuple[int, float, float]]:
    """The port of ``orderloom serve``, the seconds until it said that it was ready, and its processor time until then."""
    program = str(Path(sys.executable).with_name("orderloom"))
    environment = {**servers.environment(), "ORDERLOOM_KEY": KEY}
    began = time.perf_counter()
    command = [program, "serve", "--port", "0", "--data", str(data)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment) as process:
        assert process.stdout is not None
        ready = process.stdout.readline()
        seconds = time.perf_counter() - began
        try:
            yield int(ready.split()[1].rpartition(":")[2]), seconds, servers.cpu_of(process.pid)
        finally:
            process.terminate()


def _timed(port: int, method: str, path: str, body: str | None = None) -> float:
    """Milliseconds of one request; runs that it started are given time to end."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    began = time.perf_counter()
    connection.request(method, path, body, {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"})
    answer = connection.getresponse()
    answer.read()
    taken = (time.perf_counter() - began) * 1e3
    connection.close()
    if answer.status >= 300:
        raise SystemExit(f"{method} {path}: {answer.status}")
    time.sleep(0.02 if method == "POST" else 0)
    return taken


def _nodes(data: Path, count: int) -> None:
    asyncio.run(_prepared(data, count))


def _flows(data: Path, count: int) -> None:
    asyncio.run(_prepared(data, 5))
    document = {"name": "new_name", "flow": "new_name", "document": "renamed(document, new_name)"}
    with _database(data) as connection:
        connection.create_function("renamed", 2, lambda text, name: text.replace(b'"name": "flow"', f'"name": "{name}"'.encode()))
        for table in ("flow", "flow_version"):
            _copy(connection, table, document, count, "'flow' || n AS new_name")


def _runs(data: Path, count: int) -> None:
    """A past run has an event, its keys, a run and a fact."""
    asyncio.run(_prepared(data, 5))
    number = {
        "id": "id - n * 8192",
        "event_id": "event_id - n * 8192",
        "order_key": "order_key || n",
        "key": '"key" || n',
        "digest": "randomblob(16)",
    }
    with _database(data) as connection:
        for table in ("event", "run", "event_key", "fact"):
            _copy(connection, table, number, count)
        connection.execute("UPDATE counter SET number = number + ? WHERE name LIKE 'runs/%'", (count,))


async def _prepared(data: Path, nodes: int) -> None:
    """A store with one published flow and one run of it that is done."""
    async with Orderloom.at(Settings(data=data)) as engine:
        await engine.publish(json.dumps(_document(nodes)).encode(), note="benchmark", actor="owner")
        await engine.intake.hook("flow", "hook", Delivery(b'{"id": 0, "total": "10.00"}'))
        while engine.dispatcher.running:
            await asyncio.sleep(0.01)


def _document(nodes: int) -> dict[str, Any]:
    """Conditions in a row."""
    slugs = [f"n{number}" for number in range(nodes)]
    steps = {slug: {"use": "rule.condition@1", "params": {"when": f"item.id >= -{number}"}} for number, slug in enumerate(slugs)}
    return {
        "format": 1,
        "name": "flow",
        "nodes": {"hook": {"use": "connector.webhook@1", "params": {"key_path": "id"}}, **steps},
        "wires": [f"hook -> {slugs[0]}", *(f"{one}.yes -> {after}" for one, after in pairwise(slugs))],
        "tests": [],
    }


@contextlib.contextmanager
def _database(data: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(data / "orderloom.db", isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("BEGIN")
        yield connection
        connection.execute("COMMIT")


def _copy(connection: sqlite3.Connection, table: str, changed: Mapping[str, str], count: int, given: str = "n AS unused") -> None:
    """Copies a table's first row ``count`` times, with some columns changed by the number ``n`` of the copy."""
    columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
    names, values = ", ".join(f'"{name}"' for name in columns), ", ".join(changed.get(name, f'"{name}"') for name in columns)
    numbers = f"WITH RECURSIVE copy(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM copy WHERE n < {count})"
    first = f"SELECT * FROM {table} ORDER BY 1 LIMIT 1"
    connection.execute(f"INSERT INTO {table} ({names}) {numbers} SELECT {values} FROM (SELECT n, {given} FROM copy), ({first})")
