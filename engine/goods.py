"""Stock and parcels as the watch sees them: what is wrong by some rule now, and what was wrong a while ago."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from engine.errors import NotFound
from engine.hub.desk import HubDesk
from engine.hub.parcel_desk import Watched
from engine.hub.stock import StockLine
from engine.order import utc_text
from engine.store.ports import AlarmFilter, Store
from engine.watch.goods import looks_at, parcel_fault, stock_fault
from engine.watch.observations import Observation, ParcelSeen, StockSeen
from engine.watch.rule import Rule
from engine.watch.rules import Oversold, ParcelLate, ParcelStill, StockShort

EVERY: Final = timedelta(seconds=15)
MOST: Final = 100
"""SKUs, and parcels, of which one look begins to tell at most: more would be a flood, not a message."""
OPEN: Final = 500
STOCK, PARCELS = (StockShort, Oversold), (ParcelStill, ParcelLate)


class GoodsWatch:
    """``rules``: those in force, by name."""

    def __init__(self, store: Store, desk: HubDesk, rules: Callable[[], Mapping[str, Rule]], now: Callable[[], datetime]) -> None:
        self._store, self._desk, self._rules, self._now = store, desk, rules, now
        self._looked_at: datetime | None = None
        self._skus: set[str] | None = None
        self._parcels: set[str] | None = None

    async def seen(self) -> Sequence[Observation]:
        """Nothing between two looks: silence neither raises nor ends an alarm."""
        now = self._now()
        if self._looked_at is not None and now - self._looked_at < EVERY:
            return []
        self._looked_at = now
        rules = [rule for rule in self._rules().values() if rule.enabled]
        skus, parcels = await self._wrong_before()
        stock_rules = [rule for rule in rules if isinstance(rule, STOCK)]
        parcel_rules = [rule for rule in rules if isinstance(rule, PARCELS)]
        stock = await self._stock(stock_rules, skus, now) if stock_rules else []
        moving = await self._moving(parcel_rules, parcels, now) if parcel_rules else []
        return [*stock, *moving]

    async def _wrong_before(self) -> tuple[set[str], set[str]]:
        """After a start: what alarms are open about."""
        if self._skus is None or self._parcels is None:
            rules = self._rules()
            alarms = (await self._store.alarms(AlarmFilter(), limit=OPEN)).items
            known = [(one.subject, rules[one.rule]) for one in alarms if one.rule in rules]
            self._skus = {subject for subject, rule in known if isinstance(rule, STOCK)}
            self._parcels = {subject for subject, rule in known if isinstance(rule, PARCELS)}
        return self._skus, self._parcels

    async def _stock(self, rules: Sequence[StockShort | Oversold], before: set[str], now: datetime) -> list[StockSeen]:
        seen = {line.sku_code: _stock_seen(line, now) for line in await self._desk.stock.lines()}
        wrong = {sku for sku, one in seen.items() if any(stock_fault(rule, one) is not None for rule in rules)}
        first_known = sorted(wrong, key=lambda sku: (sku not in before, sku))
        chosen = first_known[: max(MOST, len(before))]
        told = [seen[sku] for sku in chosen]
        told += [seen.get(sku) or StockSeen(sku, now, gone=True) for sku in sorted(before - wrong)]
        self._skus = set(chosen)
        return told

    async def _moving(self, rules: Sequence[ParcelStill | ParcelLate], before: set[str], now: datetime) -> list[ParcelSeen]:
        desk, found = self._desk.parcels, list[Watched]()
        hours = [rule.hours for rule in rules if isinstance(rule, ParcelStill)]
        percents = [rule.percent for rule in rules if isinstance(rule, ParcelLate)]
        if hours:
            found += await desk.standing_still(min(hours))
        if percents:
            found += await desk.late(min(percents))
        seen = {one.parcel.id: _parcel_seen(one, now) for one in found}
        wrong = [number for number, one in seen.items() if _is_wrong(one, rules)]
        fresh = [number for number in wrong if number not in before][:MOST]
        told = [seen[number] for number in wrong if number in before] + [seen[number] for number in fresh]
        told += await self._again(sorted(before.difference(wrong)), now)
        self._parcels = {one.id for one in told if not one.over}
        return told

    async def _again(self, numbers: Iterable[str], now: datetime) -> list[ParcelSeen]:
        told: list[ParcelSeen] = []
        for number in numbers:
            try:
                (one,) = await self._desk.parcels.watched([await self._store.parcel(number)])
            except NotFound:
                told.append(ParcelSeen(number, now, over=True))
            else:
                told.append(_parcel_seen(one, now))
        return told


def _is_wrong(one: ParcelSeen, rules: Iterable[ParcelStill | ParcelLate]) -> bool:
    return any(looks_at(rule, one) and parcel_fault(rule, one) is not None for rule in rules)


def _stock_seen(line: StockLine, at: datetime) -> StockSeen:
    return StockSeen(line.sku_code, at, line.quantity or 0, line.open, line.free, line.cover, line.at_least, line.days)


def _parcel_seen(one: Watched, at: datetime) -> ParcelSeen:
    parcel, due = one.parcel, one.parcel.promised_at
    return ParcelSeen(
        parcel.id, at, parcel.shown, parcel.carrier, parcel.order[0], parcel.order[2], one.hours, one.outlook.percent, one.outlook.misses,
        "" if due is None else utc_text(due), not parcel.open,
    )  # fmt: skip
