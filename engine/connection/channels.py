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
    url: HttpUrl | None = Field(default=None, title="Address", description="Of the shop's API. Receiving orders needs none.")


@connection_type("taobao", title="Taobao / Tmall", icon="shopping-bag", family="channel")
class Taobao(Channel):
    """A shop on Taobao or Tmall that pushes its orders. The secret is the App Secret of the open platform."""

    app_key: str | None = Field(default=None, title="App Key", description="Of the same app on the open platform.")
    session: Secret | None = Field(default=None, title="Session", description="The shop's token for calls to the platform.")


@connection_type("shopify", title="Shopify", icon="shopping-cart", family="channel")
class Shopify(Channel):
    """A Shopify shop that sends webhooks. The secret is the client secret that signs them."""

    access_token: Secret | None = Field(default=None, title="Access token", description="For calls to the Admin API.")

    def prepare(self, request: HttpRequest, now: datetime) -> HttpRequest:
        del now
        if self.access_token is None:
            return request
        return replace(request, headers={**request.headers, "X-Shopify-Access-Token": self.access_token.get_secret_value()})


@connection_type("own_shop", title="Own shop", icon="store", family="channel")
class OwnShop(Channel):
    """A shop of your own that signs as Standard Webhooks do. The secret begins with `whsec_`; write both while one replaces the other."""
