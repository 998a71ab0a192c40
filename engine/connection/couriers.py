"""Couriers and those who tell of parcels for them: what they push to us their secret proves to be theirs."""

from __future__ import annotations

from pydantic import Field

from engine.connection.types import Connection, Secret, connection_type


@connection_type("kuaidi100", title="Kuaidi100", icon="truck")
class Kuaidi100(Connection):
    """Kuaidi100 tells of the parcels that you subscribed to. The secret is the salt given with each subscription; it signs what comes."""

    secret: Secret = Field(title="Salt", description="As given in `salt` when you subscribe to a parcel.")  # pyright: ignore[reportIncompatibleVariableOverride]
