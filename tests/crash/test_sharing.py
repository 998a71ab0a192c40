"""A process that begins, raises, switches and takes back shares is killed at any moment: what it leaves is one clear state."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from engine.store.open import open_store
from engine.store.ports import Share, StoreOptions

pytestmark = [pytest.mark.crash, pytest.mark.slow]
KILLS = 3
WORK = """
import asyncio, itertools, sys
from engine.store.open import open_store
from engine.store.ports import Candidate, StoreOptions

async def main():
    store = open_store(StoreOptions(sys.argv[1]))
    await store.open()
    if not await store.published():
        await store.publish("hub", b'{"n": 0}', note="", actor="owner")
    if await store.shares():
        await store.end_share("hub", actor="owner")
    print("ready", flush=True)
    for number in itertools.count(1):
        await store.begin_share("hub", Candidate(b'{"of": %d, "n": %d}' % (int(sys.argv[2]), number), ""), 10, actor="owner")
        await store.resize_share("hub", 50, actor="owner")
        await store.resize_share("hub", 5, actor="owner")
        await store.resize_share("hub", 100, actor="owner")
        await store.end_share("hub", actor="owner")

asyncio.run(main())
"""


async def left(folder: Path) -> tuple[int | None, Share | None, set[int], int | None]:
    store = open_store(StoreOptions(str(folder)))
    await store.open()
    versions = {one.version for one in await store.versions("hub")}
    found = (await store.flow("hub")).published, (await store.shares()).get("hub"), versions, await store.audit_broken_at()
    await store.close()
    return found


def test_whenever_it_is_killed_it_is_clear_which_version_orders_go_through(tmp_path: Path) -> None:
    states: set[str] = set()
    dice = random.Random(7)
    for number in range(KILLS):
        with subprocess.Popen([sys.executable, "-c", WORK, str(tmp_path), str(number)], stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == b"ready\n"
            try:
                process.wait(timeout=dice.uniform(0.05, 0.3))
            except subprocess.TimeoutExpired:
                os.kill(process.pid, signal.SIGKILL)
        assert process.returncode == -signal.SIGKILL
        published, share, versions, broken = asyncio.run(left(tmp_path))
        assert broken is None
        assert published in versions
        if share is not None:
            assert {share.base, share.version} <= versions
            assert published == (share.version if share.state == "switched" else share.base)
            assert (share.percent == 100) == (share.state == "switched")
        states.add("none" if share is None else share.state)
    assert max(versions) > KILLS
    assert states
