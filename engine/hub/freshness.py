"""Orders that changed while lists were read, or just before: what is on its way is no difference yet. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from engine.store.reconciliations import ListedOrder

ON_ITS_WAY: Final = timedelta(minutes=2)
"""How long a change of an order at its channel may take until the hub has it: a look at the list, and the order's run."""


def settled(source: Sequence[ListedOrder], hub: Sequence[ListedOrder], begun: datetime) -> list[ListedOrder]:
    """The channel's list, read from ``begun`` on, without what is newer there than in the hub since just before, and without what the hub
    has in a newer version than was read: of these it tells only that they are there. What came to the hub after it was read is there too.
    """
    kept = {_name(one): one for one in hub}
    names = {_name(one) for one in source}
    since = begun - ON_ITS_WAY
    found: list[ListedOrder] = []
    for one in source:
        held = kept.get(_name(one))
        if held is not None:
            found.append(ListedOrder(*_name(one)) if _is_moving(one, held, since) else one)
        elif not _is_since(one, since):
            found.append(one)
    return [*found, *(ListedOrder(*name) for name, one in kept.items() if name not in names and _is_since(one, since))]


def _is_moving(listed: ListedOrder, held: ListedOrder, since: datetime) -> bool:
    there, here = _time(listed.version), _time(held.version)
    return there is not None and here is not None and (here > there or (there > here and there >= since))


def _is_since(one: ListedOrder, since: datetime) -> bool:
    changed = _time(one.version)
    return changed is not None and changed >= since


def _time(version: str | None) -> datetime | None:
    try:
        found = datetime.fromisoformat(version or "")
    except ValueError:
        return None
    return found if found.tzinfo is not None else None


def _name(one: ListedOrder) -> tuple[str, str, str]:
    return one.channel, one.shop_id, one.channel_order_id
