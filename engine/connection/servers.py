"""Systems with which a client keeps a connection open: message brokers and databases.

A type says how its client is made; the sources of nodes use the client and never see a secret. Client libraries are imported when the
first connection of their type is opened, so that they cost neither start-up time nor memory where nobody needs them.
"""

from __future__ import annotations

import ssl
from collections.abc import Generator, Mapping
from contextlib import AbstractAsyncContextManager, contextmanager
from importlib import import_module
from typing import Any, ClassVar, Final, Literal, cast

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError
from yarl import URL

from engine.connection.certificate_faults import fault_of
from engine.connection.failures import CallFailed
from engine.connection.guard import AddressGuard
from engine.connection.reasons import causes, why_unreachable
from engine.connection.types import Connection, Secret, connection_type
from engine.errors import OrderloomError

CONNECT_WITHIN: Final = 15.0
"""Seconds for reaching a system and logging in."""
_TLS: Final = {"tls": "TLS", "none": "None"}


class Opened(Connection):
    """A system whose client is opened and closed. ``module``: where its function ``client(connection, guard, **options)`` stands."""

    module: ClassVar[str] = ""

    @property
    def audience(self) -> str | None:
        """Where the system shares its messages out among all who open a connection of it, whatever they ask for: what they have in common
        then. ``None``: each gets what it asks for.
        """
        return None

    def client(self, guard: AddressGuard, **options: Any) -> AbstractAsyncContextManager[Any]:
        """A client that is connected and logged in, for as long as the block lasts. Raises ``CallFailed``."""
        return cast("AbstractAsyncContextManager[Any]", import_module(self.module).client(self, guard, **options))


class Server(Opened):
    """What they share. ``schemes``: those of a URL, with the encryption that each means; ``ports``: with TLS and without; ``in_path``:
    the field that the path of a URL stands for.
    """

    over_http = False
    schemes: ClassVar[dict[str, Literal["tls", "none"]]] = {}
    in_path: ClassVar[str] = ""
    ports: ClassVar[tuple[int, int]] = (0, 0)

    host: str = Field(title="Host", pattern=r"^[A-Za-z0-9._:\-]+$", description="Such as `queue.example.com`.")
    port: int | None = Field(default=None, title="Port", ge=1, le=65535, description="Left out, the usual one.")
    tls: Literal["tls", "none"] = Field(
        default="tls",
        title="Encryption",
        description="Without encryption the password, too, can be read on the way: only inside your own network.",
        json_schema_extra={"enumTitles": {**_TLS}},
    )
    user: str | None = Field(default=None, title="User", description="Left out, none is named.")
    secret: Secret | None = Field(default=None, title="Password", description="Of the user.")

    @property
    def address(self) -> str:
        return f"{self.type_name}://{self.host}:{self.effective_port}"

    @property
    def effective_port(self) -> int:
        return self.port or self.usual_port

    @property
    def usual_port(self) -> int:
        return self.ports[self.tls == "none"]

    @property
    def password(self) -> str | None:
        return None if self.secret is None else self.secret.get_secret_value()

    @model_validator(mode="before")
    @classmethod
    def _from_url(cls, values: Any) -> Any:
        if not isinstance(values, dict) or "url" not in values:
            return cast("object", values)
        given = {**cast("dict[str, Any]", values)}
        return {**cls.parts(str(given.pop("url"))), **given}

    @classmethod
    def parts(cls, text: str) -> dict[str, Any]:
        """The fields in a URL, such as ``amqps://user@host:5671/shop``. A password has no place in it."""
        try:
            url = URL(text)
            host, port, user = url.raw_host, url.explicit_port, url.user
        except ValueError:
            url, host, port, user = URL(), None, None, None
        if host is None or url.scheme not in cls.schemes:
            raise PydanticCustomError("server_address", "the address is {schemes}", {"schemes": " / ".join(f"{s}://" for s in cls.schemes)})
        if url.password is not None:
            raise PydanticCustomError("server_password", "a password has no place in the address", {"beside": "secret"})
        found = {"host": host, "port": port, "user": user, "tls": cls.schemes[url.scheme], **cls.rest(url.path.strip("/"))}
        return {name: value for name, value in found.items() if value not in (None, "")}

    @classmethod
    def rest(cls, path: str) -> dict[str, Any]:
        """What the path of a URL means."""
        return {cls.in_path: path} if cls.in_path else {}


@connection_type("rabbitmq", title="RabbitMQ", icon="inbox")
class RabbitMq(Server):
    """A RabbitMQ server (AMQP 0-9-1) whose queues start flows."""

    schemes: ClassVar[dict[str, Literal["tls", "none"]]] = {"amqps": "tls", "amqp": "none"}
    ports = (5671, 5672)
    in_path = "vhost"
    module = "engine.connection.clients.rabbitmq"

    vhost: str = Field(default="/", title="Virtual host", min_length=1, max_length=255, description="As it is called on the server.")


@connection_type("redis", title="Redis", icon="layers")
class Redis(Server):
    """A Redis server whose streams start flows."""

    schemes: ClassVar[dict[str, Literal["tls", "none"]]] = {"rediss": "tls", "redis": "none"}
    ports = (6379, 6379)
    in_path = "database"
    module = "engine.connection.clients.redis"

    database: int = Field(default=0, title="Database", ge=0, le=10_000, description="Its number.")


@connection_type("nats", title="NATS", icon="network")
class Nats(Server):
    """A NATS server with JetStream whose streams start flows. A password without a user counts as a token."""

    schemes: ClassVar[dict[str, Literal["tls", "none"]]] = {"tls": "tls", "nats": "none"}
    ports = (4222, 4222)
    module = "engine.connection.clients.nats"


@connection_type("mqtt", title="MQTT broker", icon="waypoints")
class Mqtt(Server):
    """An MQTT broker whose topics start flows."""

    schemes: ClassVar[dict[str, Literal["tls", "none"]]] = {"mqtts": "tls", "mqtt": "none"}
    ports = (8883, 1883)
    module = "engine.connection.clients.mqtt"

    version: Literal["5", "3.1.1"] = Field(
        default="5",
        title="MQTT version",
        description="The one that the broker speaks. With 3.1.1 the broker decides how much it sends ahead.",
    )


_KINDS: Final = {"postgresql": "PostgreSQL", "mysql": "MySQL / MariaDB"}


@connection_type("database", title="Database", icon="database")
class Database(Server):
    """A database whose rows start flows. It is only read: give it a user that may do no more."""

    schemes: ClassVar[dict[str, Literal["tls", "none"]]] = {"postgresql": "none", "mysql": "none"}
    in_path = "database"

    kind: Literal["postgresql", "mysql"] = Field(
        title="Kind", description="What sort of database it is.", json_schema_extra={"enumTitles": {**_KINDS}}
    )
    database: str = Field(title="Database", min_length=1, max_length=128, description="Its name.")

    @property
    def usual_port(self) -> int:
        return 5432 if self.kind == "postgresql" else 3306

    def client(self, guard: AddressGuard, **options: Any) -> AbstractAsyncContextManager[Any]:
        module = import_module(f"engine.connection.clients.{self.kind}")
        return cast("AbstractAsyncContextManager[Any]", module.client(self, guard, **options))

    @classmethod
    def parts(cls, text: str) -> dict[str, Any]:
        """Encryption is a field of its own: the address does not name it."""
        found = super().parts(text)
        del found["tls"]
        return {**found, "kind": URL(text).scheme}


@connection_type("folder", title="Folder", icon="file-up")
class Folder(Opened):
    """A folder on the machine of the service, into which other programs put files. An administrator has to allow it."""

    module = "engine.connection.clients.folder"
    over_http = False

    secret: None = None  # pyright: ignore[reportIncompatibleVariableOverride] - files need none
    path: str = Field(
        title="Folder",
        min_length=2,
        max_length=1000,
        pattern=r"^/",
        description="The whole path, inside of a folder that the setting `allow_folders` names.",
    )

    @property
    def address(self) -> str:
        return self.path


def tls_of(server: Server) -> ssl.SSLContext | None:
    """What encrypts the connection; ``None`` where nothing shall."""
    if server.tls == "none":
        return None
    return ssl.create_default_context()


@contextmanager
def reaching(server: Server, *login: type[BaseException]) -> Generator[None]:
    """Says why a server cannot be reached. ``login``: what the client raises where the server does not let us in.

    Raises ``CallFailed``: ``server.login``, ``server.certificate``, ``server.tls``, ``server.timeout``, ``server.unreachable``; no text
    of the client's.
    """
    try:
        yield
    except OrderloomError:
        raise
    except login:
        raise _failed("server.login", server, retriable=False) from None
    except Exception as error:  # noqa: BLE001 - each client has its own
        raise _not_reached(server, error) from None


def _not_reached(server: Server, error: Exception) -> CallFailed:
    """What it came of decides: clients wrap it, and not all name it as the cause."""
    if isinstance(error, TimeoutError):
        return _failed("server.timeout", server)
    found = list(causes(error))
    for cause in found:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return _failed("server.certificate", server, fault_of(cause)._asdict())
    if any(isinstance(cause, ssl.SSLError) for cause in found):
        return _failed("server.tls", server)
    return _failed("server.unreachable", server, why_unreachable(error))


def _failed(code: str, server: Server, why: Mapping[str, str] | None = None, *, retriable: bool = True) -> CallFailed:
    fields: dict[str, Any] = {"host": server.host, "port": server.effective_port, **(why or {})}
    return CallFailed(code, retriable=retriable, maybe_sent=False, **fields)


def lost(server: Server) -> CallFailed:
    """The connection broke off while it was in use."""
    return CallFailed("server.lost", retriable=True, maybe_sent=False, host=server.host)
