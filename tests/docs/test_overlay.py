"""The environment in which documents are tried."""

from __future__ import annotations

import os
import select
from pathlib import Path

import pytest

from tests.docs.overlay import Overlay


@pytest.mark.slow
def test_what_a_command_left_running_is_ended(tmp_path: Path) -> None:
    with Overlay(tmp_path / "environment", tmp_path) as shell:
        shell.must("mkfifo started held")
        process = int(shell.must("timeout 60 sh -c 'echo $$ > started; exec cat held' > /dev/null 2>&1 & cat started"))
        watched = os.pidfd_open(process)
    ended, _, _ = select.select([watched], [], [], 10.0)
    os.close(watched)
    assert ended == [watched]
