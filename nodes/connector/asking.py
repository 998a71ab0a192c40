"""Asking a platform from a source: what it says about waiting is done as it says. What counts as such is the channel's to know."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeVar

from engine.sdk import Asks, ConnectionRef, HttpAnswer, HttpCall, NodeError

PATIENCE: Final = 5
"""Times that a call is made again before the source shows that the platform refuses calls."""
LONGEST_WAIT: Final = 600.0
Answered = TypeVar("Answered")


class Busy(Exception):
    """The platform takes no more calls for so many seconds; raised by a channel that reads its answer. ``said``: its code word."""

    def __init__(self, seconds: float, said: str = "") -> None:
        super().__init__(said)
        self.seconds, self.said = seconds, said


async def ask(feed: Asks, connection: ConnectionRef, call: HttpCall, read: Callable[[HttpAnswer], Answered]) -> Answered:
    """What ``read`` makes of the answer. ``read`` raises ``Busy`` for "later", ``NodeError`` for anything else that is no answer.

    Raises what it raises, and ``NodeError`` with ``poll.busy`` where the platform stays busy.
    """
    said = ""
    for _ in range(PATIENCE):
        try:
            return read(await feed.http(connection, call))
        except Busy as busy:
            said = busy.said
            await feed.sleep(min(busy.seconds, LONGEST_WAIT))
    raise NodeError("poll.busy", said=said or "–")
