"""CI runs a part of the cases: every case has its turn, and no test is left out whole."""

from __future__ import annotations

import pytest

from tests.sampling import MANY, chosen

NAMED = [("few", f"few{n}") for n in range(MANY)] + [("one", "one")] + [("many", f"many{n}") for n in range(10)]


def test_a_test_of_few_cases_runs_whole() -> None:
    assert {*chosen(NAMED, 3, 0)} >= {"one", *(f"few{n}" for n in range(MANY))}


@pytest.mark.parametrize("step", [2, 3, 4])
def test_every_case_has_its_turn_and_none_has_two(step: int) -> None:
    turns = [[one for one in chosen(NAMED, step, first) if one.startswith("many")] for first in range(step)]
    assert sorted(one for turn in turns for one in turn) == sorted(f"many{n}" for n in range(10))
    assert all(turns)


def test_one_of_each_is_all_of_them() -> None:
    assert sorted(chosen(NAMED, 1, 7)) == sorted(name for _, name in NAMED)
