"""The templates about stock, parcels and promised times: whole, green, in two languages, and each proof of theirs can fail."""

from __future__ import annotations

import pytest

from engine.flow.check import check
from engine.flow.writer import write_flow
from engine.registry import installed
from engine.run.tests import run_tests
from tests.flows.test_our_flows import FLOWS, load, with_params

NAMES = ("low_stock", "unshipped_past_promise", "follow_parcels")


@pytest.mark.parametrize("name", NAMES)
async def test_the_template_is_whole_and_green(name: str) -> None:
    flow = load(name)
    assert check(flow, installed()) == []
    assert [(result.name, result.differences) for result in await run_tests(flow, installed()) if not result.green] == []
    assert (FLOWS / f"{name}.json").read_text("utf-8") == write_flow(flow)
    assert {"en", "zh"} == set.intersection(
        *(set(one or {}) for one in (flow.title, flow.description, *(n.title for n in flow.nodes.values())))
    )
    assert "# " + name in (FLOWS / name / "README.md").read_text("utf-8")


@pytest.mark.parametrize(
    ("name", "slug", "params"),
    [
        ("low_stock", "warehouse", {"holds": "offer"}),
        ("low_stock", "warehouse", {"whole": False}),
        ("low_stock", "list", {"subject": "stock"}),
        ("unshipped_past_promise", "unshipped", {"hours": 72}),
        ("unshipped_past_promise", "tell", {"message": "late"}),
        ("follow_parcels", "tell", {"message": "{{ item.text }}"}),
    ],
)
async def test_a_template_that_does_something_else_is_red(name: str, slug: str, params: dict[str, object]) -> None:
    results = await run_tests(with_params(load(name), slug, **params), installed())
    assert not all(result.green for result in results)
