"""What every store promises about incidents; run over each of them."""

from __future__ import annotations

import pytest

from engine.errors import Conflict
from engine.store.ports import IncidentFilter, NewIncident, RunEnd, RunState, Store

from .conftest import EVENT, NOW, code, ended, fact, numbered, parked


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
    assert [each.step for each in (await store.incidents(IncidentFilter(run_id=runs[0], state=None))).items] == ["b", "a"]


async def parked_at(store: Store, *steps: str) -> int:
    accepted = await store.journal.put_event(EVENT)
    incidents = [NewIncident(step, "1", "http.refused", (step,), {}) for step in steps]
    await store.journal.end_run(accepted.id, RunEnd("parked", NOW, incidents))
    return accepted.id


async def open_steps(store: Store, run: int) -> set[str]:
    return {incident.step for incident in (await store.incidents(IncidentFilter(run_id=run))).items}


async def test_a_run_that_parks_again_keeps_its_open_incidents_as_they_are(store: Store) -> None:
    run = await parked_at(store, "a", "b")
    before = {incident.step: incident.id for incident in (await store.incidents(IncidentFilter(run_id=run))).items}
    again = [NewIncident("b", "1", "http.refused", ("b",), {}), NewIncident("c", "1", "http.refused", ("c",), {})]
    await store.journal.end_run(run, RunEnd("parked", NOW, again))
    after = {incident.step: incident.id for incident in (await store.incidents(IncidentFilter(run_id=run))).items}
    assert set(after) == {"b", "c"}
    assert after["b"] == before["b"]


@pytest.mark.parametrize(("state", "becomes"), [("done", "resumed"), ("cancelled", "cancelled")])
async def test_a_run_that_ends_leaves_no_incident_open(store: Store, state: RunState, becomes: str) -> None:
    run = await parked_at(store, "a", "b")
    await store.journal.end_run(run, RunEnd(state, NOW))
    assert await open_steps(store, run) == set()
    assert {incident.state for incident in (await store.incidents(IncidentFilter(run_id=run, state=None))).items} == {becomes}


async def test_incidents_of_one_flow_are_listed(store: Store) -> None:
    for number, flow in enumerate(("order_hub", "retail_import", "order_hub")):
        run = (await store.journal.put_event(numbered(number, flow=flow))).id
        await store.journal.end_run(run, parked())
    assert {incident.flow for incident in (await store.incidents(IncidentFilter(flow="order_hub"))).items} == {"order_hub"}
    assert len((await store.incidents(IncidentFilter(flow="order_hub"))).items) == 2
    assert (await store.incidents(IncidentFilter(flow="unknown"))).items == []


async def test_flow_run_and_state_of_incidents_narrow_each_other(store: Store) -> None:
    runs = [(await store.journal.put_event(numbered(n))).id for n in range(2)]
    for run in runs:
        await store.journal.end_run(run, parked())
    await store.journal.end_run(runs[0], ended())
    assert [one.run_id for one in (await store.incidents(IncidentFilter(flow="order_hub"))).items] == [runs[1]]
    assert [one.run_id for one in (await store.incidents(IncidentFilter(flow="order_hub", state="resumed"))).items] == [runs[0]]
    assert (await store.incidents(IncidentFilter(flow="order_hub", run_id=runs[0]))).items == []


async def test_open_incidents_are_counted_by_flow_and_step(store: Store) -> None:
    assert await store.incident_counts() == {}
    runs = [(await store.journal.put_event(numbered(n, flow=flow))).id for n, flow in enumerate(("a", "a", "b"))]
    for run in runs:
        await store.journal.end_run(run, parked())
    assert await store.incident_counts() == {("a", "to_wms"): 2, ("b", "to_wms"): 1}
    await store.journal.end_run(runs[0], ended())
    assert await store.incident_counts() == {("a", "to_wms"): 1, ("b", "to_wms"): 1}


async def test_an_incident_and_a_failure_leave_a_notice_until_it_is_dropped(store: Store) -> None:
    runs = [(await store.journal.put_event(numbered(n))).id for n in range(3)]
    for run, end in zip(runs, (parked(), ended("failed"), ended("done")), strict=True):
        await store.journal.end_run(run, end)
    notices = await store.notices()
    (incident,) = (await store.incidents()).items
    assert [(one.run_id, one.incident_id) for one in notices] == [(runs[0], incident.id), (runs[1], None)]
    assert [one.id for one in await store.notices(limit=1)] == [notices[0].id]
    await store.journal.end_run(runs[0], parked())
    assert len(await store.notices()) == 2, "an incident that stays open is no news"
    await store.drop_notices([notices[0].id, 7])
    assert [one.id for one in await store.notices()] == [notices[1].id]
