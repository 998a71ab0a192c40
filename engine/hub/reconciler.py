"""Gathers the lists of a day and channel, compares them, and keeps what was found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final, cast

from engine.connection.book import ConnectionBook
from engine.errors import InputInvalid, NodeError, NotFound, OrderloomError, Problem
from engine.hub.lineage import Consigned, shapes
from engine.hub.listed import LONGEST, entry_of
from engine.hub.reconcile import TARGETS, Comparison, Name, System, comparison
from engine.hub.source_lists import Basis, SourceLists
from engine.hub.still_held import set_apart
from engine.json_text import write_json
from engine.node.context import HttpAnswer
from engine.run.call_notes import ask
from engine.run.outside import Outside
from engine.store.consignments import Consignment
from engine.store.ports import Hold, HoldFilter, Store
from engine.store.reconciliations import ListedLine, ListedOrder, Reconciliation, day_after

TIMEOUT: Final = 30.0
MOST_PAGES: Final = 2_000
MOST_SHOWN: Final = 5_000
"""Differences that are kept one by one, and held orders; more are counted."""
MOST_FOR_FLOWS: Final = 500
"""Of each in the result that a flow gets, which is an effect's and so may not be of any size (rule R13)."""
Lists = dict[System, "Sequence[ListedOrder] | None"]


@dataclass(slots=True)
class Gathered:
    """``basis``: what the list of the source is; ``failed``: by system, the code of what went wrong with its list."""

    lists: Lists
    basis: Basis = "arrived"
    consigned: dict[System, Consigned] = field(default_factory=dict[System, Consigned])
    failed: dict[str, str] = field(default_factory=dict[str, str])


class Reconciler:
    """The list of a source is that of a connection that is named, else the channel's own where it can be asked, else what arrived."""

    def __init__(self, store: Store, book: ConnectionBook, outside: Outside, sources: SourceLists, now: Callable[[], datetime]) -> None:
        self._store, self._book, self._outside, self._sources, self._now = store, book, outside, sources, now
        self.channels = sources.channels

    async def reconcile(self, day: str, channel: str, source: str | None = None) -> dict[str, Any]:
        """``{day, channel, at, source, counts, parcels, parts, failed, differences, rows, held, held_rows, not_compared,
        not_compared_rows}``: ``source`` says what its list is (``channel``: its own; ``connection``: of the one named; ``arrived``);
        ``counts`` by system, null where it has no list; how many of the numbers that a target lists are those of ``parcels`` of several
        orders and of ``parts`` of one; ``failed``: the code of what went wrong with a list; ``held`` orders are no differences (see
        ``set_apart``); ``not_compared``: parcels and parts of several days whose lines could not be compared.

        Targets are all connections of the types ``wms`` and ``finance``.

        Raises ``InputInvalid`` (``reconcile.bad_day``, ``reconcile.no_channel``).
        """
        check(day, channel)
        found = await self._gathered(day, channel, source)
        lists, key = found.lists, self._store.subject_key()
        compared = comparison(lists["source"], lists["hub"], lists["wms"], lists["finance"], found.consigned, key)
        rows, held = set_apart(compared.differences, await self._open_holds(channel))
        result = result_of(day, channel, self._now(), found, compared._replace(differences=rows), held)
        await self._store.keep_reconciliation(Reconciliation(day, channel, self._now(), len(rows), write_json(result)))
        return result

    async def _gathered(self, day: str, channel: str, source: str | None) -> Gathered:
        """The source first: what comes to the hub while it is read is there for the comparison."""
        found = Gathered({"source": None, "hub": None, "wms": None, "finance": None})
        begun = self._now()
        if source is None:
            told = await self._sources.told(day, channel)
            found.lists["hub"] = await self._store.orders_of_day(channel, day)
            found.basis, found.lists["source"] = told.basis, await self._sources.beside(told, found.lists["hub"], day, begun)
            if told.failed:
                found.failed["source"] = told.failed
        else:
            found.basis = "connection"
            await self._add_list(found, "source", [source], day, channel)
            found.lists["hub"] = await self._store.orders_of_day(channel, day)
        sent = await self._store.consignments_of_day(channel, day)
        by_type = self._book.types()
        for system in TARGETS:
            names = sorted(name for name, kind in by_type.items() if kind == system)
            if names:
                await self._add_list(found, system, names, day, channel, sent)
        return found

    async def _add_list(
        self, found: Gathered, system: System, names: Sequence[str], day: str, channel: str, sent: Sequence[Consignment] = ()
    ) -> None:
        try:
            found.lists[system] = [one for name in names for one in await self._listed(name, day, channel)]
            if system in TARGETS:
                of_day = {(one.channel, one.shop_id, one.channel_order_id) for one in found.lists["hub"] or ()}
                found.consigned[system] = await self._consigned(names, day, channel, sent, of_day)
        except OrderloomError as error:
            found.failed[system] = error.problems[0].code
            found.lists[system] = None

    async def _consigned(
        self, names: Collection[str], day: str, channel: str, sent: Sequence[Consignment], of_day: Collection[Name]
    ) -> Consigned:
        """An order of this day may be in a parcel that is listed on the day of another order, and a parcel of this day may hold others."""
        to_these = {one.place: one for one in sent if one.connection in names}
        lines: dict[Name, Sequence[ListedLine]] = {}
        while others := _orders_of(to_these.values()) - {*lines, *of_day}:
            for name in sorted(others):
                lines[name] = await self._lines(name)
                found = await self._store.consignments_of_order(*name)
                to_these |= {one.place: one for one in found if one.connection in names}
        elsewhere: list[ListedOrder] = []
        for connection, other in sorted({(one.connection, one.day) for one in to_these.values() if one.day not in ("", day)}):
            numbers = {(one.shop_id, one.number) for one in to_these.values() if (one.connection, one.day) == (connection, other)}
            listed = await self._listed(connection, other, channel)
            elsewhere += [one for one in listed if (one.shop_id, one.channel_order_id) in numbers]
        return Consigned(day, list(to_these.values()), elsewhere, {name: told for name, told in lines.items() if told})

    async def _lines(self, name: Name) -> Sequence[ListedLine]:
        """As the hub has them; none of an order that it does not know."""
        try:
            kept = await self._store.order_lines(*name)
        except NotFound:
            return ()
        pieces = Counter[str]()
        for line in kept:
            pieces[line.sku_code] += line.quantity
        return [ListedLine(sku, count) for sku, count in sorted(pieces.items())]

    async def _open_holds(self, channel: str) -> list[Hold]:
        found: list[Hold] = []
        cursor: str | None = None
        while True:
            page = await self._store.holds(HoldFilter(channel=channel), limit=500, cursor=cursor)
            found += page.items
            cursor = page.next
            if cursor is None:
                return found

    async def _listed(self, connection: str, day: str, channel: str) -> list[ListedOrder]:
        """``GET /orders?day=&channel=``, page by page."""
        found: list[ListedOrder] = []
        query, key = {"day": day, "channel": channel}, f"reconcile-{day}-{channel}"
        for _ in range(MOST_PAGES):
            content = {"method": "GET", "path": "/orders", "query": query}
            answer = await ask(self._outside, self._store.call_log.note, self._now, connection, content, key, seconds=TIMEOUT)
            page = _page_of(answer, connection)
            found += [entry_of(one, connection, self._store.subject_key()) for one in page["items"]]
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


def _orders_of(sent: Iterable[Consignment]) -> set[Name]:
    return {(one.channel, one.shop_id, member.channel_order_id) for one in sent for member in one.members}


def result_of(
    day: str, channel: str, at: datetime, found: Gathered, compared: Comparison, held: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """As it is kept and handed to flows."""
    told = {system: shapes(found.lists[system] or (), one) for system, one in found.consigned.items()}
    counts = {system: None if listed is None else len(listed) for system, listed in found.lists.items()}
    rows, aside = compared
    said = at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    return {
        "day": day, "channel": channel, "at": said, "source": found.basis, "counts": counts,
        "parcels": {system: parcels for system, (parcels, _) in told.items()},
        "parts": {system: parts for system, (_, parts) in told.items()},
        "failed": dict(found.failed), "differences": len(rows), "rows": _shown(rows),
        "held": len(held), "held_rows": list(held[:MOST_SHOWN]), "not_compared": len(aside), "not_compared_rows": _shown(aside),
    }  # fmt: skip


def _shown(rows: Sequence[Any]) -> list[dict[str, Any]]:
    return [{name: getattr(row, name) for name in row.__struct_fields__} for row in rows[:MOST_SHOWN]]


def for_flow(result: Mapping[str, Any]) -> dict[str, Any]:
    return {**result, **{name: result[name][:MOST_FOR_FLOWS] for name in ("rows", "held_rows", "not_compared_rows")}}


def _page_of(answer: HttpAnswer, connection: str) -> Mapping[str, Any]:
    body = answer.body
    if answer.status != 200 or not isinstance(body, dict) or not isinstance(cast("dict[str, Any]", body).get("items"), list):
        raise _no_list(connection)
    return cast("dict[str, Any]", body)


def _no_list(connection: str) -> NodeError:
    return NodeError("reconcile.no_list", name=connection)
