"""What is measured, beside the bar that it has to reach."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """``bar``: what must be reached; ``aim``: what is wished for; ``more``: whether more is better."""

    name: str
    value: float | None
    unit: str = ""
    bar: float | None = None
    aim: float | None = None
    more: bool = False
    note: str = ""

    @property
    def verdict(self) -> str:
        if self.value is None:
            return "not measured"
        if self.bar is None:
            return ""
        if self.aim is not None and self._reaches(self.aim):
            return "aim met"
        return "met" if self._reaches(self.bar) else "short"

    def _reaches(self, limit: float) -> bool:
        assert self.value is not None
        return self.value >= limit if self.more else self.value <= limit


def table(figures: Iterable[Figure]) -> str:
    """A Markdown table, one figure a row."""
    lines = ["| figure | measured | bar | aim | |", "| --- | --- | --- | --- | --- |"]
    for one in figures:
        sign = "≥" if one.more else "≤"
        limits = [f"{sign} {_number(limit)}" if limit is not None else "" for limit in (one.bar, one.aim)]
        measured = "–" if one.value is None else f"{_number(one.value)} {one.unit}".strip()
        note = f" ({one.note})" if one.note else ""
        lines.append(f"| {one.name}{note} | {measured} | {limits[0]} | {limits[1]} | {one.verdict} |")
    return "\n".join(lines)


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
