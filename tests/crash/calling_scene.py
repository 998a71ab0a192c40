"""Flows that call a flow, in which everything happens as well: once for an order, or once for each of its lines (rule R11)."""

from __future__ import annotations

import json
from typing import Any

from tests.crash.scene import call

CALLING = ("sub", "each")
LINES = {"sub": (0,), "each": (1, 2, 3)}
"""By kind, the numbers of the lines for which the flow is called."""
_KEPT = ("id", "v", "mark", "kind")


def callee(mark: int) -> bytes:
    """``called``: what is called for a whole order rests first; then it goes to ``child``. It marks what it gets."""
    nodes = {
        "called": {"use": "flow.called@1", "params": {"fields": {"kind": "public"}}},
        "mark": {"use": "transform.set_fields@1", "params": {"fields": {"mark": str(mark)}}},
        "pick": {"use": "rule.condition@1", "params": {"when": 'item.kind == "sub"'}},
        "rest": {"use": "flow.wait_for@1", "params": {"duration": "2h"}},
        "child": call("child"),
        "answer": {"use": "flow.answer@1"},
    }
    wires = ["called -> mark", "mark -> pick", "pick.yes -> rest", "rest -> child", "pick.no -> child", "child -> answer"]
    return _document("callee", nodes, wires, "called")


def caller(mark: int) -> bytes:
    """``hook → mark → sub or each → a → b``, which calls the version of ``callee`` that is published when it is."""
    nodes = {
        "hook": {"use": "connector.webhook@1", "params": {"key_path": "id", "version_path": "v"}},
        "mark": {"use": "transform.set_fields@1", "params": {"fields": {"mark": str(mark)}}},
        "pick": {"use": "rule.condition@1", "params": {"when": 'item.kind == "sub"'}},
        "sub": {"use": "flow.sub_flow@1", "params": {"flow": "callee"}},
        "each": {"use": "flow.for_each@1", "params": {"flow": "callee", "path": "lines", "carry": list(_KEPT), "at_once": 2}},
        "a": call("a"),
        "b": call("b"),
    }
    wires = ["hook -> mark", "mark -> pick", "pick.yes -> sub", "pick.no -> each", "sub -> a", "each -> a", "a -> b"]
    return _document("caller", nodes, wires, "hook")


def calling_body(order: str, v: int, kind: str) -> bytes:
    return json.dumps({"id": order, "v": v, "kind": kind, "lines": [{"line": {"n": n}} for n in LINES[kind]]}).encode()


def _document(name: str, nodes: dict[str, Any], wires: list[str], trigger: str) -> bytes:
    given = {"id": "1", "v": 1, "kind": "sub"}
    test = {"name": "t", "trigger": trigger, "input": [given], "expect": {trigger: {"items": [given], "match": "subset"}}}
    return json.dumps({"name": name, "nodes": nodes, "wires": wires, "tests": [test]}).encode()
