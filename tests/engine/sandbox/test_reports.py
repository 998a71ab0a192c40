"""The report of a trial on a recording outlives the process, and goes with its recording; of an erased order it tells nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from engine.app import Orderloom
from engine.erasure import erase_event
from engine.errors import NotFound, Problem
from engine.replay import Counts, KeptReplay, OrderChanges, Span, Summary
from engine.replay.report import KEPT, keep_report, orders_in, report_of, reports
from engine.run.changes import Change
from engine.run.made import Place
from engine.store.memory import MemoryStore
from engine.store.ports import Store
from tests.sources.house import until

from .shops import PERSONAL, house, recorded, text

NOON = datetime(2026, 1, 16, 12, tzinfo=UTC)


async def finished(app: Orderloom, recording: int) -> KeptReplay:
    document = text("own_shop", order="transform.canonical_order@2")
    begun = await app.replays.start("orders", document, Span(), 100, NOON, recording=recording)
    await until(lambda: begun.state != "running", "ended")
    return begun


def told(one: KeptReplay) -> tuple[Any, ...]:
    return (
        one.id, one.flow, one.against, one.recording, one.digest, one.began_at, one.state, one.counts, one.problems,
        one.summary.sorted_groups(), one.summary.sorted_failures(),
    )  # fmt: skip


async def test_a_report_outlives_a_restart_and_the_next_trial_has_a_number_of_its_own(open_one: Callable[[], Store]) -> None:
    async with house(open_store=open_one) as at:
        async with at.open() as app:
            await app.publish(text("own_shop"), note="", actor="owner")
            traffic = await recorded(app, at, 2)
            before = await finished(app, traffic.id)
            assert (before.state, before.counts.differing) == ("done", 2)
        async with at.open() as app:
            (listed,) = await app.replays.on(traffic.id)
            after = await app.replays.get("orders", before.id)
            assert told(after) == told(listed) == told(before)
            assert after.orders == before.orders
            assert [one.id for one in await app.replays.of("orders")] == [before.id]
            kept = str(after.orders)
            assert not [word for word in PERSONAL if word in kept]
            again = await finished(app, traffic.id)
            assert again.id == before.id + 1
            assert [one.id for one in await app.replays.on(traffic.id)] == [again.id, before.id]
            await app.recorder.delete(traffic.id, "owner")
            assert await reports(app.store) == []
            assert await orders_in(app.store, before.id) == []


async def test_of_an_erased_order_nothing_is_told_any_more() -> None:
    async with house() as at:
        async with at.open() as app:
            await app.publish(text("own_shop"), note="", actor="owner")
            traffic = await recorded(app, at, 2)
            before = await finished(app, traffic.id)
        async with at.open() as app:
            gone, stays = before.orders
            await erase_event(app, gone.event, "owner")
            after = await app.replays.get("orders", before.id)
            assert (after.orders, after.counts.differing) == ([stays], 2)
            examples = [group.example for group in after.summary.sorted_groups() if group.order_key == gone.order_key]
            assert examples
            assert {(one.before, one.after, one.masked) for one in examples} == {(None, None, True)}


async def test_only_the_newest_reports_stay() -> None:
    store = MemoryStore()
    for number in range(1, KEPT + 3):
        await keep_report(store, report_of((number, "orders", "draft", 7, "", NOON, "done"), Counts(), Summary(), ()), [])
    assert [one.id for one in await reports(store)] == list(range(KEPT + 2, 2, -1))


async def test_amounts_and_problems_are_read_as_they_were_kept() -> None:
    store, problem = MemoryStore(), Problem("flow.bad", ("orders", "wms"), {"names": ["a", "b"]})
    change = Change("changed", Place("wms", "request", "1"), "body.amount", Decimal("10.10"), {"value": 2**60, "none": None})
    order = OrderChanges(4, "own_shop|s1|OWN-1", NOON, [change])
    await keep_report(store, report_of((1, "orders", "3", 7, "d", NOON, "failed"), Counts(total=3), Summary(), (problem,)), [order])
    assert await orders_in(store, 1) == [order]
    assert repr((await orders_in(store, 1))[0].changes[0].before) == "Decimal('10.10')"
    ((code, where, fields),) = (await reports(store))[0].problems
    assert Problem(code, where, fields) == problem


async def test_a_number_that_no_replay_has_is_unknown() -> None:
    async with house() as at, at.open() as app:
        with pytest.raises(NotFound, match=r"replay\.unknown"):
            await app.replays.get("orders", 1)
