"""Starts flows on alarms: each message is one event of each flow that wants it, whatever happens in between."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final, Protocol, cast

from engine.errors import Conflict, Problem
from engine.intake.accept import Intake
from engine.intake.published import PublishedFlows
from engine.json_text import write_json
from engine.node.triggers import Delivery
from engine.store.ports import Alarm, AlarmMessage
from engine.watch.message import item_of

STARTS: Final = "alarm"
ACTOR: Final = "alarm"


class Wanted(Protocol):
    """The parameters of a trigger that starts on alarms. Empty lists mean all."""

    rules: Sequence[str]
    kinds: Sequence[str]
    language: str | None


class AlarmFlows:
    """``full`` says that more runs wait already than there is room for."""

    def __init__(self, flows: PublishedFlows, intake: Intake, now: Callable[[], datetime], language: str, full: Callable[[], bool]) -> None:
        self._flows, self._intake, self._now, self._language, self._full = flows, intake, now, language, full

    async def tell(self, message: AlarmMessage, alarm: Alarm) -> int:
        """Returns how many events were new. Raises ``Conflict`` (``alarm.no_room``): later, then."""
        if self._full():
            raise Conflict(Problem("alarm.no_room"))
        count = 0
        for plan in await self._flows.starting(STARTS):
            for step in plan.triggers.values():
                wanted = cast("Wanted", step.params)
                if step.type.starts != STARTS or step.disabled or not is_wanted(wanted, alarm.rule, message.kind):
                    continue
                body = write_json(item_of(message.kind, alarm, wanted.language or self._language))
                accepted = await self._intake.accept(plan, step, Delivery(body), self._now(), actor=ACTOR)
                count += not accepted.duplicate
        return count


def is_wanted(wanted: Wanted, rule: str, kind: str) -> bool:
    return kind in wanted.kinds and (not wanted.rules or rule in wanted.rules)
