"""What a meter says of a subject, and what it remembers of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

Memory: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Bad:
    """Something is wrong. ``code``: where it differs from that of the rule."""

    fields: Mapping[str, Any] = field(default_factory=dict[str, Any])
    code: str | None = None


class Good:
    """It is well: there is evidence, not only silence."""


GOOD: Final = Good()
Verdict: TypeAlias = Bad | Good | None
"""``None``: nothing new is known."""
