from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.store.ids import EPOCH_MS, IdSequence

START = EPOCH_MS * 1_000_000


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(-5_000_000, 5_000_000), min_size=1, max_size=200))
def test_ids_grow_however_the_clock_moves(steps: list[int]) -> None:
    times = iter([START + 10**12 + sum(steps[:n]) for n in range(len(steps))])
    sequence = IdSequence(7, clock=lambda: next(times))
    ids = [sequence.next() for _ in steps]
    assert ids == sorted(set(ids))
    assert all(0 < each < 2**63 for each in ids)


def test_more_ids_than_fit_into_a_millisecond_run_on_into_the_next() -> None:
    sequence = IdSequence(1, clock=lambda: START + 10**12)
    ids = [sequence.next() for _ in range(20_000)]
    assert ids == sorted(set(ids))


def test_two_slots_never_give_the_same_id() -> None:
    one, other = (IdSequence(slot, clock=lambda: START + 10**12) for slot in (1, 2))
    assert not {one.next() for _ in range(9_000)} & {other.next() for _ in range(9_000)}


def test_ids_start_above_those_in_use_even_if_the_clock_was_set_back() -> None:
    newest = IdSequence(255, clock=lambda: START + 10**15).next()
    assert IdSequence(1, newest, clock=lambda: START + 10**12).next() > newest


def test_the_last_slot_and_the_last_millisecond_fit_into_63_bits() -> None:
    last = START + (2**42 - 1) * 1_000_000
    assert IdSequence(255, clock=lambda: last).next() < 2**63
