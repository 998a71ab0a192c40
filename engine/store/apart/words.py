"""What is told between the event loop and the writer's process."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from engine.privacy.cipher import MasterKey
from engine.store.call_records import CallNote
from engine.store.operations import Operation
from engine.store.owners import Claim
from engine.store.sqlite_files import SqliteFiles


@dataclass(frozen=True, slots=True)
class Beginning:
    """``secret``: of the digests; ``last``: the newest id that was given."""

    files: SqliteFiles
    master: MasterKey = field(repr=False)
    secret: bytes = field(repr=False)
    claim: Claim
    last: int


class Work(msgspec.Struct, frozen=True):
    """``claim``: where it has changed; ``forgotten``: events whose keys are no more; ``last``: the newest id that was given."""

    operations: Sequence[Operation]
    last: int
    claim: Claim | None = None
    forgotten: Sequence[int] = ()


class Calls(msgspec.Struct, frozen=True):
    """For the log of calls."""

    notes: Sequence[CallNote]


class Done(msgspec.Struct, frozen=True):
    """A result for each operation."""

    results: Sequence[Any]
    last: int
    commits: int
