"""What the two processes tell each other comes out as it went in, packed by its types or pickled."""

from __future__ import annotations

import pickle
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from engine.errors import Conflict, Problem
from engine.store.apart.packed import PICKLED, packed, unpacked
from engine.store.apart.words import Calls, Done, Work
from engine.store.consignments import Consignment, Member
from engine.store.operations import PutFact, PutOrder
from engine.store.order_records import NewHold
from engine.store.owners import Claim
from engine.store.ports import Accepted, Fact, HubOrder, NewCall, NewEvent, NewIncident, NewWait, RunEnd

AT = datetime(2026, 12, 1, 8, 30, 0, 123_456, tzinfo=UTC)
EVENT = NewEvent("orders", 3, "hook", "own|1", "c" * 32, "own|1", b"\x02body", AT, "hook:orders/hook")
FACT = Fact(7, 1, "results", b'{"results":[]}', "system", AT)
SENT = Consignment("wms", "own", "s", "P1", "P1", members=(Member("A", "2", "9.90", ("l1", "l2")), Member("B", lines=None)), ships=True)
INCIDENT = NewIncident("wms", "1", "effect.refused", ("a", "b"), {"status": 400, "amount": Decimal("1.10"), "names": ("x",)})
HOLD = NewHold("own", "s", "A", "2", ("remark",))
ORDER = HubOrder("own", "s", "A", "2", "c", "paid", "CNY", "9.90", "A", None, "normal", b"{}", 7)
TYPED = [
    EVENT,
    NewEvent("orders", 3, "hook", "k", "c", "o", b"", AT, "a", "d", True, "f", NewCall(5, "e", 2), AT, b"{}"),
    PutFact(7, FACT, None),
    PutFact(7, None, RunEnd("cancelling", AT), decision=True),
    PutFact(7, FACT, RunEnd("done", AT, drops_waits=True, timed=True), sent=[SENT]),
]
OTHERS = [
    PutFact(7, FACT, RunEnd("parked", AT, [INCIDENT])),
    PutFact(7, None, RunEnd("waiting", AT, waits=[NewWait("hold", "e", "d", "s", "1", AT, ("clerk",), HOLD)])),
    PutOrder(ORDER, FACT),
]


def as_lists(operation: Any) -> Any:
    """Sequences may come out as other sequences."""
    if isinstance(operation, PutFact):
        end = operation.end
        ends = None if end is None else (end.state, end.at, list(end.incidents), list(end.waits), end.drops_waits, end.timed)
        return operation.event_id, operation.fact, ends, operation.decision, list(operation.sent)
    return operation


@pytest.mark.parametrize("operation", [*TYPED, *OTHERS])
def test_an_operation_comes_out_as_it_went_in(operation: Any) -> None:
    told = packed(Work([operation], 5))
    assert told[0] != PICKLED
    assert [as_lists(one) for one in unpacked(told).operations] == [as_lists(operation)]


@pytest.mark.parametrize("operation", TYPED)
def test_what_is_usual_holds_no_pickle(operation: Any) -> None:
    assert bytes([PICKLED, pickle.HIGHEST_PROTOCOL]) not in packed(Work([operation], 5))


def test_a_work_brings_its_claim_and_what_was_forgotten() -> None:
    work = Work([EVENT, *OTHERS, PutFact(7, FACT, None)], 2**62, Claim(3, 9), [1, 2**62])
    said = unpacked(packed(work))
    assert (said.last, said.claim, list(said.forgotten), len(said.operations)) == (2**62, Claim(3, 9), [1, 2**62], 5)


def test_results_come_out_as_they_went_in() -> None:
    accepted = Accepted(2**62, "own|1", duplicate=True, conflict=False)
    said = unpacked(packed(Done([accepted, None, "changed", Conflict(Problem("store.already_kept", ("a",), {"b": 1})), 5], 4, 3)))
    assert said.results[:3] == [accepted, None, "changed"]
    assert said.results[3].problems == (Problem("store.already_kept", ("a",), {"b": 1}),)
    assert (said.results[4], said.last, said.commits) == (5, 4, 3)


NOTE = (AT, "in", "orders/hook", "POST", "/hooks/orders/hook", 200, None, 1.25, False, 2**62, None, None, None, 1, 99, None)


@pytest.mark.parametrize(("answer", "is_pickled"), [(None, False), ({"status": 400, "amount": Decimal("1.10")}, True)])
def test_calls_come_out_as_they_went_in(answer: Any, is_pickled: bool) -> None:
    notes = [NOTE, (*NOTE[:-1], answer)]
    told = packed(Calls(notes))
    assert (told[0] == PICKLED, list(unpacked(told).notes)) == (is_pickled, notes)


@pytest.mark.parametrize("changed", [{"key": "\ud83d"}, {"version": 2**70}])
def test_what_has_no_place_in_the_types_is_told_all_the_same(changed: dict[str, Any]) -> None:
    operation = NewEvent(**{name: changed.get(name, getattr(EVENT, name)) for name in EVENT.__struct_fields__})
    told = packed(Work([operation], 5))
    assert told[0] == PICKLED
    assert unpacked(told).operations == [operation]


@given(
    some.text(), some.binary(), some.datetimes(timezones=some.just(UTC)), some.integers(-(2**63), 2**63 - 1), some.booleans(),
    some.none() | some.text(),
)  # fmt: skip
def test_whatever_an_event_holds_comes_out(text: str, raw: bytes, at: datetime, number: int, passes: bool, delivery: str | None) -> None:
    one = NewEvent(text, number, text, text, text, text, raw, at, text, delivery, passes, text, None, at, raw)
    assert unpacked(packed(Work([one], number))).operations == [one]


def test_times_in_other_zones_are_the_same_moments() -> None:
    there = AT.astimezone(timezone(timedelta(hours=8)))
    [one] = unpacked(packed(Work([PutFact(7, Fact(7, 1, "results", b"{}", "system", there), None)], 5))).operations
    assert one.fact.at == AT
