"""How a flow begins: as an empty document, or as a copy of another under a name of its own."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping
from typing import Any, Final

from engine.errors import InputInvalid, Problem
from engine.flow.document import SLUG_PATTERN, Flow

SCHEMA: Final = "./flow.schema.json"
LONGEST: Final = 60
_SLUG: Final = re.compile(SLUG_PATTERN)


def empty_flow(name: str, title: Mapping[str, str]) -> Flow:
    """Without nodes. Raises ``InputInvalid`` (``flow.bad_name``)."""
    require_name(name)
    return Flow.model_validate({"$schema": SCHEMA, "format": 1, "name": name, "title": dict(title), "nodes": {}})


def copy_of(document: Mapping[str, Any], name: str, title: Mapping[str, str]) -> dict[str, Any]:
    """The same under another name, faulty parts too; titles in other languages would be those of the first, so they go.

    Takes and gives the JSON value of a document. Raises ``InputInvalid``.
    """
    require_name(name)
    return {**document, "name": name, "title": dict(title)}


def suggested_name(title: str, taken: Collection[str]) -> str:
    """A name made of the letters and digits of a title that every system can write, numbered where it is taken."""
    letters = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "_", letters).lstrip("_0123456789")[: LONGEST - 6].strip("_") or "flow"
    numbered = (slug, *(f"{slug}_{number}" for number in range(2, len(taken) + 3)))
    return next(name for name in numbered if name not in taken)


def require_name(name: str) -> None:
    """Raises ``InputInvalid`` (``flow.bad_name``)."""
    if not (_SLUG.fullmatch(name) and len(name) <= LONGEST):
        raise InputInvalid(Problem("flow.bad_name", (name[:LONGEST],)))
