"""The demonstration as a command: every order arrives."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow


def demo(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).with_name("orderloom")), "demo", "--port", "0", *arguments]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ORDERLOOM_")}
    return subprocess.run(command, capture_output=True, text=True, timeout=120, env=environment, check=False)


def test_every_order_of_six_channels_arrives_or_waits_visibly(tmp_path: Path) -> None:
    ended = demo("--orders", "40", "--rate", "40", "--exit", "--data", str(tmp_path))
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert ended.stdout.startswith("ready http://127.0.0.1:")
    figures = dict(re.findall(r"│ (.+?) +│ +(\d+) │", ended.stdout))
    assert int(figures["Orders placed"]) == 40
    assert int(figures["Orders in the hub"]) == 39
    assert int(figures["Pushed twice"]) >= 2
    assert int(figures["Parked for a person"]) == 1
    assert figures["Missing"] == "0"
    assert figures["Orders in the WMS"] == figures["Orders in finance"]


def test_leaving_needs_a_number_of_orders() -> None:
    assert demo("--exit").returncode == 2
