"""Values that a platform never sends, and what a mapping makes of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from hypothesis import strategies as st

from engine.errors import NodeError

odd_values = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.text(max_size=9),
    st.lists(st.integers(), max_size=2),
    st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
)


def outcome(mapped: Callable[[dict[str, Any]], Mapping[str, Any]], payload: dict[str, Any]) -> tuple[str | None, Mapping[str, Any] | None]:
    """The problem's code, or the order."""
    try:
        return None, mapped(payload)
    except NodeError as error:
        return error.problem.code, None
