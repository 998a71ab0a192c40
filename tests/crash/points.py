"""Every commit and every outgoing call of the engine has a name; a process may be killed right there. Put in from outside.

Names: ``before|after commit:KIND#N`` and ``before|after call:STEP#N``, the Nth of its kind in this process. ``before`` a commit means that
its transaction is written, but not committed.
"""

from __future__ import annotations

import os
import signal
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from engine.run.journaled import JournaledEffects
from engine.store.group_commit import GroupCommit
from engine.store.keys import KeyRing
from engine.store.operations import Call, Operation, PutFact, PutOrder
from engine.store.ports import NewEvent


class Points:
    """``at``: where to die, if anywhere; ``passed``: the names that were passed so far."""

    def __init__(self, at: str | None = None) -> None:
        self.at, self.passed = at, list[str]()
        self._counts: Counter[str] = Counter()

    def pass_by(self, when: str, kind: str) -> None:
        self._counts[f"{when} {kind}"] += 1
        name = f"{when} {kind}#{self._counts[f'{when} {kind}']}"
        self.passed.append(name)
        if name == self.at:
            os.kill(os.getpid(), signal.SIGKILL)
            time.sleep(60)  # until the signal arrives

    def put_in(self) -> None:
        transaction, attempt, make = GroupCommit._transaction, JournaledEffects._attempt, KeyRing._make

        def committing(writer: Any, operations: list[Operation], apply: Any) -> list[Any]:
            kinds = list(dict.fromkeys(kinds_of(operations)))

            def applied(connection: Any, these: Sequence[Operation]) -> list[Any]:
                results = apply(connection, these)
                for kind in kinds:
                    self.pass_by("before", f"commit:{kind}")
                return results

            results = transaction(writer, operations, applied)
            for kind in kinds:
                self.pass_by("after", f"commit:{kind}")
            return results

        async def calling(effects: Any, step: Any, *rest: Any) -> Any:
            self.pass_by("before", f"call:{step.slug}")
            try:
                return await attempt(effects, step, *rest)
            finally:
                self.pass_by("after", f"call:{step.slug}")

        def making(ring: Any) -> None:
            self.pass_by("before", "commit:keys")
            make(ring)
            self.pass_by("after", "commit:keys")

        GroupCommit._transaction = committing  # type: ignore[method-assign]
        JournaledEffects._attempt = calling  # type: ignore[method-assign]
        KeyRing._make = making  # type: ignore[method-assign]


def kinds_of(operations: Sequence[Operation]) -> Iterator[str]:
    for operation in operations:
        if isinstance(operation, NewEvent):
            yield "event"
        elif isinstance(operation, PutFact):
            if operation.fact is not None:
                yield operation.fact.kind
            if operation.end is not None:
                yield f"end:{operation.end.state}"
        elif isinstance(operation, PutOrder):
            yield "hub"
        elif isinstance(operation, Call):
            yield operation.run.__qualname__.partition(".<locals>")[0].rpartition(".")[2]
