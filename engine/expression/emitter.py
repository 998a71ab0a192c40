"""Writes Python source line by line and remembers which sub-expression each line computes."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass

from engine.expression.tree import Place


@dataclass(frozen=True, slots=True)
class Line:
    """A line of generated source; ``field`` is the field that it reads, if it reads one."""

    text: str
    place: Place | None = None
    field: str | None = None


class Emitter:
    """Collects the lines of the functions under construction; names and constants are numbered, never taken from text."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.constants: dict[str, object] = {}
        self.depth = 0
        self._open: list[Line] = []
        self._names = 0

    def name(self, prefix: str) -> str:
        """A new name."""
        self._names += 1
        return f"{prefix}{self._names}"

    def constant(self, value: object) -> str:
        """A name in the function's globals that holds ``value``."""
        name = self.name("k")
        self.constants[name] = value
        return name

    def emit(self, text: str, place: Place | None = None, field: str | None = None) -> None:
        self._open.append(Line("    " * self.depth + text, place, field))

    @contextmanager
    def block(self, head: str, place: Place | None = None) -> Generator[None]:
        """``head`` and an indented block after it."""
        self.emit(head, place)
        self.depth += 1
        yield
        self.depth -= 1

    @contextmanager
    def function(self, head: str) -> Generator[None]:
        """A function of its own, beside the one under construction."""
        outer, depth = self._open, self.depth
        self._open, self.depth = [], 0
        with self.block(head):
            yield
        self.lines += self._open
        self._open, self.depth = outer, depth

    @contextmanager
    def attempt(self, pending: str, result: str, fallback: str) -> Generator[None]:
        """A ``try`` that keeps the error in ``pending`` and puts ``fallback`` into ``result``."""
        outer, self._open = self._open, []
        self.depth += 1
        yield
        self.depth -= 1
        tried, self._open = self._open, outer
        self.emit("try:")
        self._open += tried
        with self.block("except FAILURES as caught:"):
            self.emit(f"{pending} = caught")
            self.emit(f"{result} = {fallback}")
