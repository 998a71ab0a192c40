"""The names that we put into everybody's site-packages are ours, and brought in through the same door as plugins."""

from __future__ import annotations

from importlib.metadata import entry_points, packages_distributions

import pytest

from engine.access import ACTIONS, OWNER, may
from engine.errors import OrderloomError
from engine.node.declare import node
from engine.node.params import Params
from engine.registry import Registry, installed


class Nothing(Params):
    pass


def version_of_a_node(number: int) -> object:
    @node("rule.two_versions", version=number, label="Two versions")
    def two_versions(item: dict[str, object], params: Nothing) -> dict[str, object]:
        """Passes."""
        return {**item, "version": number}

    return two_versions


@pytest.mark.parametrize("package", ["engine", "nodes", "designer"])
def test_the_top_level_names_belong_to_our_distribution(package: str) -> None:
    assert set(packages_distributions()[package]) == {"orderloom"}
    assert "orderloom" in entry_points(group="console_scripts").names


def test_built_in_nodes_come_in_by_the_entry_point() -> None:
    assert "nodes" in {point.value for point in entry_points(group="orderloom.nodes")}
    assert len(installed()) >= 30


def test_two_versions_of_a_node_stand_side_by_side() -> None:
    registry = Registry([version_of_a_node(1), version_of_a_node(2)])  # type: ignore[list-item]
    assert sorted(registry.versions("rule.two_versions")) == [1, 2]
    assert registry.get("rule.two_versions").version == 2
    assert registry.get("rule.two_versions@1").version == 1


def test_the_same_version_twice_is_refused() -> None:
    with pytest.raises(OrderloomError) as caught:
        Registry([version_of_a_node(1), version_of_a_node(1)])  # type: ignore[list-item]
    assert caught.value.problems[0].code == "registry.twice"


def test_only_the_owner_may_do_more_than_deliver_and_enter() -> None:
    open_to_all = {action for action in ACTIONS if may("anyone", action, "x")}
    assert open_to_all == {"hook.deliver", "signal.send", "health.read", "page.enter"}
    assert all(may(OWNER, action, "x") for action in ACTIONS)
    assert not may(OWNER, "made.up", "x")
