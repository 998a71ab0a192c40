from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from engine.cli.program import run
from engine.flow.check import check
from engine.flow.document import Flow
from engine.flow.reader import read_flow
from engine.json_text import read_json
from engine.registry import installed
from engine.run.tests import run_tests

FLOWS = Path(__file__).parents[2] / "flows"
NAMES = ("order_hub", "retail_import", "stuck_orders", "orders_from_files")


def load(name: str) -> Flow:
    return read_flow((FLOWS / f"{name}.json").read_bytes())


def with_params(flow: Flow, slug: str, **params: Any) -> Flow:
    """The flow with some parameters of a node changed."""
    node = flow.nodes[slug]
    return flow.model_copy(update={"nodes": {**flow.nodes, slug: node.model_copy(update={"params": {**node.params, **params}})}})


@pytest.mark.parametrize("name", NAMES)
def test_the_flow_has_no_problems(name) -> None:
    assert check(load(name), installed()) == []


@pytest.mark.parametrize("name", NAMES)
async def test_its_tests_are_green(name) -> None:
    results = await run_tests(load(name), installed())
    assert len(results) >= 3
    assert [(result.name, result.differences) for result in results if not result.green] == []


@pytest.mark.parametrize("name", NAMES)
def test_titles_speak_both_languages(name) -> None:
    flow = load(name)
    assert all(set(title or {}) == {"en", "zh"} for title in (flow.title, flow.description, *(node.title for node in flow.nodes.values())))


@pytest.mark.parametrize("name", NAMES)
def test_every_node_has_a_place_of_its_own(name) -> None:
    flow = load(name)
    assert set(flow.layout) == set(flow.nodes)
    assert len(set(flow.layout.values())) == len(flow.nodes)


@pytest.mark.parametrize(
    ("slug", "params"),
    [
        ("tag", {"high_from": "100000"}),
        ("urgent", {"when": "true"}),
        ("ready", {"cases": [{"when": "false"}]}),
        ("held", {"reason": "risk_review"}),
        ("dated", {"tolerance": "9h"}),
        ("clean", {"half_width": False}),
        ("mask", {"fields": {"receiver.name": "name"}}),
        ("taobao_order", {"channel": "shopify"}),
    ],
)
async def test_a_rule_of_the_order_hub_that_is_broken_turns_a_test_red(slug, params) -> None:
    results = await run_tests(with_params(load("order_hub"), slug, **params), installed())
    assert not all(result.green for result in results)


@pytest.mark.parametrize(
    ("slug", "params"),
    [
        ("time", {"zone": "Asia/Shanghai", "field": "InvoiceDate", "read_as": "%Y-%m-%d %H:%M:%S", "into": "created_at"}),
        ("totals", {"measures": {"quantity": {"function": "count"}, "total": {"function": "sum", "of": "amount"}}}),
    ],
)
async def test_a_rule_of_the_retail_import_that_is_broken_turns_a_test_red(slug, params) -> None:
    results = await run_tests(with_params(load("retail_import"), slug, **params), installed())
    assert not all(result.green for result in results)


@pytest.mark.parametrize("channel", ["taobao", "jd", "pinduoduo", "shopify", "woocommerce", "own_shop"])
def test_the_sample_of_each_channel_reaches_both_targets(channel, tmp_path) -> None:
    out = tmp_path / "out.jsonl"
    sample = FLOWS / "order_hub" / f"{channel}.json"
    assert run(["run", str(FLOWS / "order_hub.json"), "--trigger", channel, "--input", str(sample), "--output", str(out)]) == 0
    lines = [read_json(line) for line in out.read_bytes().splitlines()]
    sent = {line["node"]: line["request"]["body"] for line in lines if line["kind"] == "effect"}
    assert {"hub", "to_wms", "to_finance"} <= set(sent)
    assert sent["to_wms"]["amount"] == sent["to_finance"]["amount"]
    assert sent["to_wms"]["receiver"]["city"] == sent["to_finance"]["receiver"]["city"]


def test_no_telephone_number_reaches_finance_in_clear(tmp_path) -> None:
    out = tmp_path / "out.jsonl"
    run(
        [
            "run",
            str(FLOWS / "order_hub.json"),
            "--trigger",
            "own_shop",
            "--input",
            str(FLOWS / "order_hub" / "own_shop.json"),
            "--output",
            str(out),
        ]
    )
    bodies = {(line := read_json(raw))["node"]: str(line.get("request")) for raw in out.read_bytes().splitlines() if b'"effect"' in raw}
    assert "19900000505" in bodies["to_wms"]
    assert "19900000505" not in bodies["to_finance"]
