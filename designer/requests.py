"""Requests as handlers get them: what can be wrong with a body has a name of its own."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Any

from litestar import Request
from litestar.exceptions import ClientException, InternalServerException, SerializationException

from engine.json_text import too_deep, unreadable


class Gone(ClientException):
    """The client hung up before its body was complete: nobody waits for an answer, and nothing is wrong with us."""


class OwnRequest(Request[Any, Any, Any]):
    """Raises ``InputInvalid`` (``body.unreadable``, ``body.too_deep``) and ``Gone``."""

    async def json(self) -> Any:
        try:
            return await super().json()
        except RecursionError:
            raise too_deep() from None
        except (SerializationException, UnicodeDecodeError) as error:
            raise unreadable(error.__cause__ or error) from None

    async def stream(self) -> AsyncGenerator[bytes, None]:
        try:
            async for part in super().stream():
                yield part
        except InternalServerException:
            raise Gone from None
