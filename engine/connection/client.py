"""The one HTTP client for calls to outside systems: pooled, guarded, without cookies, with bounded answers."""

from __future__ import annotations

from types import TracebackType
from typing import Final, Self

import aiohttp
from yarl import URL

from engine.connection.failures import CallFailed
from engine.connection.guard import AddressGuard, GuardedResolver
from engine.connection.http import HttpRequest, HttpResponse, TooLarge
from engine.connection.redirects import next_request
from engine.connection.wire import Sending, Wire

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
                raise self._failed(error, url, seconds, sending) from None
            follow = next_request(request, answer, hops) if 300 < answer.status < 309 else None
            if follow is None:
                return answer
            request = follow
            hops += 1

    def _failed(self, error: Exception, url: URL, seconds: float, sending: Sending) -> Exception:
        if isinstance(error, TimeoutError):
            return CallFailed("http.timeout", retriable=True, maybe_sent=sending.begun, host=url.raw_host, seconds=seconds)
        if isinstance(error, TooLarge):
            return CallFailed("http.too_large", retriable=False, maybe_sent=True, host=url.raw_host, limit=self._max_answer)
        if isinstance(error, aiohttp.ClientError | OSError):  # a certificate that does not fit is a ValueError, too
            return _unreachable(error, url)
        if isinstance(error, ValueError):  # a line break in a header, a word that is no method
            return CallFailed("http.bad_request", retriable=False, maybe_sent=False, host=url.raw_host)
        return error

    def _open(self) -> Wire:
        self._wire = Wire(GuardedResolver(self._guard), self._per_host)
        return self._wire


def _unreachable(error: Exception, url: URL) -> CallFailed:
    """The error's type says enough; its text may hold the URL."""
    maybe_sent = not isinstance(error, aiohttp.ClientConnectorError)
    return CallFailed("http.unreachable", retriable=True, maybe_sent=maybe_sent, host=url.raw_host, reason=type(error).__name__)
