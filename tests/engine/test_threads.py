"""Work beside the loop: a few at once, in order, and nothing that is still at work keeps the process alive."""

from __future__ import annotations

import subprocess
import sys
import time
from threading import Event

import pytest

from engine.threads import DaemonThreads

ENDLESS = """
from engine.threads import DaemonThreads
from threading import Event

begun = Event()

def endless():
    begun.set()
    while True:
        pass

threads = DaemonThreads(2, "trial")
threads.submit(endless), threads.submit(endless)
assert begun.wait(10)
"""


def test_work_yields_its_result_or_its_error() -> None:
    threads = DaemonThreads(2, "t")
    assert threads.submit(lambda: 1 + 1).result(5) == 2
    with pytest.raises(ZeroDivisionError):
        threads.submit(lambda: 1 / 0).result(5)


def test_what_is_too_much_waits_and_is_not_begun_once_it_is_cancelled() -> None:
    threads, go, done = DaemonThreads(1, "t"), Event(), list[int]()
    first = threads.submit(lambda: go.wait(5))
    second, third = threads.submit(lambda: done.append(2)), threads.submit(lambda: done.append(3))
    assert second.cancel()
    go.set()
    third.result(5)
    assert (first.result(), done) == (True, [3])


@pytest.mark.slow
def test_endless_work_does_not_hold_up_the_end_of_the_process() -> None:
    begun = time.monotonic()
    assert subprocess.run([sys.executable, "-c", ENDLESS], timeout=30, check=False).returncode == 0
    assert time.monotonic() - begun < 10
