"""Shares of durations: to 1 %, also where counts of several minutes are added up."""

from __future__ import annotations

import math

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.watch.sketch import Sketch

SECONDS = st.lists(st.floats(0.001, 100_000), min_size=1, max_size=200)


def counted(seconds: list[float]) -> Sketch:
    sketch = Sketch()
    for n, one in enumerate(seconds):
        sketch.add(one, f"A{n}")
    return sketch


@given(SECONDS, st.sampled_from([0.5, 0.95, 0.99, 1.0]))
def test_a_share_is_right_to_one_per_cent(seconds: list[float], share: float) -> None:
    exact = sorted(seconds)[max(math.ceil(share * len(seconds)), 1) - 1]
    assert counted(seconds).share(share) == pytest.approx(exact, rel=0.0101)


@given(SECONDS, SECONDS)
def test_counts_add_up_as_if_they_were_one_also_after_they_were_kept(some: list[float], more: list[float]) -> None:
    one, other = (msgspec.json.decode(msgspec.json.encode(counted(part)), type=Sketch) for part in (some, more))
    one.merge(other)
    whole = counted([*some, *more])
    assert (one.buckets, one.count, one.longest) == (whole.buckets, whole.count, whole.longest)


def test_the_longest_is_exact_and_names_its_order() -> None:
    sketch = counted([1.0, 7.25, 3.0])
    assert (sketch.longest, sketch.order, sketch.count) == (7.25, "A1", 3)
    assert Sketch().share(0.5) is None
    assert counted([0.0]).share(0.95) == 0.0
