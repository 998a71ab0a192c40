"""The history of a flow: its versions with what each of them changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from designer.pages.flow_changes import Changes, changes
from engine.flow.document import Flow
from engine.flow.reader import inspect
from engine.store.ports import FlowRecord, FlowVersion

SHOWN, MOST = 5, 100
"""Versions that are listed at first, and at most."""


@dataclass(frozen=True, slots=True)
class ShownVersion:
    """``changes`` is ``None`` for the first version, and where a document can no longer be read."""

    version: FlowVersion
    changes: Changes | None


def past(versions: Sequence[FlowVersion], language: str, count: int = SHOWN) -> list[ShownVersion]:
    """The newest versions, newest first."""
    flows = [inspect(one.document).flow for one in versions[: count + 1]]
    before = [*flows[1:], None]
    return [ShownVersion(one, _between(old, new, language)) for one, new, old in zip(versions[:count], flows, before, strict=False)]


def draft_changes(record: FlowRecord, published: bytes | None, language: str) -> Changes | None:
    """What the draft changes against the published version, where both are there and can be read."""
    if record.draft is None or published is None:
        return None
    return _between(inspect(published).flow, inspect(record.draft).flow, language)


def _between(before: Flow | None, after: Flow | None, language: str) -> Changes | None:
    return changes(before, after, language) if before and after else None
