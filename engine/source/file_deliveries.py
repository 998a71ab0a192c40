"""The deliveries in a file, read in a thread of their own, a portion at a time: a long file needs no more memory than a short one."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path
from typing import Final, TypeVar

from engine.errors import InputInvalid, OrderloomError, Problem, place_of
from engine.intake.files import InputFile
from engine.node.triggers import Delivery
from engine.run.arrivals import deliveries_of
from engine.run.plan import Step

log = logging.getLogger("orderloom.sources")
PORTION: Final = 500
T = TypeVar("T")


class FileDeliveries:
    """Close it after use. ``name`` goes along with each delivery in the header ``file``."""

    def __init__(self, step: Step, file: Path, name: str) -> None:
        self._step, self._file, self._name, self._headers = step, file, name, {"file": name}
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="file")
        self._deliveries: Iterator[Delivery] = iter(())

    async def check(self) -> None:
        """Read to the end once, and begin anew. Raises ``InputInvalid`` with what is wrong, under the file's name, whatever that is."""
        try:
            await self._run(lambda: deque(self._read(), maxlen=0))
        except (OrderloomError, MemoryError):
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, the files behind it are to be taken
            log.warning("odd file", extra={"type": type(error).__name__, "at": place_of(error)})
            raise InputInvalid(
                Problem("input.unreadable", (self._name,), {"line": "–", "reason": "its reader cannot cope with it", "rule": "file_odd"})
            ) from None
        self._deliveries = self._read()

    async def next(self) -> Sequence[Delivery]:
        """The next ones; none at the end."""
        return await self._run(lambda: list(islice(self._deliveries, PORTION)))

    def close(self) -> None:
        self._thread.submit(lambda: setattr(self, "_deliveries", iter(())))  # what it has open is closed where it was opened
        self._thread.shutdown(wait=False)

    async def _run(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def _read(self) -> Iterator[Delivery]:
        for delivery, _ in deliveries_of(self._step, InputFile(str(self._file))):
            yield Delivery(delivery.body, self._headers)
