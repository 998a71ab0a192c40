"""Forms of what channels send: what was declared and what was seen, what has changed, and what people decide about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from litestar import get, post
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from litestar.status_codes import HTTP_200_OK, HTTP_201_CREATED, HTTP_202_ACCEPTED
from msgspec import Meta

from designer.api.given import Actor, Cursor, Limit, Loom, number
from designer.api.shapes import Listed, listed, utc, utc_or_none
from engine.app import Orderloom
from engine.bulk import Progress
from engine.form_decisions import Decision, accept_change, let_go
from engine.form_mending import mend_parked
from engine.store.ports import ChangeFilter, FormChange
from engine.watch.contract.operation import Operation
from engine.watch.contract.records import body_of
from engine.watch.contract.view import FieldRow, fields_of, state_of

UNKNOWN = "form_change.unknown"
READ, WRITE = {"permission": "contract.read"}, {"permission": "contract.write"}


@dataclass(frozen=True, slots=True)
class ContractShown:
    """``operation`` such as ``taobao.order``; ``form``: the version that the adapter declares; ``version``: of what people decided, 0
    for nothing; ``state``: ``unseen``, ``steady``, ``changed``, ``drifting`` or ``paused``; ``orders`` that were looked at.
    """

    operation: str
    form: str
    version: int
    state: str
    orders: int
    changes: int
    last_at: str | None
    paused_at: str | None
    paused_percent: int | None


@dataclass(frozen=True, slots=True)
class FieldShown:
    """Types joined by a bar; ``presence``: the share of places where it has a value; no value of any order."""

    path: str
    declared: str
    required: bool
    seen: str
    presence: float | None
    formats: Sequence[str]
    words: Sequence[str]
    change: str | None


@dataclass(frozen=True, slots=True)
class VersionShown:
    version: int
    at: str
    actor: str
    note: str


@dataclass(frozen=True, slots=True)
class ContractWhole:
    contract: ContractShown
    fields: Sequence[FieldShown]
    versions: Sequence[VersionShown]


@dataclass(frozen=True, slots=True)
class TouchShown:
    """``how``: ``needed`` (without it the node fails, or holds the order) or ``read``."""

    flow: str
    node: str
    how: str


@dataclass(frozen=True, slots=True)
class ChangeShown:
    """``kind``: ``new``, ``vanished``, ``retyped``, ``format`` or ``word``; ``weight``: ``recorded``, ``suggested``, ``warned`` or
    ``parked``; ``source``: the field that has probably taken its place; ``word``: the known word that a new one probably means.
    """

    id: str
    operation: str
    kind: str
    path: str
    weight: str
    state: str
    expected: str
    found: str
    source: str | None
    word: str | None
    words: Sequence[str]
    touched: Sequence[TouchShown]
    orders: int
    first_at: str
    last_at: str
    decided_at: str | None
    decided_by: str | None
    version: int | None


@dataclass(frozen=True, slots=True)
class NewAcceptance:
    """``how``: ``as_it_is``; ``move`` from ``source`` to ``target`` (the one of them that is the changed field may be left out); ``word``:
    the new word means ``word``.
    """

    how: Literal["as_it_is", "move", "word"]
    source: str = ""
    target: str = ""
    word: str = ""
    note: Annotated[str, Meta(max_length=500)] = ""


@dataclass(frozen=True, slots=True)
class NewMendings:
    per_second: Annotated[float, Meta(gt=0, le=1000)] = 5.0


@get("/contracts", opt=READ)
async def list_contracts(orderloom: Loom) -> Listed[ContractShown]:
    """All operations whose form is declared, by name."""
    return Listed([_shown(orderloom.contracts.operation(name)) for name in sorted(orderloom.contracts.forms)])


@get("/contracts/{operation:str}", opt=READ)
async def show_contract(operation: FromPath[str], orderloom: Loom) -> ContractWhole:
    """One operation, with its fields and the versions of its form."""
    found = orderloom.contracts.operation(operation)
    versions = (await orderloom.store.form_versions()).get(operation, ())
    return ContractWhole(
        _shown(found),
        [_field(row) for row in fields_of(found)],
        [VersionShown(one.version, utc(one.at), one.actor, one.note) for one in versions],
    )


@post("/contracts/{operation:str}/continuation", opt=WRITE, status_code=HTTP_200_OK)
async def continue_sending(operation: FromPath[str], orderloom: Loom, actor: Actor) -> ContractShown:
    """What was held back is sent; the changes that are open now hold nothing back any more."""
    await let_go(orderloom, operation, actor)
    return _shown(orderloom.contracts.operation(operation))


@get("/form-changes", opt=READ)
async def list_changes(
    orderloom: Loom,
    state_filter: Annotated[Literal["open", "accepted", "gone", "all"], QueryParameter(name="state")] = "open",
    operation: FromQuery[str | None] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Listed[ChangeShown]:
    """Changes of forms, newest first; open ones unless asked otherwise."""
    where = ChangeFilter(None if state_filter == "all" else state_filter, operation)
    return listed(await orderloom.store.form_changes(where, limit=limit, cursor=cursor), change_shown)


@get("/form-changes/{change_id:str}", opt=READ)
async def show_change(change_id: FromPath[str], orderloom: Loom) -> ChangeShown:
    """One change, with the flows and nodes that it touches."""
    return await _one(orderloom, number(change_id, UNKNOWN))


@post("/form-changes/{change_id:str}/acceptance", opt=WRITE, status_code=HTTP_201_CREATED)
async def accept(change_id: FromPath[str], data: JSONBody[NewAcceptance], orderloom: Loom, actor: Actor) -> ChangeShown:
    """Take the change: as it is, or by a mapping. It becomes a new version of the form, in which what arrives from now on is read.
    409 where somebody was quicker, 422 with every fault of a mapping.
    """
    identity = number(change_id, UNKNOWN)
    await accept_change(orderloom, identity, Decision(data.how, data.source, data.target, data.word, data.note), actor)
    return await _one(orderloom, identity)


@post("/form-changes/{change_id:str}/mendings", opt=WRITE, status_code=HTTP_202_ACCEPTED)
async def mend(change_id: FromPath[str], data: JSONBody[NewMendings], orderloom: Loom, actor: Actor) -> Progress:
    """Send parked orders on through the mapping, oldest first, in the background. 409 while another decision about many is under way."""
    return await mend_parked(orderloom, number(change_id, UNKNOWN), data.per_second, actor)


async def _one(orderloom: Orderloom, change_id: int) -> ChangeShown:
    return change_shown(await orderloom.store.form_change(change_id))


def _shown(operation: Operation) -> ContractShown:
    body = operation.body
    pause = body.pause
    return ContractShown(
        operation.form.name,
        operation.form.version,
        operation.version,
        state_of(operation),
        body.profile.orders,
        len(operation.changes),
        utc_or_none(body.last_at),
        utc_or_none(pause.at if pause is not None else None),
        pause.percent if pause is not None else None,
    )


def _field(row: FieldRow) -> FieldShown:
    return FieldShown(row.path, row.declared, row.required, row.seen, row.presence, row.formats, row.words, row.change)


def change_shown(one: FormChange) -> ChangeShown:
    body = body_of(one)
    offer = body.suggestion
    return ChangeShown(
        str(one.id),
        one.operation,
        one.kind,
        one.path,
        one.weight,
        one.state,
        body.expected,
        body.found,
        offer.source or None if offer is not None else None,
        offer.word or None if offer is not None else None,
        body.words,
        [TouchShown(touch.flow, touch.node, touch.how) for touch in body.touched],
        one.orders,
        utc(one.first_at),
        utc(one.last_at),
        utc_or_none(one.decided_at),
        one.decided_by,
        one.version,
    )


routes = [list_contracts, show_contract, continue_sending, list_changes, show_change, accept, mend]
