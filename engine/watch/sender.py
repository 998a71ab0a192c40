"""Sends what waits in the store: each message until it has gone, at least once, always under the same key.

A crash between the sending and the note of it sends once more; whoever honours the key takes it once.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from engine.connection.book import ConnectionBook
from engine.connection.mail_server import Smtp
from engine.connection.noting import Asked, noting
from engine.connection.robots import BODIES, code_in
from engine.errors import NodeError, OrderloomError
from engine.run.outside import Outside
from engine.store.ports import FLOWS, Alarm, AlarmMessage, Store
from engine.store.problems import StoreUnavailable
from engine.watch.book import RuleBook
from engine.watch.message import item_of, key_of, said

log = logging.getLogger("orderloom.watch")
TIMEOUT: Final = 10.0
FIRST_PAUSE, LONGEST_PAUSE = 5.0, 600.0
ATTEMPTS: Final = 150
"""About a day; then a message is given up."""
AT_ONCE: Final = 100


class Sender:
    """``to_flows`` starts the flows that wait for alarms."""

    def __init__(
        self, store: Store, connections: ConnectionBook, rules: RuleBook, outside: Callable[[], Outside],
        to_flows: Callable[[AlarmMessage, Alarm], Awaitable[object]], now: Callable[[], datetime], language: str,
    ) -> None:  # fmt: skip
        self._store, self._connections, self._rules, self._outside = store, connections, rules, outside
        self._to_flows, self._now, self._language = to_flows, now, language

    async def send(self) -> int:
        """Whatever is due. Returns how many messages went."""
        due = await self._store.due_messages(self._now(), limit=AT_ONCE)
        lines: dict[str, list[AlarmMessage]] = {}
        for one in due:
            lines.setdefault(one.receiver, []).append(one)
        return sum(await asyncio.gather(*(self._send_all(line) for line in lines.values())))

    async def _send_all(self, messages: Sequence[AlarmMessage]) -> int:
        """To one receiver one after the other; where one fails, the others of this time wait too."""
        for sent, one in enumerate(messages):
            problem = await self._tried(one)
            await self._store.settle_message(settled(one, problem, self._now()))
            if problem is not None:
                log.warning("alarm not told", extra={"receiver": one.receiver, "code": problem, "attempts": one.attempts + 1})
                return sent
        return len(messages)

    async def _tried(self, one: AlarmMessage) -> str | None:
        """``None`` where it has gone, else the code of what went wrong."""
        try:
            alarm = await self._store.alarm(one.alarm_id)
            await (self._to_flows(one, alarm) if one.receiver == FLOWS else self._to_connection(one, alarm))
        except StoreUnavailable:
            raise
        except OrderloomError as error:
            return error.problems[0].code
        return None

    async def _to_connection(self, one: AlarmMessage, alarm: Alarm) -> None:
        connection = self._connections.get(one.receiver)
        head, whole = said(one.kind, alarm, self._language, self._rules.rules().get(alarm.rule))
        asked = Asked(one.receiver, "MAIL" if isinstance(connection, Smtp) else "POST", key=key_of(one), attempt=one.attempts + 1)
        if isinstance(connection, Smtp):
            mail = {"to": self._mail_to(alarm.rule), "subject": head, "text": whole}
            with noting(self._store.call_log.note, self._now, asked):
                await self._outside().mail(one.receiver, mail, key_of(one), TIMEOUT)
            return
        robot = connection.type_name in BODIES
        body: Any = BODIES[connection.type_name](whole) if robot else {**item_of(one.kind, alarm, self._language), "text": whole}
        with noting(self._store.call_log.note, self._now, asked) as answered:
            content = {"method": "POST", "path": "", "json": body}
            answer = await self._outside().http(one.receiver, content, key_of(one), TIMEOUT)
            answered.status, answered.body = answer.status, answer.body
            if not 200 <= answer.status < 300 or (robot and code_in(answer.body, answer.status) not in (0, 200)):
                raise NodeError("alarm.not_taken", status=answer.status)

    def _mail_to(self, rule: str) -> list[str]:
        """Raises ``NodeError`` (``alarm.no_address``) where the rule names none (any more)."""
        found = self._rules.rules().get(rule)
        addresses = [part.strip() for part in found.mail_to.split(",") if part.strip()] if found is not None else []
        if not addresses:
            raise NodeError("alarm.no_address", rule=rule)
        return addresses


def settled(message: AlarmMessage, problem: str | None, now: datetime) -> AlarmMessage:
    """The message after an attempt: gone, to be tried again later and later, or given up. Pure."""
    attempts = message.attempts + 1
    if problem is None:
        return replace(message, state="sent", attempts=attempts, problem=None, sent_at=now)
    if attempts >= ATTEMPTS:
        return replace(message, state="given_up", attempts=attempts, problem=problem)
    pause = min(FIRST_PAUSE * 2 ** min(attempts - 1, 10), LONGEST_PAUSE)
    return replace(message, attempts=attempts, problem=problem, due_at=now + timedelta(seconds=pause))
