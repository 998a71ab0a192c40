"""The writer's process: what has come makes up the next transaction. It ends with the process that started it."""

from __future__ import annotations

import gc
import os
import signal
import socket
import sys
from threading import Thread
from typing import Any, cast

from engine.store.apart.calls import write_calls
from engine.store.apart.frames import Line
from engine.store.apart.words import Beginning, Done, Work
from engine.store.dedupe import Digester
from engine.store.group_commit import MOST, Committer
from engine.store.ids import IdSequence
from engine.store.keys import KeyCache, KeyRing
from engine.store.newest import newest_id
from engine.store.transactions import Transactions
from engine.store.write_events import Desk


def main(descriptor: int, calls: int) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):  # whoever started it writes what waits, then closes its end
        signal.signal(number, signal.SIG_IGN)
    with socket.socket(fileno=descriptor) as end, socket.socket(fileno=calls) as calls_end:
        line = Line(end)
        if first := line.receive():
            try:
                _work_on(line, calls_end, first)
            except (BrokenPipeError, ConnectionResetError):  # nobody is left to tell
                pass
            except Exception as error:  # noqa: BLE001 - the texts of errors may hold data
                sys.exit(f"orderloom: the writer's process ends: {type(error).__name__}")


def _work_on(line: Line, calls: socket.socket, first: list[Any]) -> None:
    """Until the other end is closed."""
    beginning, waiting = cast("Beginning", first[0]), cast("list[Work]", first[1:])
    files, claim = beginning.files, beginning.claim
    Thread(target=write_calls, args=(calls, files.connect_calls), name="calls", daemon=True).start()
    connection = files.connect()
    last = max(beginning.last, newest_id(connection))
    ring = KeyRing(files.connect_keys, beginning.master, claim.owner)
    desk = Desk(claim, IdSequence(claim.owner, last), Digester(beginning.secret), ring, KeyCache())
    transactions = Transactions(desk, None)
    committer = Committer(connection, files.connect, transactions.begin, transactions.apply)
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    line.send(os.getpid())
    try:
        while works := waiting or cast("list[Work]", line.receive()):
            waiting = []
            for together in _gathered(works):
                _transact(line, committer, desk, together)
    finally:
        committer.disconnect()
        ring.close()


def _gathered(works: list[Work]) -> list[list[Work]]:
    """In transactions that are not too long."""
    groups: list[list[Work]] = [[]]
    count = 0
    for work in works:
        if groups[-1] and count + len(work.operations) > MOST:
            groups.append([])
            count = 0
        groups[-1].append(work)
        count += len(work.operations)
    return groups


def _transact(line: Line, committer: Committer, desk: Desk, works: list[Work]) -> None:
    for work in works:
        desk.ids.follow(work.last)
        if work.claim is not None and work.claim != desk.claim:
            desk.take_up(work.claim)
        for event_id in work.forgotten:
            desk.cache.drop(event_id)
    results = committer.write([operation for work in works for operation in work.operations])
    start = 0
    for work in works:
        end = start + len(work.operations)
        line.send(Done(results[start:end], desk.ids.last, committer.commits))
        start = end
