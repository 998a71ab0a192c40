"""Figures in the text format of Prometheus (exposition format 0.0.4)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Literal

from engine.app import Orderloom, now

Labels = tuple[tuple[str, str], ...]
Kind = Literal["counter", "gauge"]


@dataclass(frozen=True, slots=True)
class Figure:
    name: str
    kind: Kind
    help: str
    values: Iterable[tuple[Labels, float]]


async def figures(orderloom: Orderloom, deliveries: Mapping[str, int]) -> str:
    """All figures; ``deliveries`` counts hook deliveries by outcome since the start."""
    runs = await orderloom.store.run_counts()
    of_work = (_of_hooks(orderloom, deliveries), _of_runs(orderloom, runs), _of_room(orderloom))
    made = chain(*of_work, _of_sources(orderloom), _of_process(orderloom))
    return "".join(line for figure in made for line in _lines(figure))


def _of_hooks(orderloom: Orderloom, deliveries: Mapping[str, int]) -> Iterator[Figure]:
    outcomes = [((("outcome", one),), n) for one, n in deliveries.items()]
    faults = [_at(("flow", "trigger", "what"), place, n) for place, n in orderloom.world.noted.counts.items()]
    yield Figure("orderloom_hook_deliveries_total", "counter", "Hook deliveries by outcome.", outcomes)
    yield _one("orderloom_events_accepted_total", "Events accepted by hooks.", deliveries.get("accepted", 0), "counter")
    told = "Own answers of hooks and priorities that could not be made: the usual ones held."
    yield Figure("orderloom_trigger_faults_total", "counter", told, faults)


def _of_runs(orderloom: Orderloom, runs: Mapping[tuple[str, str], int]) -> Iterator[Figure]:
    ended = [_at(("flow", "state"), key, n) for key, n in orderloom.dispatcher.ended.items()]
    yield Figure("orderloom_runs_ended_total", "counter", "Runs ended by this process.", ended)
    yield Figure("orderloom_runs", "gauge", "Runs by flow and state.", [_at(("flow", "state"), key, n) for key, n in runs.items()])
    yield _one("orderloom_standing_still", "Runs that stand still.", orderloom.standstill.last.standing)
    yield _one("orderloom_blocked", "Events held back by one of their order.", orderloom.standstill.last.blocked)
    yield _one("orderloom_flows_broken", "Published flows that cannot run.", len(orderloom.flows.broken))


def _of_room(orderloom: Orderloom) -> Iterator[Figure]:
    dispatcher, take_up = orderloom.dispatcher, orderloom.take_up
    yield _one("orderloom_writer_backlog", "Writes that wait for their commit.", orderloom.store.journal.backlog())
    yield _one("orderloom_running", "Runs at work.", dispatcher.running)
    yield _one("orderloom_waiting", "Runs that wait for a place or for their order's turn.", dispatcher.waiting)
    yield _one("orderloom_waiting_limit", "Runs that may wait in memory, and likewise writes.", take_up.limit)
    yield _one("orderloom_full", "1 while deliveries are answered 503 for want of room.", int(take_up.full))
    yield _one("orderloom_held_bytes", "Bytes of bodies that are not durable yet.", take_up.bytes)


def _of_sources(orderloom: Orderloom) -> Iterator[Figure]:
    sources = [((("flow", one.flow), ("trigger", one.trigger)), one) for one in orderloom.sources.states()]
    taken, refused = [(place, one.taken) for place, one in sources], [(place, one.refused) for place, one in sources]
    connected = [(place, one.phase in ("connected", "held_back")) for place, one in sources]
    yield Figure("orderloom_source_taken_total", "counter", "Deliveries taken from sources.", taken)
    yield Figure("orderloom_source_refused_total", "counter", "What sources brought that could not become an event.", refused)
    yield Figure("orderloom_source_connected", "gauge", "1 while a source is connected.", connected)


def _of_process(orderloom: Orderloom) -> Iterator[Figure]:
    yield _one("orderloom_uptime_seconds", "Seconds since the start.", (now() - orderloom.started_at).total_seconds())
    yield _one("process_resident_memory_bytes", "Memory in use.", resident_bytes())


def _one(name: str, told: str, value: float, kind: Kind = "gauge") -> Figure:
    return Figure(name, kind, told, [((), value)])


def _at(names: tuple[str, ...], place: tuple[str, ...], value: float) -> tuple[Labels, float]:
    return tuple(zip(names, place, strict=True)), value


def resident_bytes() -> int:
    """Memory that the process holds; 0 where the system does not tell."""
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii")
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmRSS:")), 0)


def _lines(figure: Figure) -> Iterator[str]:
    yield f"# HELP {figure.name} {figure.help}\n# TYPE {figure.name} {figure.kind}\n"
    for labels, value in figure.values:
        shown = ",".join(f'{name}="{_escaped(text)}"' for name, text in labels)
        yield f"{figure.name}{{{shown}}} {_number(value)}\n" if shown else f"{figure.name} {_number(value)}\n"


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) else f"{value:.3f}"
