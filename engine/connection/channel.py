"""What sales channels share."""

from __future__ import annotations

from pydantic import Field

from engine.connection.types import LAST, Called, HttpUrl, Secret


class Channel(Called):
    """What the channels share."""

    secret: Secret = Field(title="Secret", description="Signs what the channel sends to us.")  # pyright: ignore[reportIncompatibleVariableOverride]
    url: HttpUrl | None = Field(default=None, title="Address", description="Of the shop's API. Receiving orders needs none.")


class Renewable(Channel):
    """A connection whose token can be renewed without a person, once it has what the platform gave beside the token."""

    refresh_token: Secret | None = Field(
        default=None,
        title="Refresh token",
        description="As the platform gave it with the token. With it and the end of the token, the token is renewed by itself.",
        json_schema_extra=LAST,
    )
    token_url: HttpUrl | None = Field(default=None, title="Token address", description="Empty: the platform's own.", json_schema_extra=LAST)
