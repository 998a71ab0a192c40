"""The outside, as live effects see it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from engine.node.context import HttpAnswer


class Outside(Protocol):
    """Performs one attempt. Raises ``CallFailed`` where no answer came, another ``OrderloomError`` where it cannot be made at all."""

    async def http(self, connection: str, content: Mapping[str, Any], key: str, timeout: float) -> HttpAnswer:  # noqa: ASYNC109 - seconds, handed to the client
        ...

    async def mail(self, connection: str, content: Mapping[str, Any], key: str, timeout: float) -> None:  # noqa: ASYNC109
        ...
