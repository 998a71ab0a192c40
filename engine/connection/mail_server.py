"""Mail servers."""

from __future__ import annotations

from typing import Any, Literal, cast

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError
from yarl import URL

from engine.connection.types import Connection, connection_type

Tls = Literal["implicit", "starttls", "none"]
_PORTS: dict[Tls, int] = {"implicit": 465, "starttls": 587, "none": 25}


@connection_type("smtp", title="Mail server (SMTP)")
class Smtp(Connection):
    """Secret: the password of ``user``. ``url`` (``smtps://mail.example.com:465``) may stand for host, port and TLS."""

    host: str = Field(title="Host", pattern=r"^[A-Za-z0-9._:\-]+$")
    port: int | None = Field(default=None, title="Port", ge=1, le=65535, description="Left out, the usual one: 465, 587 or 25.")
    tls: Tls = Field(default="starttls", title="Encryption")
    user: str | None = Field(default=None, title="User")
    sender: str = Field(title="Sender", alias="from", pattern=r"^[^\s@]+@[^\s@]+$")

    @property
    def address(self) -> str:
        return f"smtp://{self.host}:{self.effective_port}"

    @property
    def effective_port(self) -> int:
        return self.port or _PORTS[self.tls]

    @model_validator(mode="before")
    @classmethod
    def _from_url(cls, values: Any) -> Any:
        if not isinstance(values, dict) or "url" not in values:
            return cast("object", values)
        given = {**cast("dict[str, Any]", values)}
        return {**_parts(str(given.pop("url"))), **given}

    @model_validator(mode="after")
    def _login_needs_both(self) -> Smtp:
        if (self.user is None) != (self.secret is None):
            raise PydanticCustomError("login", "user and secret belong together")
        if self.secret is not None and self.tls == "none" and self.host not in ("localhost", "127.0.0.1", "::1"):
            raise PydanticCustomError("login", "a password needs encryption (tls)")
        return self


def _parts(text: str) -> dict[str, Any]:
    try:
        url = URL(text)
        host, port = url.raw_host, url.explicit_port
    except ValueError:
        host, port, url = None, None, URL()
    if host is None or url.scheme not in ("smtp", "smtps"):
        raise PydanticCustomError("address", "the address is smtp://host:port or smtps://host:port")
    found: dict[str, Any] = {"host": host}
    if port:
        found["port"] = port
    return {**found, "tls": "implicit"} if url.scheme == "smtps" else found
