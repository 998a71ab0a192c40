"""Digests of what every example of every pure node gives, by ``name@version``.

Run as a program to renew the file, after a new node or a new version of one:

    python tests/golden/outcomes.py
"""

from __future__ import annotations

import json
from pathlib import Path

from engine.json_text import digest
from engine.registry import installed
from engine.testing import run_example

FILE = Path(__file__).with_name("outcomes.json")


def outcomes() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for node in installed():
        if node.origin.startswith("nodes.") and not node.is_effect:
            ran = [run_example(node, example) for example in node.examples]
            found[node.use] = [digest([one.output, [problem.code for problem in one.problems], one.event]) for one in ran]
    return dict(sorted(found.items()))


if __name__ == "__main__":
    FILE.write_text(json.dumps(outcomes(), indent=1) + "\n", encoding="utf-8")
