"""The one HTTP client for calls to outside systems: pooled, guarded, without cookies, with bounded answers."""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING, Final, Self

from engine.connection.guard import AddressGuard
from engine.connection.http import HttpRequest, HttpResponse, Sending
from engine.connection.redirects import next_request

if TYPE_CHECKING:
    from engine.connection.wire import Wire

MAX_ANSWER: Final = 1024 * 1024


class HttpClient:
    """Use as an async context manager, or call ``close``.

    ``timeout``: seconds for a whole request with its answer; ``per_host``: connections to one host at a time;
    ``max_answer``: bytes of a body.
    """

    def __init__(self, guard: AddressGuard, *, timeout: float = 30.0, per_host: int = 64, max_answer: int = MAX_ANSWER) -> None:
        self._guard = guard
        self._timeout = timeout
        self._per_host = per_host
        self._max_answer = max_answer
        self._wire: Wire | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self.close()

    async def close(self) -> None:
        wire, self._wire = self._wire, None
        if wire is not None:
            await wire.close()

    async def send(self, request: HttpRequest) -> HttpResponse:
        """The answer, whatever its status. Redirects are followed only where nothing is lost by it, see ``redirects``.

        Raises ``CallFailed``: ``address.refused``, ``address.unresolved``, ``http.unreachable``, ``http.timeout``,
        ``http.too_large``, ``http.redirect``, ``http.bad_request``.
        """
        hops = 0
        while True:
            url, wire = self._guard.check_url(request.url), self._wire or self._open()
            seconds, sending = request.timeout or self._timeout, Sending()
            try:
                answer = await wire.exchange(request, url, seconds, self._max_answer, sending)
            except Exception as error:  # noqa: BLE001 - what is not foreseen is raised as it is
                raise wire.failed(error, url, seconds, self._max_answer, sending) from None
            follow = next_request(request, answer, hops) if 300 < answer.status < 309 else None
            if follow is None:
                return answer
            request = follow
            hops += 1

    def _open(self) -> Wire:
        from engine.connection.resolver import GuardedResolver  # noqa: PLC0415 - aiohttp takes a tenth of a start to load
        from engine.connection.wire import Wire  # noqa: PLC0415 - see above

        self._wire = Wire(GuardedResolver(self._guard), self._per_host)
        return self._wire
