"""Reports of trials on a recording, as they are kept in the store: with them go no people, as in the recording itself.

Two sheets a report: what was found, and the orders that differ, which only its own page reads. They go with their recording.
"""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, Literal

import msgspec

from engine.errors import Problem
from engine.json_text import read_kept, write_json
from engine.replay.groups import ChangeGroup, Failure, Summary
from engine.replay.work import Counts, OrderChanges
from engine.store.sheets import Sheets

KEPT: Final = 20
"""The oldest go."""
ORDERS: Final = "trial_orders"
KIND: Final = "trial"
SYSTEM: Final = "system"
State = Literal["running", "done", "cancelled", "failed"]


class Report(msgspec.Struct, frozen=True):
    """``problems``: code, where, fields."""

    id: int
    flow: str
    against: str
    recording: int
    digest: str
    began_at: datetime
    state: State
    counts: dict[str, int]
    unreadable: dict[str, int]
    groups: list[ChangeGroup]
    failures: list[tuple[Failure, int]]
    problems: list[tuple[str, tuple[str, ...], dict[str, Any]]]


def counts_in(report: Report) -> Counts:
    return Counts(**report.counts, unreadable=Counter(report.unreadable))


def summary_in(report: Report) -> Summary:
    return Summary({group.key: group for group in report.groups}, Counter(dict(report.failures)))


def problems_in(report: Report) -> Sequence[Problem]:
    return tuple(Problem(code, where, fields) for code, where, fields in report.problems)


def report_of(
    head: tuple[int, str, str, int, str, datetime, State], counts: Counts, summary: Summary, problems: Sequence[Problem]
) -> Report:
    """``head``: the first members of a report, in their order."""
    figures = {name: value for name, value in asdict(counts).items() if name != "unreadable"}
    told = [(one.code, one.where, dict(one.fields)) for one in problems]
    groups = [replace(one) for one in summary.groups.values()]
    return Report(*head, figures, dict(counts.unreadable), groups, list(summary.failures.items()), told)


async def keep_report(store: Sheets, report: Report, orders: Sequence[OrderChanges]) -> None:
    """The orders first: a report that is listed can be read."""
    name = str(report.id)
    await store.save_sheet(ORDERS, name, _packed(list(orders)), expected=None, keep=1, actor=SYSTEM)
    await store.save_sheet(KIND, name, _packed(report), expected=None, keep=1, actor=SYSTEM)
    for old in sorted(await numbers(store))[:-KEPT]:
        await _drop(store, old)


async def reports(store: Sheets) -> list[Report]:
    """Newest first, without their orders."""
    found = [msgspec.convert(_unpacked(sheet.body), Report) for sheet in (await store.sheets(KIND)).values()]
    return sorted(found, key=lambda one: -one.id)


async def orders_in(store: Sheets, number: int) -> list[OrderChanges]:
    sheet = await store.sheet(ORDERS, str(number))
    return [] if sheet is None else msgspec.convert(_unpacked(sheet.body), list[OrderChanges])


async def numbers(store: Sheets) -> list[int]:
    return [int(name) for name in await store.sheets(KIND)]


async def forget_reports(store: Sheets, recording: int) -> None:
    for one in await reports(store):
        if one.recording == recording:
            await _drop(store, one.id)


async def forget_order(store: Sheets, event_id: int, order_key: str) -> None:
    """Of an erased event nothing is shown any more; how many orders differ stays as it was."""
    for report in await reports(store):
        orders = await orders_in(store, report.id)
        stay = [one for one in orders if one.event != event_id]
        groups = [_without(group) if group.order_key == order_key else group for group in report.groups]
        if stay != orders or groups != report.groups:
            await keep_report(store, msgspec.structs.replace(report, groups=groups), stay)


def _without(group: ChangeGroup) -> ChangeGroup:
    return replace(group, example=replace(group.example, before=None, after=None, masked=True))


async def _drop(store: Sheets, number: int) -> None:
    for kind in (KIND, ORDERS):
        await store.delete_sheet(kind, str(number), actor=SYSTEM)


def _packed(value: Any) -> bytes:
    return zlib.compress(write_json(msgspec.to_builtins(value, builtin_types=(Decimal,), enc_hook=str)))


def _unpacked(body: bytes) -> Any:
    return read_kept(zlib.decompress(body))
