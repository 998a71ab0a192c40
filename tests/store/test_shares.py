"""Shares of orders that go through another version: one clear state after each step, whatever was published before."""

from __future__ import annotations

import pytest

from engine.errors import Conflict, NotFound
from engine.json_text import read_json
from engine.store.ports import Candidate, Store

from .conftest import event

NEXT = Candidate(b'{"n": 2}', "try it")


@pytest.fixture
async def flows(store: Store) -> Store:
    await store.publish("hub", b'{"n": 1}', note="", actor="owner")
    return store


async def published(store: Store) -> int | None:
    return (await store.flow("hub")).published


async def test_a_share_makes_a_version_that_is_not_published(flows: Store) -> None:
    share = await flows.begin_share("hub", NEXT, 10, actor="owner")
    assert (share.base, share.version, share.percent, share.state) == (1, 2, 10, "share")
    assert await published(flows) == 1
    assert (await flows.version("hub", 2)).document == NEXT.document
    assert await flows.shares() == {"hub": share}


async def test_a_share_grows_and_shrinks_down_to_nothing_and_knows_the_most_that_it_took(flows: Store) -> None:
    await flows.begin_share("hub", NEXT, 10, actor="owner")
    for percent, peak in ((50, 50), (5, 50), (0, 50), (20, 50), (60, 60)):
        share = await flows.resize_share("hub", percent, actor="owner")
        assert (share.percent, share.peak, share.state) == (percent, peak, "share")
        assert (await flows.shares())["hub"] == share
    assert await published(flows) == 1
    actions = [row.action for row in (await flows.audit_rows()).items if row.action.startswith("share.")]
    assert actions[:5] == ["share.grow", "share.grow", "share.shrink", "share.shrink", "share.grow"]


async def test_all_orders_are_a_switch_and_one_step_goes_back(flows: Store) -> None:
    await flows.begin_share("hub", NEXT, 10, actor="owner")
    assert (await flows.resize_share("hub", 100, actor="owner")).state == "switched"
    assert await published(flows) == 2
    with pytest.raises(Conflict, match=r"share\.switched"):
        await flows.resize_share("hub", 100, actor="owner")
    await flows.end_share("hub", actor="owner")
    assert (await published(flows), await flows.shares()) == (1, {})


async def test_one_may_switch_at_once_and_to_a_former_version(flows: Store) -> None:
    await flows.publish("hub", b'{"n": 2}', note="", actor="owner")
    share = await flows.begin_share("hub", 1, 100, actor="owner")
    assert (share.base, share.version, share.state, await published(flows)) == (2, 1, "switched", 1)
    assert (await flows.published_naming(["hub"], ["1"])) == {"hub": ["1"]}


async def test_back_from_a_share_leaves_what_is_published_as_it_is(flows: Store) -> None:
    await flows.begin_share("hub", NEXT, 10, actor="owner")
    ended = await flows.end_share("hub", actor="owner")
    assert (ended.version, await published(flows), await flows.shares()) == (2, 1, {})


async def test_while_a_share_stands_nothing_else_is_published(flows: Store) -> None:
    await flows.begin_share("hub", NEXT, 10, actor="owner")
    with pytest.raises(Conflict, match=r"share\.stands"):
        await flows.publish("hub", b'{"n": 3}', note="", actor="owner")
    with pytest.raises(Conflict, match=r"share\.stands"):
        await flows.begin_share("hub", 1, 20, actor="owner")
    assert await published(flows) == 1
    assert [one.version for one in await flows.versions("hub")] == [2, 1]


async def test_what_was_a_candidate_may_be_published_later(flows: Store) -> None:
    await flows.begin_share("hub", NEXT, 10, actor="owner")
    await flows.end_share("hub", actor="owner")
    assert await flows.publish("hub", NEXT.document, note="", actor="owner") == 2
    assert await published(flows) == 2


async def test_publishing_after_a_switch_leaves_no_way_back_by_one_click(flows: Store) -> None:
    await flows.begin_share("hub", NEXT, 100, actor="owner")
    await flows.publish("hub", b'{"n": 3}', note="", actor="owner")
    assert (await published(flows), await flows.shares()) == (3, {})


async def test_what_cannot_be_shared_is_refused_and_leaves_nothing(flows: Store) -> None:
    await flows.save_draft("new", b"{}", expected=None, actor="owner")
    for flow, what, error, code in (
        ("nothing", NEXT, NotFound, r"flow\.unknown"),
        ("new", NEXT, Conflict, r"share\.unpublished"),
        ("hub", 7, NotFound, r"flow\.version_unknown"),
        ("hub", 1, Conflict, r"share\.same_version"),
        ("hub", Candidate(b'{"n": 1}', ""), Conflict, r"share\.same_version"),
    ):
        with pytest.raises(error, match=code):
            await flows.begin_share(flow, what, 10, actor="owner")
    for step in (flows.end_share("hub", actor="owner"), flows.resize_share("hub", 20, actor="owner")):
        with pytest.raises(NotFound, match=r"share\.none"):
            await step
    assert [one.version for one in await flows.versions("hub")] == [1]
    assert await flows.versions("new") == []


async def test_others_are_told_and_the_audit_trail_says_who(flows: Store) -> None:
    marks = [await flows.change_mark()]
    for step in (
        flows.begin_share("hub", NEXT, 10, actor="owner"), flows.resize_share("hub", 20, actor="owner"),
        flows.resize_share("hub", 100, actor="owner"), flows.end_share("hub", actor="owner"),
    ):  # fmt: skip
        await step
        marks.append(await flows.change_mark())
    assert marks == sorted(set(marks))
    rows = [(row.action, row.detail) for row in (await flows.audit_rows(limit=4)).items]
    assert [action for action, _ in rows] == ["share.back", "share.switch", "share.grow", "share.begin"]
    assert rows[0][1] == {"version": 1, "from": 2}


async def test_why_an_event_goes_through_a_version_is_a_fact_of_its_run(store: Store) -> None:
    accepted = await store.journal.put_event(event(share=b'{"percent":10}'))
    (fact,) = await store.facts(accepted.id)
    assert (fact.number, fact.kind, read_json(fact.body)) == (0, "share", {"percent": 10})
