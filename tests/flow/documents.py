"""Strategies for flow documents: of the right shape, whether they make sense or not."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from engine.flow.document import Flow

SLUGS = st.from_regex(r"[a-z][a-z0-9_]{0,6}", fullmatch=True)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
DECIMALS = st.decimals(allow_nan=False, allow_infinity=False, places=3).map(lambda value: Decimal(format(value, "f")))
NUMBERS = st.one_of(st.integers(-(2**70), 2**70), DECIMALS)
SCALARS = st.one_of(st.none(), st.booleans(), NUMBERS, TEXTS)
JSON = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3), max_leaves=8)
USES = st.sampled_from(["rule.condition@1", "transform.sort@1", "connector.manual@1", "notify.email@2"])
DURATIONS = st.builds(lambda number, unit: f"{number}{unit}", st.integers(1, 500), st.sampled_from(["ms", "s", "m", "h"]))
ATTEMPTS, JITTER = st.integers(1, 100), st.sampled_from([0, 0.5, 1])
RETRIES = st.fixed_dictionaries({}, optional={"attempts": ATTEMPTS, "backoff": DURATIONS, "max": DURATIONS, "jitter": JITTER})
ON_ERROR = st.sampled_from(["park", "route", "stop"])
POLICIES = st.fixed_dictionaries({}, optional={"retry": RETRIES, "timeout": DURATIONS, "on_error": ON_ERROR})
TITLES = st.dictionaries(st.sampled_from(["en", "zh"]), TEXTS)
NODES = st.fixed_dictionaries(
    {"use": USES},
    optional={"params": st.dictionaries(SLUGS, JSON, max_size=3), "policy": POLICIES, "disabled": st.booleans(), "title": TITLES},
)


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    nodes = draw(st.dictionaries(SLUGS, NODES, min_size=1, max_size=5))
    slugs = st.sampled_from(sorted(nodes))
    wires = st.builds(lambda source, port, target: f"{source}{port} -> {target}", slugs, st.sampled_from(["", ".yes", ".error"]), slugs)
    expected = st.fixed_dictionaries({"items": st.lists(JSON, max_size=2)}, optional={"match": st.sampled_from(["exact", "subset"])})
    tests = st.fixed_dictionaries(
        {
            "name": TEXTS.filter(bool),
            "trigger": slugs,
            "input": st.lists(JSON, min_size=1, max_size=2),
            "expect": st.dictionaries(slugs, expected, max_size=2),
        },
        optional={"answers": st.dictionaries(slugs, st.lists(JSON, max_size=2), max_size=1)},
    )
    return draw(
        st.fixed_dictionaries(
            {"format": st.just(1), "name": SLUGS, "nodes": st.just(nodes)},
            optional={
                "title": TITLES,
                "constants": st.dictionaries(SLUGS, JSON, max_size=2),
                "wires": st.lists(wires, max_size=6, unique=True),
                "layout": st.dictionaries(slugs, st.just("1,2"), max_size=3),
                "tests": st.lists(tests, max_size=2),
            },
        )
    )


FLOWS = documents().map(Flow.model_validate)
