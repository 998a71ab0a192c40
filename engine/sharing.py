"""A share of a flow's orders through another version, the switch to it, and the way back; how both sides fare meanwhile."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from engine.errors import Conflict, InputInvalid, Problem
from engine.flow.calls import calls_from
from engine.flow.reader import read_flow
from engine.publication import checked
from engine.replay.target import DRAFT, target_of
from engine.run.plan import Plan
from engine.store.documents import document_digest
from engine.store.ports import Candidate, Incident, IncidentFilter, Page, Run, RunFilter, Share

if TYPE_CHECKING:
    from engine.app import Orderloom

ALL: Final = 100
COUNTED: Final = 5_000
"""Runs, the newest of a share, that are looked at to compare its sides."""
_PAGE: Final = 500
_ERRORS: Final = ("parked", "failed")
_STARTS: Final = ("hook", "file")
"""Triggers whose orders are split, besides those that listen to a source."""


@dataclass(frozen=True, slots=True)
class Side:
    """How the orders of one version fare. ``errors``: parked or failed; ``held``: waiting; ``open``: at work or in line.

    ``p50`` and ``p95``: seconds from arrival to the end of those that are done; ``codes``: of what parked, the most frequent first.
    """

    version: int
    orders: int = 0
    done: int = 0
    errors: int = 0
    held: int = 0
    open: int = 0
    p50: float | None = None
    p95: float | None = None
    codes: Sequence[tuple[str, int]] = ()

    @property
    def error_share(self) -> float:
        """Percent."""
        return 100 * self.errors / self.orders if self.orders else 0.0


@dataclass(frozen=True, slots=True)
class Comparison:
    """``more``: there are older runs since the share began that were not looked at."""

    share: Share
    base: Side
    other: Side
    more: bool


async def begin_share(app: Orderloom, flow: str, against: int | str, percent: int, actor: str, *, digest: str | None = None) -> Share:
    """``against``: a version or ``draft``, which is checked as for publishing; ``digest``: of the draft that was looked at.

    Raises ``InputInvalid`` (``share.percent``), ``FlowInvalid``, ``NotFound`` or ``Conflict``: ``share.draft_changed``,
    ``share.other_trigger``, and what ``Shares.begin_share`` raises.
    """
    _require_percent(percent)
    document = await target_of(app.store, flow, against)
    if digest is not None and against == DRAFT and document_digest(document) != digest:
        raise Conflict(Problem("share.draft_changed", (flow,)))
    if against == DRAFT:
        _, text, calls = await checked(app.registry, app.book.types(), app.flows.called_by, document)
        await _require_triggers(app, flow, Plan(read_flow(text, flow), app.registry, calls=calls_from(calls)))
        what: int | Candidate = Candidate(text, "", calls)
    else:
        what = int(against)
        await _require_triggers(app, flow, await app.flows.plan_at(flow, what))
    share = await app.store.begin_share(flow, what, percent, actor=actor)
    await app.flows.refresh()
    return share


async def resize_share(app: Orderloom, flow: str, percent: int, actor: str) -> Share:
    """More or less of the orders; orders that went along stay with it. 0: no new order does; 100 switches over.

    Raises ``InputInvalid`` (``share.percent``), ``NotFound`` (``share.none``) or ``Conflict`` (``share.switched``).
    """
    _require_percent(percent, least=0)
    share = await app.store.resize_share(flow, percent, actor=actor)
    await app.flows.refresh()
    return share


async def go_back(app: Orderloom, flow: str, actor: str) -> Share:
    """All new orders go through the former version again, at once. Runs under way keep theirs. Raises ``NotFound`` (``share.none``)."""
    share = await app.store.end_share(flow, actor=actor)
    await app.flows.refresh()
    return share


async def compare(app: Orderloom, share: Share) -> Comparison:
    """Of the runs since the share began."""
    runs, more = await _runs(app, share)
    versions = {run.id: run.version for run in runs}
    codes: dict[int, Counter[str]] = {share.base: Counter(), share.version: Counter()}
    for incident in await _incidents(app, share, min(versions, default=0)):
        if versions.get(incident.run_id) in codes:
            codes[versions[incident.run_id]][incident.code] += 1
    sides = {
        version: _side(version, [run for run in runs if run.version == version], codes[version]) for version in (share.base, share.version)
    }
    return Comparison(share, sides[share.base], sides[share.version], more)


def _require_percent(percent: int, least: int = 1) -> None:
    if not least <= percent <= ALL:
        raise InputInvalid(Problem("share.percent", ("percent",)))


async def _require_triggers(app: Orderloom, flow: str, other: Plan) -> None:
    """What splits orders reads them first as the published version does: the other must take what comes in at the same places."""
    base = await app.flows.newest(flow)
    if base is None:
        return  # the store says so
    problems = [
        Problem("share.other_trigger", (flow, slug), {"trigger": slug, "type": step.type.name})
        for slug, step in base.triggers.items()
        if not step.disabled and (step.type.starts in _STARTS or step.type.consume is not None) and not _takes(other, slug, step.type.name)
    ]
    if problems:
        raise Conflict(problems)


def _takes(other: Plan, slug: str, type_name: str) -> bool:
    step = other.triggers.get(slug)
    return step is not None and not step.disabled and step.type.name == type_name


async def _runs(app: Orderloom, share: Share) -> tuple[list[Run], bool]:
    found: list[Run] = []
    cursor: str | None = None
    while len(found) < COUNTED:
        page: Page[Run] = await app.store.runs(RunFilter(flow=share.flow, since=share.began_at), limit=_PAGE, cursor=cursor)
        found += page.items
        cursor = page.next
        if cursor is None:
            break
    return found, cursor is not None


async def _incidents(app: Orderloom, share: Share, since: int) -> list[Incident]:
    """Of the runs from one id on; incidents are numbered in the same row."""
    found: list[Incident] = []
    cursor: str | None = None
    while len(found) < COUNTED:
        page = await app.store.incidents(IncidentFilter(flow=share.flow, state=None), limit=_PAGE, cursor=cursor)
        found += [one for one in page.items if one.id > since]
        cursor = page.next
        if cursor is None or (page.items and page.items[-1].id < since):
            break
    return found


def _side(version: int, runs: Sequence[Run], codes: Mapping[str, int]) -> Side:
    states = Counter(run.state for run in runs)
    took = sorted((run.ended_at - run.accepted_at).total_seconds() for run in runs if run.state == "done" and run.ended_at is not None)
    errors, held, done = sum(states[state] for state in _ERRORS), states["waiting"], states["done"]
    return Side(
        version, len(runs), done, errors, held, sum(states[state] for state in ("queued", "running", "cancelling")),
        _at(took, 0.5), _at(took, 0.95), Counter(codes).most_common(5),
    )  # fmt: skip


def _at(took: Sequence[float], part: float) -> float | None:
    return took[min(len(took) - 1, int(len(took) * part))] if took else None
