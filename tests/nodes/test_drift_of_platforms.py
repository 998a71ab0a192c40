"""Each field of each sample of a channel, changed: held, noted or handled; no crash, no wrong money, no wrong status.

How many are refused, held, noted, carried or without effect stands in ``drift_outcomes.json``, and so does which fields of an order may
change without a word: names, addresses, times and notes, of which another value may be the truth.
"""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from engine.errors import NodeError
from engine.json_text import read_json
from engine.order.statuses import may_ship
from tests.nodes.drift import FACTS, LINE_FACTS, NAMES, OUTCOMES, SAMPLES, Read, Verdict, judge
from tests.nodes.mutations import at, mutated, places

PINNED: dict[str, Any] = read_json(OUTCOMES.read_bytes())
DECIDES = {
    "order_status", "refund_status", "confirm_status", "group_status", "risk_control_status", "orderState",
}  # fmt: skip
ONE = "taobao-part_shipped"
RIGHT = SAMPLES[ONE][0](SAMPLES[ONE][1])


def passes(name: str, verdict: Verdict) -> bool:
    return verdict.faults == [] and verdict.shown() == PINNED[name]


def test_there_are_samples_of_all_six_channels() -> None:
    channels = {name.partition("-")[0] for name in SAMPLES}
    assert channels == {"taobao", "pinduoduo", "jd", "shopify", "woocommerce", "own_shop"}
    assert PINNED.keys() == SAMPLES.keys()


@pytest.mark.parametrize("name", SAMPLES)
def test_whatever_drifts_is_held_noted_or_handled(name: str) -> None:
    verdict = judge(name, *SAMPLES[name])
    assert verdict.faults == []
    assert verdict.shown() == PINNED[name]


@pytest.mark.parametrize("name", SAMPLES)
def test_most_of_what_drifts_is_borne_and_no_fact_changes_without_a_word(name: str) -> None:
    """Of the counts themselves: an adapter that refused or held everything would not pass with other counts either."""
    total: Counter[str] = Counter()
    for counts in PINNED[name]["counts"].values():
        total.update(counts)
    assert total["refused"] + total["held"] < total["noted"] + total["carried"] + total["same"]
    assert all(total[outcome] >= 20 for outcome in ("refused", "held", "noted", "carried", "same"))
    allowed = {"own_shop": {"status", "payment_status"}, "pinduoduo-group_incomplete": {"payment_status"}}
    assert ({*FACTS, *LINE_FACTS} - {*NAMES}) & {*PINNED[name]["passed"]} == allowed.get(name, set())


def spoilt(spoil: Callable[[dict[str, Any]], object]) -> Read:
    """The adapter, and then something is done to what it made of a payload that has drifted."""

    def read(payload: dict[str, Any]) -> dict[str, Any]:
        found = copy.deepcopy(SAMPLES[ONE][0](payload))
        if payload != SAMPLES[ONE][1]:
            spoil(found)
        return found

    return read


def refuses(payload: dict[str, Any]) -> dict[str, Any]:
    if payload != SAMPLES[ONE][1]:
        raise NodeError("order.missing_field", path="tid")
    return RIGHT


def refuses_in_other_words(payload: dict[str, Any]) -> dict[str, Any]:
    try:
        return SAMPLES[ONE][0](payload)
    except NodeError:
        raise NodeError("node.failed") from None


def crashes(payload: dict[str, Any]) -> dict[str, Any]:
    try:
        return SAMPLES[ONE][0](payload)
    except NodeError as error:
        raise KeyError(error.problem.code) from None


def takes_for_right(payload: dict[str, Any]) -> dict[str, Any]:
    """What it cannot read it makes up."""
    try:
        return SAMPLES[ONE][0](payload)
    except NodeError:
        return RIGHT


@pytest.mark.parametrize(
    "read",
    [
        refuses,
        refuses_in_other_words,
        crashes,
        takes_for_right,
        spoilt(lambda order: order.update(hold_reasons=[])),
        spoilt(lambda order: order.update(hold_reasons=["platform_hold"])),
        spoilt(lambda order: order.update(drift=[])),
        spoilt(lambda order: order["amount"].update(paid="0.01")),
        spoilt(lambda order: order["lines"][0].update(qty=20)),
        spoilt(lambda order: order["lines"][0].update(paid_share="0.01") if not order["drift"] else None),
        spoilt(lambda order: order.update(status="awaiting_fulfillment")),
        spoilt(lambda order: order["lines"][0].update(status="awaiting_fulfillment")),
        spoilt(lambda order: order.update(payment_status="unpaid")),
        spoilt(lambda order: order["receiver"].update(name=None, zip=None) if not order["drift"] else order["buyer"].update(email="a@b.c")),
        spoilt(lambda order: order.pop("lines")),
    ],
)
def test_an_adapter_that_does_it_worse_is_noticed(read: Read) -> None:
    assert not passes(ONE, judge(ONE, read, SAMPLES[ONE][1]))


@pytest.mark.parametrize("how", ["dropped", "null", "renamed", "emptied"])
@pytest.mark.parametrize("name", [name for name in SAMPLES if name.partition("-")[0] in ("taobao", "pinduoduo", "jd")])
def test_what_decides_about_shipping_cannot_vanish(name: str, how: str) -> None:
    read, sample = SAMPLES[name]
    deciding = [place for place in places(sample) if place[-1] in DECIDES and not (how == "emptied" and at(sample, place) == 0)]
    assert deciding
    for place in deciding:
        assert not may_ship(read(mutated(sample, place, how))), place
