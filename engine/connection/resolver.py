"""The address guard where aiohttp asks for addresses."""

from __future__ import annotations

import socket

from aiohttp.abc import AbstractResolver, ResolveResult

from engine.connection.guard import AddressGuard


class GuardedResolver(AbstractResolver):
    """The guard as aiohttp's resolver."""

    def __init__(self, guard: AddressGuard) -> None:
        self._guard = guard

    async def resolve(self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET) -> list[ResolveResult]:
        return [_result(host, port, one) for one in await self._guard.resolve(host, port, family)]

    async def close(self) -> None:
        """Nothing is held."""


def _result(host: str, port: int, address: str) -> ResolveResult:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    flags = socket.AI_NUMERICHOST | socket.AI_NUMERICSERV
    return ResolveResult(hostname=host, host=address, port=port, family=family, proto=0, flags=flags)
