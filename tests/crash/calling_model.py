"""What must be true of runs that call runs, whatever happens (rule R11)."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from engine.errors import Conflict
from engine.json_text import read_json
from engine.store.operations import ENDS
from engine.store.ports import Run
from tests.crash.calling_scene import CALLING, LINES, callee
from tests.crash.lab import Lab
from tests.crash.scene import TARGETS

NEVER = 1000
"""Marks from here on belong to versions that no caller was published with."""


class Callers(Lab, RuleBasedStateMachine):
    """Rules and promises of callers; ``known`` and ``deliver`` are those of the machine."""

    known: dict[int, Any]
    mark: int

    @rule(order=st.sampled_from("cd"), kind=st.sampled_from(CALLING))
    def deliver_to_a_caller(self, order: str, kind: str) -> None:
        self.deliver(order, kind, False)

    @rule(kind=st.sampled_from(CALLING))
    def fall_while_a_flow_is_called(self, kind: str) -> None:
        modes, self.targets.modes = self.targets.modes, dict.fromkeys(TARGETS, "slow")
        self.deliver("c", kind, False)
        self.fall_and_rise()
        self.targets.modes = modes
        self.run(self._let_go())

    @rule(number=st.integers(0, 50))
    def cancel_what_was_called(self, number: int) -> None:
        """A person may end a child by itself; whoever called it learns of it."""
        found = [child for one in self.callers() for child in self.children(one.id) if child.state not in ENDS]
        if found:
            with suppress(Conflict):
                self.run(self.app.cancel(found[number % len(found)].id, "owner"))

    @rule()
    def publish_the_called_flow_alone(self) -> None:
        """Nobody calls it before they are published anew."""
        self.run(self.app.publish(callee(NEVER + self.mark), note="", actor="owner"))

    @rule()
    def heal(self) -> None:
        """As the service does every half minute: after a while in which nothing fell, there is nothing."""
        assert self.run(self.app.calls.heal()) == 0

    def deliver(self, order: str, kind: str, older: bool) -> None:
        raise NotImplementedError

    def callers(self) -> list[Any]:
        return [one for one in self.known.values() if one.kind in CALLING]

    def children(self, run: int) -> list[Run]:
        return list(self.run(self.app.store.children(run, limit=500)).items)

    def callers_keep_their_promises(self, waits: Mapping[int, int], incidents: set[int], in_line: set[int]) -> None:
        for one in self.callers():
            found = self.children(one.id)
            assert len(found) <= len(LINES[one.kind]) * (1 + one.anew), f"{one} called {len(found)} times"
            state = self.state(one.id)
            for child in found:
                self.is_somebodys(child.id, waits, incidents, in_line)
                if state in ENDS and one.id not in in_line:
                    assert child.state in ENDS or child.id in in_line, f"{child} outlives {one}, which is {state}"
            if state == "done" and not one.skipped:
                ended = [child.state for child in found if child.state == "done"]
                assert len(ended) >= len(LINES[one.kind]), f"{one} is done without the answers of what it called"

    def is_somebodys(self, run: int, waits: Mapping[int, int], incidents: set[int], in_line: set[int]) -> None:
        raise NotImplementedError

    def callers_got_their_answers(self, one: Any) -> None:
        """Each line was done at the child's target, and the order went on with all answers."""
        mine = [seen for seen in self.targets.seen if (seen.order, seen.v) == (one.order, one.v) and seen.done]
        assert {seen.line for seen in mine if seen.target == "child"} == {*LINES[one.kind]}, f"{one}: not all lines were done"
        if one.kind == "each":
            told = [len(read_json(seen.body)["results"]) for seen in mine if seen.target == "a"]
            assert set(told) == {len(LINES["each"])}, f"{one} went on with {told} answers"

    def parent_of(self, run: int) -> int:
        call = self.run(self.app.store.call_of(run))
        return run if call is None else call.parent
