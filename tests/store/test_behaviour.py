"""What every store promises; run over each of them."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from engine.errors import Conflict, InputInvalid, NotFound
from engine.store.filters import EventFilter, OrderFilter
from engine.store.ports import NewIncident, RunEnd, RunFilter, RunState, Store

from .conftest import EVENT, NOW, ended, event, fact, numbered, order, parked


def code(caught: pytest.ExceptionInfo[NotFound] | pytest.ExceptionInfo[Conflict] | pytest.ExceptionInfo[InputInvalid]) -> str:
    return caught.value.problems[0].code


async def test_an_event_comes_back_as_it_was_put(store: Store) -> None:
    accepted = await store.journal.put_event(event(passes=True))
    kept = await store.event(accepted.id)
    assert (kept.flow, kept.version, kept.trigger, kept.key, kept.order_key) == ("order_hub", 3, "taobao", EVENT.key, EVENT.order_key)
    assert (kept.received_at, kept.actor, kept.passes, kept.conflict, kept.erased) == (NOW, "hook", True, False, False)
    assert await store.event_body(accepted.id) == EVENT.body


async def test_an_event_opens_a_run_of_the_same_id(store: Store) -> None:
    accepted = await store.journal.put_event(EVENT)
    run = await store.run(accepted.id)
    assert (run.state, run.accepted_at, run.ended_at, run.order_key) == ("queued", NOW, None, EVENT.order_key)


async def test_ids_grow(store: Store) -> None:
    ids = [(await store.journal.put_event(numbered(n))).id for n in range(5)]
    assert ids == sorted(set(ids))
    assert 0 < ids[0] < ids[-1] < 2**63


async def test_the_same_key_and_content_is_a_duplicate_of_the_first(store: Store) -> None:
    first = await store.journal.put_event(EVENT)
    again = await store.journal.put_event(event(body=b"other bytes, same content"))
    assert (again.id, again.duplicate, again.conflict, again.key) == (first.id, True, False, EVENT.key)
    assert len((await store.events()).items) == 1


async def test_duplicates_put_at_the_same_time_are_noticed(store: Store) -> None:
    answers = await asyncio.gather(*(store.journal.put_event(EVENT) for _ in range(20)))
    assert len({answer.id for answer in answers}) == 1
    assert [answer.duplicate for answer in answers].count(False) == 1


async def test_the_same_key_in_another_flow_is_another_event(store: Store) -> None:
    first = await store.journal.put_event(EVENT)
    other = await store.journal.put_event(event(flow="audit_copy"))
    assert not other.duplicate
    assert other.id != first.id


async def test_other_content_under_a_known_key_is_kept_and_marked(store: Store) -> None:
    await store.journal.put_event(EVENT)
    other = await store.journal.put_event(event(content="c2", body=b"changed"))
    assert (other.key, other.duplicate, other.conflict) == (f"{EVENT.key}~c2", False, True)
    assert (await store.event(other.id)).conflict


async def test_a_conflicting_event_that_comes_again_is_a_duplicate(store: Store) -> None:
    await store.journal.put_event(EVENT)
    other = await store.journal.put_event(event(content="c2"))
    again = await store.journal.put_event(event(content="c2"))
    assert (again.id, again.key, again.duplicate) == (other.id, other.key, True)


async def test_conflicts_put_at_the_same_time_are_each_kept_once(store: Store) -> None:
    contents = ["c1", "c2", "c3", "c2", "c1", "c3"]
    answers = await asyncio.gather(*(store.journal.put_event(event(content=each)) for each in contents))
    assert [answer.duplicate for answer in answers] == [False, False, False, True, True, True]
    assert [answer.conflict for answer in answers] == [False, True, True, True, False, True]


async def test_a_delivery_that_comes_again_with_its_key_is_a_duplicate_whatever_it_holds(store: Store) -> None:
    first = await store.journal.put_event(event(delivery_key="d1"))
    again = await store.journal.put_event(event(delivery_key="d1", content="c2"))
    assert (again.id, again.duplicate) == (first.id, True)


async def test_a_conflicting_delivery_that_comes_again_is_a_duplicate_whatever_it_holds(store: Store) -> None:
    await store.journal.put_event(event(delivery_key="d1"))
    second = await store.journal.put_event(event(delivery_key="d2", content="c2"))
    again = await store.journal.put_event(event(delivery_key="d2", content="c3"))
    assert (again.id, again.duplicate) == (second.id, True)


async def test_a_known_delivery_with_another_key_is_a_new_event(store: Store) -> None:
    first = await store.journal.put_event(event(delivery_key="d1"))
    other = await store.journal.put_event(event(delivery_key="d1", key="taobao/s1/1002/v1"))
    assert (other.duplicate, other.conflict) == (False, False)
    assert other.id != first.id


async def test_facts_come_back_in_their_order(store: Store) -> None:
    run = (await store.journal.put_event(EVENT)).id
    await asyncio.gather(*(store.journal.put_fact(fact(run, number, b'{"n":%d}' % number)) for number in (3, 1, 2)))
    assert [(each.number, each.body, each.kind, each.actor) for each in await store.facts(run)] == [
        (number, b'{"n":%d}' % number, "results", "runner") for number in (1, 2, 3)
    ]


async def test_a_fact_may_follow_its_event_without_waiting_for_others(store: Store) -> None:
    runs = [(await store.journal.put_event(numbered(n))).id for n in range(3)]
    await asyncio.gather(*(store.journal.put_fact(fact(run), ended()) for run in runs))
    assert {(await store.run(run)).state for run in runs} == {"done"}


async def test_a_fact_of_an_unknown_event_is_refused_alone(store: Store) -> None:
    run = (await store.journal.put_event(EVENT)).id
    good, bad = await asyncio.gather(store.journal.put_fact(fact(run)), store.journal.put_fact(fact(12345)), return_exceptions=True)
    assert good is None
    assert isinstance(bad, NotFound)
    assert len(await store.facts(run)) == 1


async def test_a_fact_number_is_taken_once_and_the_others_of_its_batch_stay(store: Store) -> None:
    run = (await store.journal.put_event(EVENT)).id
    writes = [
        store.journal.put_fact(fact(run, 1)),
        store.journal.put_fact(fact(run, 1), ended("failed")),
        store.journal.put_fact(fact(run, 2)),
    ]
    first, guilty, last = await asyncio.gather(*writes, return_exceptions=True)
    assert (first, last) == (None, None)
    assert isinstance(guilty, Conflict)
    assert [each.number for each in await store.facts(run)] == [1, 2]
    assert (await store.run(run)).state == "queued"


async def test_the_facts_of_an_unknown_event_are_not_found(store: Store) -> None:
    with pytest.raises(NotFound) as caught:
        await store.facts(1)
    assert code(caught) == "event.unknown"


async def test_a_fact_ends_its_run(store: Store) -> None:
    run = (await store.journal.put_event(EVENT)).id
    await store.journal.put_fact(fact(run), ended())
    kept = await store.run(run)
    assert (kept.state, kept.ended_at) == ("done", NOW)


async def test_a_run_that_waits_has_not_ended(store: Store) -> None:
    run = (await store.journal.put_event(EVENT)).id
    await store.journal.end_run(run, ended("waiting"))
    kept = await store.run(run)
    assert (kept.state, kept.ended_at) == ("waiting", None)


async def test_the_last_of_two_states_put_at_once_counts(store: Store) -> None:
    run = (await store.journal.put_event(EVENT)).id
    await asyncio.gather(store.journal.end_run(run, ended("running")), store.journal.end_run(run, ended("done")))
    assert (await store.run(run)).state == "done"


async def test_an_unknown_run_cannot_end(store: Store) -> None:
    run = (await store.journal.put_event(EVENT)).id
    good, bad = await asyncio.gather(store.journal.end_run(run, ended()), store.journal.end_run(1, ended()), return_exceptions=True)
    assert good is None
    assert isinstance(bad, NotFound)
    assert (await store.run(run)).state == "done"


async def test_a_parked_run_has_an_incident(store: Store) -> None:
    run = (await store.journal.put_event(EVENT)).id
    await store.journal.put_fact(fact(run), parked())
    [incident] = (await store.incidents()).items
    assert (incident.run_id, incident.flow, incident.step, incident.code) == (run, "order_hub", "to_wms", "http.refused")
    assert (incident.where, incident.fields, incident.state) == (("order_hub", "to_wms"), {"status": 422}, "open")
    assert await store.incident(incident.id) == incident


async def test_the_order_keys_of_parked_runs_are_known(store: Store) -> None:
    for number in (1, 2):
        run = (await store.journal.put_event(numbered(number))).id
        await store.journal.end_run(run, parked() if number == 1 else ended())
    assert list(await store.parked_order_keys()) == [("order_hub", "taobao/s1/000000000001")]


async def test_closing_an_incident_journals_the_decision_and_queues_the_run(store: Store) -> None:
    run = (await store.journal.put_event(EVENT)).id
    await store.journal.put_fact(fact(run), parked())
    [incident] = (await store.incidents()).items
    await store.close_incident(incident.id, "resumed", fact(run, 2, b'{"action":"again"}', "resumption"))
    assert (await store.incident(incident.id)).state == "resumed"
    assert (await store.run(run)).state == "queued"
    assert (await store.facts(run))[-1].kind == "resumption"
    assert not (await store.incidents()).items


async def test_an_incident_is_closed_once(store: Store) -> None:
    run = (await store.journal.put_event(EVENT)).id
    await store.journal.put_fact(fact(run), parked())
    [incident] = (await store.incidents()).items
    await store.close_incident(incident.id, "skipped", fact(run, 2))
    with pytest.raises(Conflict) as caught:
        await store.close_incident(incident.id, "resumed", fact(run, 3))
    assert code(caught) == "incident.closed"
    assert len(await store.facts(run)) == 2


async def test_incidents_of_one_run_are_listed(store: Store) -> None:
    runs = [(await store.journal.put_event(numbered(n))).id for n in range(2)]
    for run in runs:
        await store.journal.end_run(
            run, RunEnd("parked", NOW, [NewIncident("a", "k", "x.y", (), {}), NewIncident("b", "k", "x.y", (), {})])
        )
    assert [each.step for each in (await store.incidents(run_id=runs[0], state=None)).items] == ["b", "a"]


async def test_open_runs_come_oldest_first_and_ended_or_parked_ones_not(store: Store) -> None:
    ids = {
        state: (await store.journal.put_event(numbered(n))).id
        for n, state in enumerate(("queued", "done", "running", "parked", "waiting", "failed"))
    }
    for state, run in ids.items():
        await store.journal.end_run(run, parked() if state == "parked" else ended(state))
    assert [each.id for each in await store.open_runs()] == [ids["queued"], ids["running"]]


async def test_runs_are_counted_by_flow_and_state(store: Store) -> None:
    for number, state in enumerate(("done", "done", "parked", "queued")):
        run = (await store.journal.put_event(numbered(number, flow="b" if number == 3 else "a"))).id
        await store.journal.end_run(run, ended(state))
    counts = {key: number for key, number in (await store.run_counts()).items() if number}
    assert counts == {("a", "done"): 2, ("a", "parked"): 1, ("b", "queued"): 1}


async def test_runs_are_found_by_flow_state_and_order(store: Store) -> None:
    first, second = [(await store.journal.put_event(numbered(n, flow=f"f{n}"))).id for n in range(2)]
    await store.journal.end_run(second, ended())
    assert [run.id for run in (await store.runs(RunFilter(flow="f0"))).items] == [first]
    assert [run.id for run in (await store.runs(RunFilter(state="done"))).items] == [second]
    assert [run.id for run in (await store.runs(RunFilter(state="queued"))).items] == [first]
    assert [run.id for run in (await store.runs(RunFilter(order="taobao/s1/000000000001"))).items] == [second]


async def test_runs_are_found_by_the_number_of_the_order_that_they_brought(store: Store) -> None:
    run = (await store.journal.put_event(EVENT)).id
    await store.journal.put_order(order(), fact(run, body=b'{"ok":"@outcome"}'))
    assert [each.id for each in (await store.runs(RunFilter(order="TB-1001"))).items] == [run]


async def test_a_list_is_walked_page_by_page_newest_first(store: Store) -> None:
    ids = [(await store.journal.put_event(numbered(n))).id for n in range(5)]
    seen: list[int] = []
    cursor: str | None = None
    while True:
        page = await store.runs(RunFilter(), limit=2, cursor=cursor)
        seen += [run.id for run in page.items]
        cursor = page.next
        if cursor is None:
            break
    assert seen == ids[::-1]


@pytest.mark.parametrize("cursor", ["", "x", "-1", "1" * 30, "１２"])
async def test_a_cursor_from_elsewhere_is_refused(store: Store, cursor: str) -> None:
    with pytest.raises(InputInvalid) as caught:
        await store.events(cursor=cursor)
    assert code(caught) == "cursor.invalid"


async def test_events_are_listed_by_flow(store: Store) -> None:
    await store.journal.put_event(EVENT)
    other = await store.journal.put_event(event(flow="other"))
    assert [each.id for each in (await store.events(EventFilter(flow="other"))).items] == [other.id]


async def test_the_events_of_an_order_come_oldest_first(store: Store) -> None:
    ids = [(await store.journal.put_event(event(key=f"k{n}"))).id for n in range(3)]
    await store.journal.put_event(numbered(7))
    assert [each.id for each in await store.events_of_order(EVENT.order_key)] == ids


async def test_an_order_is_kept_with_the_fact_that_says_so(store: Store) -> None:
    run = (await store.journal.put_event(EVENT)).id
    assert await store.journal.put_order(order(), fact(run, body=b'{"ok":"@outcome"}')) == "new"
    kept = await store.order("taobao", "s1", "1001")
    assert kept == order(event_id=run, updated_at=NOW + timedelta(seconds=1))
    assert (await store.facts(run))[0].body == b'{"ok":"new"}'


@pytest.mark.parametrize(
    ("version", "content", "outcome"),
    [
        ("2026-01-05T08:00:01Z", "c2", "changed"),
        ("2026-01-05T16:00:01+08:00", "c2", "changed"),
        ("2026-01-05T07:59:59Z", "c2", "stale"),
        ("2026-01-05T15:59:59+08:00", "c2", "stale"),
        ("2026-01-05T08:00:00Z", "c1", "unchanged"),
        ("2026-01-05T16:00:00.000+08:00", "c1", "unchanged"),
        ("2026-01-05T08:00:00Z", "c2", "changed"),
        ("digest-of-a-body", "c2", "changed"),
        ("digest-of-a-body", "c1", "unchanged"),
    ],
)
async def test_the_newer_version_of_an_order_counts(store: Store, version: str, content: str, outcome: str) -> None:
    run = (await store.journal.put_event(EVENT)).id
    await store.journal.put_order(order(), fact(run, 1))
    assert await store.journal.put_order(order(version=version, content=content, status="shipped"), fact(run, 2)) == outcome
    assert (await store.order("taobao", "s1", "1001")).status == ("shipped" if outcome == "changed" else "awaiting_fulfillment")


async def test_versions_of_one_order_put_at_once_leave_the_newest(store: Store) -> None:
    run = (await store.journal.put_event(EVENT)).id
    versions = [f"2026-01-05T08:00:0{second}Z" for second in (1, 3, 2)]
    writes = [store.journal.put_order(order(version=version, content=version), fact(run, n)) for n, version in enumerate(versions, 1)]
    assert await asyncio.gather(*writes) == ["new", "changed", "stale"]
    assert (await store.order("taobao", "s1", "1001")).version == versions[1]


async def test_an_order_whose_fact_is_refused_is_not_kept(store: Store) -> None:
    run = (await store.journal.put_event(EVENT)).id
    await store.journal.put_fact(fact(run, 1))
    with pytest.raises(Conflict):
        await store.journal.put_order(order(), fact(run, 1))
    with pytest.raises(NotFound) as caught:
        await store.order("taobao", "s1", "1001")
    assert code(caught) == "order.unknown"
    assert not any((await store.order_counts()).values())


async def test_orders_are_found_by_channel_status_and_part_of_the_number(store: Store) -> None:
    run = (await store.journal.put_event(EVENT)).id
    await store.journal.put_order(order(), fact(run, 1))
    await store.journal.put_order(order(channel="shopify", channel_order_id="5_9", display_no="#77", status="shipped"), fact(run, 2))
    assert [each.display_no for each in (await store.orders()).items] == ["#77", "TB-1001"]
    assert [each.display_no for each in (await store.orders(OrderFilter(channel="shopify"))).items] == ["#77"]
    assert [each.display_no for each in (await store.orders(OrderFilter(status="shipped"))).items] == ["#77"]
    assert [each.display_no for each in (await store.orders(OrderFilter(text="b-10"))).items] == ["TB-1001"]
    assert [each.display_no for each in (await store.orders(OrderFilter(text="5_"))).items] == ["#77"]
    assert not (await store.orders(OrderFilter(text="%"))).items
    assert (await store.orders(limit=1)).next is not None


async def test_orders_are_counted_by_channel(store: Store) -> None:
    run = (await store.journal.put_event(EVENT)).id
    for number, channel in enumerate(("taobao", "shopify", "taobao", "taobao"), 1):
        await store.journal.put_order(order(channel=channel, channel_order_id=str(min(number, 3))), fact(run, number))
    assert dict(await store.order_counts()) == {"taobao": 2, "shopify": 1}


async def test_a_draft_is_saved_over_what_its_editor_saw(store: Store) -> None:
    tag = await store.save_draft("hub", b"{}", expected=None, actor="ann")
    assert (await store.flow("hub")).draft_etag == tag
    newer = await store.save_draft("hub", b'{"a":1}', expected=tag, actor="ann")
    assert newer != tag
    assert (await store.flow("hub")).draft == b'{"a":1}'


@pytest.mark.parametrize("expected", [None, "seen-long-ago"])
async def test_a_draft_that_changed_in_between_is_not_overwritten(store: Store, expected: str | None) -> None:
    await store.save_draft("hub", b"{}", expected=None, actor="ann")
    with pytest.raises(Conflict) as caught:
        await store.save_draft("hub", b"[]", expected=expected, actor="bob")
    assert code(caught) == "flow.changed"
    assert (await store.flow("hub")).draft == b"{}"


async def test_a_star_overwrites_whatever_draft_there_is(store: Store) -> None:
    await store.save_draft("hub", b"{}", expected="*", actor="ann")
    await store.save_draft("hub", b"[]", expected="*", actor="bob")
    assert (await store.flow("hub")).draft == b"[]"


async def test_each_publication_is_a_version(store: Store) -> None:
    assert await store.publish("hub", b"{}", note="first", actor="ann") == 1
    assert await store.publish("hub", b"[]", note="second", actor="bob") == 2
    assert [(each.version, each.document, each.note, each.actor) for each in await store.versions("hub")] == [
        (2, b"[]", "second", "bob"),
        (1, b"{}", "first", "ann"),
    ]
    assert (await store.version("hub", 1)).document == b"{}"
    assert dict(await store.published()) == {"hub": 2}


async def test_publishing_what_is_published_gives_the_same_version(store: Store) -> None:
    await store.publish("hub", b"{}", note="", actor="ann")
    mark = await store.change_mark()
    assert await store.publish("hub", b"{}", note="again", actor="ann") == 1
    assert await store.change_mark() == mark


async def test_going_back_to_an_older_document_is_a_new_version(store: Store) -> None:
    for document in (b"{}", b"[]", b"{}"):
        version = await store.publish("hub", document, note="", actor="ann")
    assert version == 3


async def test_a_flow_with_a_draft_only_is_not_published(store: Store) -> None:
    await store.save_draft("hub", b"{}", expected=None, actor="ann")
    assert not await store.published()
    assert [(each.name, each.published) for each in await store.flows()] == [("hub", None)]


async def test_publishing_keeps_the_draft(store: Store) -> None:
    tag = await store.save_draft("hub", b"{}", expected=None, actor="ann")
    await store.publish("hub", b"{}", note="", actor="ann")
    assert (await store.flow("hub")).draft_etag == tag


async def test_unknown_flows_and_versions_are_not_found(store: Store) -> None:
    with pytest.raises(NotFound) as no_flow:
        await store.flow("hub")
    with pytest.raises(NotFound) as no_version:
        await store.version("hub", 1)
    assert [code(no_flow), code(no_version)] == ["flow.unknown", "flow.version_unknown"]


async def test_the_change_mark_moves_with_publications_and_connections(store: Store) -> None:
    marks = [await store.change_mark()]
    await store.publish("hub", b"{}", note="", actor="ann")
    marks.append(await store.change_mark())
    await store.save_connection("wms", b"{}", actor="ann")
    marks.append(await store.change_mark())
    assert len(set(marks)) == 3


async def test_a_connection_comes_back_as_saved(store: Store) -> None:
    await store.save_connection("wms", b'{"secret":"s3cret"}', actor="ann")
    await store.save_connection("wms", b'{"secret":"newer"}', actor="ann")
    assert await store.connection("wms") == b'{"secret":"newer"}'
    assert list(await store.connection_names()) == ["wms"]
    assert await store.connection("finance") is None


async def test_what_people_change_leaves_audit_rows(store: Store) -> None:
    await store.save_draft("hub", b"{}", expected=None, actor="ann")
    await store.publish("hub", b"{}", note="", actor="bob")
    await store.save_connection("wms", b"{}", actor="cat")
    await store.audit("dan", "order.reveal", "1001", {"purpose": "call the customer"})
    rows = (await store.audit_rows()).items
    assert [(row.id, row.actor, row.action, row.resource) for row in rows] == [
        (4, "dan", "order.reveal", "1001"),
        (3, "cat", "connection.save", "wms"),
        (2, "bob", "flow.publish", "hub"),
        (1, "ann", "flow.save_draft", "hub"),
    ]
    assert rows[0].detail == {"purpose": "call the customer"}
    assert [row.id for row in (await store.audit_rows(limit=2, cursor="3")).items] == [2, 1]


async def test_an_untouched_audit_trail_holds(store: Store) -> None:
    for number in range(5):
        await store.audit("ann", "order.reveal", str(number), {})
    assert await store.audit_broken_at() is None


async def test_nothing_waits_once_everything_was_awaited(store: Store) -> None:
    await asyncio.gather(*(store.journal.put_event(numbered(n)) for n in range(10)))
    assert store.journal.backlog() == 0


async def parked_at(store: Store, *steps: str) -> int:
    accepted = await store.journal.put_event(EVENT)
    incidents = [NewIncident(step, "1", "http.refused", (step,), {}) for step in steps]
    await store.journal.end_run(accepted.id, RunEnd("parked", NOW, incidents))
    return accepted.id


async def open_steps(store: Store, run: int) -> set[str]:
    return {incident.step for incident in (await store.incidents(run_id=run)).items}


async def test_a_run_that_parks_again_keeps_its_open_incidents_as_they_are(store: Store) -> None:
    run = await parked_at(store, "a", "b")
    before = {incident.step: incident.id for incident in (await store.incidents(run_id=run)).items}
    again = [NewIncident("b", "1", "http.refused", ("b",), {}), NewIncident("c", "1", "http.refused", ("c",), {})]
    await store.journal.end_run(run, RunEnd("parked", NOW, again))
    after = {incident.step: incident.id for incident in (await store.incidents(run_id=run)).items}
    assert set(after) == {"b", "c"}
    assert after["b"] == before["b"]


@pytest.mark.parametrize(("state", "becomes"), [("done", "resumed"), ("cancelled", "cancelled")])
async def test_a_run_that_ends_leaves_no_incident_open(store: Store, state: RunState, becomes: str) -> None:
    run = await parked_at(store, "a", "b")
    await store.journal.end_run(run, RunEnd(state, NOW))
    assert await open_steps(store, run) == set()
    assert {incident.state for incident in (await store.incidents(run_id=run, state=None)).items} == {becomes}


async def test_incidents_of_one_flow_are_listed(store: Store) -> None:
    for number, flow in enumerate(("order_hub", "retail_import", "order_hub")):
        run = (await store.journal.put_event(numbered(number, flow=flow))).id
        await store.journal.end_run(run, parked())
    assert {incident.flow for incident in (await store.incidents(flow="order_hub")).items} == {"order_hub"}
    assert len((await store.incidents(flow="order_hub")).items) == 2
    assert (await store.incidents(flow="unknown")).items == []


async def test_flow_run_and_state_of_incidents_narrow_each_other(store: Store) -> None:
    runs = [(await store.journal.put_event(numbered(n))).id for n in range(2)]
    for run in runs:
        await store.journal.end_run(run, parked())
    await store.journal.end_run(runs[0], ended())
    assert [one.run_id for one in (await store.incidents(flow="order_hub")).items] == [runs[1]]
    assert [one.run_id for one in (await store.incidents(flow="order_hub", state="resumed")).items] == [runs[0]]
    assert (await store.incidents(flow="order_hub", run_id=runs[0])).items == []


async def test_open_incidents_are_counted_by_flow_and_step(store: Store) -> None:
    assert await store.incident_counts() == {}
    runs = [(await store.journal.put_event(numbered(n, flow=flow))).id for n, flow in enumerate(("a", "a", "b"))]
    for run in runs:
        await store.journal.end_run(run, parked())
    assert await store.incident_counts() == {("a", "to_wms"): 2, ("b", "to_wms"): 1}
    await store.journal.end_run(runs[0], ended())
    assert await store.incident_counts() == {("a", "to_wms"): 1, ("b", "to_wms"): 1}


async def test_a_saved_draft_is_noticed_and_a_refused_one_is_not(store: Store) -> None:
    before = store.drafts_saved()
    await store.save_draft("f", b"{}", expected=None, actor="owner")
    with pytest.raises(Conflict):
        await store.save_draft("f", b'{"a":1}', expected=None, actor="owner")
    assert store.drafts_saved() == before + 1
