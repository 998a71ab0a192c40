"""Look up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self, cast

from pydantic import Field, PrivateAttr, model_validator
from pydantic_core import PydanticCustomError

from engine.sdk import Example, Item, NodeError, Params, PlainPath, Scope, Sent, get, node, passes, unknown
from nodes.transform.reference_table import ReferenceTable, Row
from nodes.transform.writing import put_at


class Lookup(Params):
    rows: tuple[dict[str, Any], ...] | None = Field(
        default=None, title="Reference table", description="The reference table itself, row by row. Or name a constant of the flow."
    )
    constant: str | None = Field(
        default=None, title="Constant", description="The name of a constant of the flow that holds the table as a list of rows."
    )
    match: dict[PlainPath, str] = Field(
        min_length=1,
        title="Match",
        description="Which field of the item must equal which column of the table. Numbers and texts are compared as text.",
    )
    add: dict[PlainPath, str] = Field(
        min_length=1, title="Add fields", description="Which field of the item gets the value of which column."
    )
    _table: ReferenceTable | None = PrivateAttr(default=None)

    @model_validator(mode="after")
    def _has_one_table(self) -> Self:
        if (self.rows is None) == (self.constant is None):
            raise PydanticCustomError("one_table", "give either rows or the name of a constant")
        if self.rows is not None:
            self._check(self.rows)
        return self

    def _check(self, rows: Sequence[Row]) -> None:
        try:
            self.table(rows)
        except NodeError as error:
            raise PydanticCustomError("orderloom", "{what}", {"what": str(error), "problem": error.problem}) from None

    def table(self, rows: Sequence[Row]) -> ReferenceTable:
        """The rows by key; made once for as long as the rows are the same object."""
        if self._table is None or self._table.rows is not rows:
            self._table = ReferenceTable(rows, tuple(self.match.values()))
        return self._table


_PLACES = [{"sku": "A-1", "bin": "01-02"}, {"sku": "B-2", "bin": "07-01"}]


@node(
    "transform.lookup",
    version=1,
    label="Look up",
    reads=("params.match",),
    writes=("params.add",),
    outputs={"found": unknown(), "missing": passes()},
    scope=True,
    icon="table-2",
    examples=(
        Example(
            {"rows": _PLACES, "match": {"sku": "sku"}, "add": {"bin": "bin"}},
            [{"sku": "B-2"}, {"sku": "C-3"}],
            {"found": [{"sku": "B-2", "bin": "07-01"}], "missing": [{"sku": "C-3"}]},
            title="The bin of a SKU",
        ),
        Example(
            {"rows": [{"zone": 7, "day": "mon", "fee": "6.00"}], "match": {"to.zone": "zone", "day": "day"}, "add": {"to.fee": "fee"}},
            [{"to": {"zone": "7"}, "day": "mon"}],
            {"found": [{"to": {"zone": "7", "fee": "6.00"}, "day": "mon"}]},
            title="By two columns, number and text alike",
        ),
        Example(
            {"constant": "places", "match": {"sku": "sku"}, "add": {"bin": "bin"}},
            [{"sku": "A-1"}],
            {"found": [{"sku": "A-1", "bin": "01-02"}]},
            constants={"places": _PLACES},
            title="A table that the flow keeps as a constant",
        ),
    ),
)
def lookup(item: Item, params: Lookup, scope: Scope) -> Sent:
    """Finds the item's row in a reference table and adds columns of it to the item. Items without a row leave by `missing`."""
    row = params.table(_rows(params, scope)).find([get(item, path, None) for path in params.match])
    if row is None:
        return "missing", item
    for path, column in params.add.items():
        item = put_at(item, path, row.get(column))
    return "found", item


def _rows(params: Lookup, scope: Scope) -> Sequence[Row]:
    if params.constant is None:
        return params.rows or ()
    rows: Any = scope.flow.get("constants", {}).get(params.constant)
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in cast("list[Any]", rows)):
        raise NodeError("lookup.no_table", constant=params.constant)
    return cast("list[Row]", rows)
