"""Orders a second, processor time an order, and the way to the WMS at a light rate.

The programs take turns in short rounds, so that whatever else the machine does meets all of them; ratios are those of a round.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from functools import partial
from statistics import median
from typing import Any

import peers
import servers
from figures import Figure

Rounds = Mapping[str, Sequence[dict[str, Any]]]
Start = Callable[..., servers.Server]


def measure(options: argparse.Namespace) -> list[Figure]:
    others: dict[str, Start] = {"Node-RED": partial(peers.node_red, options.scratch)} if options.peers else {}
    with_calls = _rounds(others, options, calls=True, orders=options.orders)
    light = _rounds(others, options, calls=True, orders=100, rate=20)
    no_calls = _rounds(others, options, calls=False, orders=options.orders * 2)
    lost = sum(one["lost"] for rounds in (with_calls, light) for one in rounds["Orderloom"])
    return [
        *_end_to_end(with_calls),
        *_without_calls(no_calls),
        *_light(light),
        Figure("acknowledged orders that never arrived", lost, bar=0),
    ]


def _end_to_end(rounds: Rounds) -> list[Figure]:
    found = [Figure(f"end to end, {name}", _typical(rounds[name], "per_second"), "orders/s") for name in rounds]
    found.append(Figure("end to end ÷ plain function", _ratio(rounds, "Orderloom", "plain", "per_second"), "×", 0.8, 0.9, more=True))
    found += [Figure(f"CPU an order, {name}", _typical(rounds[name], "cpu_us"), "µs") for name in rounds]
    added = [mine["cpu_us"] - theirs["cpu_us"] for mine, theirs in zip(rounds["Orderloom"], rounds["plain"], strict=True)]
    found.append(Figure("CPU added an order", median(added), "µs", 130, 80))
    if "Node-RED" in rounds:
        ratio = _ratio(rounds, "Orderloom", "Node-RED", "per_second")
        found.append(Figure("end to end ÷ Node-RED", ratio, "×", 2, 4, more=True))
    return found


def _without_calls(rounds: Rounds) -> list[Figure]:
    found = [Figure(f"without calls, {name}", _typical(rounds[name], "per_second"), "orders/s") for name in rounds]
    if "Node-RED" in rounds:
        ratio = _ratio(rounds, "Orderloom", "Node-RED", "per_second")
        found.append(Figure("without calls ÷ Node-RED", ratio, "×", 2, 3, more=True))
    return found


def _light(rounds: Rounds) -> list[Figure]:
    found: list[Figure] = []
    for name in rounds:
        for part in ("p50", "p99"):
            theirs = _typical(rounds["Node-RED"], f"wms_{part}_ms") if name == "Orderloom" and "Node-RED" in rounds else None
            value = _typical(rounds[name], f"wms_{part}_ms")
            found.append(Figure(f"hook to WMS at 20 orders/s, {part}, {name}", value, "ms", theirs, theirs / 2 if theirs else None))
    return found


def _rounds(others: Mapping[str, Start], options: argparse.Namespace, *, calls: bool, orders: int, **load: Any) -> Rounds:
    with ExitStack() as stack:
        running: dict[str, servers.Server] = {}
        for name, start in {"plain": servers.plain, "Orderloom": servers.engine, **others}.items():
            running[name] = start(servers.folder(stack), calls=calls)
            stack.callback(running[name].end)
        kind: dict[str, Any] = {} if calls else {"no_calls": True}
        found: dict[str, list[dict[str, Any]]] = {name: [] for name in running}
        for server in running.values():
            server.load(orders=500, first=1_000_000, **kind)
        for turn in range(options.rounds):
            for name, server in running.items():
                found[name].append(server.load(orders=orders, first=2_000_000 + turn * orders, **kind, **load))
        return found


def _typical(rounds: Sequence[dict[str, Any]], figure: str) -> float:
    return median(one[figure] for one in rounds)


def _ratio(rounds: Rounds, name: str, other: str, figure: str) -> float:
    return median(mine[figure] / max(theirs[figure], 1e-9) for mine, theirs in zip(rounds[name], rounds[other], strict=True))
