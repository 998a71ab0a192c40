"""What every store promises about holds: waits of runs, and the orders that they keep back; run over each of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from engine.errors import Conflict, NotFound
from engine.store.hub import is_overtaken
from engine.store.ports import Fact, HoldClosing, HoldFilter, NewHold, NewWait, OrderFilter, RunEnd, Store

from .conftest import EVENT, NOW, code, ended, event, fact, order

HOLD = NewHold("taobao", "s1", "1001", "2026-01-05T08:00:00Z", ("amount_mismatch", "risk_review"))
LATER = NOW + timedelta(hours=1)


def waiting(hold: NewHold = HOLD, effect: str = "e1") -> RunEnd:
    return RunEnd("waiting", NOW, waits=[NewWait("hold", effect, "d1", "held", "item", hold=hold)])


def release(run: int, actor: str = "ann") -> Fact:
    return Fact(run, 9, "results", b'{"results":[]}', actor, LATER)


async def held(store: Store, hold: NewHold = HOLD) -> tuple[int, int]:
    """A run that holds an order that is in the hub, and the id of the hold."""
    run = (await store.journal.put_event(EVENT)).id
    await store.journal.put_order(order(hold_reasons=hold.reasons), fact(run))
    await store.journal.end_run(run, waiting(hold))
    (one,) = (await store.holds()).items
    return run, one.id


async def test_a_hold_says_which_order_it_keeps_back_and_why(store: Store) -> None:
    run, hold_id = await held(store)
    one = await store.hold(hold_id)
    assert (one.run_id, one.flow, one.step, one.order, one.state, one.at) == (run, "order_hub", "held", HOLD, "open", NOW)
    assert (await store.wait(hold_id)).kind == "hold"
    for where, found in (
        (HoldFilter(reason="risk_review"), 1),
        (HoldFilter(reason="review"), 0),
        (HoldFilter(channel="taobao"), 1),
        (HoldFilter(channel="jd"), 0),
        (HoldFilter(order=("taobao", "s1", "1001")), 1),
        (HoldFilter(order=("taobao", "s2", "1001")), 0),
        (HoldFilter(state="done"), 0),
        (HoldFilter(state=None), 1),
    ):
        assert len((await store.holds(where)).items) == found, where


async def test_a_release_lets_the_run_go_on_and_the_order_is_held_by_nothing_any_more(store: Store) -> None:
    run, hold_id = await held(store)
    assert len((await store.orders(OrderFilter(held=True))).items) == 1
    assert await store.close_hold(hold_id, LATER, "released", release(run))
    one = await store.hold(hold_id)
    assert (one.state, one.closed_at, one.ended_how, one.ended_by) == ("done", LATER, "released", "ann")
    assert (await store.run(run)).state == "queued"
    assert [each.actor for each in await store.facts(run)][-1] == "ann"
    assert not (await store.orders(OrderFilter(held=True))).items
    assert (await store.order("taobao", "s1", "1001")).hold_reasons == ()
    assert (await store.order_versions("taobao", "s1", "1001")).items[0].hold_reasons == HOLD.reasons


async def test_a_hold_is_released_once(store: Store) -> None:
    run, hold_id = await held(store)
    await store.close_hold(hold_id, LATER, "released", release(run))
    with pytest.raises(Conflict) as caught:
        await store.close_hold(hold_id, LATER, "released", release(run, "bob"))
    assert code(caught) == "wait.closed"
    assert (await store.hold(hold_id)).ended_by == "ann"


async def test_a_release_of_an_older_version_frees_no_newer_one(store: Store) -> None:
    run, hold_id = await held(store)
    newer = order(version="2026-01-05T09:00:00Z", content="c2", hold_reasons=("risk_review",))
    later = (await store.journal.put_event(event(key="taobao/s1/1001/v2", content="c2"))).id
    await store.journal.put_order(newer, fact(later))
    await store.close_hold(hold_id, LATER, "released", release(run))
    assert (await store.order("taobao", "s1", "1001")).hold_reasons == ("risk_review",)


async def test_holds_of_versions_that_a_newer_one_replaced_are_found(store: Store) -> None:
    run, hold_id = await held(store)
    assert not await store.overtaken_holds()
    later = (await store.journal.put_event(event(key="taobao/s1/1001/v2", content="c2"))).id
    await store.journal.put_order(order(version="2026-01-05T07:00:00Z", content="c0"), fact(later))
    assert not await store.overtaken_holds()
    await store.journal.put_order(order(version="2026-01-05T09:00:00Z", content="c2"), fact(later, 2))
    assert [one.id for one in await store.overtaken_holds()] == [hold_id]
    await store.close_hold(hold_id, LATER, "superseded", release(run, "system"))
    assert not await store.overtaken_holds()


async def test_a_cancelled_run_holds_nothing(store: Store) -> None:
    run, hold_id = await held(store)
    await store.journal.end_run(run, ended("cancelled"), decision=True)
    one = await store.hold(hold_id)
    assert (one.state, one.ended_how, one.ended_by) == ("cancelled", "", "")
    assert not (await store.holds()).items


async def test_an_order_counts_as_held_where_only_a_flow_holds_it(store: Store) -> None:
    run = (await store.journal.put_event(EVENT)).id
    await store.journal.put_order(order(), fact(run))
    await store.journal.end_run(run, waiting())
    assert [len((await store.orders(OrderFilter(held=held))).items) for held in (True, False)] == [1, 0]


async def test_a_hold_goes_with_its_run(store: Store) -> None:
    run, hold_id = await held(store)
    await store.journal.end_run(run, ended())
    await store.delete_runs([run])
    with pytest.raises(NotFound) as caught:
        await store.hold(hold_id)
    assert code(caught) == "hold.unknown"


async def test_a_number_that_no_hold_or_version_can_have_is_unknown(store: Store) -> None:
    with pytest.raises(NotFound, match=r"hold\.unknown"):
        await store.hold(10**30)
    with pytest.raises(NotFound, match=r"order\.unknown_version"):
        await store.order_version(10**30)


AHEAD, TRUE, BEFORE = "2026-01-05T16:00:00Z", "2026-01-05T08:00:00Z", "2026-01-05T07:30:00Z"


async def test_a_version_from_the_future_gives_way_to_its_correction_and_to_nothing_from_before_it(store: Store) -> None:
    run = (await store.journal.put_event(EVENT)).id
    came = datetime(2026, 1, 5, 8, 0, 2, tzinfo=UTC)
    hold = replace(HOLD, version=AHEAD, reasons=("future_dated",))
    await store.journal.put_order(order(version=AHEAD, content="wrong", updated_at=came), fact(run))
    await store.journal.end_run(run, waiting(hold))
    later = (await store.journal.put_event(event(key="taobao/s1/1001/v2", content="c2"))).id
    put = [(BEFORE, came + timedelta(seconds=1)), (TRUE, came - timedelta(seconds=1)), (TRUE, came + timedelta(minutes=5))]
    outcomes = [
        await store.journal.put_order(order(version=version, content=f"c{number}", updated_at=at), fact(later, number))
        for number, (version, at) in enumerate(put, 1)
    ]
    assert outcomes == ["stale", "stale", "changed"]
    assert (await store.order("taobao", "s1", "1001")).version == TRUE
    assert [one.order.version for one in await store.overtaken_holds()] == [AHEAD]
    again = order(version=AHEAD, content="wrong", updated_at=came + timedelta(hours=9))
    assert await store.journal.put_order(again, fact(later, 9)) == "changed", "by then that time has come"


@pytest.mark.parametrize(
    ("held_version", "newest", "brought_by", "overtaken"),
    [
        ("2026-01-05T08:00:00Z", "2026-01-05T08:00:01Z", 1, True),
        ("2026-01-05T08:00:00Z", "2026-01-05T16:00:00+08:00", 9, False),
        ("2026-01-05T08:00:01Z", "2026-01-05T08:00:00Z", 9, False),
        ("one-digest", "another-digest", 9, True),
        ("one-digest", "another-digest", 1, False),
    ],
)
def test_what_a_newer_version_overtakes(held_version: str, newest: str, brought_by: int, overtaken: bool) -> None:
    assert is_overtaken(held_version, 5, newest, brought_by) is overtaken


def test_a_version_from_the_future_is_overtaken_by_what_came_later_alone() -> None:
    since = datetime(2026, 1, 5, 8, 0, 2, tzinfo=UTC)
    assert is_overtaken(AHEAD, 5, TRUE, 9, since)
    assert not is_overtaken(AHEAD, 5, TRUE, 1, since)
    assert not is_overtaken("2026-01-05T08:09:00Z", 5, TRUE, 9, since), "clocks differ a little"


async def two_held(store: Store) -> tuple[tuple[int, int], tuple[int, int]]:
    """Two runs, each with the hold of an order of its own: (run, hold)."""
    other = replace(HOLD, channel_order_id="1002")
    first, run = await held(store), (await store.journal.put_event(event(key="e-other", order_key="taobao|s1|1002"))).id
    await store.journal.put_order(order(channel_order_id="1002"), fact(run))
    await store.journal.end_run(run, waiting(other, "e2"))
    (second,) = (await store.holds(HoldFilter(order=("taobao", "s1", "1002")))).items
    return first, (run, second.id)


async def test_several_holds_end_together_each_in_its_own_way(store: Store) -> None:
    (lead, led), (run, merged) = await two_held(store)
    await store.close_holds(
        [HoldClosing(led, "led", release(lead, "system")), HoldClosing(merged, "merged", release(run, "system"))], LATER
    )
    found = [await store.hold(one) for one in (led, merged)]
    assert [(one.state, one.ended_how, one.ended_by) for one in found] == [("done", "led", "system"), ("done", "merged", "system")]
    assert [(await store.run(one)).state for one in (lead, run)] == ["queued", "queued"]
    assert [(await store.facts(one))[-1].number for one in (lead, run)] == [9, 9]


async def test_where_one_of_several_holds_is_open_no_more_none_of_them_ends(store: Store) -> None:
    (lead, led), (run, merged) = await two_held(store)
    await store.close_hold(merged, LATER, "released", release(run))
    with pytest.raises(Conflict) as caught:
        await store.close_holds([HoldClosing(led, "led", release(lead)), HoldClosing(merged, "merged", release(run))], LATER)
    assert code(caught) == "wait.closed"
    assert (await store.hold(led)).state == "open"
    assert (await store.run(lead)).state == "waiting"
    assert len(await store.facts(lead)) == 1


async def test_where_the_number_of_a_fact_is_taken_none_of_several_holds_ends(store: Store) -> None:
    (lead, led), (run, merged) = await two_held(store)
    taken = (await store.facts(run))[0].number
    clash = Fact(run, taken, "results", b'{"results":[]}', "system", LATER)
    with pytest.raises(Conflict) as caught:
        await store.close_holds([HoldClosing(led, "led", release(lead)), HoldClosing(merged, "merged", clash)], LATER)
    assert code(caught) == "store.already_kept"
    assert [(await store.hold(one)).state for one in (led, merged)] == ["open", "open"]
