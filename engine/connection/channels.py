"""Sales channels: what they send to us their secret proves to be theirs, and what we ask them it signs."""

from __future__ import annotations

import base64
from abc import abstractmethod
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any, Final

from pydantic import Field

from engine.connection.channel import Channel, Renewable
from engine.connection.http import HttpRequest
from engine.connection.open_platform import as_form, business_of, parameter
from engine.connection.servers import Opened
from engine.connection.tokens import Moment
from engine.connection.types import LAST, HttpUrl, Secret, connection_type
from engine.errors import InputInvalid, Problem

BEIJING: Final = timezone(timedelta(hours=8))


@connection_type("taobao", title="Taobao / Tmall", icon="shopping-bag", family="channel")
class Taobao(Renewable):
    """A shop on Taobao or Tmall. The secret is the App Secret of the open platform; it signs what comes from there and each call."""

    app_key: str | None = Field(default=None, title="App Key", description="Of the same app on the open platform.")
    session: Secret | None = Field(default=None, title="Session", description="The shop's token for calls to the platform.")
    expires_at: Moment | None = Field(
        default=None,
        title="Session ends at",
        description="As the platform said when it gave the session, such as 2026-12-31T16:00:00+08:00.",
    )
    url: HttpUrl | None = Field(default=None, title="Address", description="Empty: the platform's own, https://eco.taobao.com/router/rest.")

    @property
    def address(self) -> str:
        return self.url or "https://eco.taobao.com/router/rest"

    def prepare(self, request: HttpRequest, now: datetime) -> HttpRequest:
        """The call's parameters (its ``method`` among them) with those of the system; the time is Beijing's, without an offset.

        Raises ``InputInvalid``: ``connection.no_app_key``, ``connection.not_signable``.
        """
        if self.app_key is None:
            raise InputInvalid(Problem("connection.no_app_key"))
        params = {name: parameter(value) for name, value in business_of(request).items()}
        params |= {"app_key": self.app_key, "format": "json", "v": "2.0", "sign_method": "md5"}
        params["timestamp"] = f"{now.astimezone(BEIJING):%Y-%m-%d %H:%M:%S}"
        if self.session is not None:
            params["session"] = self.session.get_secret_value()
        return as_form(request, params, self.secret.get_secret_value())


@connection_type("shopify", title="Shopify", icon="shopping-cart", family="channel")
class Shopify(Renewable):
    """A Shopify shop that sends webhooks. The secret is the client secret that signs them."""

    access_token: Secret | None = Field(default=None, title="Access token", description="For calls to the Admin API.")
    client_id: str | None = Field(default=None, title="Client ID", description="Of the app; only for a token that ends.")
    expires_at: Moment | None = Field(
        default=None, title="Access ends at", description="Only for a token that ends, such as 2026-12-31T16:00:00+08:00."
    )

    def prepare(self, request: HttpRequest, now: datetime) -> HttpRequest:
        del now
        if self.access_token is None:
            return request
        return replace(request, headers={**request.headers, "X-Shopify-Access-Token": self.access_token.get_secret_value()})


@connection_type("own_shop", title="Own shop", icon="store", family="channel")
class OwnShop(Channel):
    """A shop of your own that signs as Standard Webhooks do. The secret begins with `whsec_`; write both while one replaces the other."""

    access_token: Secret | None = Field(default=None, title="Access token", description="For calls to the shop, as a bearer token.")

    def prepare(self, request: HttpRequest, now: datetime) -> HttpRequest:
        del now
        if self.access_token is None:
            return request
        return replace(request, headers={**request.headers, "Authorization": f"Bearer {self.access_token.get_secret_value()}"})


class OpenPlatform(Renewable):
    """A platform that is asked with the permission of a shop, which ends."""

    secret: Secret = Field(title="Secret", description="Signs each call.")
    access_token: Secret | None = Field(default=None, title="Access token", description="The shop's permission for calls.")
    expires_at: Moment | None = Field(
        default=None,
        title="Access ends at",
        description="As the platform said when it gave the token, such as 2026-12-31T16:00:00+08:00.",
    )

    @abstractmethod
    def question(self, now: datetime) -> dict[str, Any]:
        """A call that changes nothing: for one order of the last minute."""


@connection_type("pinduoduo", title="Pinduoduo", icon="shopping-bag", family="channel")
class Pinduoduo(OpenPlatform, Opened):  # pyright: ignore[reportIncompatibleVariableOverride] - the secret of OpenPlatform holds
    """A shop on Pinduoduo, whose messages are listened to and whose orders are fetched. The secret is the client secret of the open
    platform: it signs each call and proves who listens."""

    module = "engine.connection.clients.pinduoduo"

    client_id: str = Field(title="Client ID", description="Of the app on the open platform.")
    url: HttpUrl | None = Field(
        default=None, title="Address", description="Empty: the platform's own, https://gw-api.pinduoduo.com/api/router."
    )
    messages_url: HttpUrl | None = Field(
        default=None,
        title="Address for messages",
        description="Of the message service. Empty: the platform's own, https://message-api.pinduoduo.com.",
        json_schema_extra=LAST,
    )

    @property
    def audience(self) -> str:
        """The message service serves an app."""
        return f"pinduoduo {self.client_id} {self.messages_address}"

    @property
    def messages_address(self) -> str:
        return self.messages_url or "https://message-api.pinduoduo.com"

    @property
    def address(self) -> str:
        return self.url or "https://gw-api.pinduoduo.com/api/router"

    def question(self, now: datetime) -> dict[str, Any]:
        until = int(now.timestamp())
        states = {"order_status": 5, "refund_status": 5, "is_lucky_flag": 0}
        span = {"start_updated_at": until - 60, "end_updated_at": until, "page": 1, "page_size": 1}
        return {"type": "pdd.order.number.list.increment.get", **states, **span}

    def prepare(self, request: HttpRequest, now: datetime) -> HttpRequest:
        """The call's parameters (its ``type`` among them) with those of the system; every one is signed, the time is epoch seconds."""
        params = {name: parameter(value) for name, value in business_of(request).items()}
        params |= {"client_id": self.client_id, "data_type": "JSON", "timestamp": str(int(now.timestamp()))}
        if self.access_token is not None:
            params["access_token"] = self.access_token.get_secret_value()
        return as_form(request, params, self.secret.get_secret_value())


@connection_type("jd", title="JD", icon="shopping-bag", family="channel")
class Jd(OpenPlatform):
    """A shop on JD. Its orders are fetched; the secret is the App Secret of the open platform and signs each call."""

    app_key: str = Field(title="App Key", description="Of the app on the open platform.")
    url: HttpUrl | None = Field(default=None, title="Address", description="Empty: the platform's own, https://api.jd.com/routerjson.")

    @property
    def address(self) -> str:
        return self.url or "https://api.jd.com/routerjson"

    def question(self, now: datetime) -> dict[str, Any]:
        since, until = (f"{one.astimezone(BEIJING):%Y-%m-%d %H:%M:%S}" for one in (now - timedelta(minutes=1), now))
        span = {"start_date": since, "end_date": until, "page": "1", "page_size": "1"}
        return {"method": "jingdong.pop.order.search", "order_state": "WAIT_SELLER_STOCK_OUT", "optional_fields": "orderId", **span}

    def prepare(self, request: HttpRequest, now: datetime) -> HttpRequest:
        """``method`` is a parameter of the system; all others go into one JSON text, which is signed as it stands."""
        business = business_of(request, with_nulls=True)
        params = {
            "method": str(business.pop("method", "")),
            "360buy_param_json": parameter(dict(sorted(business.items()))),
            "app_key": self.app_key,
            "timestamp": jd_time(now),
            "v": "2.0",
        }
        if self.access_token is not None:
            params["access_token"] = self.access_token.get_secret_value()
        return as_form(request, params, self.secret.get_secret_value())


@connection_type("woocommerce", title="WooCommerce", icon="shopping-cart", family="channel")
class WooCommerce(Channel):
    """A WooCommerce shop. The secret is the one of its webhooks; for calls it takes the key of its REST API, over `https` alone."""

    consumer_key: str | None = Field(
        default=None, title="Consumer key", description="Of the REST API, such as ck_…; for calls to the shop."
    )
    consumer_secret: Secret | None = Field(default=None, title="Consumer secret", description="Belongs to the consumer key.")
    url: HttpUrl | None = Field(default=None, title="Address", description="Of the shop, such as https://shop.example.com.")

    def prepare(self, request: HttpRequest, now: datetime) -> HttpRequest:
        del now
        if self.consumer_key is None or self.consumer_secret is None:
            return request
        login = f"{self.consumer_key}:{self.consumer_secret.get_secret_value()}"
        return replace(request, headers={**request.headers, "Authorization": f"Basic {base64.b64encode(login.encode()).decode()}"})


def jd_time(now: datetime) -> str:
    """Beijing time to the millisecond with its offset: ``2021-05-07 09:20:39.683+0800``."""
    local = now.astimezone(BEIJING)
    return f"{local:%Y-%m-%d %H:%M:%S}.{local.microsecond // 1000:03d}+0800"
