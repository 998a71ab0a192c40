"""What this package adds to an order, and the data class of each field."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import BaseModel

from engine.sdk import DataClass, FieldClass

CARRIER: Final = "courier_express"
_INTERNAL, _CONFIDENTIAL = FieldClass(DataClass.INTERNAL), FieldClass(DataClass.CONFIDENTIAL)


class LabelledLogistics(BaseModel):
    carrier: Annotated[str, _CONFIDENTIAL]
    tracking_no: Annotated[str, _CONFIDENTIAL]
    label: Annotated[str, _CONFIDENTIAL]
    """The courier's name for the label: whoever prints it asks the courier for it."""
    label_existed: Annotated[bool, _INTERNAL]


class Labelled(BaseModel):
    logistics: LabelledLogistics


class TrackedLogistics(BaseModel):
    state: Annotated[str, _INTERNAL]
    state_at: Annotated[str | None, _INTERNAL]


class Tracked(BaseModel):
    logistics: TrackedLogistics
