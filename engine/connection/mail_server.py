"""Mail servers."""

from __future__ import annotations

from typing import Any, ClassVar, Final, Literal, cast

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError
from yarl import URL

from engine.connection.types import Called, Secret, connection_type

Tls = Literal["implicit", "starttls", "none"]
_PORTS: dict[Tls, int] = {"implicit": 465, "starttls": 587, "none": 25}


_TLS: Final = {"starttls": "STARTTLS (port 587)", "implicit": "TLS from the start (port 465)", "none": "None (port 25)"}


@connection_type("smtp", title="Mail server (SMTP)", icon="mail", family="message")
class Smtp(Called):
    """A mail server that sends your notices."""

    over_http: ClassVar[bool] = False

    host: str = Field(title="Host", pattern=r"^[A-Za-z0-9._:\-]+$", description="Such as `mail.example.com`.")
    port: int | None = Field(default=None, title="Port", ge=1, le=65535, description="Left out, the usual one: 465, 587 or 25.")
    tls: Tls = Field(
        default="starttls",
        title="Encryption",
        description="What the server offers. A password is never sent without encryption.",
        json_schema_extra={"enumTitles": {**_TLS}},
    )
    user: str | None = Field(default=None, title="User", description="Often the mail address. Needed together with the password.")
    secret: Secret | None = Field(default=None, title="Password", description="Of the user; some providers call it an authorisation code.")
    sender: str = Field(title="Sender", alias="from", pattern=r"^[^\s@]+@[^\s@]+$", description="The mail address that notices come from.")

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
            missing = "user" if self.user is None else "secret"
            raise PydanticCustomError("login_pair", "user and password belong together", {"beside": missing})
        if self.secret is not None and self.tls == "none" and self.host not in ("localhost", "127.0.0.1", "::1"):
            raise PydanticCustomError("login_open", "a password needs encryption", {"beside": "tls"})
        return self


def _parts(text: str) -> dict[str, Any]:
    try:
        url = URL(text)
        host, port = url.raw_host, url.explicit_port
    except ValueError:
        host, port, url = None, None, URL()
    if host is None or url.scheme not in ("smtp", "smtps"):
        raise PydanticCustomError("mail_address", "the address is smtp://host:port or smtps://host:port")
    found: dict[str, Any] = {"host": host}
    if port:
        found["port"] = port
    return {**found, "tls": "implicit"} if url.scheme == "smtps" else found
