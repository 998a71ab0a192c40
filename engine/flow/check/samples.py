"""Checks of the tests inside a flow, and of layout and groups."""

from __future__ import annotations

from collections.abc import Iterator

from engine.errors import Problem
from engine.flow.document import Flow, FlowTest


def check_tests(flow: Flow, broken: frozenset[str] = frozenset()) -> Iterator[Problem]:
    names: set[str] = set()
    known = broken | flow.nodes.keys()
    for test in flow.tests:
        where = ("tests", test.name)
        if test.name in names:
            yield Problem("test.twice", where, at=where)
        names.add(test.name)
        if not test.expect:
            yield Problem("test.no_expect", where, at=where)
        yield from (problem.under(*where).inside(*where) for problem in _check_nodes(test, known))
    for slug in flow.layout:
        if slug not in known:
            yield Problem("layout.unknown_node", ("layout", slug), at=("layout", slug))


def _check_nodes(test: FlowTest, known: frozenset[str]) -> Iterator[Problem]:
    if test.trigger not in known:
        yield Problem("test.unknown_node", ("trigger",), {"node": test.trigger})
    for part, slugs in (("answers", test.answers), ("expect", test.expect or {})):
        for slug in slugs:
            if slug not in known:
                yield Problem("test.unknown_node", (part,), {"node": slug}, (part, slug))
    for slug, expected in (test.expect or {}).items():
        if expected.items is None and expected.requests is None:
            yield Problem("test.nothing_expected", ("expect", slug))
