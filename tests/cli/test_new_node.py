"""A plugin made by ``orderloom new-node`` works from its first minute."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.cli.new_node import FAMILIES
from tests.docs.overlay import Overlay

NODES = {"rule": "hold_small_orders", "transform": "add_gift", "connector": "to_shop", "notify": "shout"}
EACH = pytest.mark.parametrize("family", FAMILIES)


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Overlay:
    """A folder with one new package of each family, installed in an environment of their own."""
    made = Overlay(tmp_path_factory.mktemp("environment"), tmp_path_factory.mktemp("workshop"))
    for family, name in NODES.items():
        made.must(f"orderloom new-node {family}.{name}")
    made.must("pip install " + " ".join(f"./{name}" for name in NODES.values()))
    return made


@pytest.mark.slow
def test_new_packages_pass_their_own_tests(workshop: Overlay) -> None:
    assert f"{2 * len(NODES)} passed" in workshop.must(f"pytest -q {' '.join(NODES.values())}")


@pytest.mark.slow
def test_an_installed_node_is_found(workshop: Overlay) -> None:
    listed = {node["use"] for node in json.loads(workshop.must("orderloom nodes --json"))}
    assert listed >= {f"{family}.{name}@1" for family, name in NODES.items()}


@pytest.mark.slow
def test_the_flows_of_new_packages_have_no_problems_and_their_tests_pass(workshop: Overlay) -> None:
    flows = " ".join(f"{name}/flows" for name in NODES.values())
    assert f"{len(NODES)} tests passed, 0 failed." in workshop.must(f"orderloom check {flows} && orderloom test {flows}")


@pytest.mark.slow
@EACH
def test_the_flow_of_a_new_package_runs_on_its_items(workshop: Overlay, family: str) -> None:
    flow = f"{NODES[family]}/flows/try_{NODES[family]}"
    assert '"kind":"end"' in workshop.must(f"orderloom run {flow}.json --input {flow}/items.json")


@pytest.mark.slow
def test_the_next_steps_work_as_they_are_told(workshop: Overlay) -> None:
    told, *steps = workshop.must("orderloom new-node keep_large_orders").splitlines()
    assert (told, len(steps)) == ("Made keep_large_orders. What comes next:", 5)
    for step in steps:
        workshop.must(step)


@pytest.mark.slow
def test_a_new_node_speaks_chinese(workshop: Overlay) -> None:
    assert "最低金额的订单" in workshop.must("orderloom nodes --json --lang zh")


def test_a_name_without_a_family_becomes_a_rule(orderloom) -> None:
    assert orderloom("new-node", "hold_small_orders").code == 0
    assert '"rule.hold_small_orders"' in Path("hold_small_orders/orderloom_hold_small_orders/hold_small_orders.py").read_text()


def test_the_folder_may_be_chosen(orderloom) -> None:
    assert orderloom("new-node", "hold_small_orders", "--dir", "plugins/mine").code == 0
    assert Path("plugins/mine/hold_small_orders/pyproject.toml").is_file()


def test_nothing_is_overwritten(orderloom) -> None:
    Path("mine").mkdir()
    answer = orderloom("new-node", "mine")
    assert (answer.code, list(Path("mine").iterdir())) == (2, [])
    assert "scaffold.exists" in answer.err


@pytest.mark.parametrize(
    "name", ["", "Hold", "hold-small", "1st", "a__b", "_a", "a_", "rule.", "rule.a.b", "../a", "class", "a" * 41, "订单"]
)
def test_a_bad_name_is_refused_and_leaves_nothing_behind(orderloom, name: str) -> None:
    answer = orderloom("new-node", name)
    assert (answer.code, list(Path().iterdir())) == (2, [])
    assert "scaffold.bad_name" in answer.err


def test_a_family_without_a_template_is_refused(orderloom) -> None:
    assert "scaffold.bad_family" in orderloom("new-node", "task.approve").err


def test_the_name_of_an_installed_node_is_refused(orderloom) -> None:
    assert "scaffold.taken" in orderloom("new-node", "rule.condition").err


def test_a_folder_in_which_nothing_can_be_written_is_named(orderloom) -> None:
    Path("file").write_text("")
    answer = orderloom("new-node", "mine", "--dir", "file/inside")
    assert answer.code == 2
    assert "scaffold.unwritable" in answer.err
