"""What waits in the store for its time or for somebody to see to it, told in one look: most looks find nothing."""

from __future__ import annotations

from datetime import datetime
from typing import Final, Literal, Protocol, get_args

import msgspec

DueKind = Literal["waits", "holds", "notices", "messages", "recordings"]
KINDS: Final[tuple[DueKind, ...]] = get_args(DueKind)


class Due(msgspec.Struct, frozen=True):
    """``changes``: the mark of ``Store.change_mark``; ``kinds``: of what there is any.

    ``waits``: whose time has come; ``holds``: open ones of an order that may have come in a newer version; ``notices``: what error flows
    have not been told; ``messages``: of alarms, to be sent now; ``recordings``: of traffic, under way.
    """

    changes: int
    kinds: frozenset[DueKind]


class DueWork(Protocol):
    async def due(self, now: datetime) -> Due: ...
