"""A day's work, cut off at each commit and each outgoing call, keeps what is promised; and the proof notices what would break it.

To repeat one: ``python tests/crash/sweep.py /tmp/sweep --point "after commit:results#3"``, from the root of the repository.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.crash.service import ROOT

pytestmark = [pytest.mark.crash, pytest.mark.slow]
LONG = os.environ.get("PROOFS_LONG") == "1"
SEED = int(os.environ.get("PROOFS_SEED", "1"))
IN_MEMORY = Path("/dev/shm")
FAULTS = {
    "acknowledge_before_commit": ("before commit:event#1", "was acknowledged and is not there"),
    "answer_not_recorded": ("after call:a#1", "is not in the journal"),
    "attempt_not_announced": ("after call:once#1", "was done 2 times"),
    "composition_per_attempt": ("after call:all#1", "came under 2 keys"),
    "dedupe_off": ("after commit:event#1", "events instead of"),
    "effect_dropped": ("before call:a#1", "never reached"),
    "key_per_attempt": ("after call:a#1", "keys"),
    "order_key_ignored": ("before call:a#1", "versions came as"),
    "version_not_pinned": ("before call:a#1", "of version 1 ran 2"),
}


@pytest.fixture
def folder() -> Iterator[Path]:
    """Where a flush costs nothing, if there is such a place: a kill tests no disk."""
    with tempfile.TemporaryDirectory(dir=IN_MEMORY if IN_MEMORY.is_dir() else None) as made:
        yield Path(made)


def swept(folder: Path, *arguments: str) -> list[dict[str, Any]]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "tests/crash/sweep.py", str(folder), *arguments]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=3600)
    assert done.returncode == 0, done.stderr[-2000:]
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_wherever_a_days_work_is_cut_off_nothing_is_lost_doubled_or_out_of_order(folder: Path) -> None:
    lines = swept(folder, "--seed", str(SEED), "--most", "9999" if LONG else "90")
    assert [line for line in lines if line["found"]] == [], f"seed {SEED}"
    kinds = {line["point"].partition("#")[0] for line in lines}
    assert {"before commit:event", "after commit:results", "before commit:intention", "after commit:hub", "after call:once"} <= kinds
    assert len(lines) > 60


@pytest.mark.parametrize("fault", FAULTS)
def test_the_sweep_notices(folder: Path, fault: str) -> None:
    point, word = FAULTS[fault]
    (line,) = [line for line in swept(folder, "--fault", fault, "--point", point) if line["point"] == point]
    assert any(word in found for found in line["found"]), line["found"]
