"""Real processes, really killed."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

import engine
from engine.errors import NotFound
from engine.store.open import open_store
from engine.store.ports import Store, StoreOptions

from . import postgres

pytestmark = pytest.mark.crash


@contextmanager
def child(mode: str, options: StoreOptions, *rest: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, str(Path(__file__).with_name("child.py")), mode, options.data, *rest]
    environment = {"PYTHONPATH": str(Path(engine.__file__).parents[1]), **({"DATABASE": options.url} if options.url else {})}
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment) as process:
        try:
            yield process
        finally:
            process.kill()


def lines(process: subprocess.Popen[str], count: int) -> list[str]:
    assert process.stdout is not None
    return [process.stdout.readline().strip() for _ in range(count)]


def rest_of(process: subprocess.Popen[str]) -> list[str]:
    assert process.stdout is not None
    return process.stdout.read().split()


async def lost_after_kill(mode: str, options: StoreOptions, after: int) -> list[int]:
    """Kill the writer in mid-load; which acknowledged events cannot be read whole after that."""
    with child(mode, options) as process:
        acknowledged = lines(process, after)
        process.kill()
        acknowledged += rest_of(process)
    store = open_store(options)
    await store.open()
    lost = [event_id for event_id in map(int, acknowledged) if not await is_whole(store, event_id)]
    await store.close()
    return lost


async def is_whole(store: Store, event_id: int) -> bool:
    try:
        body, facts, run = await store.event_body(event_id), await store.facts(event_id), await store.run(event_id)
    except NotFound:
        return False
    return body.startswith(b'{"phone"') and len(facts) == 1 and run.state == "done"


@pytest.mark.parametrize("after", [1, 150, 700])
async def test_what_was_acknowledged_survives_a_kill(options: StoreOptions, after: int) -> None:
    assert await lost_after_kill("load", options, after) == []


async def test_a_store_that_was_killed_again_and_again_has_everything(options: StoreOptions) -> None:
    for _ in range(3):
        assert await lost_after_kill("load", options, 100) == []


async def test_a_journal_that_acknowledges_before_the_commit_is_caught(options: StoreOptions) -> None:
    """Negative control: the test above can fail."""
    for after in (100, 150, 200, 250, 300):
        if await lost_after_kill("load-sabotaged", options, after):
            return
    pytest.fail("no loss was noticed")


async def test_two_processes_write_at_once_and_keep_each_event_once(options: StoreOptions) -> None:
    with child("share", options, "400") as one, child("share", options, "400") as other:
        new = rest_of(one) + rest_of(other)
        assert (one.wait(), other.wait()) == (0, 0)
    assert len(new) == len(set(new)) == 400
    with closing(sqlite3.connect(Path(options.data) / "orderloom.db")) as connection:
        assert connection.execute("SELECT count(*), count(DISTINCT order_key || key) FROM event").fetchone() == (400, 400)


async def test_runs_of_a_live_process_are_left_to_it_and_those_of_a_dead_one_adopted(options: StoreOptions) -> None:
    store = open_store(options)
    await store.open()
    with child("hold", options) as process:
        held = [int(each) for each in lines(process, 4)[:3]]
        assert await store.open_runs() == []
        process.kill()
        process.wait()
    assert [event.id for event in await store.open_runs()] == held
    owner = store.owner
    await store.close()
    with closing(sqlite3.connect(Path(options.data) / "orderloom.db")) as connection:
        assert connection.execute("SELECT DISTINCT owner FROM run").fetchall() == [(owner,)]


async def answers_of_a_sleeper(mode: str, options: StoreOptions) -> tuple[list[str], int]:
    """A process is stopped, loses its connection, and wakes when its runs are adopted: what it hears, and how many facts it wrote."""
    store = open_store(options)
    await store.open()
    with child(mode, options) as process:
        held = [int(each) for each in lines(process, 3)]
        process.send_signal(signal.SIGSTOP)
        assert options.url is not None
        postgres.cut(2, options.url)
        assert [event.id for event in await store.adopt_runs()] == held
        process.send_signal(signal.SIGCONT)
        assert process.stdin is not None
        process.stdin.write("go on\n")
        process.stdin.flush()
        answers = lines(process, 4)
    written = [fact for run in held for fact in await store.facts(run)]
    await store.close()
    return answers, len(written)


async def test_a_process_that_wakes_after_its_runs_were_adopted_writes_nothing(on_postgres: StoreOptions) -> None:
    answers, written = await answers_of_a_sleeper("sleeper", on_postgres)
    assert [answer for answer in answers if answer] == ["store.unavailable", "run.lost_owner", "run.lost_owner"]
    assert written == 0


async def test_a_store_that_accepts_stale_epochs_is_caught(on_postgres: StoreOptions) -> None:
    """Negative control: the test above can fail."""
    answers, written = await answers_of_a_sleeper("sleeper-sabotaged", on_postgres)
    assert written > 0
    assert "kept" in answers


async def test_a_full_disk_is_said_and_the_store_goes_on_when_there_is_room(options: StoreOptions) -> None:
    with child("starve", options) as process:
        before, answers, after = rest_of(process)
        assert process.wait() == 0
    assert answers == "StoreUnavailable,StoreUnavailable,StoreUnavailable"
    store = open_store(options)
    await store.open()
    assert {event.id for event in (await store.events()).items} == {int(before), int(after)}
    await store.close()
