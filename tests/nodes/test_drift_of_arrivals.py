"""Each field of what a platform sends, changed: its trigger takes it as the same order, or as one without a number, or refuses it in words.

What becomes of the order behind the trigger: ``test_drift_of_platforms.py``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from engine.errors import InputInvalid, NodeError
from engine.node.triggers import Arrival
from engine.node.types import NodeType
from engine.registry import installed
from engine.testing.examples import delivery_of
from tests.nodes.mutations import MUTATIONS, at, mutated, places

CHANNELS = ("taobao", "jd", "pinduoduo", "shopify", "woocommerce", "own_shop")
TRIGGERS = {
    node.name: node
    for node in installed()
    if node.kind == "trigger" and node.function.__module__.startswith(tuple(f"nodes.connector.{channel}." for channel in CHANNELS))
}
CASES = [(name, number) for name, node in TRIGGERS.items() for number in range(len(node.examples))]
Read = Callable[[Any], Arrival]


def reading(node: NodeType, number: int) -> tuple[Read, Any]:
    """How the trigger reads a body, and that of its example."""
    example = node.examples[number]
    params = node.params.model_validate(dict(example.params))
    return lambda body: node.function(delivery_of(node, example, [body]), params), example.input[0]


def judged(read: Read, body: Any) -> tuple[list[str], Counter[str]]:
    """What must not be, and how many bodies were taken and refused."""
    right, faults, seen = read(body), list[str](), Counter[str]()
    for place, how in ((place, how) for place in places(body) for how in MUTATIONS):
        drifted, what = mutated(body, place, how), f"{'.'.join(map(str, place))} {how}"
        try:
            arrival = read(drifted)
        except (InputInvalid, NodeError):
            seen["refused"] += 1
            continue
        except Exception as error:
            error.add_note(what)
            raise
        seen["taken"] += 1
        if right.order_id not in texts(at(body, place)) and arrival.order_id not in (right.order_id, None):
            faults.append(f"{what}: it is the order {arrival.order_id}")
        if right.passes and not arrival.passes and not decides(place):
            faults.append(f"{what}: it waits")
    return faults, seen


def texts(value: Any) -> list[str]:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return [str(value)] if inner is None else [text for one in inner for text in texts(one)]


def decides(place: tuple[str | int, ...]) -> bool:
    """Whether a field may say that an order is called off."""
    return any(
        word in str(key) for key in place for word in ("status", "Status", "state", "State", "cancel", "refund", "type", "topic", "data")
    )


def test_every_channel_has_triggers_and_each_of_them_examples() -> None:
    assert {node.function.__module__.split(".")[2] for node in TRIGGERS.values()} == set(CHANNELS)
    assert all(node.examples for node in TRIGGERS.values())


@pytest.mark.parametrize(("name", "number"), CASES)
def test_whatever_drifts_arrives_as_the_same_order_or_as_none_or_is_refused_in_words(name: str, number: int) -> None:
    faults, seen = judged(*reading(TRIGGERS[name], number))
    assert faults == []
    assert seen["taken"] > seen["refused"], "an odd field turns no order away"


def test_a_trigger_that_takes_the_number_from_elsewhere_is_noticed() -> None:
    read, body = reading(TRIGGERS["connector.jd_poll"], 0)

    def worse(drifted: Any) -> Arrival:
        arrival = read(drifted)
        return arrival if drifted == body else Arrival(arrival.items, "jd", order_id="1")

    assert judged(worse, body)[0] != []
