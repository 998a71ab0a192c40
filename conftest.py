"""Rules of the whole suite: in CI a skip is a failure, no test depends on how fast the machine is, and tests are counted by area.

Files with long tests go first, so that all workers end together. CI runs a part of the cases (``tests/sampling.py``).
"""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from tests import sampling

settings.register_profile("patient", deadline=None)
settings.load_profile("patient")
EVERY, TURN = "TEST_EVERY", "TEST_TURN"
IN_CI = os.environ.get("CI") == "true"
_areas: Counter[str] = Counter()
LONGEST_FIRST = ("crash", "browser", "slow")


def pytest_configure() -> None:
    """The first process decides for all workers, which have its environment."""
    if IN_CI and EVERY not in os.environ:
        os.environ[EVERY], os.environ[TURN] = str(sampling.EVERY), str(sampling.turn())


def pytest_report_header() -> str | None:
    step = _step()
    told = f"of each test over many cases one of {step}, beginning with number {int(os.environ.get(TURN, '0')) % step}"
    return f"{told} ({EVERY}=1: all)" if step > 1 else None


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """By the longest mark in each file; the order within a file stays."""
    if _step() > 1:
        named = [(item.nodeid.partition("[")[0], item) for item in items]
        kept = set(sampling.chosen(named, _step(), int(os.environ.get(TURN, "0"))))
        config.hook.pytest_deselected(items=[item for item in items if item not in kept])
        items[:] = [item for item in items if item in kept]
    ranks: dict[Path, int] = {}
    for item in items:
        ranks[item.path] = min(_rank(item), ranks.get(item.path, len(LONGEST_FIRST)))
    items.sort(key=lambda item: ranks[item.path])


def _step() -> int:
    return int(os.environ.get(EVERY, "1"))


def _rank(item: pytest.Item) -> int:
    return next((rank for rank, mark in enumerate(LONGEST_FIRST) if item.get_closest_marker(mark)), len(LONGEST_FIRST))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Any:
    report = yield
    if IN_CI and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped in CI, where everything must run: {report.longrepr}"
    return report


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.when == "call" or report.skipped:
        _areas[_area(report.nodeid)] += 1


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if _areas:
        shown = ", ".join(f"{area} {count}" for area, count in sorted(_areas.items()))
        terminalreporter.write_line(f"tests by area: {shown}")


def _area(name: str) -> str:
    parts = Path(name.partition("::")[0]).parts
    return "/".join(parts[:2]) if parts[0] == "plugins" else parts[1] if len(parts) > 2 else "whole"
