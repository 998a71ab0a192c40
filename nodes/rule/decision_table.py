"""Decision table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from engine.sdk import Cel, Condition, Example, Item, NodeError, Params, PlainPath, Scope, Sent, node, passes, unknown
from nodes.transform.writing import put_at


class Row(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    when: Condition = Field(
        title="Condition", description="The row hits where this expression is true. Write true for a row that always hits."
    )
    then: dict[PlainPath, Any] = Field(default_factory=dict, title="Then", description="Which field gets which fixed value.")
    compute: dict[PlainPath, Cel] = Field(
        default_factory=dict, title="Computed", description="Which field gets the value of which expression."
    )


class DecisionTable(Params):
    rows: tuple[Row, ...] = Field(
        min_length=1, max_length=500, title="Table rows", description="Conditions and what follows from them, in order."
    )
    hit_policy: Literal["first", "unique", "collect"] = Field(
        default="first",
        title="Hit policy",
        description=(
            "first: the first row that hits decides. unique: at most one row may hit. collect: every field gets the list of all hits' "
            "values."
        ),
        json_schema_extra={
            "enumTitles": {"first": "the first row that fits", "unique": "the only row that fits", "collect": "all rows that fit"}
        },
    )


_COURIERS = [
    {"when": 'item.province == "西藏"', "then": {"courier": "EMS"}},
    {"when": "item.weight > 20", "then": {"courier": "DB"}},
]


@node(
    "rule.decision_table",
    version=1,
    label="Decision table",
    reads=("params.rows",),
    writes=("params.rows.then", "params.rows.compute"),
    outputs={"out": unknown(), "no_match": passes()},
    scope=True,
    icon="table",
    examples=(
        Example(
            {"rows": _COURIERS},
            [{"province": "西藏", "weight": 30}, {"province": "浙江", "weight": 2}],
            {"out": [{"province": "西藏", "weight": 30, "courier": "EMS"}], "no_match": [{"province": "浙江", "weight": 2}]},
            title="A courier by the first row that hits",
        ),
        Example(
            {"rows": _COURIERS, "hit_policy": "unique"},
            [{"province": "西藏", "weight": 30}],
            problem="decision_table.several_rows",
            title="Two rows hit",
        ),
        Example(
            {
                "rows": [{"when": "item.qty > 1", "then": {"tags": "many"}}, {"when": "true", "compute": {"tags": "item.shop"}}],
                "hit_policy": "collect",
            },
            [{"shop": "A", "qty": 2}],
            {"out": [{"shop": "A", "qty": 2, "tags": ["many", "A"]}]},
            title="All hits collected",
        ),
    ),
)
def decision_table(item: Item, params: DecisionTable, scope: Scope) -> Sent:
    """Sets fields by a table of conditions. Items that no row fits leave by `no_match`."""
    hits = _hits(item, params, scope)
    if not hits:
        return "no_match", item
    if params.hit_policy == "unique" and len(hits) > 1:
        raise NodeError("decision_table.several_rows", rows=hits)
    decided = [_values(params.rows[number - 1], item, scope) for number in hits]
    made = item
    for path, value in (_collected(decided) if params.hit_policy == "collect" else decided[0]).items():
        made = put_at(made, path, value)
    return "out", made


def _hits(item: Item, params: DecisionTable, scope: Scope) -> list[int]:
    """The numbers, from 1, of the rows that hit; only the first where that decides."""
    found: list[int] = []
    for number, row in enumerate(params.rows, 1):
        if row.when(item, scope):
            found.append(number)
            if params.hit_policy == "first":
                break
    return found


def _values(row: Row, item: Item, scope: Scope) -> Mapping[str, Any]:
    return {**row.then, **{path: value.json(item, scope) for path, value in row.compute.items()}}


def _collected(decided: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    paths = dict.fromkeys(path for values in decided for path in values)
    return {path: [values[path] for values in decided if path in values] for path in paths}
