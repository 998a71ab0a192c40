"""How a call to the outside fails, said so that the runtime can decide what to do."""

from __future__ import annotations

from typing import Any

from engine.errors import OrderloomError, Problem


class CallFailed(OrderloomError):
    """No usable answer came.

    ``retriable``: the same call may succeed later. ``maybe_sent``: the other side may have received it, which matters for an
    effect that must not happen twice.
    """

    def __init__(self, code: str, *, retriable: bool, maybe_sent: bool, **fields: Any) -> None:
        self.retriable = retriable
        self.maybe_sent = maybe_sent
        super().__init__(Problem(code, fields=fields))

    @property
    def problem(self) -> Problem:
        return self.problems[0]


def address_refused(host: str, reason: str) -> CallFailed:
    """``address.refused``: an address that this installation may not call."""
    return CallFailed("address.refused", retriable=False, maybe_sent=False, host=host, reason=reason)
