"""Which fields a pure function asks an order for, whether or not they are there: found out by handing it an order that listens. Pure."""

from __future__ import annotations

from collections.abc import Callable, ItemsView, ValuesView
from typing import Any, cast

from engine.node.items import Item


def reads_of(function: Callable[[Item], Any], item: Item, envelopes: tuple[str, ...]) -> frozenset[str]:
    """Paths inside the wrappers, such as ``lines[].qty``. What the function does otherwise is its own affair."""
    seen: set[str] = set()
    function(_Listening(item, "", seen))
    for name in envelopes:
        prefix = f"{name}."
        seen = {path.removeprefix(prefix) if path.startswith(prefix) else path for path in seen}
    return frozenset(seen)


class _Listening(dict[str, Any]):
    """An object that notes what it is asked for."""

    def __init__(self, item: Item, path: str, seen: set[str]) -> None:
        super().__init__(item)
        self._path, self._seen = path, seen

    def get(self, key: str, default: Any = None) -> Any:
        self._note(key)
        return self._heard(key, super().get(key, default))

    def __getitem__(self, key: str) -> Any:
        self._note(key)
        return self._heard(key, super().__getitem__(key))

    def items(self) -> ItemsView[str, Any]:  # pyright: ignore[reportIncompatibleMethodOverride]
        return {key: self._heard(key, value) for key, value in super().items()}.items()

    def values(self) -> ValuesView[Any]:  # pyright: ignore[reportIncompatibleMethodOverride]
        return dict(self.items()).values()

    def _note(self, key: str) -> None:
        self._seen.add(self._at(key))

    def _at(self, key: str) -> str:
        return f"{self._path}.{key}" if self._path else key

    def _heard(self, key: str, value: Any) -> Any:
        if isinstance(value, dict):
            return _Listening(cast("Item", value), self._at(key), self._seen)
        if isinstance(value, list):
            inner, parts = f"{self._at(key)}[]", cast("list[Any]", value)
            return [_Listening(cast("Item", one), inner, self._seen) if isinstance(one, dict) else one for one in parts]
        return value
