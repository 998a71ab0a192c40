"""Checks that the constants which a flow's expressions and messages read are there."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from engine.errors import Problem
from engine.flow.check.expressions import texts_of
from engine.flow.document import Flow
from engine.node.lookup import NodeTypes

_WORD = "constants"
_READ = re.compile(rf'flow\.{_WORD}(?:\.(\w+)|\[("(?:[^"\\]|\\.)*")\])')


def check_constants(flow: Flow, registry: NodeTypes) -> Iterator[Problem]:
    """A problem for each constant that is read and that the flow does not have, at the field that reads it.

    Whoever asks first whether there is one (``has``, ``default``) may name any.
    """
    for slug, place, found in texts_of(flow, registry, lambda slug: _WORD in repr(flow.nodes[slug].params)):
        for name in sorted(constants_in(found.expects) - flow.constants.keys()):
            yield _missing(name, flow).under("nodes", slug, "params", *place).inside(slug, *place)


def constants_in(paths: frozenset[str]) -> set[str]:
    """The names of the constants among the paths that an expression reads."""
    found = filter(None, map(_READ.match, paths))
    return {match[1] or json.loads(match[2]) for match in found}


def _missing(name: str, flow: Flow) -> Problem:
    if not flow.constants:
        return Problem("expression.no_constants", (), {"name": name})
    return Problem("expression.unknown_constant", (), {"name": name, "known": sorted(flow.constants)})
