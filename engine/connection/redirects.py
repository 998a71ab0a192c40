"""Which redirects are followed. A pure decision, so that none of it depends on the client's own habits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from yarl import URL

from engine.connection.addresses import parse_url
from engine.connection.failures import CallFailed
from engine.connection.http import HttpRequest, HttpResponse

MAX_HOPS: Final = 5
_KEEPS_METHOD: Final = (307, 308)
_FOLLOWED: Final = (301, 302, 303, *_KEEPS_METHOD)
_SAFE_METHODS: Final = ("GET", "HEAD")
_TRAVELS: Final = frozenset({"accept", "accept-language", "content-type", "idempotency-key", "orderloom-version"})
"""Headers that go along to another origin. Any other may be a secret."""


def next_request(request: HttpRequest, answer: HttpResponse, hops: int) -> HttpRequest | None:
    """The request that follows a redirect, its address still to be checked; ``None`` if the answer is none.

    307 and 308 repeat the request; 301, 302 and 303 are followed for GET and HEAD only: a POST that silently became a GET
    would count as delivered. Raises ``CallFailed`` with ``http.redirect`` for those, for the sixth hop and for a step from
    https down to http.
    """
    if answer.status not in _FOLLOWED:
        return None
    here = parse_url(request.url)
    if answer.status not in _KEEPS_METHOD and request.method.upper() not in _SAFE_METHODS:
        raise _failed(here, f"status {answer.status} to a {request.method.upper()} request", "redirect_method", status=answer.status)
    if hops >= MAX_HOPS:
        raise _failed(here, f"more than {MAX_HOPS} hops", "redirect_hops", limit=MAX_HOPS)
    target = _target(here, answer)
    if here.scheme == "https" and target.scheme != "https":
        raise _failed(here, "from https to http", "redirect_http")
    headers = request.headers if here.origin() == target.origin() else _travelling(request.headers)
    return replace(request, url=str(target), headers=headers)


def _target(here: URL, answer: HttpResponse) -> URL:
    location = answer.headers.get("location", "")
    if not location:
        raise _failed(here, "no location", "redirect_nowhere")
    try:
        return parse_url(str(here.join(URL(location))))
    except ValueError:
        raise _failed(here, "its location is no address", "redirect_no_address") from None


def _travelling(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name.lower() in _TRAVELS}


def _failed(here: URL, reason: str, rule: str, **more: int) -> CallFailed:
    fields: dict[str, Any] = {"host": here.raw_host, "reason": reason, "rule": rule, **more}
    return CallFailed("http.redirect", retriable=False, maybe_sent=True, **fields)
