"""What a probe of an outside system found, and which way in it recommends, with the reasons. The decision is pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

import msgspec

from engine.connection.probe import Prober, ProbeReport
from engine.path.systems import Offer, System, Systems
from engine.store.ports import Store

KIND: Final = "assessment"
Ability = Literal["reachable", "auth", "api", "webhook", "database", "file", "queue", "clock"]
ABILITIES: Final[tuple[Ability, ...]] = ("reachable", "auth", "api", "webhook", "database", "file", "queue", "clock")
Way = Literal["webhook_and_polling", "messages_and_polling", "webhook", "polling", "queue", "database", "file", "calls", "none"]
Reason = Literal[
    "pushes_and_reads", "tells_and_reads", "pushes_only", "reads_only", "api_not_proven", "webhook_not_heard", "has_queue", "has_tables",
    "has_files", "nothing_offered", "nothing_works", "takes_orders", "clock_off", "not_encrypted", "permission_ends",
]  # fmt: skip
_STEPS: Final[Mapping[str, tuple[Ability, ...]]] = {
    "Connecting": ("reachable",), "Credentials": ("auth",), "Logging in": ("auth", "queue"), "Order contract": ("api",),
    "API": ("api", "auth"), "Tables": ("database",), "Folder": ("file",),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Findings:
    """``can``: what was tried, and whether it went; what is not there was not tried. ``offset``: seconds that their clock is ahead."""

    can: Mapping[Ability, bool]
    offset: int | None = None
    encrypted: bool = True
    ends_soon: bool = False


@dataclass(frozen=True, slots=True)
class Recommendation:
    way: Way
    reasons: tuple[Reason, ...]


class Assessment(msgspec.Struct, frozen=True):
    """As it is kept: ``steps`` by connection (what, whether it went, its code or none), without any text of the other side."""

    at: datetime
    can: dict[str, bool]
    offset: int | None
    way: str
    reasons: list[str]
    steps: dict[str, list[tuple[str, bool, str | None]]]


def findings(reports: Mapping[str, tuple[str, ProbeReport]]) -> Findings:
    """``reports``: of each connection, its type and what the probe found. One that goes makes up for another one that does not."""
    can: dict[Ability, bool] = {}
    offset: int | None = None
    encrypted, ends_soon = True, False
    for kind, report in reports.values():
        for step in report.steps:
            for ability in _abilities(kind, step.what, step.detail):
                can[ability] = can.get(ability, False) or step.ok
            if step.what == "Hook address" and "path" in step.fields:
                can["webhook"] = can.get("webhook", False) or "count" in step.fields
            if step.what == "Clock":
                offset = int(step.fields.get("seconds", 0))
                can["clock"] = not step.caution
            encrypted = encrypted and not (step.what == "Encrypting" and step.caution and step.detail.startswith("none"))
            ends_soon = ends_soon or (step.what == "Permission" and step.caution)
        if report.problems and "reachable" not in can:
            can["reachable"] = False
    return Findings(can, offset, encrypted, ends_soon)


def _abilities(kind: str, what: str, detail: str) -> tuple[Ability, ...]:
    if what == "API" and detail.startswith("not tried"):
        return ()
    if what == "Credentials" and kind in ("jd", "pinduoduo"):
        return ("auth", "api")
    found = _STEPS.get(what, ())
    return tuple(one for one in found if one != "queue" or kind in ("rabbitmq", "redis", "nats", "mqtt"))


def recommend(offers: Collection[Offer], found: Findings, *, target: bool = False) -> Recommendation:
    """A push is quickest, a poll finds what a push lost: both together are best. Tables come next, files last.

    ``target``: orders go there, and do not come from there.
    """
    webhook = "webhook" in offers
    api = "api" in offers and found.can.get("api", True) and found.can.get("auth", True) and found.can.get("reachable", True)
    takes: tuple[Way, list[Reason]] = ("calls", ["takes_orders"])
    way, reasons = takes if target and api else _way(offers, found, webhook=webhook, api=api)
    if webhook and way.startswith("webhook") and not found.can.get("webhook", False):
        reasons.append("webhook_not_heard")
    if api and "api" not in found.can and way in ("webhook_and_polling", "messages_and_polling", "polling"):
        reasons.append("api_not_proven")
    cautions: list[tuple[Reason, bool]] = [
        ("clock_off", found.can.get("clock") is False), ("not_encrypted", not found.encrypted), ("permission_ends", found.ends_soon)
    ]  # fmt: skip
    return Recommendation(way, (*reasons, *(reason for reason, holds in cautions if holds)))


def _way(offers: Collection[Offer], found: Findings, *, webhook: bool, api: bool) -> tuple[Way, list[Reason]]:
    choices: list[tuple[bool, Way, Reason]] = [
        (webhook and api, "webhook_and_polling", "pushes_and_reads"),
        ("messages" in offers and api, "messages_and_polling", "tells_and_reads"),
        (webhook, "webhook", "pushes_only"),
        (api, "polling", "reads_only"),
        ("queue" in offers and found.can.get("queue", True), "queue", "has_queue"),
        ("database" in offers and found.can.get("database", True), "database", "has_tables"),
        ("file" in offers and found.can.get("file", True), "file", "has_files"),
    ]
    for holds, way, reason in choices:
        if holds:
            return way, [reason]
    return "none", ["nothing_works" if offers else "nothing_offered"]


async def assess(system: System, systems: Systems, prober: Prober, store: Store, now: datetime, actor: str) -> Assessment:
    """Probes each connection of a system, one after the other, and keeps what was found. Raises ``Conflict`` (``probe.running``)."""
    reports: dict[str, tuple[str, ProbeReport]] = {}
    for name in system.types:
        connection = systems.connection(name)
        if connection is not None:
            reports[name] = (connection.type_name, await prober.assess(name, connection))
    found = findings(reports)
    target = bool(system.types) and set(system.types.values()) <= {"wms", "finance"}
    advice = recommend(system.offers, found, target=target)
    kept = Assessment(
        now, {str(name): ok for name, ok in found.can.items()}, found.offset, advice.way, list(advice.reasons),
        {name: _told(report) for name, (_, report) in reports.items()},
    )  # fmt: skip
    await store.save_sheet(KIND, system.name, msgspec.json.encode(kept), expected=None, keep=1, actor=actor)
    return kept


def _told(report: ProbeReport) -> list[tuple[str, bool, str | None]]:
    return [(step.what, step.ok, step.problem.code if step.problem else None) for step in report.steps]


async def kept_assessments(store: Store, names: Sequence[str]) -> Mapping[str, Assessment]:
    """The newest of each system that was assessed."""
    sheets = await store.sheets(KIND)
    return {name: msgspec.json.decode(sheets[name].body, type=Assessment) for name in names if name in sheets}
