"""How far a run has come: on standard error, and only where a person looks at it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

from engine.cli.language import say
from engine.intake.files import InputFile


@contextmanager
def bar(title: str) -> Generator[Callable[[int, int], None]]:
    """A bar while inside, if standard error is a terminal; it is told what is done and what there is."""
    if not sys.stderr.isatty():
        yield lambda _done, _total: None
        return
    with _progress() as drawn:
        task = drawn.add_task(title, total=None)
        yield lambda done, total: drawn.update(task, completed=done, total=total)


class Meter:
    """Counts the items that are read and those that are done; draws a bar if standard error is a terminal."""

    def __init__(self, source: InputFile | None) -> None:
        self.source = source
        self.read = self.done = self.events = 0
        self._bar: Any = None
        self._tasks: tuple[Any, ...] = ()

    def counting(self, items: Iterable[Any]) -> Iterator[Any]:
        """The items, counted as they are taken."""
        for item in items:
            self.read += 1
            if self.read % 500 == 0:
                self._draw()
            yield item
        self._draw()

    def event_done(self, items: int) -> None:
        self.events += 1
        self.done += items
        if self.events % 20 == 0:
            self._draw()

    def shown(self) -> AbstractContextManager[Any]:
        """While inside, the bar is drawn."""
        if not sys.stderr.isatty():
            return nullcontext()
        self._bar = _progress()
        size = self.source.size if self.source else 0
        self._tasks = (self._bar.add_task(say("Bytes read"), total=size or None), self._bar.add_task(say("Items done"), total=None))
        return self._bar

    def _draw(self) -> None:
        if self._bar is not None:
            reading, doing = self._tasks
            self._bar.update(reading, completed=self.source.position if self.source else 0)
            self._bar.update(doing, completed=self.done, total=self.read)


def _progress() -> Any:
    from rich.console import Console  # noqa: PLC0415 - only where somebody looks
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn  # noqa: PLC0415

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, console=Console(stderr=True), transient=True)
