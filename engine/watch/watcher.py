"""Looks again and again: what was heard is judged by each rule, and what begins or ends is kept in the store with its messages.

One process on a store watches. What is open stands in the store, and so does what the rules remember: a restart neither forgets an
episode nor begins it twice.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from time import monotonic
from typing import Final

from engine.errors import Conflict
from engine.json_text import canonical_json, read_json
from engine.store.ports import FLOWS, Alarm, NewAlarm, Store, WaitFilter
from engine.watch.book import RuleBook
from engine.watch.ears import Ears, UnderWay
from engine.watch.hours import after_quiet
from engine.watch.judge import Over, Raised, State, judge
from engine.watch.observations import Observation
from engine.watch.rule import Rule
from engine.watch.rules import Delayed
from engine.watch.subjects import looked_at
from engine.watch.verdicts import Memory

log = logging.getLogger("orderloom.watch")
PLACE: Final = ("alarms", ":watch")
"""The claim that makes a process the one that watches, and under which the memory is kept; no flow has a trigger of this name."""
RENEW_EVERY: Final = 5.0
MOST: Final = 500
"""Open alarms that are looked after."""
CANDIDATES: Final = 20
LATEST: Final = 2000
"""Of the orders that are late, the oldest: so many are looked at."""
ON_PURPOSE: Final = frozenset({"timer", "task", "signal", "hold"})
Memories = dict[str, dict[str, Memory]]


class Watcher:
    """``gauges`` tells how much there is of things now, and what has changed."""

    def __init__(
        self, store: Store, ears: Ears, book: RuleBook, gauges: Callable[[], Awaitable[Sequence[Observation]]], now: Callable[[], datetime]
    ) -> None:
        self._store, self._ears, self._book, self._gauges, self._now = store, ears, book, gauges, now
        self._held_at: float | None = None
        self._memories: Memories | None = None
        self._saved = b""

    async def holds(self) -> bool:
        """Whether this process is the one that watches. Another one takes over at once when it is gone."""
        if self._held_at is None or monotonic() - self._held_at > RENEW_EVERY:
            self._held_at = monotonic() if await self._store.hold_source(*PLACE) else None
        return self._held_at is not None

    async def close(self) -> None:
        if self._held_at is not None:
            self._held_at = None
            await self._store.free_source(*PLACE)

    async def look(self) -> None:
        """Raises what the store raises; then the next look goes on with the same observations."""
        heard = self._ears.take()
        if not await self.holds():
            self._memories = None
            return
        try:
            await self._judge([*heard, *await self._late(), *await self._gauges()])
        except BaseException:
            self._ears.give_back(heard)
            raise

    async def _judge(self, observations: Sequence[Observation]) -> None:
        now, rules = self._now(), self._book.rules()
        memories = await self._remembered()
        open_ones = (await self._store.alarms(limit=MOST)).items
        after: Memories = {}
        seen = looked_at(rules.values(), observations)
        for name, rule in rules.items():
            known, place = {one.subject: one for one in open_ones if one.rule == name}, f"{name}:{rule.kind}"
            judgement = judge(
                rule, State(memories.get(place, {}), {subject: one.raised_at for subject, one in known.items()}), seen[type(rule)], now
            )
            await self._turn(name, rule, judgement.turns, {subject: one.id for subject, one in known.items()})
            after[place] = {subject: dict(one) for subject, one in judgement.state.memory.items()}
        await self._end_ownerless(open_ones, rules, now)
        await self._escalate(open_ones, rules, now)
        await self._remember(after)

    async def _turn(self, name: str, rule: Rule, turns: Sequence[Raised | Over], numbers: dict[str, int]) -> None:
        for turn in turns:
            due_at = after_quiet(rule.quiet, turn.at)
            if isinstance(turn, Over):
                if (ended := numbers.pop(turn.subject, None)) is not None:
                    await self._store.end_alarm(ended, turn.at, due_at)
                    log.info("alarm over", extra={"rule": name, "subject": turn.subject})
                continue
            alarm = NewAlarm(name, turn.subject, turn.code, turn.fields, turn.at)
            number = await self._store.raise_alarm(alarm, (FLOWS, *rule.tell), due_at)
            if number is not None:
                numbers[turn.subject] = number
                log.warning("alarm", extra={"rule": name, "subject": turn.subject, "code": turn.code})

    async def _end_ownerless(self, open_ones: Sequence[Alarm], rules: Mapping[str, Rule], now: datetime) -> None:
        """Those whose rule is no more."""
        for one in open_ones:
            if one.rule not in rules:
                await self._store.end_alarm(one.id, now, now)

    async def _escalate(self, open_ones: Sequence[Alarm], rules: Mapping[str, Rule], now: datetime) -> None:
        for one in open_ones:
            rule = rules.get(one.rule)
            if rule is not None and (due_at := escalates_at(rule, one)) is not None and due_at <= now:
                await self._store.escalate_alarm(one.id, now, (FLOWS, *(rule.escalate_to or rule.tell)), after_quiet(rule.quiet, now))

    async def _late(self) -> list[Observation]:
        """Of each channel and system the order that has been under way for too long the longest."""
        limits = [rule.seconds for rule in self._book.rules().values() if isinstance(rule, Delayed) and rule.enabled]
        if not limits:
            return []
        found: dict[tuple[str, str], Observation] = {}
        for one in self._ears.late(min(limits))[:LATEST]:
            wanted = [late for late in self._ears.as_late(one) if (late.channel, late.target) not in found]
            if wanted and await self._is_waited_for(one):
                found.update({(late.channel, late.target): late for late in wanted})
            if len(found) >= CANDIDATES:
                break
        return list(found.values())

    async def _is_waited_for(self, one: UnderWay) -> bool:
        """An order that waits on purpose (for a time, a person, a signal, its release) is not late; one whose calls are put off is.

        One that is parked is told of once: from then on its incident speaks for it.
        """
        if one.rests == "parked":
            self._ears.set_aside(one.run_id)
        if one.rests != "waiting":
            return True
        kinds = {wait.kind for wait in (await self._store.waits(WaitFilter(run_id=one.run_id))).items}
        if kinds & ON_PURPOSE:
            self._ears.set_aside(one.run_id)
            return False
        return True

    async def _remembered(self) -> Memories:
        if self._memories is None:
            self._saved = await self._store.source_cursor(*PLACE) or b""
            self._memories = read_json(self._saved) if self._saved else {}
        return self._memories or {}

    async def _remember(self, memories: Memories) -> None:
        body: bytes = canonical_json(memories)
        if body != self._saved:
            try:
                await self._store.move_cursor(*PLACE, body)
            except Conflict:
                self._held_at = self._memories = None
                return
            self._saved = body
        self._memories = memories


def escalates_at(rule: Rule, alarm: Alarm) -> datetime | None:
    """When more people are told, unless somebody has acknowledged it; counted from when it was told first."""
    if rule.escalate_after is None or alarm.state != "raised" or alarm.escalated_at is not None:
        return None
    return after_quiet(rule.quiet, alarm.raised_at) + timedelta(minutes=rule.escalate_after)
