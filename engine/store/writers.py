"""The one writer of a store: a thread of this process or, for a service on SQLite, a process of its own (decision 0042)."""

from __future__ import annotations

from dataclasses import dataclass

from engine.store.apart.process import Worker
from engine.store.apart.remote import RemoteWriter
from engine.store.apart.words import Beginning
from engine.store.connection import Base, Connection
from engine.store.group_commit import Committer, GroupCommit, Writer
from engine.store.sqlite_files import SqliteFiles
from engine.store.transactions import Transactions
from engine.store.write_events import Desk


@dataclass(frozen=True, slots=True)
class Prepared:
    """What a writer begins with."""

    base: Base
    connection: Connection
    desk: Desk


def in_thread(prepared: Prepared) -> Writer:
    base, desk = prepared.base, prepared.desk
    transactions = Transactions(desk, base.slots)
    return GroupCommit(prepared.connection, lambda: _connect(base), transactions.begin, transactions.apply, desk.cache.drop)


def in_process(prepared: Prepared, files: SqliteFiles, worker: Worker) -> Writer:
    base, desk = prepared.base, prepared.desk
    transactions = Transactions(desk, base.slots)
    local = Committer(prepared.connection, lambda: _connect(base), transactions.begin, transactions.apply)

    def beginning() -> Beginning:
        return Beginning(files, desk.ring.master, desk.digester.secret, desk.claim, desk.ids.last)

    writer = RemoteWriter(worker, local, desk, beginning)
    writer.begin()
    return writer


def _connect(base: Base) -> Connection:
    connection = base.connect()
    base.slots.keep(connection)
    return connection
