"""Runs that wait for a place, in three lines. More often from the higher ones, and from each again and again: none starves."""

from __future__ import annotations

from collections import deque
from typing import Final

from engine.store.ports import Event

WEIGHTS: Final = {"high": 8, "normal": 3, "low": 1}
"""Of twelve places that become free, so many go to each line while something waits in all of them (smooth weighted round robin)."""


class ReadyLines:
    """``count``: how many runs wait."""

    def __init__(self) -> None:
        self._lines: dict[str, deque[Event]] = {name: deque() for name in WEIGHTS}
        self._credit = dict.fromkeys(WEIGHTS, 0)
        self.count = 0

    def put(self, event: Event, priority: str) -> None:
        self._lines[priority].append(event)
        self.count += 1

    def take(self) -> Event:
        """The next one. Raises ``IndexError`` where none waits."""
        waiting = [name for name, line in self._lines.items() if line]
        chosen = waiting[0] if len(waiting) == 1 else self._choose(waiting)
        self.count -= 1
        return self._lines[chosen].popleft()

    def move(self, event: Event, priority: str) -> None:
        """Into another line, where it waits still."""
        for name, line in self._lines.items():
            if name != priority and event in line:
                line.remove(event)
                self._lines[priority].append(event)
                return

    def drop(self, event_id: int) -> None:
        for name, line in self._lines.items():
            self._lines[name] = deque(event for event in line if event.id != event_id)
        self.count = sum(map(len, self._lines.values()))

    def ids(self) -> set[int]:
        return {event.id for line in self._lines.values() for event in line}

    def _choose(self, waiting: list[str]) -> str:
        if not waiting:
            raise IndexError
        for name in waiting:
            self._credit[name] += WEIGHTS[name]
        chosen = max(waiting, key=lambda name: self._credit[name])
        self._credit[chosen] -= sum(WEIGHTS[name] for name in waiting)
        return chosen
