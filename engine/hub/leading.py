"""Which order took another one along when both waited to be merged (decision 0024), as runs were told."""

from __future__ import annotations

from typing import Any, cast

from engine.errors import OrderloomError
from engine.hub.difference import Name
from engine.order import MERGE_WAIT
from engine.run.facts import Recorded, read_facts
from engine.store.ports import Hold, HoldFilter, Store


async def leader_of(store: Store, name: Name) -> Name | None:
    """The order whose parcel this one went along in; ``None`` where it did not, or where that is known no longer."""
    for hold in await _ended(store, name):
        if hold.ended_how == "merged":
            try:
                recorded = read_facts(await store.facts(hold.run_id))
            except OrderloomError:  # erased, or gone
                return None
            return _told_leader(recorded, hold)
    return None


async def led_by(store: Store, leader: Name) -> list[int]:
    """The runs in which an order took others along."""
    return [hold.run_id for hold in await _ended(store, leader) if hold.ended_how == "led"]


async def _ended(store: Store, name: Name) -> list[Hold]:
    return list((await store.holds(HoldFilter("done", MERGE_WAIT, order=name))).items)


def _told_leader(recorded: Recorded, hold: Hold) -> Name | None:
    for entry in recorded.results.values():
        ok: object = entry.get("ok")
        answer = cast("dict[str, Any]", ok) if isinstance(ok, dict) else {}
        if entry["step"] == hold.step and answer.get("how") == "merged":
            body: dict[str, str] = answer["body"]
            return body["channel"], body["shop_id"], body["channel_order_id"]
    return None
