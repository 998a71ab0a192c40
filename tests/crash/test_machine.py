"""Anything may happen to an engine in any order; what is promised holds after each step, and in the end everything has ended.

To repeat a failure, copy the steps that it prints, or run it with the ``--hypothesis-seed`` that it names.
"""

from __future__ import annotations

import os
from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.crash.faults import FAULTS
from tests.crash.machine import Machine

pytestmark = [pytest.mark.crash, pytest.mark.slow]
LONG = os.environ.get("PROOFS_LONG") == "1"
PHASES = [Phase.generate, Phase.shrink] if LONG else [Phase.generate]
"""In CI the steps are printed as they were: making them fewer takes minutes."""


class OnDisk(Machine):
    on_disk = True


def of(examples: int, phases: Sequence[Phase] = PHASES) -> settings:
    return settings(
        max_examples=examples * (20 if LONG else 1), stateful_step_count=30, deadline=None, derandomize=not LONG, print_blob=True,
        suppress_health_check=list(HealthCheck), phases=phases,
    )  # fmt: skip


Machine.TestCase.settings = of(100)
OnDisk.TestCase.settings = of(8)
TestInMemory = Machine.TestCase
TestOnDisk = OnDisk.TestCase


@pytest.mark.parametrize(
    "fault",
    [
        "attempt_not_announced",
        "child_per_attempt",
        "children_outlive",
        "composition_per_attempt",
        "dedupe_off",
        "effect_dropped",
        "key_per_attempt",
        "order_key_ignored",
        "version_not_pinned",
    ],
)
def test_the_state_machine_notices(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    FAULTS[fault](monkeypatch.setattr)
    with pytest.raises((AssertionError, BaseExceptionGroup)):
        run_state_machine_as_test(Machine, settings=of(400, [Phase.generate]))  # that it is found is enough
