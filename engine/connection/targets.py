"""Systems that we call: warehouse, finance, and any HTTP service."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from engine.connection.http import HttpRequest
from engine.connection.types import Called, HttpUrl, Secret, connection_type


class Target(Called):
    """A system with an address; its secret, if there is one, goes along as a bearer token (RFC 6750)."""

    url: HttpUrl = Field(title="Address", description="Begins with `https://`; what a flow calls lies below it.")
    secret: Secret | None = Field(default=None, title="Secret", description="Goes along with each call as proof of who is calling.")

    def prepare(self, request: HttpRequest, now: datetime) -> HttpRequest:
        del now
        return request if self.secret is None else _with(request, {"Authorization": f"Bearer {self.secret.get_secret_value()}"})


@connection_type("wms", title="Warehouse system (WMS)", icon="warehouse")
class Wms(Target):
    """The warehouse that ships. Orders go to `orders` below its address; the secret goes along as a bearer token."""


@connection_type("finance", title="Finance system", icon="landmark")
class Finance(Target):
    """The system that books. Orders go to `orders` below its address; the secret goes along as a bearer token."""


_AUTH: Final = {"none": "None", "bearer": "Bearer token", "basic": "User and password", "header": "In a header"}


@connection_type("http", title="HTTP service", icon="globe")
class Http(Target):
    """Any service with an HTTP address, such as an ERP or a courier. You choose how the secret is sent."""

    auth: Literal["none", "bearer", "basic", "header"] | None = Field(
        default=None,
        title="Authentication",
        description="How the secret is sent. Left open: as a bearer token where there is a secret.",
        json_schema_extra={"enumTitles": {**_AUTH}},
    )
    user: str | None = Field(default=None, title="User", description="For user and password.")
    header: str | None = Field(
        default=None,
        title="Header",
        pattern=r"^[A-Za-z0-9!#$%&'*+.^_`|~-]+$",
        description="For a secret in a header: the header's name, such as `X-Api-Key`.",
    )
    headers: dict[str, Secret] = Field(
        default_factory=dict[str, Secret], title="Further headers", description="Sent with each call. Their values are kept as secrets."
    )

    @model_validator(mode="after")
    def _complete(self) -> Self:
        needed = {"bearer": ("secret",), "basic": ("secret", "user"), "header": ("secret", "header")}.get(self.auth or "", ())
        missing = [name for name in needed if getattr(self, name) is None]
        if missing:
            raise PydanticCustomError("auth", "authentication needs {names}", {"names": ", ".join(missing), "beside": missing[0]})
        return self

    def prepare(self, request: HttpRequest, now: datetime) -> HttpRequest:
        del now
        own = {name: value.get_secret_value() for name, value in self.headers.items()}
        return _with(request, {**own, **self._authentication()})

    def _authentication(self) -> dict[str, str]:
        secret = self.secret.get_secret_value() if self.secret else ""
        if self.auth == "none" or not secret:
            return {}
        if self.auth == "header":
            return {self.header or "": secret}
        if self.auth == "basic":
            return {"Authorization": "Basic " + base64.b64encode(f"{self.user}:{secret}".encode()).decode()}
        return {"Authorization": f"Bearer {secret}"}


@connection_type("webhook", title="Webhook", icon="webhook", family="message")
class Webhook(Http):
    """An address of another system that takes notices as JSON."""


def _with(request: HttpRequest, headers: Mapping[str, str]) -> HttpRequest:
    return replace(request, headers={**request.headers, **headers}) if headers else request
