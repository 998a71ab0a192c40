"""The bars of the trial."""

from __future__ import annotations

from dataclasses import replace

from tests.whole.figures import Figures, bar_faults


def test_a_bar_that_is_missed_or_was_not_measured_is_told() -> None:
    figures = Figures(3, {}, {}, {}, [0.1, 0.2, 1.9], [], 0, [14.0], [], 10.0, 1.0, 1.0)
    assert bar_faults(figures) == []
    assert len(bar_faults(replace(figures, delays=[0.1, 2.5, 5.5]))) == 2
    assert len(bar_faults(replace(figures, found=[15.5]))) == 1
    assert len(bar_faults(replace(figures, delays=[], found=[]))) == 2
