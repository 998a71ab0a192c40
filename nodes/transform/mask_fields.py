"""Mask fields."""

from __future__ import annotations

from typing import Any, Literal, cast

from pydantic import Field

from engine.sdk import Example, Item, Kind, Params, Path, mask, node, passes

Profile = Literal["screen", "waybill"]


class MaskFields(Params):
    profile: Profile = Field(
        default="screen",
        title="Profile",
        description=(
            "screen: for people at work. waybill: stricter, for a parcel's label, at least six digits of a phone number hidden (GB/T "
            "41833)."
        ),
        json_schema_extra={"enumTitles": {"screen": "on a screen", "waybill": "on a waybill"}},
    )
    fields: dict[Path, Literal["phone", "name", "address", "email", "id_card", "text"]] = Field(
        min_length=1,
        title="Fields and their kinds",
        description=(
            "Which fields to mask, and as what: phone, name, address, email, id_card, or text for notes, in which only numbers and "
            "addresses of people are hidden. lines[].title masks a field of every line."
        ),
    )


@node(
    "transform.mask_fields",
    version=1,
    label="Mask fields",
    reads=("params.fields",),
    outputs={"out": passes()},
    icon="eye-off",
    examples=(
        Example(
            {"fields": {"receiver.phone": "phone", "receiver.name": "name"}},
            [{"receiver": {"phone": "19900000101", "name": "张三", "city": "杭州市"}}],
            {"out": [{"receiver": {"phone": "199****0101", "name": "张*", "city": "杭州市"}}]},
            title="For people at work",
        ),
        Example(
            {"profile": "waybill", "fields": {"phone": "phone"}},
            [{"phone": "19900000101"}],
            {"out": [{"phone": "199******01"}]},
            title="For a parcel's label",
        ),
        Example(
            {"fields": {"people[].email": "email"}},
            [{"people": [{"email": "buyer@example.com"}, {"email": None}]}],
            {"out": [{"people": [{"email": "b****@example.com"}, {"email": None}]}]},
            title="In every element of a list",
        ),
        Example(
            {"fields": {"receiver.phone": "phone"}},
            [{"receiver": "Lin 19900000101"}],
            {"out": [{"receiver": "***************"}]},
            title="Where a text stands in place of an object, all of it is hidden",
        ),
        Example(
            {"fields": {"note.buyer": "text"}},
            [{"note": {"buyer": "请打电话19900000101联系"}}],
            {"out": [{"note": {"buyer": "请打电话199****0101联系"}}]},
            title="What a note mentions",
        ),
    ),
)
def mask_fields(item: Item, params: MaskFields) -> Item:
    """Hides parts of personal fields, such as the middle digits of a phone number. What the rules do not understand is hidden whole."""
    for path, kind in params.fields.items():
        item = cast("Item", _masked(item, path.split("."), Kind(kind), params.profile))
    return item


def _masked(value: Any, names: list[str], kind: Kind, profile: Profile) -> Any:
    """Fails closed: a list on the way is masked in every element, and anything else that is no object is hidden whole."""
    if isinstance(value, list):
        return [_masked(part, names, kind, profile) for part in cast("list[Any]", value)]
    if not names:
        return mask(value, kind, profile)
    if not isinstance(value, dict):
        return mask(value, Kind.OPAQUE, profile)
    members = cast("Item", value)
    name = names[0].removesuffix("[]")
    if name not in members:
        return members
    return {**members, name: _masked(members[name], names[1:], kind, profile)}
