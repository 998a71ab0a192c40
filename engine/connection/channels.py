"""Sales channels: they call us, and their secret proves that it was they."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from pydantic import Field

from engine.connection.http import HttpRequest
from engine.connection.types import Connection, HttpUrl, Secret, connection_type


class Channel(Connection):
    """What the channels share."""

    secret: Secret = Field(title="Secret", description="Signs what the channel sends to us.")  # pyright: ignore[reportIncompatibleVariableOverride]
    url: HttpUrl | None = Field(default=None, title="Address")


@connection_type("taobao", title="Taobao / Tmall")
class Taobao(Channel):
    """Secret: the App Secret of the open platform."""

    app_key: str | None = Field(default=None, title="App Key")
    session: Secret | None = Field(default=None, title="Session", description="The shop's token for calls to the platform.")


@connection_type("shopify", title="Shopify")
class Shopify(Channel):
    """Secret: the client secret that signs webhooks."""

    access_token: Secret | None = Field(default=None, title="Access token", description="For calls to the Admin API.")

    def prepare(self, request: HttpRequest, now: datetime) -> HttpRequest:
        del now
        if self.access_token is None:
            return request
        return replace(request, headers={**request.headers, "X-Shopify-Access-Token": self.access_token.get_secret_value()})


@connection_type("own_shop", title="Own shop")
class OwnShop(Channel):
    """Secret: ``whsec_…`` of Standard Webhooks; several with spaces between while one is being replaced."""
