"""Figures in the text format of Prometheus (exposition format 0.0.4)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from engine.app import Orderloom, now

Labels = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Figure:
    name: str
    kind: Literal["counter", "gauge"]
    help: str
    values: Iterable[tuple[Labels, float]]


async def figures(orderloom: Orderloom, deliveries: Mapping[str, int]) -> str:
    """All figures; ``deliveries`` counts hook deliveries by outcome since the start."""
    runs = await orderloom.store.run_counts()
    ended = orderloom.dispatcher.ended
    return "".join(
        line
        for figure in (
            Figure(
                "orderloom_hook_deliveries_total",
                "counter",
                "Hook deliveries by outcome.",
                [((("outcome", one),), n) for one, n in deliveries.items()],
            ),
            Figure("orderloom_events_accepted_total", "counter", "Events accepted by hooks.", [((), deliveries.get("accepted", 0))]),
            Figure(
                "orderloom_runs_ended_total", "counter", "Runs ended by this process.", [(_of_run(*key), n) for key, n in ended.items()]
            ),
            Figure("orderloom_runs", "gauge", "Runs by flow and state.", [(_of_run(*key), n) for key, n in runs.items()]),
            Figure("orderloom_writer_backlog", "gauge", "Writes that wait for their commit.", [((), orderloom.store.journal.backlog())]),
            Figure("orderloom_running", "gauge", "Runs at work.", [((), orderloom.dispatcher.running)]),
            Figure(
                "orderloom_waiting", "gauge", "Runs that wait for a place or for their order's turn.", [((), orderloom.dispatcher.waiting)]
            ),
            Figure("orderloom_flows_broken", "gauge", "Published flows that cannot run.", [((), len(orderloom.flows.broken))]),
            Figure("orderloom_uptime_seconds", "gauge", "Seconds since the start.", [((), (now() - orderloom.started_at).total_seconds())]),
            Figure("process_resident_memory_bytes", "gauge", "Memory in use.", [((), resident_bytes())]),
        )
        for line in _lines(figure)
    )


def resident_bytes() -> int:
    """Memory that the process holds; 0 where the system does not tell."""
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii")
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmRSS:")), 0)


def _of_run(flow: str, state: str) -> Labels:
    return (("flow", flow), ("state", state))


def _lines(figure: Figure) -> Iterator[str]:
    yield f"# HELP {figure.name} {figure.help}\n# TYPE {figure.name} {figure.kind}\n"
    for labels, value in figure.values:
        shown = ",".join(f'{name}="{_escaped(text)}"' for name, text in labels)
        yield f"{figure.name}{{{shown}}} {_number(value)}\n" if shown else f"{figure.name} {_number(value)}\n"


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) else f"{value:.3f}"
