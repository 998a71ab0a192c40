"""Systems that we call: warehouse, finance, and any HTTP service."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from engine.connection.http import HttpRequest
from engine.connection.types import Connection, HttpUrl, Secret, connection_type


class Target(Connection):
    """A system with an address; its secret, if there is one, goes along as a bearer token (RFC 6750)."""

    url: HttpUrl = Field(title="Address")

    def prepare(self, request: HttpRequest, now: datetime) -> HttpRequest:
        del now
        return request if self.secret is None else _with(request, {"Authorization": f"Bearer {self.secret.get_secret_value()}"})


@connection_type("wms", title="Warehouse system (WMS)")
class Wms(Target):
    """Takes orders at ``POST {url}/orders``."""


@connection_type("finance", title="Finance system")
class Finance(Target):
    """Takes orders at ``POST {url}/orders``."""


@connection_type("http", title="HTTP service")
class Http(Target):
    """Any HTTP service. ``auth`` says how the secret is sent; left out it is ``bearer`` where there is a secret."""

    auth: Literal["none", "bearer", "basic", "header"] | None = Field(default=None, title="Authentication")
    user: str | None = Field(default=None, title="User")
    header: str | None = Field(default=None, title="Header", pattern=r"^[A-Za-z0-9!#$%&'*+.^_`|~-]+$")
    headers: dict[str, Secret] = Field(default_factory=dict[str, Secret], title="Further headers")

    @model_validator(mode="after")
    def _complete(self) -> Self:
        needed = {"bearer": ("secret",), "basic": ("secret", "user"), "header": ("secret", "header")}.get(self.auth or "", ())
        missing = [name for name in needed if getattr(self, name) is None]
        if missing:
            raise PydanticCustomError("auth", "authentication needs {names}", {"names": ", ".join(missing)})
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


@connection_type("webhook", title="Webhook")
class Webhook(Http):
    """An address that takes notices."""


def _with(request: HttpRequest, headers: Mapping[str, str]) -> HttpRequest:
    return replace(request, headers={**request.headers, **headers}) if headers else request
