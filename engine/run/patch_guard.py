"""What a patch may not do to hidden fields: write a mask into them, or ask what they hold."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, cast

from engine.errors import Problem
from engine.privacy.classes import DataClass, FieldClass
from engine.privacy.item import below, class_of
from engine.run.patch import Operation

_MASK: Final = re.compile(r"[*＊•●]")


class Guard:
    """Looks at each operation before it is done, and gathers ``faults``."""

    def __init__(self, classes: Mapping[str, FieldClass], *where: str) -> None:
        self._classes, self._where = classes, where
        self.faults: list[Problem] = []

    def __call__(self, operation: Operation, path: str) -> None:
        place = (*self._where, *str(operation["path"]).split("/")[1:])
        if operation["op"] == "test" and not is_open(path, self._classes):
            self.faults.append(Problem("mending.hidden_test", place))
        elif operation["op"] in ("add", "replace"):
            leaves = [(path, place[-1]), *_leaves(operation["value"], path)]
            if any(_looks_masked(leaf) and not is_open(one, self._classes) for one, leaf in leaves):
                self.faults.append(Problem("mending.masked", place))


def is_open(path: str, classes: Mapping[str, FieldClass]) -> bool:
    """Whether people see a field as it is: it is declared public or internal, and nothing around it is hidden."""
    declared = class_of(path, classes)
    if declared is None or declared.data_class > DataClass.INTERNAL:
        return False
    parts = path.split(".")
    above = [".".join(parts[:n]) for n in range(1, len(parts))]
    around = (class_of(one, classes) for one in (*above, *(one.removesuffix("[]") for one in above)))
    return not any(one is not None and one.data_class > DataClass.INTERNAL for one in around)


def _looks_masked(leaf: Any) -> bool:
    return isinstance(leaf, str) and _MASK.search(leaf) is not None


def _leaves(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for key, child in cast("dict[str, Any]", value).items():
            yield from _leaves(key, below(path, key))  # a key may be a datum too
            yield from _leaves(child, below(path, key))
    elif isinstance(value, list):
        for child in cast("list[Any]", value):
            yield from _leaves(child, f"{path}[]")
    else:
        yield path, value
