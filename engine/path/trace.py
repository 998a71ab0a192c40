"""Draws an order's path from the published flows: triggers are channels, connections are systems, targets are its ends. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final, cast

from engine.flow.references import connections_of
from engine.path.model import Gap, HandOver, OrderPath, Place, Station, Way
from engine.path.stages import STAGES, Stage, stage_of
from engine.run.plan import Plan, Step

_ENDS: Final = frozenset[Stage]({"canonical", "wms", "finance", "shipped"})
_WAYS: Final[Mapping[str, Way]] = {
    "hook": "webhook", "file": "file", "manual": "manual", "schedule": "schedule", "call": "call", "source": "queue",
}  # fmt: skip
_POLLING: Final = ("_poll", ".http_list")


def trace(plans: Sequence[Plan], systems: Mapping[str, str], channels: Sequence[str] = ()) -> OrderPath:
    """``plans``: the published flows; ``systems``: the type of each connection; ``channels``: the connections to sales channels.

    Flows through which no order goes are left out.
    """
    tracer = _Tracer(systems, called_flows(plans))
    for plan in plans:
        if _carries_orders(plan):
            tracer.take(plan)
    stations = sorted(tracer.stations.values(), key=lambda one: STAGES.index(one.stage))
    hand_overs = [HandOver(*pair) for pair in tracer.pairs if pair[0] in tracer.stations and pair[1] in tracer.stations]
    return OrderPath(stations, hand_overs, list(_gaps(stations, hand_overs, channels)))


def called_flows(plans: Sequence[Plan]) -> frozenset[str]:
    """Those that take orders from other flows."""
    return frozenset(name for plan in plans for name in plan.callees)


def _carries_orders(plan: Plan) -> bool:
    return any(not step.disabled and stage_of(step.type) in _ENDS for step in plan.steps)


class _Tracer:
    def __init__(self, systems: Mapping[str, str], called: frozenset[str]) -> None:
        self._systems, self._called = systems, called
        self.stations: dict[str, Station] = {}
        self.pairs: dict[tuple[str, str], None] = {}

    def take(self, plan: Plan) -> None:
        flow = f"flow:{plan.name}"
        self._add(Station(flow, "handed" if self._is_only_called(plan) else "accepted", plan.name, (), titles=_titles(plan.flow.title)))
        of_step: dict[int, str] = {}
        for step in plan.steps:
            stage = None if step.disabled else stage_of(step.type)
            if stage == "source":
                self._take_source(plan, step, flow)
                of_step[step.index] = flow
            elif stage is not None:
                of_step[step.index] = self._station_of(plan, step, stage)
        for index, station in of_step.items():
            for before in _before(plan, index, of_step):
                if of_step[before] != station:
                    self.pairs[of_step[before], station] = None

    def _is_only_called(self, plan: Plan) -> bool:
        return plan.name in self._called and all(step.type.starts == "call" for step in plan.triggers.values() if not step.disabled)

    def _take_source(self, plan: Plan, step: Step, flow: str) -> None:
        if step.type.starts in ("call", "incident", "alarm"):
            return
        connection = _connection(plan, step)
        way = _way(step, self._systems.get(connection or ""))
        name = connection or step.slug
        identity = f"source:{connection}:{way}" if connection else f"source:{plan.name}:{step.slug}"
        titles = None if connection else _titles(plan.flow.nodes[step.slug].title)
        self._add(
            Station(identity, "source", name, ((plan.name, step.slug),), titles, connection, self._systems.get(connection or ""), way)
        )
        self.pairs[identity, flow] = None

    def _station_of(self, plan: Plan, step: Step, stage: Stage) -> str:
        place = ((plan.name, step.slug),)
        if stage == "handed" and step.calling is not None:
            return f"flow:{step.calling.flow}"
        if stage == "canonical":
            return self._add(Station("hub", stage, "hub", place))
        connection = _connection(plan, step)
        if connection is None:
            titles = _titles(plan.flow.nodes[step.slug].title)
            return self._add(Station(f"{stage}:{plan.name}:{step.slug}", stage, step.slug, place, titles))
        return self._add(Station(f"{stage}:{connection}", stage, connection, place, None, connection, self._systems.get(connection)))

    def _add(self, station: Station) -> str:
        known = self.stations.get(station.id)
        self.stations[station.id] = station if known is None else replace(known, places=(*known.places, *station.places))
        return station.id


def _before(plan: Plan, index: int, of_step: Mapping[int, str]) -> Iterator[int]:
    """The steps with a station from which an item comes straight to a step."""
    seen, waiting = set[int](), [source for source, _ in plan.steps[index].incoming]
    while waiting:
        one = waiting.pop()
        if one in seen:
            continue
        seen.add(one)
        if one in of_step:
            yield one
        else:
            waiting += [source for source, _ in plan.steps[one].incoming]


def _connection(plan: Plan, step: Step) -> str | None:
    return next((reference.name for reference in connections_of(step.type, plan.flow.nodes[step.slug].params)), None)


def _way(step: Step, system: str | None) -> Way:
    if any(part in step.type.name for part in _POLLING):
        return "polling"
    if step.type.name == "connector.database_rows" or system in ("postgresql", "mysql"):
        return "database"
    if step.type.name == "connector.folder":
        return "file"
    return _WAYS.get(step.type.starts or "", "queue")


def _titles(title: object) -> Mapping[str, str] | None:
    return cast("Mapping[str, str]", title) if isinstance(title, Mapping) and title else None


def _gaps(stations: Sequence[Station], hand_overs: Sequence[HandOver], channels: Sequence[str]) -> Iterator[Gap]:
    onward: dict[str, set[str]] = {}
    for one in hand_overs:
        onward.setdefault(one.source, set()).add(one.target)
    stage: dict[str, Stage] = {one.id: one.stage for one in stations}
    for station in stations:
        if station.stage == "source":
            reached: set[Stage] = {stage[one] for one in _reached(station.id, onward)}
            yield from _missing(station, reached)
    told = {one.connection for one in stations if one.stage == "shipped"}
    read = {one.connection for one in stations if one.stage == "source"}
    for channel in channels:
        if channel not in read:
            yield Gap("path.unused_channel", {"name": channel})
        elif channel not in told:
            yield Gap("path.not_told_shipped", {"name": channel}, next(one.id for one in stations if one.connection == channel))


def _missing(station: Station, reached: set[Stage]) -> Iterator[Gap]:
    lacks_wms, lacks_finance = "wms" not in reached, "finance" not in reached
    if lacks_wms and lacks_finance:
        if "shipped" not in reached:
            yield Gap("path.no_target", {"name": station.name}, station.id)
    elif lacks_wms:
        yield Gap("path.no_wms", {"name": station.name}, station.id)
    elif lacks_finance:
        yield Gap("path.no_finance", {"name": station.name}, station.id)


def _reached(start: str, onward: Mapping[str, set[str]]) -> set[str]:
    seen, waiting = {start}, [start]
    while waiting:
        for target in onward.get(waiting.pop(), ()):
            if target not in seen:
                seen.add(target)
                waiting.append(target)
    return seen


def places_of(path: OrderPath) -> Mapping[Place, str]:
    """The station of each node that ends a stage."""
    return {place: station.id for station in path.stations for place in station.places}
