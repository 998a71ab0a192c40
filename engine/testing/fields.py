"""Whether a node reads and leaves only the fields that it declares."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, cast

from pydantic import BaseModel

from engine.node.examples import Example
from engine.node.items import Item
from engine.node.params import Cel, Params, Template
from engine.node.types import NodeType
from engine.node.writes import written
from engine.order import CanonicalOrder
from engine.privacy.classes import field_classes
from engine.privacy.item import class_of
from engine.run.step import run_pure
from engine.testing.context import example_scope
from engine.testing.examples import run_example

EVERYTHING: Final = "*"
ORDER_FIELDS: Final = field_classes(CanonicalOrder)


def undeclared_outputs(node_type: NodeType) -> Iterator[str]:
    """Fields that leave by a port although it ``passes`` or ``replaces``, and they neither came in nor are declared or written.

    The fields of the canonical order are known by themselves.
    """
    if node_type.is_trigger:
        return
    for example in node_type.examples:
        known = {path for item in example.input for path in leaves(item)}
        targets = [target for target, _ in written(node_type, node_type.params.model_validate(dict(example.params)))]
        for port, items in run_example(node_type, example).output.items():
            effect = node_type.ports[port].effect
            if effect.change in ("unknown", "answer"):
                continue
            came_in = known if effect.change != "replaces" else set[str]()
            declared = {**(ORDER_FIELDS if effect.change != "replaces" else {}), **effect.fields}
            for path in sorted({path for item in items for path in leaves(item)} - came_in):
                if any(_touches(path, target) for target in targets):
                    continue
                if class_of(path, declared) is None and not _is_above(path, declared):
                    yield f"{node_type.use}, example {example.title!r}: {path} leaves by {port} and is not declared"


def undeclared_reads(node_type: NodeType) -> Iterator[str]:
    """Fields that a pure node looks at in its examples although ``reads`` does not name them. Expressions know by themselves."""
    if node_type.is_trigger or node_type.is_effect or node_type.scope or EVERYTHING in node_type.reads:
        return
    for example in node_type.examples:
        params = node_type.params.model_validate(dict(example.params))
        declared = set(_declared(node_type, params))
        for path in sorted(_read(node_type, example, params)):
            if not any(_touches(path, one) for one in declared):
                yield f"{node_type.use}, example {example.title!r}: reads {path}, which it does not declare"


def leaves(value: Any, path: str = "") -> Iterator[str]:
    """The paths of all values in a JSON value that are neither object nor array: ``lines[].sku_code``."""
    if isinstance(value, dict) and value:
        for name, child in cast("Item", value).items():
            yield from leaves(child, f"{path}.{name}" if path else name)
    elif isinstance(value, list) and value:
        for child in cast("list[Any]", value):
            yield from leaves(child, f"{path}[]")
    elif path:
        yield path


class _Watched(dict[str, Any]):
    """An object that notes which of its members are looked at one by one. Copying it whole is no reading."""

    def __init__(self, members: Item, path: str, log: set[str]) -> None:
        super().__init__({name: _watched(value, f"{path}{name}", log) for name, value in members.items()})
        self._path, self._log = path, log

    def __getitem__(self, name: str) -> Any:
        self._log.add(f"{self._path}{name}")
        return super().__getitem__(name)

    def get(self, name: str, default: Any = None) -> Any:
        self._log.add(f"{self._path}{name}")
        return super().get(name, default)


def _watched(value: Any, path: str, log: set[str]) -> Any:
    if isinstance(value, dict):
        return _Watched(cast("Item", value), f"{path}.", log)
    if isinstance(value, list):
        return [_watched(child, f"{path}[]", log) for child in cast("list[Any]", value)]
    return value


def _read(node_type: NodeType, example: Example, params: Params) -> set[str]:
    log: set[str] = set()
    box = [(str(number), _Watched(item, "", log)) for number, item in enumerate(example.input, 1)]
    run_pure("node", node_type, params, cast("Any", box), example_scope(example.event, example.constants))
    return log


def _declared(node_type: NodeType, params: Params) -> Iterator[str]:
    for one in node_type.reads:
        name = one.removeprefix("params.")
        yield from _paths_in(getattr(params, name)) if name != one else (one,)


def _paths_in(value: Any) -> Iterator[str]:
    """Every path that a parameter may name: texts, keys of maps, what an expression reads."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Cel):
        yield from (path.removeprefix("item.") for path in value.expression.reads if path.startswith("item."))
    elif isinstance(value, Template):
        yield EVERYTHING
    elif isinstance(value, Mapping):
        for name, child in cast("Mapping[str, Any]", value).items():
            yield name
            yield from _paths_in(child)
    elif isinstance(value, (list, tuple)):
        for child in cast("list[Any]", value):
            yield from _paths_in(child)
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from _paths_in(getattr(value, name))


def _touches(path: str, declared: str) -> bool:
    """Whether a path is what is declared, lies inside it, or on the way to it."""
    a, b = (one.replace("[]", "") for one in (path, declared))
    return declared == EVERYTHING or a == b or a.startswith(f"{b}.") or b.startswith(f"{a}.")


def _is_above(path: str, fields: Mapping[str, Any]) -> bool:
    """Whether an empty object or list, or null in place of one, stands where deeper fields are declared."""
    return any(one.startswith((f"{path}.", f"{path}[]")) for one in fields)
