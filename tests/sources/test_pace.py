"""How long a source that polls waits between two looks."""

from __future__ import annotations

from typing import Any, cast

import pytest

from engine.node import sources
from engine.node.sources import Feed, Portion, poll


class _Enough(Exception):
    pass


class Waiting:
    """Keeps how long it was told to sleep, once."""

    slept = 0.0

    async def cursor(self) -> None: ...
    async def take(self, *_: Any, **__: Any) -> None: ...
    def connected(self) -> None: ...
    async def sleep(self, seconds: float) -> None:
        self.slept = seconds
        raise _Enough


@pytest.mark.parametrize(("took", "slept"), [(0.0, 10.0), (4.0, 6.0), (60.0, 5.0)])
async def test_looks_begin_at_the_pace_that_is_asked_for_with_half_of_it_between_them(
    monkeypatch: pytest.MonkeyPatch, took: float, slept: float
) -> None:
    now, portions, feed = [0.0], iter((Portion((), 1, more=True), Portion((), 2))), Waiting()
    monkeypatch.setattr(sources, "monotonic", lambda: now[0])

    async def look(_: Any) -> Portion:
        now[0] += took / 2
        return next(portions)

    with pytest.raises(_Enough):
        await poll(cast("Feed", feed), 10.0, look)
    assert feed.slept == slept
