"""Gathers the lists of a day and channel, compares them, and keeps what was found."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final, cast

from engine.connection.book import ConnectionBook
from engine.errors import InputInvalid, NodeError, OrderloomError, Problem
from engine.hub.lineage import Consigned, shapes
from engine.hub.reconcile import TARGETS, Difference, System, compare
from engine.json_text import write_json
from engine.node.context import HttpAnswer
from engine.node.keys import parts_of
from engine.privacy.scrub import scrub
from engine.run.call_notes import ask
from engine.run.outside import Outside
from engine.store.consignments import Consignment
from engine.store.ports import EventFilter, OrderFilter, Store
from engine.store.reconciliations import ListedOrder, Reconciliation, day_after

TIMEOUT: Final = 30.0
MOST_PAGES: Final = 2_000
LONGEST: Final = 80
MOST_SHOWN: Final = 5_000
"""Differences that are kept one by one; more are counted."""
Lists = dict[System, "Sequence[ListedOrder] | None"]


class Reconciler:
    """The list of a source is what arrived, unless a connection is named that has one."""

    def __init__(self, store: Store, book: ConnectionBook, outside: Outside, now: Callable[[], datetime]) -> None:
        self._store, self._book, self._outside, self._now = store, book, outside, now

    async def reconcile(self, day: str, channel: str, source: str | None = None) -> dict[str, Any]:
        """``{day, channel, at, counts, parcels, parts, failed, differences, rows}``: ``counts`` by system, null where it has no list;
        how many of the numbers that a target lists are those of ``parcels`` of several orders and of ``parts`` of one; ``failed``: the
        code of what went wrong with a list.

        Targets are all connections of the types ``wms`` and ``finance``.

        Raises ``InputInvalid`` (``reconcile.bad_day``, ``reconcile.no_channel``).
        """
        check(day, channel)
        sent = await self._store.consignments_of_day(channel, day)
        lists, consigned, failed = await self._lists(day, channel, source, sent)
        rows = compare(lists["source"], lists["hub"], lists["wms"], lists["finance"], consigned)
        found = result_of(day, channel, self._now(), lists, consigned, failed, rows)
        await self._store.keep_reconciliation(Reconciliation(day, channel, self._now(), len(rows), write_json(found)))
        return found

    async def _lists(
        self, day: str, channel: str, source: str | None, sent: Sequence[Consignment]
    ) -> tuple[Lists, dict[System, Consigned], dict[str, str]]:
        kept = await self._store.orders_of_day(channel, day)
        lists: Lists = {"source": None, "hub": kept, "wms": None, "finance": None}
        consigned: dict[System, Consigned] = {}
        failed: dict[str, str] = {}
        by_type = self._book.types()
        asked: dict[System, list[str]] = {system: sorted(name for name, kind in by_type.items() if kind == system) for system in TARGETS}
        if source is None:
            lists["source"] = await self._arrived(day, channel, kept)
        else:
            asked["source"] = [source]
        for system, names in asked.items():
            try:
                if names:
                    lists[system] = [one for name in names for one in await self._listed(name, day, channel)]
                    if system in TARGETS:
                        consigned[system] = await self._consigned(names, day, channel, sent)
            except OrderloomError as error:
                failed[system] = error.problems[0].code
                lists[system] = None
        return lists, consigned, failed

    async def _consigned(self, names: Collection[str], day: str, channel: str, sent: Sequence[Consignment]) -> Consigned:
        """An order of this day may be in a parcel that is listed on the day of another order."""
        to_these = [one for one in sent if one.connection in names]
        elsewhere: list[ListedOrder] = []
        for name, other in sorted({(one.connection, one.day) for one in to_these if one.day not in ("", day)}):
            numbers = {(one.shop_id, one.number) for one in to_these if (one.connection, one.day) == (name, other)}
            elsewhere += [one for one in await self._listed(name, other, channel) if (one.shop_id, one.channel_order_id) in numbers]
        return Consigned(day, to_these, elsewhere)

    async def _arrived(self, day: str, channel: str, kept: Sequence[ListedOrder]) -> list[ListedOrder]:
        """What was brought on that day, without what the hub knows to be of another day; and what it holds of that day."""
        start = datetime.fromisoformat(day).replace(tzinfo=UTC)
        where = EventFilter(since=start, until=start + timedelta(days=1))
        arrived: set[tuple[str, str, str]] = set()
        cursor: str | None = None
        while True:
            page = await self._store.events(where, limit=500, cursor=cursor)
            arrived.update(parts for event in page.items if (parts := parts_of(event.order_key)) is not None and parts[0] == channel)
            cursor = page.next
            if cursor is None:
                break
        known = {(one.channel, one.shop_id, one.channel_order_id) for one in kept}
        numbers = {one.channel_order_id for one in kept}
        others = [name for name in sorted(arrived - known) if not await self._is_kept(name, numbers)]
        return [ListedOrder(*name) for name in (*sorted(known), *others)]

    async def _is_kept(self, name: tuple[str, str, str], numbers: Collection[str]) -> bool:
        """Where what arrived named no shop, the name of its connection stands in; then the number alone is looked for."""
        channel, shop, number = name
        if self._book.types().get(shop) == channel:
            return number in numbers or await self._has_number(channel, number)
        try:
            await self._store.order(*name)
        except OrderloomError:
            return False
        return True

    async def _has_number(self, channel: str, number: str) -> bool:
        found = await self._store.orders(OrderFilter(channel=channel, text=number), limit=50)
        return any(one.channel_order_id == number for one in found.items)

    async def _listed(self, connection: str, day: str, channel: str) -> list[ListedOrder]:
        """``GET /orders?day=&channel=``, page by page."""
        found: list[ListedOrder] = []
        query, key = {"day": day, "channel": channel}, f"reconcile-{day}-{channel}"
        for _ in range(MOST_PAGES):
            content = {"method": "GET", "path": "/orders", "query": query}
            answer = await ask(self._outside, self._store.call_log.note, self._now, connection, content, key, seconds=TIMEOUT)
            page = _page_of(answer, connection)
            found += [_entry(one, connection) for one in page["items"]]
            if page.get("next") is None:
                return found
            query = {"day": day, "channel": channel, "cursor": str(page["next"])}
        raise _no_list(connection)


def check(day: str, channel: str) -> None:
    if not channel or len(channel) > LONGEST:
        raise InputInvalid(Problem("reconcile.no_channel", ("channel",)))
    try:
        day_after(day)
    except (ValueError, OverflowError):
        raise InputInvalid(Problem("reconcile.bad_day", ("day",), {"day": day[:20]})) from None


def result_of(
    day: str, channel: str, at: datetime, lists: Lists, consigned: Mapping[System, Consigned], failed: Mapping[str, str],
    rows: Sequence[Difference],
) -> dict[str, Any]:  # fmt: skip
    """As it is kept and handed to flows."""
    told = {system: shapes(lists[system] or (), one) for system, one in consigned.items()}
    counts = {system: None if listed is None else len(listed) for system, listed in lists.items()}
    shown = [{name: getattr(row, name) for name in row.__struct_fields__} for row in rows[:MOST_SHOWN]]
    said = at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    return {
        "day": day, "channel": channel, "at": said, "counts": counts,
        "parcels": {system: parcels for system, (parcels, _) in told.items()},
        "parts": {system: parts for system, (_, parts) in told.items()},
        "failed": dict(failed), "differences": len(rows), "rows": shown,
    }  # fmt: skip


def _page_of(answer: HttpAnswer, connection: str) -> Mapping[str, Any]:
    body = answer.body
    if answer.status != 200 or not isinstance(body, dict) or not isinstance(cast("dict[str, Any]", body).get("items"), list):
        raise _no_list(connection)
    return cast("dict[str, Any]", body)


def _entry(one: Any, connection: str) -> ListedOrder:
    if not isinstance(one, dict):
        raise _no_list(connection)
    given = cast("dict[str, Any]", one)
    texts = [_text(given.get(name)) for name in ("channel", "shop_id", "channel_order_id")]
    version, amount = _shown(given.get("version")), _shown(given.get("amount"))
    return ListedOrder(texts[0] or "", texts[1] or "", texts[2] or "", version, amount, members=_members(given.get("merged_orders")))


def _members(told: Any) -> tuple[str, ...] | None:
    """A target may say which orders a parcel holds: by their numbers, or as they came."""
    if not isinstance(told, list):
        return None
    numbers = (cast("dict[str, Any]", one).get("channel_order_id") if isinstance(one, dict) else one for one in cast("list[Any]", told))
    return tuple(dict.fromkeys(text for number in numbers if (text := _text(number)))) or None


def _text(value: Any) -> str | None:
    return None if value is None or value == "" else str(value)


def _shown(value: Any) -> str | None:
    """A value that pages and mails will show: a list of others may hold anything."""
    text = _text(value)
    return None if text is None else scrub(text[:LONGEST])


def _no_list(connection: str) -> NodeError:
    return NodeError("reconcile.no_list", name=connection)
