"""One mail a day tells how the lists of six channels agree: whole, green, in two languages, and each proof of it can fail."""

from __future__ import annotations

import pytest

from engine.flow.check import check
from engine.flow.writer import write_flow
from engine.registry import installed
from engine.run.tests import run_tests
from nodes.connector.channels import CANONICAL
from tests.flows.test_our_flows import FLOWS, load, with_params

NAME = "daily_reconciliation"


async def test_the_flow_is_whole_green_and_speaks_both_languages() -> None:
    flow = load(NAME)
    assert check(flow, installed()) == []
    assert [(result.name, result.differences) for result in await run_tests(flow, installed()) if not result.green] == []
    assert (FLOWS / f"{NAME}.json").read_text("utf-8") == write_flow(flow)
    assert all({"en", "zh"} == set(title or {}) for title in (flow.title, flow.description, *(n.title for n in flow.nodes.values())))
    readme = (FLOWS / NAME / "README.md").read_text("utf-8")
    assert "## 中文" in readme


def test_every_channel_is_compared() -> None:
    assert set(load(NAME).nodes["compare"].params["channels"]) == set(CANONICAL)


@pytest.mark.parametrize(
    ("slug", "params"),
    [
        ("compare", {"channels": ["taobao"]}),
        ("compare", {"days_back": 2}),
        ("tell", {"text": "{{ item.differences }}"}),
        ("tell", {"subject": "reconciliation"}),
    ],
)
async def test_a_flow_that_does_something_else_is_red(slug: str, params: dict[str, object]) -> None:
    results = await run_tests(with_params(load(NAME), slug, **params), installed())
    assert not all(result.green for result in results)
