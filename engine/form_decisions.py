"""What a person decides about a change of a channel's form: it becomes a new version, and what was held back goes on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import msgspec

from engine.errors import InputInvalid, Problem
from engine.run.facts import read_facts
from engine.store.ports import FormChange, FormVersion, WaitFilter
from engine.watch.contract.decisions import Decisions, check_move, check_word
from engine.watch.contract.operation import Operation

if TYPE_CHECKING:
    from engine.app import Orderloom

How = Literal["as_it_is", "move", "word"]
HOWS: Final[tuple[How, ...]] = ("as_it_is", "move", "word")
LONGEST: Final = 500
_PAGE: Final = 500


@dataclass(frozen=True, slots=True)
class Decision:
    """``as_it_is``: the flows can take it; ``move``: the value stands in the field ``source`` and belongs into ``target``; ``word``: the
    new word means the known one ``word``.
    """

    how: How
    source: str = ""
    target: str = ""
    word: str = ""
    note: str = ""


async def accept_change(app: Orderloom, change_id: int, decision: Decision, actor: str) -> FormVersion:
    """Makes a new version of the form and takes it up at once. What was paused goes on, where nothing is left that drifts.

    Raises ``NotFound`` (``form_change.unknown``), ``Conflict`` (``form_change.closed``, ``form_change.overtaken``) or ``InputInvalid``.
    """
    change = await app.store.form_change(change_id)
    operation = app.contracts.operation(change.operation)
    decided, ids = _decided(operation, change, decision)
    body = msgspec.json.encode(decided)
    version = FormVersion(change.operation, operation.version + 1, app.world.now(), actor, decision.note[:LONGEST], body)
    await app.store.accept_changes(ids, version)
    flows = await app.contracts.accepted(change.operation)
    if flows:
        await _audit_release(app, change.operation, actor)
        app.bulk.beside(wake_held(app, flows))
    return version


async def let_go(app: Orderloom, operation: str, actor: str) -> None:
    """What was held back is sent; the changes that are open hold nothing back any more. Raises ``NotFound`` (``contract.unknown``)."""
    flows = await app.contracts.let_go(operation)
    await _audit_release(app, operation, actor)
    app.bulk.beside(wake_held(app, flows))


async def wake_held(app: Orderloom, flows: Sequence[str]) -> int:
    """Calls that were held back go out now. Returns how many."""
    count = 0
    for flow in flows:
        cursor: str | None = None
        while True:
            page = await app.store.waits(WaitFilter(kind="backoff", flow=flow), limit=_PAGE, cursor=cursor)
            for wait in page.items:
                entries = read_facts(await app.store.facts(wait.run_id)).backoffs.values()
                if any(one.get("held") and f"{one['id']}/{one['rest']}" == wait.effect for one in entries):
                    await app.waits.end(wait, "due", "system")
                    count += 1
            cursor = page.next
            if cursor is None:
                break
    return count


def _decided(operation: Operation, change: FormChange, decision: Decision) -> tuple[Decisions, list[int]]:
    """The decisions with this one, and the changes that it settles: the other side of a rename among them."""
    known, form = operation.decisions, operation.form
    if decision.how == "as_it_is":
        return known.with_accepted([change.key]), [change.id]
    if decision.how == "word":
        if change.kind != "word":
            raise InputInvalid(Problem("form_change.not_so", ("how",), {"kind": change.kind}))
        found = change.key.rpartition("|")[2]
        check_word(form, change.path, found, decision.word)
        return known.with_word(change.path, found, decision.word), [change.id]
    source, target = (change.path, decision.target) if change.kind == "new" else (decision.source, change.path)
    if change.kind not in ("new", "vanished", "retyped"):
        raise InputInvalid(Problem("form_change.not_so", ("how",), {"kind": change.kind}))
    check_move(form, source, target)
    sides = [one for one in operation.changes.values() if _is_side(one.finding.kind, one.finding.path, source, target)]
    settled = [one.id for one in sides if one.id is not None]
    return known.with_move(source, target), [change.id, *(number for number in settled if number != change.id)]


def _is_side(kind: str, path: str, source: str, target: str) -> bool:
    if kind == "new":
        return path == source or path.startswith(f"{target}.")
    return path == target and kind in ("vanished", "retyped")


async def _audit_release(app: Orderloom, operation: str, actor: str) -> None:
    await app.store.audit(actor, "contract.continue", f"contract:{operation}", {})
