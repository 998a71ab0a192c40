"""The template that tells the channels what was shipped: whole, green, in two languages, and each proof of it can fail."""

from __future__ import annotations

from typing import Any

import pytest

from engine.flow.check import check
from engine.flow.writer import write_flow
from engine.registry import installed
from engine.run.tests import run_tests
from tests.flows.test_our_flows import FLOWS, load, with_params

NAME = "send_waybills"


async def test_the_template_is_whole_and_green() -> None:
    flow = load(NAME)
    assert check(flow, installed()) == []
    assert [(result.name, result.differences) for result in await run_tests(flow, installed()) if not result.green] == []
    assert (FLOWS / f"{NAME}.json").read_text("utf-8") == write_flow(flow)
    titles = [set(one or {}) for one in (flow.title, flow.description, *(node.title for node in flow.nodes.values()))]
    assert set.intersection(*titles) == {"en", "zh"}
    assert f"# {NAME}" in (FLOWS / NAME / "README.md").read_text("utf-8")


@pytest.mark.parametrize(
    ("slug", "params"),
    [
        ("take", {"split": {"jd": "last", "pinduoduo": "further"}}),
        ("take", {"split": {"jd": "first", "taobao": "lines", "pinduoduo": "further"}}),
        ("take", {"split": {"jd": "last", "taobao": "lines", "pinduoduo": "first"}}),
        ("pinduoduo", {"further": None}),
        ("courier", {"codes": {"yto": {"own_shop": "ZTO", "taobao": "ZTO", "jd": "463", "pinduoduo": "85"}}}),
        ("taobao", {"lines": None}),
        ("own_shop", {"order_number": "at_warehouse"}),
    ],
)
async def test_a_template_that_does_something_else_is_red(slug: str, params: dict[str, Any]) -> None:
    results = await run_tests(with_params(load(NAME), slug, **params), installed())
    assert not all(result.green for result in results)
