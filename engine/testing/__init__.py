"""The test kit for nodes, ours and the plugins'.

@pytest.mark.parametrize("node_type", my_nodes, ids=str)
def test_the_node_keeps_its_promises(node_type):
    check_node(node_type)
"""

from __future__ import annotations

from engine.testing.check import check_node, check_nodes, faults_of
from engine.testing.context import FakeContext
from engine.testing.examples import Outcome, check_example, run_example
from engine.testing.simulator import Received, SimulatedTarget

__all__ = [
    "FakeContext",
    "Outcome",
    "Received",
    "SimulatedTarget",
    "check_example",
    "check_node",
    "check_nodes",
    "faults_of",
    "run_example",
]
