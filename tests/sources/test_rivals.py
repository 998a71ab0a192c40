"""Sources of one audience take each other's messages, and each is told of the others."""

from __future__ import annotations

from datetime import UTC, datetime

from engine.errors import Problem
from engine.source.rivals import rivals
from engine.source.state import SourceState

NOW = datetime(2026, 1, 16, tzinfo=UTC)


def test_each_of_one_audience_is_told_of_the_first_of_the_others() -> None:
    found = rivals({("a", "t"): {"app"}, ("b", "t"): {"app", "second"}, ("c", "t"): {"second"}, ("d", "t"): {"third"}, ("e", "t"): set()})
    assert {name[0]: (one.fields["flow"], one.fields["count"]) for name, one in found.items()} == {
        "a": ("b", 1),
        "b": ("a", 2),
        "c": ("b", 1),
    }


def test_two_triggers_of_one_flow_are_rivals_too() -> None:
    found = rivals({("a", "t"): {"app"}, ("a", "u"): {"app"}})
    assert {name[1]: one.fields["trigger"] for name, one in found.items()} == {"t": "u", "u": "t"}


def test_what_stands_is_shown_while_nothing_worse_is_and_goes_when_it_is_over() -> None:
    state, standing, worse = SourceState("a", "t", "u@1", (), "connected", NOW), Problem("source.shared_messages"), Problem("server.lost")
    assert (state.stand(standing), state.stand(standing), state.problem) == (True, False, standing)
    state.turn("broken", NOW, worse)
    assert state.problem == worse
    state.turn("connected", NOW)
    assert state.problem == standing
    assert (state.stand(None), state.problem) == (True, None)
