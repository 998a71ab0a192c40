"""What the triggers share: bodies as items, ids as text, the classes of raw fields."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, cast

from pydantic import Field

from engine.sdk import DataClass, Delivery, FieldClass, Item, PlainPath, get, read_json

INTERNAL = FieldClass(DataClass.INTERNAL)

ChannelName = Annotated[
    str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=40, title="Channel", description="The name under which these events are known.")
]
VersionPath = Annotated[
    PlainPath | None,
    Field(
        title="Version", description="The field that tells versions of an order apart, such as its time of change. Empty: the content does."
    ),
]
ShopPath = Annotated[PlainPath | None, Field(title="Shop", description="The field that says which shop it is.")]


def item_of(delivery: Delivery) -> Item:
    """The body as an object; JSON that is none becomes ``{"value": …}``. Raises ``InputInvalid`` with ``body.unreadable``."""
    return as_item(read_json(delivery.body))


def as_item(value: Any) -> Item:
    return cast("Item", value) if isinstance(value, dict) else {"value": value}


def text_at(item: Item, path: str | None) -> str | None:
    """An id at a path as text; ``None`` where it is absent, empty, or neither text nor a whole number."""
    value = None if path is None else get(item, path, None)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value.strip() or None if isinstance(value, str) else None


def first_text(item: Item, *paths: str) -> str | None:
    """The first of several ids that is there."""
    return next((found for path in paths if (found := text_at(item, path)) is not None), None)


def inside(item: Item, *names: str) -> Item:
    """The object behind wrappers that may be there: ``inside(body, "order")`` for ``{"order": {…}}`` and for a bare order."""
    for name in names:
        inner = item.get(name)
        if isinstance(inner, dict):
            item = cast("Item", inner)
    return item


def raw_fields(paths: Iterable[str], prefixes: Iterable[str] = ("",)) -> Mapping[str, FieldClass]:
    """Fields of a raw payload that hold nothing personal, so that run views show them; all others are masked."""
    known = tuple(paths)
    return {f"{prefix}{path}": INTERNAL for prefix in prefixes for path in known}
