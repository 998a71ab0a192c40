"""The trial in small: a few dozens of orders a platform. ``make trial`` runs it with ten thousand, and tells how long things took."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.whole.trial import Plan, run

pytestmark = [pytest.mark.crash, pytest.mark.slow]


async def test_every_order_of_six_platforms_is_held_once_everywhere_whatever_becomes_of_pushes_server_and_targets(tmp_path: Path) -> None:
    faults = {"doubled": 0.1, "lost": 0.1, "late": 0.05, "forged": 0.05}
    outcome = await run(Plan(132, 40.0, 1, every=1.0, away=0.5, failing=1.0, faults=faults), tmp_path)
    assert outcome.found == []
    assert {name: outcome.figures.pushes[name] > 0 for name in faults} == dict.fromkeys(faults, True)
    assert set(outcome.figures.outages) == {"server", "wms", "woocommerce"}


async def test_the_trial_notices_a_key_that_changes_with_each_attempt(tmp_path: Path) -> None:
    outcome = await run(Plan(60, 40.0, 0, every=1.0, failing=0.1, patience=20.0, sabotage="key_per_attempt"), tmp_path)
    assert any("booked twice" in one for one in outcome.found)
