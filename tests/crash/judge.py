"""Says what a day's work, cut off and taken up again, has come to that was promised otherwise."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from engine.json_text import read_json
from engine.order import instant
from engine.store.open import open_store
from engine.store.operations import ENDS
from engine.store.ports import Event, Run, RunFilter, Store, StoreOptions
from tests.crash.story import FIRST, HUB, SECOND, Notes

EVENTS = len({*FIRST, *SECOND}) + len(HUB)
WAITED = {("B", 1), ("C", 1), ("F", 1), ("G", 1), ("C", 2), ("K", 1)}
OWN_TARGETS = {"once", "strict", "fatal", "bulk"}
KINDS = {(order, v): kind for order, v, kind in (*FIRST, *SECOND)}


async def judge(folder: Path) -> list[str]:
    """What is wrong; nothing is expected to be open any more."""
    store, notes = open_store(StoreOptions(str(folder / "data"))), Notes(folder)
    await store.open()
    try:
        events = {event.id: event for event in (await store.events(limit=500)).items}
        runs = {run.id: run for run in (await store.runs(RunFilter(), limit=500)).items}
        seen = notes.read("seen")
        found = _kept(events, runs, notes)
        found += [f"an incident is left: {one.step} {one.code}" for one in (await store.incidents()).items]
        found += [f"a wait is left: {one.step}" for one in (await store.waits()).items]
        found += _keys(seen) + _order(seen)
        for run in runs.values():
            mine = [line for line in seen if _is_of(line, events[run.id])]
            found += _run(run, events[run.id], mine, {line["id"] for line in notes.read("cancelled")})
            found += await _journaled(store, run, mine)
        return found
    finally:
        await store.close()


def _kept(events: dict[int, Event], runs: dict[int, Run], notes: Notes) -> list[str]:
    found = [f"event {line['id']} was acknowledged and is not there" for line in notes.read("told") if line["id"] not in events]
    if len(events) != EVENTS:
        found.append(f"there are {len(events)} events instead of {EVENTS}")
    return found + [f"{events[run.id].key} is {run.state} in the end" for run in runs.values() if run.state not in ENDS]


def _run(run: Run, event: Event, mine: Sequence[dict[str, Any]], cancelled: set[int]) -> list[str]:
    found: list[str] = []
    if run.id in cancelled and run.state != "cancelled":
        found.append(f"{event.key} was cancelled and is {run.state}")
    if run.state == "cancelled" and not event.order_key.endswith("|G"):
        found.append(f"{event.key} was cancelled by nobody")
    if run.state == "done":
        missing = _wanted(event) - {line["target"] for line in mine if line["done"]}
        found += [f"{event.key} never reached {target}" for target in missing]
    if event.flow == "scene":
        found += [f"{event.key} of version {run.version} ran {line['mark']}" for line in mine if line["mark"] != run.version]
    if {line["key"] for line in mine if line["target"] == "once" and line["done"]} and _times(mine) > 1:
        found.append(f"{event.key} was done {_times(mine)} times")
    return found


def _times(mine: Sequence[dict[str, Any]]) -> int:
    return sum(line["target"] == "once" and line["done"] for line in mine)


def _wanted(event: Event) -> set[str]:
    if event.flow != "scene":
        return {"wms", "finance"}
    *_, order, version = event.key.split("|")
    return {"a", "b", *({KINDS[order, int(version)]} & OWN_TARGETS)}


def _keys(seen: Sequence[dict[str, Any]]) -> list[str]:
    """One call, one key, one body, however often it was made."""
    keys, bodies = defaultdict[tuple[Any, ...], set[str]](set), defaultdict[tuple[Any, ...], set[str]](set)
    for line in seen:
        place = (line["target"], line["order"], line["v"], line["line"])
        keys[place].add(line["key"])
        bodies[place].add(line["body"])
    return [f"{place} came under {len(found)} keys" for place, found in keys.items() if len(found) > 1] + [
        f"{place} came with {len(found)} contents" for place, found in bodies.items() if len(found) > 1
    ]


def _order(seen: Sequence[dict[str, Any]]) -> list[str]:
    """Events of an order that never waited reach each target one after the other."""
    first: dict[tuple[str, str], list[Any]] = defaultdict(list)
    for line in seen:
        versions = first[line["target"], line["order"]]
        if line["v"] not in versions and (line["order"], line["v"]) not in WAITED:
            versions.append(line["v"])
    return [f"{place}: versions came as {versions}" for place, versions in first.items() if versions != sorted(versions)]


def _is_of(line: dict[str, Any], event: Event) -> bool:
    *_, order, version = event.key.split("|")
    if event.flow != "scene":
        return line["order"] == order and instant(str(line["v"])) == instant(version)
    return (line["order"], str(line["v"])) == (order, version)


async def _journaled(store: Store, run: Run, mine: Sequence[dict[str, Any]]) -> list[str]:
    known: set[str] = set()
    for fact in await store.facts(run.id):
        body = read_json(fact.body)
        known |= {entry["id"] for entry in body.get("results", ())} | {body.get("id", "")}
    return [f"a call of {line['order']} to {line['target']} is not in the journal" for line in mine if line["key"] not in known]
