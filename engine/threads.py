"""A few threads that do not hold up the end of the process: what they are at is thrown away with it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from queue import SimpleQueue
from threading import Lock, Thread
from typing import Any, Final, TypeVar

T = TypeVar("T")


class DaemonThreads:
    """At most ``number`` pieces of work at once; more wait in order. Threads start when they are first needed.

    A ``ThreadPoolExecutor`` is joined when the interpreter ends: one endless piece of work would keep it from ending.
    """

    def __init__(self, number: int, name: str) -> None:
        self._name: Final = name
        self._number: Final = number
        self._waiting: Final = SimpleQueue[tuple[Future[Any], Callable[[], Any]]]()
        self._lock: Final = Lock()
        self._threads: list[Thread] = []

    def submit(self, work: Callable[[], T]) -> Future[T]:
        """What ``work`` returns or raises. Work that was cancelled before its turn is not begun."""
        future: Future[T] = Future()
        self._waiting.put((future, work))
        with self._lock:
            if len(self._threads) < self._number:
                self._threads.append(Thread(target=self._work, name=f"{self._name}-{len(self._threads)}", daemon=True))
                self._threads[-1].start()
        return future

    def _work(self) -> None:
        while True:
            _do(*self._waiting.get())


def _do(future: Future[Any], work: Callable[[], Any]) -> None:
    if not future.set_running_or_notify_cancel():
        return
    try:
        made = work()
    except BaseException as error:  # noqa: BLE001 - whoever waits for the future gets it
        future.set_exception(error)
    else:
        future.set_result(made)
