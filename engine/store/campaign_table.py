"""The tables of campaigns' places. Nothing in them is personal."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from sqlmodel import Field, Index, SQLModel, UniqueConstraint

from engine.store.columns import UtcTime

_time: Any = UtcTime()


class CampaignPlaceRow(SQLModel, table=True):
    """An order among the first of a campaign. No place is given twice, whoever writes."""

    __tablename__: ClassVar[Any] = "campaign_place"
    __table_args__ = (
        UniqueConstraint("campaign", "number"),
        Index("campaign_place_order", "channel", "shop_id", "channel_order_id"),
    )

    campaign: str = Field(primary_key=True)
    channel: str = Field(primary_key=True)
    shop_id: str = Field(primary_key=True)
    channel_order_id: str = Field(primary_key=True)
    number: int
    at: datetime = Field(sa_type=_time)


class CampaignFreeRow(SQLModel, table=True):
    """A place that an order gave back, to be given to the next."""

    __tablename__: ClassVar[Any] = "campaign_free"

    campaign: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
