"""Names, places and phone numbers in one form. What a channel has masked or enciphered stays as it came."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from engine.order.cleanse import clean_name, clean_phone
from engine.order.cleanse.texts import to_half_width
from engine.order.rules.changes import Change, RuleName
from engine.order.rules.parts import lines_of, part_of
from engine.order.rules.regions import full_city, full_province, without_regions
from engine.privacy.classes import Kind
from engine.privacy.masks import mask

_KINDS: Final[Mapping[str, Kind]] = {"name": Kind.NAME, "phone": Kind.PHONE, "address": Kind.ADDRESS}
_PLACES: Final = ("country", "province", "city", "district", "town", "zip")


def form_changes(order: Mapping[str, Any], *, names: bool, addresses: bool) -> Iterator[Change]:
    before = part_of(order, "receiver")
    after = dict(before)
    if names:
        yield from _texts("/buyer", part_of(order, "buyer"), ("nick",))
        yield from _texts("/invoice", part_of(order, "invoice"), ("title",))
        for place, line in lines_of(order):
            yield from _texts(f"/lines/{place}", line, ("title", "spec"))
        _clean(after, "name", clean_name)
        _clean(after, "phone", clean_phone)
    if addresses:
        _clean_address(after)
    yield from _receiver(before, after)


def _texts(path: str, part: Mapping[str, Any], names: tuple[str, ...]) -> Iterator[Change]:
    for name in names:
        value = part.get(name)
        if isinstance(value, str) and (clean := clean_name(value)) != value:
            yield Change("names", f"{path}/{name}", clean)


def _clean(part: dict[str, Any], name: str, clean: Callable[[str], str | None]) -> None:
    value = part.get(name)
    if isinstance(value, str) and not is_hidden(value):
        part[name] = clean(value)


def _clean_address(part: dict[str, Any]) -> None:
    for name in _PLACES:
        _clean(part, name, clean_name)
    _clean(part, "province", full_province)
    _clean(part, "city", full_city)
    _clean(part, "address", lambda text: to_half_width(clean_name(text) or "") or None)
    regions = {name: value for name in _PLACES if isinstance(value := part.get(name), str)}
    _clean(part, "address", lambda text: without_regions(text, regions))


def _receiver(before: Mapping[str, Any], after: dict[str, Any]) -> Iterator[Change]:
    """A mask that was computed from a value is computed again when the value changes; one that the channel sent stays."""
    for name, kind in _KINDS.items():
        shown = f"{name}_mask"
        if before.get(name) != after.get(name) and shown in before and before[shown] == mask(before.get(name), kind):
            after[shown] = mask(after.get(name), kind)
    for name, value in after.items():
        if value != before.get(name):
            yield Change(_rule(name), f"/receiver/{name}", value)


def _rule(name: str) -> RuleName:
    return "names" if name.partition("_")[0] in ("name", "phone") else "address"


def is_hidden(value: str) -> bool:
    """Masked (with stars) or enciphered (with a tilde in front)."""
    return "*" in value or value.startswith("~")
