"""Replays: the recorded events of a span through the draft or another version, and what would become of them otherwise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal

from litestar import get, post
from litestar.params import FromPath, JSONBody
from litestar.status_codes import HTTP_202_ACCEPTED
from msgspec import Meta

from designer.api.given import Actor, Cursor, Language, Limit, Loom, aware, number
from designer.api.shapes import Listed, ProblemShown, listed, raw, utc, utc_or_none
from designer.problems import Refused
from engine.access import may
from engine.app import Orderloom, now
from engine.catalogue import explain
from engine.errors import InputInvalid, Problem
from engine.replay import DRAFT, MOST, USUAL, ChangeGroup, Counts, KeptReplay, OrderChanges, Span
from engine.run.changes import Change

EVENTS = "event.read"
UNKNOWN = "replay.unknown"


@dataclass(frozen=True, slots=True)
class NewReplay:
    """``against``: ``"draft"``, or the number of a version. Times are UTC where they name no offset; left out, an end is open.

    ``recording``: its orders are run, instead of those of a span.
    """

    since: datetime | None = None
    until: datetime | None = None
    against: Literal["draft"] | Annotated[int, Meta(ge=1)] = "draft"
    limit: Annotated[int, Meta(ge=1, le=MOST)] = USUAL
    recording: str | None = None


@dataclass(frozen=True, slots=True)
class CountsShown:
    """``done`` of ``total`` events: ``same``, ``differing``, ``erased``, or ``unreadable`` by the code of the problem."""

    total: int
    done: int
    same: int
    differing: int
    erased: int
    captured: int
    drifted: int
    unreadable: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class ChangeShown:
    """``kind``: ``added``, ``missing`` or ``changed``; ``masked``: a value is not seen as it is, so that two that look alike may differ."""

    path: str
    step: str
    what: str
    item_key: str
    kind: str
    before: Any
    after: Any
    masked: bool


@dataclass(frozen=True, slots=True)
class OrderShown:
    """``run`` is the past run."""

    order: str
    run: str
    received_at: str
    changes: Sequence[ChangeShown]


@dataclass(frozen=True, slots=True)
class GroupShown:
    """One kind of change, in how many ``orders``; the values are those of the first of them, ``order``."""

    step: str
    what: str
    detail: str
    field: str
    kind: str
    orders: int
    order: str
    before: Any
    after: Any
    masked: bool


@dataclass(frozen=True, slots=True)
class FailureShown:
    """Orders that a node of the other version parks; ``new``: the recorded run did not."""

    step: str
    code: str
    new: bool
    orders: int


@dataclass(frozen=True, slots=True)
class ReplayShown:
    """``recording``: whose orders were run; ``digest``: of the document, to be given where a share of the orders shall go through it."""

    id: str
    flow: str
    against: str
    recording: str | None
    digest: str
    state: str
    since: str | None
    until: str | None
    began_at: str
    counts: CountsShown
    problems: Sequence[ProblemShown]


@dataclass(frozen=True, slots=True)
class ReplayFound:
    """A replay with what differs over all orders, and a page of the orders that differ, as far as they are kept."""

    replay: ReplayShown
    groups: Sequence[GroupShown]
    failures: Sequence[FailureShown]
    orders: Listed[OrderShown]


@post("/flows/{name:str}/replays", opt={"permission": "flow.read"}, status_code=HTTP_202_ACCEPTED)
async def begin(name: FromPath[str], data: JSONBody[NewReplay], orderloom: Loom, actor: Actor, language: Language) -> ReplayShown:
    """Begin in the background; nothing is sent. 409 while another replay is under way, 422 with all problems where it cannot run."""
    return replay_shown(await start(orderloom, name, data, actor), language)


@get("/flows/{name:str}/replays", opt={"permission": "flow.read"})
async def list_replays(name: FromPath[str], orderloom: Loom, language: Language) -> Listed[ReplayShown]:
    """The last few of this process, and the trials on recordings that the store keeps, newest first."""
    await orderloom.store.flow(name)
    return Listed([replay_shown(one, language) for one in await orderloom.replays.of(name)])


@get("/flows/{name:str}/replays/{replay_id:str}", opt={"permission": EVENTS})
async def show_replay(
    name: FromPath[str], replay_id: FromPath[str], orderloom: Loom, language: Language, limit: Limit = 50, cursor: Cursor = None
) -> ReplayFound:
    """How far it is, and the orders that differ, oldest first. It is kept in the memory of the process, one on a recording in the store."""
    found = await orderloom.replays.get(name, number(replay_id, UNKNOWN))
    groups = [_group(one) for one in found.summary.sorted_groups()]
    failures = [FailureShown(one.step, one.code, one.new, count) for one, count in found.summary.sorted_failures()]
    return ReplayFound(replay_shown(found, language), groups, failures, listed(found.page(limit, cursor), _order))


@post("/flows/{name:str}/replays/{replay_id:str}/cancellation", opt={"permission": "flow.read"}, status_code=HTTP_202_ACCEPTED)
async def cancel(name: FromPath[str], replay_id: FromPath[str], orderloom: Loom, language: Language) -> ReplayShown:
    """End it after a few more events; what it found stays. 409 where it has ended."""
    return replay_shown(await orderloom.replays.cancel(name, number(replay_id, UNKNOWN)), language)


async def start(orderloom: Orderloom, name: str, asked: NewReplay, actor: str) -> KeptReplay:
    """Raises ``Refused``, ``InputInvalid`` (``replay.empty_span``), and what ``Replays.start`` raises."""
    if not may(actor, EVENTS, f"flow:{name}"):
        raise Refused(403, Problem("access.denied", fields={"action": EVENTS}))
    span = Span(aware(asked.since), aware(asked.until))
    if span.since and span.until and span.since >= span.until:
        raise InputInvalid(Problem("replay.empty_span", ("until",)))
    against = DRAFT if asked.against == DRAFT else asked.against
    recording = None if asked.recording is None else number(asked.recording, "recording.unknown")
    if recording is not None and not may(actor, "recording.read", f"recording:{recording}"):
        raise Refused(403, Problem("access.denied", fields={"action": "recording.read"}))
    return await orderloom.replays.start(name, against, span, asked.limit, now(), recording=recording)


def replay_shown(kept: KeptReplay, language: str) -> ReplayShown:
    return ReplayShown(
        id=str(kept.id),
        flow=kept.flow,
        against=kept.against,
        recording=None if kept.recording is None else str(kept.recording),
        digest=kept.digest,
        state=kept.state,
        since=utc_or_none(kept.span.since),
        until=utc_or_none(kept.span.until),
        began_at=utc(kept.began_at),
        counts=_counts(kept.counts),
        problems=[ProblemShown(**explain(problem, language)) for problem in kept.problems],
    )


def _counts(counts: Counts) -> CountsShown:
    return CountsShown(
        counts.total, counts.done, counts.same, counts.differing, counts.erased, counts.captured, counts.drifted, dict(counts.unreadable)
    )


def _group(one: ChangeGroup) -> GroupShown:
    key, example = one.key, one.example
    seen = raw(example.before), raw(example.after), example.masked
    return GroupShown(key.step, key.what, key.detail, key.field, key.kind, one.orders, one.order_key, *seen)


def _order(one: OrderChanges) -> OrderShown:
    return OrderShown(one.order_key, str(one.event), utc(one.received_at), [change_shown(change) for change in one.changes])


def change_shown(one: Change) -> ChangeShown:
    return ChangeShown(one.path, one.step, one.what, one.place.item, one.kind, raw(one.before), raw(one.after), one.masked)


routes = [begin, list_replays, show_replay, cancel]
