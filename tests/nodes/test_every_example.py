"""Every promise that all nodes make, for every registered node."""

from __future__ import annotations

import pytest

from engine.node.examples import Example
from engine.node.types import NodeType
from engine.registry import installed
from engine.testing import check_example
from engine.testing.determinism import differing
from engine.testing.fields import undeclared_outputs, undeclared_reads
from engine.testing.form import form_faults

NODES = list(installed())
EXAMPLES = [
    pytest.param(node_type, example, id=f"{node_type.use}-{number}")
    for node_type in NODES
    for number, example in enumerate(node_type.examples, 1)
]  # fmt: skip
BUILT_IN = {
    "connector": "webhook shopify_orders taobao_orders own_shop_orders file manual http_request to_hub to_wms to_finance",
    "transform": "canonical_order clean_order set_fields keep_fields mask_fields split_lines group_by aggregate sort limit lookup "
    "merge_by_key date deduplicate",
    "rule": "condition switch decision_table tag_order",
    "notify": "wecom dingtalk feishu email webhook",
}
EACH_NODE = pytest.mark.parametrize("node_type", NODES, ids=[node_type.use for node_type in NODES])


@pytest.mark.parametrize(("node_type", "example"), EXAMPLES)
def test_an_example_does_what_it_says(node_type: NodeType, example: Example) -> None:
    check_example(node_type, example)


@EACH_NODE
def test_a_node_has_what_people_need_to_use_it(node_type: NodeType) -> None:
    assert list(form_faults(node_type)) == []


@EACH_NODE
def test_a_node_leaves_only_fields_that_came_in_or_are_declared(node_type: NodeType) -> None:
    assert list(undeclared_outputs(node_type)) == []


@EACH_NODE
def test_a_node_reads_only_fields_that_it_declares(node_type: NodeType) -> None:
    assert list(undeclared_reads(node_type)) == []


@pytest.mark.slow
def test_examples_give_the_same_bytes_in_processes_of_other_seed_zone_and_language() -> None:
    assert list(differing(NODES)) == []


@pytest.mark.parametrize("node_type", [n for n in NODES if n.origin.startswith("nodes.")], ids=lambda n: n.use)
def test_folder_and_prefix_agree(node_type: NodeType) -> None:
    assert node_type.origin.split(".")[1] == node_type.family


def test_each_file_declares_at_most_one_node() -> None:
    places = [(node_type.origin, node_type.version) for node_type in NODES]
    assert len(places) == len(set(places))


@pytest.mark.parametrize("family", BUILT_IN)
def test_the_built_in_nodes_are_found_by_the_registry(family: str) -> None:
    found = {node_type.name for node_type in NODES if node_type.origin.startswith("nodes.")}
    assert {f"{family}.{name}" for name in BUILT_IN[family].split()} <= found
