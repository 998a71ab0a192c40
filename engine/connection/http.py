"""Requests and answers as plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import msgspec


class TooLarge(Exception):
    """The answer's body is larger than was allowed."""


@dataclass(slots=True)
class Sending:
    """How far an exchange got: ``begun`` once a byte may have left."""

    begun: bool = False


@dataclass(slots=True)
class HttpRequest:
    """One request, which nobody changes; that is not enforced, for it would take longer than all else about making one.

    ``timeout`` in seconds, ``None`` for the client's own.
    """

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    body: bytes = b""
    timeout: float | None = None


class HttpResponse(msgspec.Struct, frozen=True):
    """One answer; header names in lower case, of repeated ones the last."""

    status: int
    headers: Mapping[str, str]
    body: bytes
