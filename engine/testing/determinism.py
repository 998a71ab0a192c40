"""Pure means pure (rule R6): examples give the same bytes in processes that differ in hash seed, time zone and language."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib import import_module

from engine.json_text import canonical_json, digest
from engine.node.types import NodeType
from engine.testing.examples import run_example

_WORLDS = (
    {"PYTHONHASHSEED": "1", "TZ": "UTC", "LANG": "C", "LC_ALL": "C"},
    {"PYTHONHASHSEED": "4242", "TZ": "Asia/Shanghai", "LANG": "de_DE.UTF-8", "LC_ALL": "C.UTF-8"},
)
_CHILD = "from engine.testing.determinism import main; main()"
_PATIENCE = 120.0


def differing(node_types: Sequence[NodeType]) -> Iterator[str]:
    """One fault for each example that gives different bytes in two fresh processes."""
    wanted = sorted({(node_type.function.__module__, node_type.use) for node_type in node_types})
    first, second = (_in_world(world, wanted) for world in _WORLDS)
    for name in sorted(first.keys() | second.keys()):
        if first.get(name) != second.get(name):
            yield f"{name}: another process gives another result"


def main() -> None:
    """In the child: reads ``[[module, use], …]`` and writes the digest of every example's outcome by name."""
    wanted = json.load(sys.stdin)
    found = {name: value for module, use in wanted for name, value in _digests(_find(module, use))}
    sys.stdout.write(json.dumps(found))


def _in_world(world: Mapping[str, str], wanted: Sequence[tuple[str, str]]) -> dict[str, str]:
    environment = {**os.environ, **world, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    done = subprocess.run(  # noqa: S603 - our own interpreter and our own code
        [sys.executable, "-c", _CHILD],
        input=json.dumps(wanted),
        capture_output=True,
        text=True,
        env=environment,
        timeout=_PATIENCE,
        check=False,
    )
    if done.returncode:
        raise AssertionError(f"the examples cannot be run in a process of their own:\n{done.stderr[-2000:]}")
    return json.loads(done.stdout)


def _find(module: str, use: str) -> NodeType:
    values: Iterable[object] = vars(import_module(module)).values()
    return next(value for value in values if isinstance(value, NodeType) and value.use == use)


def _digests(node_type: NodeType) -> Iterator[tuple[str, str]]:
    for number, example in enumerate(node_type.examples, 1):
        outcome = run_example(node_type, example)
        problems = [[problem.code, list(problem.where), dict(problem.fields)] for problem in outcome.problems]
        in_order = canonical_json([list(outcome.output), outcome.requests, outcome.event]).decode() + repr(outcome.output)
        yield f"{node_type.use}, example {number}", digest([in_order, problems])
