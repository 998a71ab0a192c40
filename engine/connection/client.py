"""The one HTTP client for calls to outside systems: pooled, guarded, without cookies, with bounded answers."""

from __future__ import annotations

from collections.abc import Mapping
from types import TracebackType
from typing import Final, Self

import aiohttp
from yarl import URL

from engine.connection.failures import CallFailed
from engine.connection.guard import AddressGuard, GuardedResolver
from engine.connection.http import HttpRequest, HttpResponse
from engine.connection.redirects import next_request

MAX_ANSWER: Final = 1024 * 1024
_SKIPPED: Final = ("Accept", "Accept-Encoding", "Content-Type")
_AGENT: Final = {"User-Agent": "Orderloom"}


class HttpClient:
    """Use as an async context manager, or call ``close``.

    ``timeout``: seconds for a whole request with its answer; ``per_host``: connections to one host at a time;
    ``max_answer``: bytes of a body.
    """

    def __init__(self, guard: AddressGuard, *, timeout: float = 30.0, per_host: int = 64, max_answer: int = MAX_ANSWER) -> None:
        self._guard = guard
        self._timeout = timeout
        self._default_timeout = aiohttp.ClientTimeout(total=timeout)
        self._per_host = per_host
        self._max_answer = max_answer
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self.close()

    async def close(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def send(self, request: HttpRequest) -> HttpResponse:
        """The answer, whatever its status. Redirects are followed only where nothing is lost by it, see ``redirects``.

        Raises ``CallFailed``: ``address.refused``, ``address.unresolved``, ``http.unreachable``, ``http.timeout``,
        ``http.too_large``, ``http.redirect``, ``http.bad_request``.
        """
        hops = 0
        while True:
            url = self._guard.check_url(request.url)
            answer = await self._exchange(request, url)
            follow = next_request(request, answer, hops) if 300 < answer.status < 309 else None
            if follow is None:
                return answer
            request = follow
            hops += 1

    async def _exchange(self, request: HttpRequest, url: URL) -> HttpResponse:
        session = self._session or self._open()
        timeout = self._default_timeout if request.timeout is None else aiohttp.ClientTimeout(total=request.timeout)
        try:
            async with session.request(
                request.method, url, data=request.body or None, headers=request.headers, allow_redirects=False, timeout=timeout
            ) as answer:
                body = await self._body(answer, url)
                return HttpResponse(answer.status, _lower(answer.headers), body)
        except TimeoutError as error:
            maybe_sent = not isinstance(error, aiohttp.ConnectionTimeoutError)
            raise CallFailed(
                "http.timeout", retriable=True, maybe_sent=maybe_sent, host=url.raw_host, seconds=request.timeout or self._timeout
            ) from None
        except ValueError:  # a line break in a header, a word that is no method
            raise CallFailed("http.bad_request", retriable=False, maybe_sent=False, host=url.raw_host) from None
        except (aiohttp.ClientError, OSError) as error:
            raise _unreachable(error, url) from None

    async def _body(self, answer: aiohttp.ClientResponse, url: URL) -> bytes:
        length = answer.content_length
        if length is not None and length <= self._max_answer and "Content-Encoding" not in answer.headers:
            return await answer.read()
        pieces: list[bytes] = []
        size = 0
        if length is None or length <= self._max_answer:
            async for piece in answer.content.iter_any():
                pieces.append(piece)
                size += len(piece)
                if size > self._max_answer:
                    break
            else:
                return b"".join(pieces)
        answer.close()
        raise CallFailed("http.too_large", retriable=False, maybe_sent=True, host=url.raw_host, limit=self._max_answer)

    def _open(self) -> aiohttp.ClientSession:
        connector = aiohttp.TCPConnector(limit=0, limit_per_host=self._per_host, resolver=GuardedResolver(self._guard), ttl_dns_cache=30)
        self._session = aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            headers=_AGENT,
            skip_auto_headers=_SKIPPED,
            trust_env=False,
        )
        return self._session


def _lower(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def _unreachable(error: Exception, url: URL) -> CallFailed:
    """The error's type says enough; its text may hold the URL."""
    maybe_sent = not isinstance(error, aiohttp.ClientConnectorError)
    return CallFailed("http.unreachable", retriable=True, maybe_sent=maybe_sent, host=url.raw_host, reason=type(error).__name__)
