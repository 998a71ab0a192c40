"""How a call to the outside fails, said so that the runtime can decide what to do."""

from __future__ import annotations

import errno
from collections.abc import Iterator, Mapping
from typing import Any, Final

from engine.errors import OrderloomError, Problem


class CallFailed(OrderloomError):
    """No usable answer came.

    ``retriable``: the same call may succeed later. ``maybe_sent``: the other side may have received it, which matters for an
    effect that must not happen twice. ``after``: the call was not made at all and is no attempt; it may be made after so many seconds.
    """

    def __init__(self, code: str, *, retriable: bool, maybe_sent: bool, after: float | None = None, **fields: Any) -> None:
        self.after = after
        self.retriable = retriable
        self.maybe_sent = maybe_sent
        super().__init__(Problem(code, fields=fields))

    @property
    def problem(self) -> Problem:
        return self.problems[0]


_RULES: Final[Mapping[str, str]] = {
    "it is no URL": "address_form",
    "only http and https addresses are called": "address_scheme",
    "it holds a user name or password: those belong in their own fields": "address_login",
    "its path leads upwards": "address_upwards",
    "it is not a well-formed IP address": "address_number",
    "it is not a public address": "address_private",
    "it has no address": "address_none",
}


def address_refused(host: str, reason: str) -> CallFailed:
    """``address.refused``: an address that this installation may not call. Each reason has its rule in the catalogue."""
    return CallFailed("address.refused", retriable=False, maybe_sent=False, host=host, reason=reason, rule=_RULES[reason])


HUNG_UP: Final[Mapping[str, Any]] = {"reason": "the other side hung up", "rule": "hung_up"}
_CUT: Final = (ConnectionResetError, ConnectionAbortedError, BrokenPipeError, EOFError)
_NO_WAY: Final = {errno.EHOSTUNREACH, errno.ENETUNREACH, errno.EHOSTDOWN, errno.ENETDOWN, errno.EADDRNOTAVAIL}


def reason_of(error: BaseException) -> Mapping[str, Any]:
    """Fields of a problem: why no connection came about or it broke off, whatever a client library made of it.

    Neither the text of the error, which may hold anything, nor the name of its class, which says nothing to a reader.
    """
    for cause in causes(error):
        if isinstance(cause, ConnectionRefusedError):
            return {"reason": "nothing listens on this port", "rule": "nothing_listens"}
        if isinstance(cause, TimeoutError):
            return {"reason": "no answer came", "rule": "no_answer"}
        if isinstance(cause, _CUT):
            return HUNG_UP
        if isinstance(cause, OSError) and cause.errno in _NO_WAY:
            return {"reason": "there is no way to it", "rule": "no_way"}
    return {"reason": "it answers otherwise than expected", "rule": "other_answer"}


def causes(error: BaseException | None) -> Iterator[BaseException]:
    """An error with all that it came of, for client libraries wrap them, and not all name what they wrap as the cause."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
