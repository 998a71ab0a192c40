"""The test kit finds what is wrong with a node: every check has a node here that fails it."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, Field

from engine.node.declare import effect_node, node
from engine.node.types import NodeType
from engine.sdk import ConnectionRef, Context, Example, HttpCall, Item, Params, replaces
from engine.testing import check_node, faults_of


class Nothing(Params):
    """No parameters."""


class Bare(Params):
    amount: int = 1


class Total(BaseModel):
    total: int


class Target(Params):
    target: ConnectionRef = Field(title="Target", description="Where to.")


TWO = (Example({}, [{"n": 1}], {"out": [{"n": 2}]}), Example({}, [{"n": 2}], {"out": [{"n": 3}]}))


def built(function: Any, *, examples: Sequence[Example] = TWO, **more: Any) -> NodeType:
    return node("transform.tested", version=1, label="Tested", examples=examples, **{"reads": ("n",), **more})(function)


def add_one(item: Item, params: Nothing) -> Item:
    """Adds one."""
    return {**item, "n": item["n"] + 1}


def test_a_good_node_has_no_fault() -> None:
    assert list(faults_of(built(add_one))) == []


def test_a_node_without_help_or_examples_is_told_so() -> None:
    def silent(item: Item, params: Nothing) -> Item:
        return item

    faults = "\n".join(faults_of(built(silent, examples=())))
    assert "no help" in faults
    assert "0 examples" in faults


def test_a_parameter_without_title_or_description_is_named() -> None:
    def bare(item: Item, params: Bare) -> Item:
        """Adds one."""
        return {**item, "n": item["n"] + 1}

    assert any("amount has no description" in fault for fault in faults_of(built(bare)))


def test_a_wrong_example_is_shown_with_what_came_out() -> None:
    wrong = (Example({}, [{"n": 1}], {"out": [{"n": 1}]}, title="Wrong"), TWO[1])
    assert any("'Wrong'" in fault and '{"out":[{"n":2}]}' in fault for fault in faults_of(built(add_one, examples=wrong)))


def test_an_item_that_is_changed_in_place_is_noticed() -> None:
    def careless(item: Item, params: Nothing) -> Item:
        """Adds one."""
        item["n"] += 1
        return item

    assert any("changed the item" in fault for fault in faults_of(built(careless)))


def test_a_field_that_leaves_undeclared_is_named() -> None:
    def leaking(item: Item, params: Nothing) -> Item:
        """Totals."""
        return {"total": item["n"], "phone": "1"}

    examples = [Example({}, [{"n": n}], {"out": [{"total": n, "phone": "1"}]}) for n in (1, 2)]
    faults = list(faults_of(built(leaking, examples=examples, outputs={"out": replaces(Total)})))
    assert [fault.endswith("phone leaves by out and is not declared") for fault in faults] == [True, True]


def test_a_field_that_is_read_undeclared_is_named() -> None:
    assert any("reads n" in fault for fault in faults_of(built(add_one, reads=("other",))))


def test_a_request_that_differs_is_noticed() -> None:
    async def tell(item: Item, params: Target, context: Context) -> Item:
        """Tells."""
        await context.http(params.target, HttpCall(path="/b"))
        return item

    example = Example({"target": {"connection": "t"}}, [{}], {"out": [{}]}, requests=({"path": "/a"},))
    tested = effect_node("notify.tested", version=1, label="Tested", examples=(example, example))(tell)
    assert any("asked" in fault and "/b" in fault for fault in faults_of(tested))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("expression", "steady"), [("sorted({'a', 'b', 'c', 'd', 'e', 'f'})", True), ("list({'a', 'b', 'c', 'd', 'e', 'f'})", False)]
)
def test_a_result_that_depends_on_the_process_is_noticed(
    expression: str, steady: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = f"plugin_{'steady' if steady else 'unsteady'}"
    (tmp_path / f"{name}.py").write_text(PLUGIN.replace("EXPRESSION", expression))
    monkeypatch.syspath_prepend(str(tmp_path))
    __import__(name)
    tested: NodeType = sys.modules[name].tested
    if steady:
        check_node(tested)
    else:
        with pytest.raises(AssertionError, match="another process gives another result"):
            check_node(tested)


PLUGIN = '''
from engine.sdk import Example, Item, Params, node, unknown

class Nothing(Params):
    """No parameters."""

def letters():
    return EXPRESSION

@node("transform.letters", version=1, label="Letters", outputs={"out": unknown()}, examples=(
    Example({}, [{}], {"out": [{"letters": letters()}]}), Example({}, [{"a": 1}], {"out": [{"a": 1, "letters": letters()}]})))
def tested(item: Item, params: Nothing) -> Item:
    """Adds letters."""
    return {**item, "letters": letters()}
'''
