"""Changed behaviour is a new node version (rule R8): a recompute of an old run must give what it gave then."""

from __future__ import annotations

import json

from tests.golden.outcomes import FILE, outcomes


def test_every_version_of_a_node_still_gives_what_it_gave() -> None:
    kept, now = json.loads(FILE.read_text(encoding="utf-8")), outcomes()
    changed = sorted(use for use in kept if now.get(use, [])[: len(kept[use])] != kept[use])
    assert changed == [], "give the node a new version, and keep the old one beside it"


def test_every_node_and_example_is_recorded() -> None:
    kept, now = json.loads(FILE.read_text(encoding="utf-8")), outcomes()
    new = sorted(use for use in now if len(now[use]) != len(kept.get(use, [])))
    assert new == [], "run tests/golden/outcomes.py"
