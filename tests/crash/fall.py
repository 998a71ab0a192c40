"""A crash inside one process: the engine is dropped as it stands, and its store may be opened again."""

from __future__ import annotations

import asyncio
from typing import Any

from engine.app import Orderloom


async def crash(app: Orderloom) -> None:
    """What was handed to the writer's thread is written or not, as it comes; everything else that the engine held is gone."""
    app._upkeep.stop()
    journal: Any = app.store.journal
    writer = getattr(journal, "_writer", None)
    if writer is not None:
        while not writer._queue.empty():
            writer._queue.get_nowait()
        writer._queue.put(None)
    for task in (*app.dispatcher._tasks.values(), *app.bulk._tasks):
        task.cancel()
    await asyncio.gather(*app.dispatcher._tasks.values(), *app.bulk._tasks, return_exceptions=True)
    await app.client.close()
    if writer is not None:
        await asyncio.to_thread(writer._thread.join)
        await app.store.call_log.close()  # its thread would go on, as no thread of a dead process does
        await asyncio.to_thread(_let_go, app.store)


def _let_go(store: Any) -> None:
    """What the system would take from a process that is gone: its files and its lock."""
    store._open._threads.shutdown()
    store._open._engine.dispose()
    store._open.ring._maker.shutdown(wait=True)
    store._open.ring._reader.close()
    store._open.ring._writer.close()
    store._base.slots.release()
