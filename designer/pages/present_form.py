"""The form of the present way: rows of fields, and buttons that move, add and remove rows without a script. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from engine.errors import InputInvalid, Problem
from engine.path.present import MOST, PresentWay, parse_way

FIELDS: Final = ("title", "by", "system", "owner", "minutes", "pain")
Row = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class EditedWay:
    """``rows`` as typed; ``version``: the one that the writer saw; ``way`` is ``None`` where a problem is found, by (row, field)."""

    rows: Sequence[Row]
    version: int
    action: str = ""
    way: PresentWay | None = None
    problems: Sequence[Problem] = field(default_factory=tuple[Problem, ...])

    def problems_at(self, row: int, name: str) -> list[Problem]:
        return [one for one in self.problems if one.where == ("steps", str(row + 1), name)]

    @property
    def other_problems(self) -> list[Problem]:
        return [one for one in self.problems if len(one.where) < 3]

    @property
    def full(self) -> bool:
        return len(self.rows) >= MOST


def edited(way: PresentWay, version: int) -> EditedWay:
    """A kept way, to be changed; an empty row where there is none yet."""
    rows = [{name: _text(value) for name, value in step.model_dump().items()} for step in way.steps]
    return EditedWay(rows or [_empty()], version, way=way)


def submitted_way(form: Mapping[str, str]) -> EditedWay:
    """``_action``: ``save``, ``add``, or ``up.N``, ``down.N``, ``remove.N`` of a row. Rows that are empty are left out when it is saved."""
    rows, action = _rows(form), form.get("_action", "save")
    version = int(form["_version"]) if form.get("_version", "").isdecimal() and len(form["_version"]) < 10 else 0
    if action != "save":
        return EditedWay(_changed(rows, action), version, action)
    kept = [row for row in rows if any(value for name, value in row.items() if name != "by")]
    try:
        return EditedWay(rows, version, action, parse_way({"steps": [_step(row) for row in kept]}))
    except InputInvalid as error:
        return EditedWay(kept or [_empty()], version, action, None, error.problems)


def _rows(form: Mapping[str, str]) -> list[Row]:
    numbers = sorted({int(name.split(".")[1]) for name in form if name.startswith("step.") and name.split(".")[1].isdecimal()})
    rows: list[Row] = [{name: form.get(f"step.{number}.{name}", "").strip() for name in FIELDS} for number in numbers]
    return rows[: MOST + 1]


def _changed(rows: list[Row], action: str) -> list[Row]:
    what, _, given = action.partition(".")
    place = int(given) if given.isdecimal() and len(given) < 4 else -1
    if what == "add" and len(rows) < MOST:
        return [*rows, _empty()]
    if not 0 <= place < len(rows):
        return rows
    if what == "remove":
        return [*rows[:place], *rows[place + 1 :]] or [_empty()]
    other = {"up": place - 1, "down": place + 1}.get(what, -1)
    if 0 <= other < len(rows):
        rows[place], rows[other] = rows[other], rows[place]
    return rows


def _step(row: Row) -> dict[str, object]:
    """A number of minutes is one where it is written so; anything else is for the model to refuse."""
    minutes = row["minutes"]
    number: object = None if not minutes else int(minutes) if minutes.isascii() and minutes.isdecimal() and len(minutes) < 10 else minutes
    return {**row, "by": row["by"] or "system", "minutes": number}


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _empty() -> Row:
    return {**dict.fromkeys(FIELDS, ""), "by": "system"}
