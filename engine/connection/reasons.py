"""Why another system was not reached, in words of our own: the libraries' names for it mean nothing to whoever mends it, and their texts
may hold anything."""

from __future__ import annotations

import errno
import socket
import ssl
from collections.abc import Iterator, Mapping
from typing import Any, Final

from engine.connection.certificate_faults import fault_of

BROKEN_OFF: Final[Mapping[str, Any]] = {"reason": "the other side broke the connection off", "rule": "hung_up"}
_REFUSED: Final[Mapping[str, Any]] = {"reason": "nothing listens on this port", "rule": "nothing_listens"}
_NAME: Final[Mapping[str, Any]] = {"reason": "its name is not known", "rule": "unknown_name"}
_LATE: Final[Mapping[str, Any]] = {"reason": "no answer came", "rule": "no_answer"}
_NO_WAY: Final = {"reason": "there is no way to it", "rule": "no_way"}
_TLS: Final[Mapping[str, Any]] = {"reason": "no encryption could be agreed on", "rule": "no_encryption"}
_OTHER: Final[Mapping[str, Any]] = {"reason": "it does not answer as expected", "rule": "other_answer"}
_BY_NUMBER: Final = {
    errno.ECONNREFUSED: _REFUSED, errno.ECONNRESET: BROKEN_OFF, errno.ECONNABORTED: BROKEN_OFF, errno.EPIPE: BROKEN_OFF,
    errno.ETIMEDOUT: _LATE, errno.EHOSTUNREACH: _NO_WAY, errno.ENETUNREACH: _NO_WAY, errno.EHOSTDOWN: _NO_WAY, errno.ENETDOWN: _NO_WAY,
    errno.EADDRNOTAVAIL: _NO_WAY,
}  # fmt: skip


def why_unreachable(error: BaseException) -> Mapping[str, Any]:
    """Fields of a problem: ``reason`` in English, and the ``rule`` whose sentence takes its place in other languages.

    The error that it all came of decides, where one of those that were raised over it says more than the others.
    """
    for cause in causes(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return fault_of(cause)._asdict()
        if isinstance(cause, ssl.SSLError):
            return _TLS
        if isinstance(cause, socket.gaierror):
            return _NAME
        if isinstance(cause, TimeoutError):
            return _LATE
        if isinstance(cause, OSError) and cause.errno in _BY_NUMBER:
            return _BY_NUMBER[cause.errno]
    return BROKEN_OFF if any(isinstance(cause, (OSError, EOFError)) for cause in causes(error)) else _OTHER


def causes(error: BaseException | None) -> Iterator[BaseException]:
    """An error and what it came of: clients wrap it, and not all name it as the cause."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__ or getattr(error, "os_error", None)
