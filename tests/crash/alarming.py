"""A service of its own that opens an incident and is killed on the way to telling an error flow: ``alarming.py DATA WHERE [FAULT]``.

WHERE: ``before`` anything is told, or ``after`` the error flow's event is durable and before that is noted. FAULT ``noted_first``
breaks the order: the note goes before the event.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path
from typing import Any

from engine.app import Orderloom
from engine.node.triggers import Delivery
from engine.settings import Settings
from engine.store.ports import NewEvent

FAILING = (
    b'{"name": "orders", "nodes": {"hook": {"use": "connector.webhook@1", "params": {"key_path": "no"}},'
    b' "check": {"use": "rule.condition@1", "params": {"when": "item.nothing"}}}, "wires": ["hook -> check"]}'
)
ALARM = (
    b'{"name": "alarm", "nodes": {"news": {"use": "flow.on_incident@1"},'
    b' "keep": {"use": "transform.keep_fields@1", "params": {"fields": ["code"]}}}, "wires": ["news -> keep"]}'
)


def die(*_: Any, **__: Any) -> Any:
    os.kill(os.getpid(), signal.SIGKILL)


async def main(data: str, where: str, fault: str = "") -> None:
    app = Orderloom.at(Settings(data=Path(data)))
    async with app:
        for document in (FAILING, ALARM):
            await app.publish(document, note="", actor="test")
        await app.intake.hook("orders", "hook", Delivery(b'{"no": "A1"}'))
        await app.dispatcher.idle()
        if where == "before":
            app.store.notices = die  # type: ignore[method-assign]
        elif fault == "noted_first":
            put_event = app.store.journal.put_event

            async def noted_first(event: NewEvent) -> Any:
                await app.store.drop_notices([notice.id for notice in await app.store.notices()])
                die()
                return await put_event(event)

            app.store.journal.put_event = noted_first  # type: ignore[method-assign, assignment]
        else:
            app.store.drop_notices = die  # type: ignore[method-assign]
        await app.error_flows.tell()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
