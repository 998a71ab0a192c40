"""Flow documents that an editor sends, and their problems as the editor shows them: each with its exact place."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, cast

from designer.problems import FaultyFlow, Refused, placed_problem
from engine.app import Orderloom
from engine.errors import InputInvalid, Problem
from engine.flow.document import SLUG_PATTERN, Flow
from engine.flow.examine import Examined, examine
from engine.flow.reader import inspect
from engine.flow.writer import write_flow
from engine.json_text import read_json

_SLUG = re.compile(SLUG_PATTERN)


@dataclass(frozen=True, slots=True)
class ProblemPlaced:
    """A problem of a flow document. At most one of ``node`` (slug), ``wire`` (text) and ``test`` (name) says what it lies in.

    ``path`` leads inside of that and is empty where the whole is meant; ``position`` is the offset in an expression's text, in UTF-16
    units as JavaScript counts.
    """

    code: str
    where: str
    what: str
    do: str
    node: str | None
    wire: str | None
    path: Sequence[str | int]
    position: int | None
    test: str | None


def read_object(body: bytes | str) -> dict[str, Any]:
    """The JSON object of a body. Raises ``InputInvalid`` or ``Refused`` for anything else (HTTP 400)."""
    document = read_json(body)
    if not isinstance(document, dict):
        raise Refused(400, Problem("flow.not_an_object"))
    return cast("dict[str, Any]", document)


def require_name(name: str) -> None:
    """Raises ``InputInvalid`` (``flow.bad_name``) for a name that no flow can have."""
    if not (_SLUG.fullmatch(name) and len(name) <= 60):
        raise InputInvalid(Problem("flow.bad_name", (name[:60],)))


def canonical(body: bytes) -> bytes:
    """The one canonical text of a document; as it came, where a part of it cannot be read."""
    reading = inspect(body)
    return body if reading.problems or reading.flow is None else write_flow(reading.flow).encode()


async def examined(body: bytes, orderloom: Orderloom, name: str, *, connections: bool = True) -> Examined:
    """In a thread of its own: a large document takes a tenth of a second, and hooks must not wait for that."""
    types = orderloom.book.types() if connections else None
    return await asyncio.to_thread(examine, body, orderloom.registry, types, name, orderloom.flows.from_thread())


async def runnable(body: bytes, document: object, orderloom: Orderloom, name: str) -> Flow:
    """The flow, if nothing is wrong with it; connections need not be set. Raises ``FaultyFlow`` with every problem."""
    found = await examined(body, orderloom, name, connections=False)
    if found.flow is None or found.problems:
        raise FaultyFlow(found.problems, document)
    return found.flow


def shown(problems: Iterable[Problem], document: object, language: str) -> list[ProblemPlaced]:
    return [ProblemPlaced(**placed_problem(problem, document, language)) for problem in problems]
