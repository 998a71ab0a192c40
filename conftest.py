"""Rules of the whole suite: in CI a skip is a failure, and the number of tests is shown by area."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

IN_CI = os.environ.get("CI") == "true"
_areas: Counter[str] = Counter()


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
