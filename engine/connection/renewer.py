"""Renews tokens before they end: one renewal at a time, and the new token is durable before the old one is left.

A claim in the store keeps other processes from renewing the same token. The connection is saved as a whole in one transaction, and only
then is it used; what could not be saved is kept in memory and saved before anything else is asked. Where an answer is lost on its way,
the next attempt asks with the same refresh token, which platforms take until the new token was used.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

from engine.connection.book import ConnectionBook
from engine.connection.client import HttpClient
from engine.connection.noting import Asked, noting, path_below
from engine.connection.renewals import can_renew, ends_at, is_due, renewal, renewed
from engine.connection.types import Connection
from engine.errors import InputInvalid, OrderloomError
from engine.json_text import read_json, write_json
from engine.store.ports import CallLog
from engine.store.sheets import Sheet

log = logging.getLogger("orderloom.tokens")
FLOW: Final = ":tokens"
"""Of the claims; no flow has this name."""
KIND: Final = "token"
ACTOR: Final = "system"
FIRST: Final = timedelta(minutes=1)
LONGEST: Final = timedelta(hours=1)
TIMEOUT: Final = 20.0


class TokenStore(Protocol):
    call_log: CallLog

    async def hold_source(self, flow: str, trigger: str) -> bool: ...
    async def free_source(self, flow: str, trigger: str) -> None: ...
    async def sheet(self, kind: str, name: str, version: int | None = None) -> Sheet | None: ...
    async def save_sheet(self, kind: str, name: str, body: bytes, *, expected: int | None, keep: int = ..., actor: str) -> int: ...
    async def audit(self, actor: str, action: str, resource: str, detail: Mapping[str, Any]) -> None: ...


@dataclass(frozen=True, slots=True)
class TokenState:
    """``ends_at``: of the token; ``renews``: it is renewed by itself; ``failed``: the code of the last attempt, where that failed."""

    name: str
    ends_at: datetime
    renews: bool
    failed: str | None = None


@dataclass(frozen=True, slots=True)
class _Failure:
    code: str
    count: int
    again_at: datetime


class Renewer:
    """``look`` is called again and again; ``states`` is what alarms are made of."""

    def __init__(self, store: TokenStore, book: ConnectionBook, client: HttpClient, now: Callable[[], datetime]) -> None:
        self._store, self._book, self._client, self._now = store, book, client, now
        self._unsaved: dict[str, dict[str, Any]] = {}
        self._failures: dict[str, _Failure] = {}
        self._alone = asyncio.Lock()
        self.at: datetime | None = None

    def states(self) -> list[TokenState]:
        """Of all connections that say when their token ends."""
        found: list[TokenState] = []
        for name in self._book.types():
            connection = self._book.get(name)
            ends = ends_at(connection)
            if ends is not None:
                failure = self._failures.get(name)
                renews = can_renew(connection) and self._book.source(name) == "store"
                found.append(TokenState(name, ends, renews, failure.code if failure else None))
        return found

    async def look(self) -> int:
        """Renews what is due. Returns how many tokens are new."""
        count = 0
        for name in list(self._book.types()):
            if self._book.source(name) == "store" and self._may_try(name):
                count += await self.renew(name)
        self.at = self._now()
        return count

    async def renew(self, name: str, *, anyway: bool = False) -> bool:
        """One connection, if it is due or ``anyway``. A failure is noted, and tried again later and later."""
        if name not in self._unsaved and not anyway and not is_due(self._book.get(name), self._now(), await self._lifetime(name)):
            return False
        async with self._alone:  # the claim keeps out other processes, not this one
            if not await self._store.hold_source(FLOW, name):
                return False
            try:
                return await self._renew(name, anyway=anyway)
            except OrderloomError as error:
                self._note_failure(name, error.problems[0].code)
                return False
            finally:
                await self._store.free_source(FLOW, name)

    async def _renew(self, name: str, *, anyway: bool) -> bool:
        """Another process may have renewed it just now: what the store holds decides. Raises ``OrderloomError``."""
        if name not in self._unsaved:
            await self._book.refresh()
            connection, now = self._book.get(name), self._now()
            if not can_renew(connection) or (not anyway and not is_due(connection, now, await self._lifetime(name))):
                self._failures.pop(name, None)
                return False
            self._unsaved[name] = await self._asked(name, connection, now)
        await self._save(name)
        self._failures.pop(name, None)
        return True

    async def _asked(self, name: str, connection: Connection, now: datetime) -> dict[str, Any]:
        """The fields that change. The call is noted, without what was sent: that is secrets alone."""
        request = replace(renewal(connection, now), timeout=TIMEOUT)
        asked = Asked(name, request.method, path_below(connection.address, request.url), key=KIND)
        with noting(self._store.call_log.note, self._now, asked) as answered:
            answer = await self._client.send(request)
            body = _json(answer.body)
            answered.status, answered.body = answer.status, body
            return renewed(connection, answer.status, body, now)

    async def _save(self, name: str) -> None:
        """The newest document with the new token, as somebody may have changed the rest of it meanwhile. Raises ``OrderloomError``."""
        await self._book.refresh()
        fields = self._unsaved[name]
        await self._book.put(name, {**self._book.get(name).fields(), **fields}, actor=ACTOR)
        del self._unsaved[name]
        lifetime = (datetime.fromisoformat(fields["expires_at"]) - self._now()).total_seconds()
        await self._store.save_sheet(KIND, name, write_json({"lifetime": round(lifetime)}), expected=None, keep=1, actor=ACTOR)
        log.info("token renewed", extra={"connection": name})

    def _may_try(self, name: str) -> bool:
        failure = self._failures.get(name)
        return failure is None or failure.again_at <= self._now()

    def _note_failure(self, name: str, code: str) -> None:
        known = self._failures.get(name)
        count = known.count + 1 if known else 1
        pause = min(FIRST * 2 ** min(count - 1, 10), LONGEST)
        self._failures[name] = _Failure(code, count, self._now() + pause)
        log.warning("token not renewed", extra={"connection": name, "code": code})

    async def _lifetime(self, name: str) -> float | None:
        found = await self._store.sheet(KIND, name)
        return None if found is None else float(read_json(found.body)["lifetime"])


def _json(body: bytes) -> Any:
    try:
        return read_json(body)
    except InputInvalid:
        return None
