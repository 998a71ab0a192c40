"""Sum, count, minimum, maximum and mean of values that may be integers, decimals or amounts written as text."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal, Inexact, InvalidOperation
from typing import Any, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from engine.sdk import DataClass, FieldClass, Item, NodeError, Path
from nodes.transform.reading import exact, values_at

_EXACT: Final = Context(prec=200, traps=[Inexact, InvalidOperation])
_ROUNDED: Final = Context(prec=200, rounding=ROUND_HALF_UP)


class Measure(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    function: Literal["sum", "count", "min", "max", "avg"] = Field(
        title="Function",
        description="sum, count, min, max or avg (the mean).",
        json_schema_extra={"enumTitles": {"sum": "sum", "count": "how many", "min": "smallest", "max": "largest", "avg": "mean"}},
    )
    of: Path | None = Field(
        default=None,
        title="Field",
        description="What is measured, such as amount.paid or lines[].qty. Only count may do without: it then counts items.",
    )
    digits: int = Field(
        default=2, ge=0, le=12, title="Decimals of the mean", description="To how many decimals a mean is rounded, half up."
    )

    @model_validator(mode="after")
    def _needs_a_field(self) -> Self:
        if self.of is None and self.function != "count":
            raise PydanticCustomError("measure_field", "name the field to measure")
        return self


def measured_fields(measures: Mapping[str, Measure], fields: Mapping[str, FieldClass]) -> Mapping[str, FieldClass]:
    """The classes of measures over items with these fields: a number of items tells nothing of a person, a measured value as much as
    the field. One of a field that nobody declared is not named.
    """
    found: dict[str, FieldClass] = {}
    for path, measure in measures.items():
        of = None if measure.of is None or measure.function == "count" else measure.of
        declared = FieldClass(DataClass.INTERNAL) if of is None else fields.get(of)
        if declared is not None:
            found[path] = declared
    return found


def measured(items: Sequence[Item], measure: Measure) -> Any:
    """The measure over some items; empty values are left out."""
    if measure.of is None:
        return len(items)
    values = [value for item in items for value in values_at(item, measure.of) if value is not None and value != ""]
    return _FUNCTIONS[measure.function](_Measured(values, measure.of, measure.digits))


@dataclass(frozen=True, slots=True)
class _Measured:
    """Values without empty ones, the path that they came from, and the decimals of a mean."""

    values: Sequence[Any]
    path: str
    digits: int = 2


def _sum(what: _Measured) -> Any:
    total = Decimal(0)
    try:
        for value in what.values:
            total = _EXACT.add(total, exact(value, what.path))
    except Inexact:
        raise NodeError("value.too_precise", path=what.path) from None
    return _like(what.values, total)


def _count(what: _Measured) -> int:
    return len(what.values)


def _least(what: _Measured) -> Any:
    return min(what.values, key=lambda value: exact(value, what.path), default=None)


def _greatest(what: _Measured) -> Any:
    return max(what.values, key=lambda value: exact(value, what.path), default=None)


def _mean(what: _Measured) -> Any:
    if not what.values:
        return None
    total = exact(_sum(what), what.path)
    try:
        mean = _ROUNDED.divide(total, Decimal(len(what.values))).quantize(Decimal(1).scaleb(-what.digits), context=_ROUNDED)
    except InvalidOperation:
        raise NodeError("value.too_precise", path=what.path) from None
    return format(mean, "f") if _has_text(what.values) else mean


def _like(values: Sequence[Any], result: Decimal) -> Any:
    """The result in the form of the values: text among them gives text, whole numbers a whole number."""
    if _has_text(values):
        return format(result, "f")
    return int(result) if all(isinstance(value, int) for value in values) else result


def _has_text(values: Sequence[Any]) -> bool:
    return any(isinstance(value, str) for value in values)


_FUNCTIONS: Final[Mapping[str, Callable[[_Measured], Any]]] = {"sum": _sum, "count": _count, "min": _least, "max": _greatest, "avg": _mean}
