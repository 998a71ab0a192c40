"""Whether a node keeps the promises that every node makes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from engine.node.types import NodeType
from engine.testing.determinism import differing
from engine.testing.examples import check_example
from engine.testing.fields import undeclared_outputs, undeclared_reads
from engine.testing.form import form_faults


def check_node(node_type: NodeType) -> None:
    """Raises ``AssertionError`` with all that is wrong: its form, its examples, undeclared fields, results that depend on the process."""
    check_nodes((node_type,))


def check_nodes(node_types: Sequence[NodeType]) -> None:
    """The same for many nodes, with two fresh processes for all of them together."""
    found = [fault for node_type in node_types for fault in faults_of(node_type)]
    found.extend(differing(node_types))
    if found:
        raise AssertionError("\n".join(found))


def faults_of(node_type: NodeType) -> Iterator[str]:
    """All faults but those that only show between processes."""
    yield from form_faults(node_type)
    for example in node_type.examples:
        yield from _caught(lambda example=example: check_example(node_type, example))
    yield from undeclared_outputs(node_type)
    yield from undeclared_reads(node_type)


def _caught(check: Callable[[], None]) -> Iterator[str]:
    try:
        check()
    except Exception as error:  # noqa: BLE001 - whatever an example does wrong is a finding
        yield str(error) if isinstance(error, AssertionError) else f"{type(error).__name__}: {error}"
