"""An engine in which anything may happen in any order, beside a model of what must be true of it all the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule

from engine.erasure import erase_event
from engine.errors import Conflict, InputInvalid
from engine.store.operations import ENDS
from engine.store.ports import OPEN_STATES, Incident, IncidentFilter, WaitFilter
from tests.crash.calling_model import Callers
from tests.crash.calling_scene import CALLING, callee, caller, calling_body
from tests.crash.scene import KINDS, TARGETS, Seen, body_of, scene

DOUBT = "effect.unknown_outcome"
MODES = ("ok", "down", "refuse", "patience", "deaf", "lost", "slow")
T = TypeVar("T")
Number = st.integers(0, 50)


@dataclass
class Known:
    """What the model knows of an accepted event."""

    id: int
    order: str
    v: int
    kind: str
    mark: int
    cancelled: bool = False
    late: bool = False
    """It was at work when it was cancelled, so that its end may have been quicker."""
    skipped: bool = False
    erased: bool = False
    waited: bool = False
    anew: int = 0
    sent_again: int = 0


class Machine(Callers):
    """After each step the invariants hold; in the end, when the targets work again and everybody has decided, everything has ended."""

    def __init__(self) -> None:
        super().__init__()
        self.mark = 1
        self.known: dict[int, Known] = {}
        self.out_of_order: list[str] = []
        self.begin(self.watch)
        self._publish()

    # --- what may happen

    @rule(order=st.sampled_from("AB"), kind=st.sampled_from(KINDS), older=st.booleans())
    def deliver(self, order: str, kind: str, older: bool) -> None:
        used = {one.v for one in self.known.values() if one.order == order}
        latest = max(used, default=0)
        v = latest - 1 if older and latest > 1 and latest - 1 not in used else latest + 2
        accepted = self.run(self._hook(*_delivery(order, v, kind)))
        assert not accepted.duplicate
        self.known[accepted.id] = Known(accepted.id, order, v, kind, self.mark)

    @rule(number=Number)
    def deliver_again(self, number: int) -> None:
        if (one := _pick(list(self.known.values()), number)) is not None:
            accepted = self.run(self._hook(*_delivery(one.order, one.v, one.kind)))
            assert (accepted.id, accepted.duplicate) == (one.id, True)

    @rule(number=Number, decision=st.sampled_from(["approved", "rejected"]))
    def answer(self, number: int, decision: str) -> None:
        if (wait := _pick(self.run(self.app.store.waits(WaitFilter(kind="task"))).items, number)) is not None:
            self.run(self.app.waits.end(wait, "answer", "lead", {"decision": decision}))

    @rule(number=Number)
    def signal(self, number: int) -> None:
        if (wait := _pick(self.run(self.app.store.waits(WaitFilter(kind="signal"))).items, number)) is not None:
            self.run(self.app.waits.signal(self.app.waits.token(wait.effect), {}))

    @rule(number=Number, action=st.sampled_from(["again", "anew", "skip", "sent", "not_sent"]))
    def decide(self, number: int, action: str) -> None:
        incident = _pick(self.run(self.app.store.incidents()).items, number)
        if incident is not None and (incident.code == DOUBT or action not in ("sent", "not_sent")):
            self._decide(incident, action)

    @rule(hours=st.sampled_from([0.02, 1, 3, 30, -1]))
    def time_passes(self, hours: float) -> None:
        """Or the clock is put back."""
        self.now += timedelta(hours=hours)
        self.run(self.app.waits.wake_due())

    @rule(number=Number)
    def cancel(self, number: int) -> None:
        if (one := _pick(list(self.known.values()), number)) is None:
            return
        at_work = one.id in self.app.dispatcher._at_work
        try:
            self.run(self.app.cancel(one.id, "owner"))
        except Conflict:
            assert self.state(one.id) in ENDS
        else:
            one.cancelled, one.late = True, at_work

    @rule(number=Number)
    def erase(self, number: int) -> None:
        """A run that is open is cancelled before; one that is at work must end first."""
        one = _pick([one for one in self.known.values() if not one.erased and not self._at_work(one)], number)
        if one is not None:
            one.cancelled = one.cancelled or self.state(one.id) not in ENDS
            assert self.run(erase_event(self.app, one.id, "owner")).erased
            one.erased = True

    @rule()
    def fall(self) -> None:
        self.fall_and_rise()

    @rule(order=st.sampled_from("AB"), kind=st.sampled_from(KINDS))
    def fall_in_the_middle_of_a_call(self, order: str, kind: str) -> None:
        modes, self.targets.modes = self.targets.modes, dict.fromkeys(TARGETS, "slow")
        self.deliver(order, kind, False)
        self.fall()
        self.targets.modes = modes
        self.let_go()

    @rule()
    def publish(self) -> None:
        self.mark += 1
        self._publish()

    @rule(system=st.sampled_from(TARGETS), mode=st.sampled_from(MODES))
    def target_is(self, system: str, mode: str) -> None:
        self.targets.modes[system] = mode

    @rule()
    def let_go(self) -> None:
        self.run(self._let_go())

    @rule()
    def look_for_what_was_left_behind(self) -> None:
        assert self.run(self.app.left_behind.look()) == 0

    # --- what must be true

    @invariant()
    def promises_hold(self) -> None:
        self.everything_is_somebodys()
        self.each_order_reached_its_targets_as_it_should()
        self.what_a_target_did_stands_in_the_journal()

    def everything_is_somebodys(self) -> None:
        """Of each run that has not ended it is clear who does what next."""
        waits: dict[int, int] = {}
        for wait in self.run(self.app.store.waits(limit=500)).items:
            waits[wait.run_id] = waits.get(wait.run_id, 0) + 1
        incidents = {one.run_id for one in self.run(self.app.store.incidents(limit=500)).items}
        in_line = self.app.dispatcher.known()
        self.callers_keep_their_promises(waits, incidents, in_line)
        for one in self.known.values():
            state = self.state(one.id)
            one.waited = one.waited or (state == "waiting" and one.kind not in CALLING)
            self.is_somebodys(one.id, waits, incidents, in_line)
            if one.cancelled and one.id not in in_line:
                assert state == "cancelled" or (one.late and state in ("done", "failed")), f"{one} was cancelled and is {state}"

    def is_somebodys(self, run: int, waits: Mapping[int, int], incidents: set[int], in_line: set[int]) -> None:
        state = self.state(run)
        if state in OPEN_STATES:
            assert run in in_line, f"{self._named(run)} is {state} and nobody works on it"
        elif state == "parked":
            assert run in incidents, f"{self._named(run)} is parked without an incident"
        elif state == "waiting":
            assert waits.get(run), f"{self._named(run)} waits for nothing"
        elif state == "done":
            assert run not in incidents, f"{self._named(run)} is done with an incident"
        if state in ENDS and run not in in_line:
            assert run not in waits, f"{self._named(run)} has ended and waits"

    def each_order_reached_its_targets_as_it_should(self) -> None:
        assert self.out_of_order == []
        for one in self.known.values():
            mine = [seen for seen in self.targets.seen if (seen.order, seen.v) == (one.order, one.v)]
            assert {seen.mark for seen in mine} <= {one.mark}, f"{one} ran another version"
            for target in TARGETS:
                for line in range(4):
                    there = [seen for seen in mine if (seen.target, seen.line) == (target, line)]
                    assert len({seen.key for seen in there}) <= 1 + one.anew, f"{one}: keys at {target}"
                    assert len({(seen.key, seen.body) for seen in there}) == len({seen.key for seen in there}), f"{one}: bodies at {target}"
            done_once = [seen for seen in mine if seen.target == "once" and seen.done]
            assert len(done_once) <= 1 + one.sent_again, f"{one} was done twice"

    def what_a_target_did_stands_in_the_journal(self) -> None:
        for one in self.known.values():
            if self.state(one.id) == "done" and not one.erased:
                runs = [one.id, *(child.id for child in (self.children(one.id) if one.kind in CALLING else ()))]
                journal = {known for run in runs for known in self.run(self._journaled(run))}
                missing = {seen.key for seen in self.targets.seen if (seen.order, seen.v) == (one.order, one.v)} - journal
                assert not missing, f"{one}: calls that the journal does not know"

    def teardown(self) -> None:
        """Everything has a way out: the targets work, people answer, time passes."""
        try:
            self.targets.modes = dict.fromkeys(TARGETS, "ok")
            for _ in range(40):
                self.run(self._let_go())
                self.now += timedelta(hours=12)
                self.run(self.app.waits.wake_due())
                self.run(self.app.calls.heal())
                for incident in self.run(self.app.store.incidents(limit=500)).items:
                    self._decide(incident, _answer(incident))
                if all(self.state(one.id) in ENDS for one in self.known.values()):
                    break
            self.promises_hold()
            for one in self.known.values():
                assert self.state(one.id) in ("done", "cancelled") or (one.erased and self.state(one.id) == "failed"), self._about(one)
                self._reached_all(one)
        finally:
            self.end()

    # --- how it is done

    def watch(self, seen: Seen) -> None:
        """Events of one order go one after the other; only one that waited may be overtaken."""
        for one in self.known.values():
            own = next((other.id for other in self.known.values() if (other.order, other.v) == (seen.order, seen.v)), None)
            if own is None or one.order != seen.order or one.id >= own or one.waited:
                continue
            state = self.state(one.id)
            if state not in (ENDS if one.kind in CALLING else (*ENDS, "waiting")):
                self.out_of_order.append(f"{seen} before {one}, which is {state}")

    def _decide(self, incident: Incident, action: str) -> None:
        run = self.parent_of(incident.run_id)
        assert run in self.known, f"run {run} is nobody's: it was made beside those of which senders were told"
        one = self.known[run]
        try:
            self.run(self.app.resume(incident.id, action, "owner"))
        except Conflict:
            return  # the run went on meanwhile
        except InputInvalid:
            assert (incident.code, action) == (DOUBT, "again")
            return
        one.skipped = one.skipped or action in ("skip", "sent")
        one.anew += action == "anew" or (action == "skip" and incident.step == "all")  # fewer items are another call
        one.sent_again += action in ("anew", "not_sent")

    def _reached_all(self, one: Known) -> None:
        if one.cancelled or one.skipped or self.state(one.id) != "done":
            return
        done = {seen.target for seen in self.targets.seen if (seen.order, seen.v) == (one.order, one.v) and seen.done}
        if one.kind in CALLING:
            self.callers_got_their_answers(one)
        wanted = {"a", "b", *({one.kind} & {"once", "strict", "fatal", "bulk"})}
        assert wanted <= done, f"{one} is done, but never reached {wanted - done}"

    def _publish(self) -> None:
        for document in (callee(self.mark), scene(self.mark), caller(self.mark)):
            self.run(self.app.publish(document, note="", actor="owner"))

    def _at_work(self, one: Known) -> bool:
        """Or something that it called."""
        runs = [one.id, *(child.id for child in (self.children(one.id) if one.kind in CALLING else ()))]
        return any(run in self.app.dispatcher._at_work for run in runs)

    def _named(self, run: int) -> str:
        parent = self.parent_of(run)
        return str(self.known[run]) if parent == run else f"what {self.known[parent]} called"

    def _about(self, one: Known) -> str:
        incidents = self.run(self.app.store.incidents(IncidentFilter(run_id=one.id))).items
        return f"{one} has no way out: {self.state(one.id)}, {[(each.step, each.code, each.fields) for each in incidents]}"


def _delivery(order: str, v: int, kind: str) -> tuple[bytes, str]:
    """A body, and the flow that it goes to."""
    return (calling_body(order, v, kind), "caller") if kind in CALLING else (body_of(order, v, kind), "scene")


def _answer(incident: Incident) -> str:
    """What lets a run go on: what was called and has ended otherwise than well is called anew."""
    if incident.code == DOUBT:
        return "not_sent"
    return "anew" if incident.code.startswith("call.") else "again"


def _pick(among: Sequence[T], number: int) -> T | None:
    return among[number % len(among)] if among else None
