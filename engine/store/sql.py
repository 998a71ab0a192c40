"""The store on SQL databases."""

from __future__ import annotations

import asyncio
import os

from engine.errors import Problem, SettingsInvalid
from engine.privacy.cipher import MasterKey, Unreadable, place
from engine.store.apart.process import Worker
from engine.store.call_log import SqlCallLog
from engine.store.connection import Base, Connection
from engine.store.database import Database
from engine.store.dedupe import Digester
from engine.store.group_commit import Writer
from engine.store.ids import IdSequence
from engine.store.journal import SqlJournal
from engine.store.keys import KeyCache, KeyRing
from engine.store.newest import newest_id
from engine.store.options import KeepCalls
from engine.store.owners import take_claim
from engine.store.ports import CallLog, Journal
from engine.store.problems import named
from engine.store.sql_alarms import SqlAlarms
from engine.store.sql_audit import SqlAudit
from engine.store.sql_calls import SqlCalls
from engine.store.sql_campaigns import SqlCampaigns
from engine.store.sql_cleansing import SqlCleansing
from engine.store.sql_connections import SqlConnections
from engine.store.sql_consignments import SqlConsignments
from engine.store.sql_contracts import SqlContracts
from engine.store.sql_due import SqlDue
from engine.store.sql_events import SqlEvents
from engine.store.sql_flows import SqlFlows
from engine.store.sql_holds import SqlHolds
from engine.store.sql_incidents import SqlIncidents
from engine.store.sql_notices import SqlNotices
from engine.store.sql_orders import SqlOrders
from engine.store.sql_parcels import SqlParcels
from engine.store.sql_reconciliations import SqlReconciliations
from engine.store.sql_retention import SqlRetention
from engine.store.sql_runs import SqlRuns
from engine.store.sql_shares import SqlShares
from engine.store.sql_sheets import SqlSheets
from engine.store.sql_shipments import SqlShipments
from engine.store.sql_sources import SqlSources
from engine.store.sql_standing import SqlStanding
from engine.store.sql_stock import SqlStock
from engine.store.sql_traffic import SqlTraffic
from engine.store.sql_waits import SqlWaits
from engine.store.write_events import Desk
from engine.store.writers import Prepared, in_process, in_thread

_DIGEST_KEY = "digest_key"


class SqlStore(
    SqlEvents,
    SqlRuns,
    SqlRetention,
    SqlIncidents,
    SqlStanding,
    SqlNotices,
    SqlWaits,
    SqlCalls,
    SqlSources,
    SqlOrders,
    SqlReconciliations,
    SqlConsignments,
    SqlCleansing,
    SqlStock,
    SqlParcels,
    SqlShipments,
    SqlHolds,
    SqlFlows,
    SqlConnections,
    SqlAlarms,
    SqlContracts,
    SqlTraffic,
    SqlShares,
    SqlSheets,
    SqlCampaigns,
    SqlAudit,
    SqlDue,
):
    """A store in a database. ``journal`` and ``call_log`` are there once it is open and belong to the event loop that opened it."""

    journal: Journal
    call_log: CallLog

    def __init__(self, base: Base, master: MasterKey, keep_calls: KeepCalls = KeepCalls(), *, apart: bool = False) -> None:  # noqa: B008 - it cannot be changed
        self._base, self._master, self._keep_calls, self._apart = base, master, keep_calls, apart
        self._signing_key = self._subject_key = b""

    @property
    def owner(self) -> int:
        """The slot that this process holds (see ``owners.py``)."""
        return self._database.claim.owner

    @property
    def commits(self) -> int:
        """How many transactions the writer has committed since the store was opened."""
        return self._database.journal.commits

    async def open(self) -> None:
        """Migrate, claim a slot, start the writer. Raises ``SettingsInvalid`` (``store.master_key_wrong``) or ``StoreUnavailable``."""
        with named():
            desk, writer = await self._begin()
        journal = SqlJournal(desk, writer)
        self.journal = journal
        self.call_log = SqlCallLog(self._base.connect_calls, self._keep_calls, scribe=writer.scribe)
        self._open = Database(self._base, journal, desk.ring, self._master)

    def signing_key(self) -> bytes:
        return self._signing_key

    def subject_key(self) -> bytes:
        return self._subject_key

    async def close(self) -> None:
        """Everything submitted is written first."""
        database, self._open = self._open, None
        if database is not None:
            await self.call_log.close()
            await database.close()
            self._base.slots.release()

    async def _begin(self) -> tuple[Desk, Writer]:
        """A process of its own is started first: it loads while the database is prepared."""
        files = self._base.files if self._apart else None
        if files is None:
            prepared = await asyncio.to_thread(self._prepare)
            return prepared.desk, in_thread(prepared)
        worker = await asyncio.to_thread(Worker)
        try:
            prepared = await asyncio.to_thread(self._prepare)
            return prepared.desk, in_process(prepared, files, worker)
        except BaseException:
            self._base.slots.release()
            worker.leave()
            await asyncio.to_thread(worker.stop)
            raise

    def _prepare(self) -> Prepared:
        with self._base.alone():
            self._base.migrate()
            connection = self._base.connect()
            try:
                return Prepared(self._base, connection, self._desk(connection))
            except BaseException:
                self._base.slots.release()
                connection.close()
                raise

    def _desk(self, connection: Connection) -> Desk:
        connection.begin()
        digester, newest = Digester(self._secret(connection)), newest_id(connection)
        claim = take_claim(connection, self._base.slots)
        connection.commit()
        self._signing_key, self._subject_key = digester.signing_key(), digester.subject_key()
        ring = KeyRing(self._base.connect_keys, self._master, claim.owner)
        return Desk(claim, IdSequence(claim.owner, newest), digester, ring, KeyCache())

    def _secret(self, connection: Connection) -> bytes:
        """The secret of the digests, made at the first start."""
        row = connection.execute("SELECT body FROM secret WHERE name = ?", (_DIGEST_KEY,)).fetchone()
        if row is None:
            row = (self._master.seal(os.urandom(32), _secret_place()),)
            connection.execute("INSERT INTO secret (name, body) VALUES (?, ?)", (_DIGEST_KEY, row[0]))
        try:
            return self._master.open_sealed(row[0], _secret_place())
        except Unreadable:
            raise SettingsInvalid(Problem("store.master_key_wrong", fields={"key": self._master.id})) from None


def _secret_place() -> str:
    return place("secret", "body", _DIGEST_KEY)
