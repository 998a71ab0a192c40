"""Calls that no run makes, as they are noted: sources that are asked, lists, alarm messages, renewals of tokens, probes."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from time import perf_counter
from typing import Any, Final

from engine.connection.failures import CallFailed
from engine.connection.masked_answer import masked_answer
from engine.errors import InputInvalid, OrderloomError
from engine.json_text import read_json
from engine.store.call_records import CallNote

STOPPED: Final = "interrupted"
"""The code of a call that the end of the service cut off."""
BAD: Final = 400
Note = Callable[[CallNote], None]


@dataclass(frozen=True, slots=True)
class Asked:
    """What is called. ``path``: below the address of the connection, as that may hold a key; ``key``: under which it is asked."""

    place: str
    method: str
    path: str = ""
    flow: str | None = None
    step: str | None = None
    key: str | None = None
    attempt: int = 1


@dataclass(slots=True)
class Call:
    """``ms``: how long it took; ``code``: why there is no answer of use; ``body``: as JSON or as it came."""

    asked: Asked
    at: datetime
    ms: float = 0.0
    status: int | None = None
    code: str | None = None
    body: Any = None

    @property
    def failed(self) -> bool:
        return self.code is not None or (self.status is not None and self.status >= BAD)

    def noted(self) -> CallNote:
        """Of an answer that failed an excerpt is kept, masked; of what was sent, nothing."""
        asked, excerpt = self.asked, None
        if self.failed and self.status is not None:
            excerpt = masked_answer({"status": self.status, "body": _parsed(self.body)})
        return (
            self.at, "out", asked.place, asked.method, asked.path, self.status, self.code, self.ms, self.failed,
            None, asked.flow, asked.step, asked.key, asked.attempt, None, excerpt,
        )  # fmt: skip


@contextmanager
def calling(now: Callable[[], datetime], asked: Asked, done: Callable[[Call], object]) -> Generator[Call]:
    """One call: inside it is made, and its answer is told. ``done`` is not told of one that a gate turned away: that was not made."""
    call, began, made = Call(asked, now()), perf_counter(), True
    try:
        yield call
    except OrderloomError as error:
        made = not isinstance(error, CallFailed) or error.after is None
        call.code = error.problems[0].code
        raise
    except BaseException:
        call.code = STOPPED
        raise
    finally:
        call.ms = (perf_counter() - began) * 1000
        if made:
            done(call)


def noting(note: Note, now: Callable[[], datetime], asked: Asked) -> AbstractContextManager[Call]:
    """One call that is noted as soon as it has ended."""
    return calling(now, asked, lambda call: note(call.noted()))


def path_below(address: str, url: str) -> str:
    """The path of a call below the address of its connection; elsewhere, its whole path. Never a query."""
    base, plain = address.partition("?")[0].rstrip("/"), url.partition("?")[0]
    if base and (plain.rstrip("/") == base or plain.startswith(base + "/")):
        return plain[len(base) :].rstrip("/")
    return "/" + plain.partition("://")[2].partition("/")[2]


def _parsed(body: Any) -> Any:
    if not isinstance(body, bytes):
        return body
    try:
        return read_json(body) if body else None
    except InputInvalid:
        return body.decode("utf-8", "replace")
