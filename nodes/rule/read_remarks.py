"""Read the remarks of an order."""

from __future__ import annotations

from typing import Annotated, Any, Literal, cast

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from engine.sdk import DataClass, Example, FieldClass, HoldReason, Item, NonEmpty, Params, adds, node
from nodes.rule.goods import part_of
from nodes.rule.remark_meaning import meant
from nodes.rule.remark_words import DO_NOT_SHIP, FRAGILE, GIFT_MESSAGE, INVOICE, URGENT

Tag = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)]


class Remark(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    tag: Tag = Field(title="Tag", description="What the order is tagged with.")
    words: tuple[NonEmpty, ...] = Field(
        min_length=1, max_length=300, title="Words", description="Chinese ones count wherever they stand, others as whole words."
    )
    priority: Literal["high"] | None = Field(default=None, title="Priority", description="high: the order goes first.")
    hold: HoldReason | None = Field(
        default=None, title="Hold", description="The reason that keeps the order back until a person has looked."
    )


USUAL = (
    Remark(tag="urgent", words=URGENT, priority="high"),
    Remark(tag="fragile", words=FRAGILE),
    Remark(tag="gift_message", words=GIFT_MESSAGE),
    Remark(tag="do_not_ship", words=DO_NOT_SHIP, hold="remark_review"),
    Remark(tag="invoice", words=INVOICE),
)


class ReadRemarks(Params):
    remarks: tuple[Remark, ...] = Field(
        default=USUAL,
        min_length=1,
        max_length=50,
        title="What to look for",
        description="Left out: urgent, fragile, gift message, do not ship, invoice.",
    )


class Found(BaseModel):
    tags: list[Annotated[str, FieldClass(DataClass.INTERNAL)]]
    priority: Annotated[Literal["high", "normal"], FieldClass(DataClass.INTERNAL)]
    hold_reasons: list[Annotated[HoldReason, FieldClass(DataClass.INTERNAL)]]


def _note(buyer: str | None, seller: str | None = None) -> Item:
    return {"channel_order_id": "A1", "note": {"buyer": buyer, "seller": seller}}


def _read(note: Item, tags: list[str], *, high: bool = False, held: bool = False) -> Item:
    return {**note, "tags": tags, "priority": "high" if high else "normal", "hold_reasons": ["remark_review"] if held else []}


_URGENT, _CALM = _note("麻烦加急，玻璃杯易碎"), _note("不急，慢慢发，发票不用开了")
_WAIT, _TAKEN_BACK = _note("Please don't ship yet!", "等通知"), _note("urgent", "客户说不急了")


@node(
    "rule.read_remarks",
    version=1,
    label="Remark keywords",
    reads=("note.buyer", "note.seller", "tags", "priority", "hold_reasons"),
    outputs={"out": adds(Found)},
    icon="scroll-text",
    examples=(
        Example({}, [_URGENT], {"out": [_read(_URGENT, ["urgent", "fragile"], high=True)]}, title="Urgent and fragile"),
        Example({}, [_CALM], {"out": [_read(_CALM, [])]}, title="What is not wanted sets no tag"),
        Example({}, [_WAIT], {"out": [_read(_WAIT, ["do_not_ship"], held=True)]}, title="Do not ship yet"),
        Example({}, [_TAKEN_BACK], {"out": [_read(_TAKEN_BACK, [])]}, title="The seller's note has the last word"),
        Example(
            {"remarks": [{"tag": "cold", "words": ["冷藏", "keep cool"], "priority": "high"}]},
            [_note("ｋｅｅｐ　ｃｏｏｌ")],
            {"out": [_read(_note("ｋｅｅｐ　ｃｏｏｌ"), ["cold"], high=True)]},
            title="Words of one's own, in full-width letters",
        ),
    ),
)
def read_remarks(order: Item, params: ReadRemarks) -> Item:
    """Tags an order by what the notes of buyer and seller ask for, and sets its priority and the reason to hold it.

    What a note says is not wanted sets no tag ("不急", "no rush", "发票不用开"). Where the seller's note speaks of a thing, it decides:
    it is written after talking to the buyer. Tags, a high priority and reasons that the order has already stay.
    """
    note = part_of(order, "note")
    found = [remark for remark in params.remarks if _asks(note, remark)]
    high = order.get("priority") == "high" or any(remark.priority for remark in found)
    return {
        **order,
        "tags": _joined(order.get("tags"), [remark.tag for remark in found]),
        "priority": "high" if high else "normal",
        "hold_reasons": _joined(order.get("hold_reasons"), [remark.hold for remark in found if remark.hold]),
    }


def _asks(note: dict[str, Any], remark: Remark) -> bool:
    said = [meant(text, remark.words) for name in ("seller", "buyer") if isinstance(text := note.get(name), str)]
    return next((one for one in said if one is not None), False)


def _joined(had: Any, more: list[Any]) -> list[Any]:
    kept = [one for one in cast("list[object]", had) if isinstance(one, str)] if isinstance(had, list) else []
    return list(dict.fromkeys([*kept, *more]))
