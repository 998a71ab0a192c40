"""An order that is called off leaves the parcel that it shares: which orders are left of it, as the hub keeps them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, cast

from engine.errors import NodeError, NotFound
from engine.hub.difference import Name
from engine.hub.leading import leader_of, led_by
from engine.hub.shipments import CALLED_OFF, at_warehouse
from engine.json_text import read_kept
from engine.order import instant
from engine.store.consignments import Consignment
from engine.store.ports import Store

_ENDED: Final = ("cancelled", "done", "failed")


class LeaveDesk:
    def __init__(self, store: Store) -> None:
        self._store = store

    async def leave(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        """``{connection, channel, shop_id, channel_order_id, version}`` to ``{at, number?, version?, orders?}``. ``at``:

        ``parcel``: the warehouse has it in the parcel of that ``number``, of which ``orders`` are left, and which takes this ``version``;
        ``gone``: what the warehouse has under its number is the parcel of others; ``under_way``: its parcel is on its way there;
        ``alone``: none of these.

        Raises ``NodeError``: ``waybill.no_order``, ``leaving.split`` for a parcel that was split or that holds parts, ``leaving.erased``.
        """
        name, connection = at_warehouse(asked), str(asked["connection"])
        parcel = await self._parcel(name, connection)
        if parcel is not None:
            orders = await self._left(parcel, name)
            return {"at": "parcel", "number": parcel.number, "version": _newest(str(asked["version"]), parcel.version), "orders": orders}
        there = await self._store.consignment_at((connection, *name))
        if there is not None and there.is_parcel:
            return {"at": "gone"}
        return {"at": "under_way" if await self._is_under_way(name) else "alone"}

    async def _parcel(self, name: Name, connection: str) -> Consignment | None:
        sent = [one for one in await self._store.consignments_of_order(*name) if one.connection == connection and one.is_parcel]
        newest = max(sent, key=lambda one: one.event_id, default=None)
        if newest is not None and (newest.parts or any(one.parts for one in newest.members)):
            raise NodeError("leaving.split", number=newest.whole, order=name[2])
        return newest

    async def _left(self, parcel: Consignment, name: Name) -> list[dict[str, Any]]:
        left: list[dict[str, Any]] = []
        for number in (one.channel_order_id for one in parcel.members if one.channel_order_id != name[2]):
            try:
                kept = await self._store.order(parcel.channel, parcel.shop_id, number)
            except NotFound:
                raise NodeError("leaving.erased", number=parcel.number, order=number) from None
            if kept.status in CALLED_OFF:
                continue
            if not kept.body:
                raise NodeError("leaving.erased", number=parcel.number, order=number)
            left.append(cast("dict[str, Any]", read_kept(kept.body)))
        return left

    async def _is_under_way(self, name: Name) -> bool:
        """Whether the run that has the parcel is not over yet."""
        leader = await leader_of(self._store, name) or name
        return any([await self._is_open(run_id) for run_id in await led_by(self._store, leader)])

    async def _is_open(self, run_id: int) -> bool:
        try:
            return (await self._store.run(run_id)).state not in _ENDED
        except NotFound:
            return False


def _newest(one: str, other: str | None) -> str:
    """The later of two times; of other versions the first."""
    try:
        moments: Sequence[Any] = [instant(one), instant(other)]
    except NodeError:
        return one
    return other if other is not None and None not in moments and moments[1] > moments[0] else one
