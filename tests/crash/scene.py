"""A flow in which everything happens that a run can live through, and the targets that it reaches."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.connection.failures import CallFailed
from engine.json_text import canonical_json
from engine.node.context import HttpAnswer
from engine.registry import Registry, installed
from engine.settings import Settings
from tests.crash.bulk import BULK_NODES
from tests.run.conftest import once

REGISTRY = Registry([*installed(), once, *BULK_NODES])
KINDS = ("plain", "wait", "approve", "signal", "once", "strict", "lines", "fatal", "bulk")
TARGETS = ("a", "b", "strict", "once", "fatal", "bulk", "child")
SETTINGS = Settings(connections={name: {"type": "http", "url": f"http://{name}.example"} for name in TARGETS})
RETRY = {"attempts": 3, "backoff": "1m", "factor": 2, "jitter": 0, "max": "1h"}


def call(target: str, **policy: Any) -> dict[str, Any]:
    params = {"service": {"connection": target}, "path": "/orders", "into": None}
    return {"use": "connector.http_request@1", "params": params, "policy": {"retry": RETRY, **policy}}


def scene(version: int) -> bytes:
    """The flow ``scene``: by its kind an order rests, is asked about, is sent once only, …; then it goes to ``a`` and on to ``b``."""
    kinds = KINDS[1:]
    nodes: dict[str, Any] = {
        "hook": {"use": "connector.webhook@1", "params": {"key_path": "id", "version_path": "v"}},
        "mark": {"use": "transform.set_fields@1", "params": {"fields": {"mark": str(version)}}},
        "pick": {"use": "rule.switch@1", "params": {"cases": [{"when": f'item.kind == "{kind}"'} for kind in kinds]}},
        "wait": {"use": "flow.wait_for@1", "params": {"duration": "2h"}},
        "approve": {"use": "task.approve@1", "params": {"title": "Release {{ item.id }}?", "due": "1d"}},
        "signal": {"use": "flow.wait_for@1", "params": {"signal": True, "duration": "1d"}},
        "once": {"use": "connector.once@1", "params": {"target": {"connection": "once"}}, "policy": {"retry": RETRY}},
        "strict": call("strict"),
        "lines": {"use": "transform.split_lines@1", "params": {"keep": ["id", "v", "mark", "kind"]}},
        "fatal": call("fatal", on_error="stop"),
        "bulk": {"use": "transform.split_lines@1", "params": {"keep": ["id", "v", "mark", "kind"]}},
        "turn": {"use": "transform.turn@1"},
        "all": {"use": "connector.bulk@1", "params": {"target": {"connection": "bulk"}}, "policy": {"retry": RETRY}},
        "a": call("a"),
        "b": call("b"),
    }
    ports = {"approve": (".approved", ".rejected", ".overdue"), "signal": (".out", ".signal")}
    ways = [kind + port for kind in kinds if kind != "bulk" for port in ports.get(kind, ("",))]
    wires = ["hook -> mark", "mark -> pick", *(f"pick.case_{number} -> {kind}" for number, kind in enumerate(kinds, 1))]
    wires += ["pick.otherwise -> a", *(f"{way} -> a" for way in ways), "a -> b", "bulk -> turn", "turn -> all", "all -> a"]
    given = {"id": "1", "v": 1, "kind": "plain"}
    test = {"name": "t", "trigger": "hook", "input": [given], "expect": {"hook": {"items": [given], "match": "subset"}}}
    return json.dumps({"name": "scene", "nodes": nodes, "wires": wires, "tests": [test]}).encode()


def body_of(order: str, v: int, kind: str) -> bytes:
    item: dict[str, Any] = {"id": order, "v": v, "kind": kind}
    if kind in ("lines", "bulk"):
        item["lines"] = [{"n": 1}, {"n": 2}, {"n": 3}]
    return json.dumps(item).encode()


@dataclass(frozen=True, slots=True)
class Seen:
    """A request that reached a target. ``done``: the target did what it was asked for; ``body``: canonical JSON."""

    target: str
    key: str
    order: str
    v: int
    mark: int
    line: int
    done: bool
    body: bytes


@dataclass
class Targets:
    """Answers by mode, which is set for each target: ``ok``, ``down``, ``refuse``, ``patience``, ``deaf`` (no connection),
    ``lost`` (the target does it and the answer is lost) or ``slow`` (it does it and answers when it is let go).
    """

    seen: list[Seen] = field(default_factory=list[Seen])
    modes: dict[str, str] = field(default_factory=lambda: dict.fromkeys(TARGETS, "ok"))
    watch: Callable[[Seen], None] = lambda _: None
    held: int = 0
    gate: Any = None

    async def http(self, connection: str, content: Mapping[str, Any], key: str, timeout: float) -> HttpAnswer:
        mode, item = self.modes[connection], content["json"]
        if mode == "deaf":
            raise CallFailed("http.unreachable", retriable=True, maybe_sent=False, host=connection)
        line = item.get("line", {}).get("n", 0)
        one = Seen(connection, key, item["id"], item["v"], item["mark"], line, mode in ("ok", "lost", "slow"), canonical_json(item))
        self.seen.append(one)
        self.watch(one)
        if mode == "slow":
            self.held += 1
            try:
                await self.gate.wait()
            finally:
                self.held -= 1
        if mode == "lost":
            raise CallFailed("http.unreachable", retriable=True, maybe_sent=True, host=connection)
        status = {"down": 503, "refuse": 422, "patience": 429}.get(mode, 200)
        return HttpAnswer(status, {"retry-after": "90"} if mode == "patience" else {}, {"ok": True})

    async def mail(self, *_: Any) -> None:
        raise AssertionError("no mail is expected")
