"""Shares of orders that go through another version, in SQL. Whatever a crash leaves is the state before or after one of these."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import cast

from sqlmodel import select

from engine.store.connection import Connection
from engine.store.counters import CHANGE_MARK, add_to_counters
from engine.store.database import Part
from engine.store.documents import document_digest
from engine.store.ports.shares import Candidate
from engine.store.problems import not_found
from engine.store.sharing import ALL, action_of, require_free, require_other, require_resizable, resized
from engine.store.sql_audit import append_audit
from engine.store.times import from_micros, to_micros
from engine.store.traffic import Share, ShareState
from engine.store.traffic_tables import ShareRow

_COLUMNS = "flow, base, version, percent, state, began_at, changed_at, actor, peak"
_ONE = f"SELECT {_COLUMNS} FROM flow_share WHERE flow = ?"  # noqa: S608 - our own words
_KEEP = (
    f"INSERT INTO flow_share ({_COLUMNS}) VALUES (?,?,?,?,?,?,?,?,?) ON CONFLICT (flow) DO UPDATE SET base = excluded.base, "  # noqa: S608
    "version = excluded.version, percent = excluded.percent, state = excluded.state, began_at = excluded.began_at, "
    "changed_at = excluded.changed_at, actor = excluded.actor, peak = excluded.peak"
)
_VERSION = "INSERT INTO flow_version (flow, version, document, digest, note, actor, at, calls) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
_LAST = "SELECT version, digest, calls FROM flow_version WHERE flow = ? ORDER BY version DESC LIMIT 1"


class SqlShares(Part):
    async def shares(self) -> Mapping[str, Share]:
        rows = await self._database.read(lambda session: session.exec(select(ShareRow)).all())
        return {
            row.flow: Share(
                row.flow,
                row.base,
                row.version,
                row.percent,
                cast("ShareState", row.state),
                row.began_at,
                row.changed_at,
                row.actor,
                row.peak,
            )
            for row in rows
        }

    async def begin_share(self, flow: str, what: int | Candidate, percent: int, *, actor: str) -> Share:
        return await self._database.write(lambda connection: _begin(connection, flow, what, percent, actor))

    async def resize_share(self, flow: str, percent: int, *, actor: str) -> Share:
        return await self._database.write(lambda connection: _resize(connection, flow, percent, actor))

    async def end_share(self, flow: str, *, actor: str) -> Share:
        return await self._database.write(lambda connection: _end(connection, flow, actor))


def share_of(connection: Connection, flow: str) -> Share | None:
    row = connection.execute(_ONE, (flow,)).fetchone()
    if row is None:
        return None
    name, base, version, percent, state, began_at, changed_at, actor, peak = row
    return Share(name, base, version, percent, state, from_micros(began_at), from_micros(changed_at), actor, peak)


def forget_share(connection: Connection, flow: str) -> None:
    """What is published anew leaves nothing to go back to by one click."""
    connection.execute("DELETE FROM flow_share WHERE flow = ?", (flow,))


def _begin(connection: Connection, flow: str, what: int | Candidate, percent: int, actor: str) -> Share:
    row = connection.execute("SELECT published FROM flow WHERE name = ?", (flow,)).fetchone()
    if row is None:
        raise not_found("flow.unknown", flow=flow)
    base = require_free(flow, share_of(connection, flow), row[0])
    version = _known(connection, flow, what) if isinstance(what, int) else _made(connection, flow, what, actor)
    require_other(flow, version, base)
    now = datetime.now(UTC)
    return _keep(
        connection, Share(flow, base, version, percent, "switched" if percent == ALL else "share", now, now, actor, percent), "share.begin"
    )


def _known(connection: Connection, flow: str, version: int) -> int:
    if connection.execute("SELECT 1 FROM flow_version WHERE flow = ? AND version = ?", (flow, version)).fetchone() is None:
        raise not_found("flow.version_unknown", flow=flow, version=version)
    return version


def _made(connection: Connection, flow: str, new: Candidate, actor: str) -> int:
    last, *held = connection.execute(_LAST, (flow,)).fetchone() or (0, "")
    digest = document_digest(new.document)
    if held == [digest, new.calls]:
        return last
    now = to_micros(datetime.now(UTC))
    connection.execute(_VERSION, (flow, last + 1, new.document, digest, new.note, actor, now, new.calls))
    return last + 1


def _resize(connection: Connection, flow: str, percent: int, actor: str) -> Share:
    held = _held(connection, flow)
    require_resizable(held)
    after = resized(held, percent, datetime.now(UTC))
    return _keep(connection, after, action_of(held, after), actor)


def _end(connection: Connection, flow: str, actor: str) -> Share:
    held = _held(connection, flow)
    forget_share(connection, flow)
    if held.state == "switched":
        _publish(connection, flow, held.base)
    add_to_counters(connection, {CHANGE_MARK: 1})
    append_audit(connection, actor, "share.back", flow, {"version": held.base, "from": held.version})
    return held


def _keep(connection: Connection, share: Share, action: str, actor: str | None = None) -> Share:
    times = (to_micros(share.began_at), to_micros(share.changed_at))
    connection.execute(_KEEP, (share.flow, share.base, share.version, share.percent, share.state, *times, share.actor, share.peak))
    if share.state == "switched":
        _publish(connection, share.flow, share.version)
    add_to_counters(connection, {CHANGE_MARK: 1})
    detail = {"version": share.version, "percent": share.percent}
    append_audit(connection, actor or share.actor, "share.switch" if share.state == "switched" else action, share.flow, detail)
    return share


def _publish(connection: Connection, flow: str, version: int) -> None:
    now = to_micros(datetime.now(UTC))
    connection.execute("UPDATE flow SET published = ?, updated_at = ? WHERE name = ?", (version, now, flow))


def _held(connection: Connection, flow: str) -> Share:
    held = share_of(connection, flow)
    if held is None:
        raise not_found("share.none", flow=flow)
    return held
