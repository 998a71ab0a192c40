"""Can the system be reached at all? Name, address, connection, encryption: by the guard's rules, on a connection of its own."""

from __future__ import annotations

import asyncio
import socket
import ssl
from datetime import UTC, datetime, timedelta
from typing import Final

from engine.connection.addresses import literal_address, parse_url
from engine.connection.certificate_faults import fault_of
from engine.connection.failures import CallFailed
from engine.connection.guard import AddressGuard
from engine.connection.probe.course import Course, ProbeFailed, Told
from engine.connection.reasons import why_unreachable
from engine.connection.sockets import open_socket

SOON: Final = timedelta(days=14)
"""A certificate that ends within this time is pointed out."""


async def reach_url(course: Course, url: str, guard: AddressGuard, now: datetime) -> None:
    """Reaches the host of an ``http`` or ``https`` address; nothing is asked of it."""
    with course.step("Address", timed=False) as told:
        parsed = parse_url(url)
        told("{scheme}, port {port}", scheme=parsed.scheme, port=parsed.port)
    host, port = parsed.raw_host or "", parsed.port or 0
    connection = await connect(course, host, port, guard)
    if parsed.scheme == "https":
        await _encrypt(course, connection, host, now)
    else:
        connection.close()
        course.tell("Encrypting", "none: what is sent can be read on the way", caution=True)


async def connect(course: Course, host: str, port: int, guard: AddressGuard) -> socket.socket:
    """Name resolved, address allowed, connected. The socket is the caller's to close."""
    course.reached = True
    addresses = await _addresses(course, host, port, guard)
    with course.step("Connecting") as told:
        try:
            connection = await open_socket(addresses, port)
        except OSError as error:
            raise ProbeFailed("probe.unreachable", host=host, port=port, **why_unreachable(error)) from None
        told("made to port {port}", port=port)
    return connection


def encryption(told: Told, secured: ssl.SSLObject | ssl.SSLSocket, now: datetime) -> None:
    """Says protocol and end of the certificate."""
    ends = certificate_end(secured)
    protocol = (secured.version() or "TLS").replace("TLSv", "TLS ")
    if ends is None:
        told("{protocol}", protocol=protocol)
    elif ends - now < SOON:
        soon = "{protocol}, but the certificate ends on {date}: have it renewed"
        told(soon, caution=True, protocol=protocol, date=ends.date().isoformat())
    else:
        told("{protocol}, certificate valid until {date}", protocol=protocol, date=ends.date().isoformat())


def certificate_end(secured: ssl.SSLObject | ssl.SSLSocket) -> datetime | None:
    end = (secured.getpeercert() or {}).get("notAfter")
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(end), UTC) if isinstance(end, str) else None


def tls_failed(error: BaseException, host: str) -> ProbeFailed:
    """``probe.certificate`` or ``probe.tls``."""
    if isinstance(error, ssl.SSLCertVerificationError):
        reason, rule = fault_of(error)
        return ProbeFailed("probe.certificate", host=host, reason=reason, rule=rule)
    return ProbeFailed("probe.tls", host=host)


async def _addresses(course: Course, host: str, port: int, guard: AddressGuard) -> list[str]:
    refused: CallFailed | None = None
    found: list[str] = []
    if literal_address(host) is None:
        with course.step("Name lookup") as told:
            try:
                found = await guard.resolve(host, port)
            except CallFailed as failed:
                if failed.problem.code != "address.refused":
                    raise
                refused = failed
            told("{host} has an address", host=host)
    with course.step("Permission to call", timed=False) as told:
        if refused is not None:
            raise refused
        found = found or await guard.resolve(host, port)
        told("{address} may be called", address=", ".join(found))
    return found


async def _encrypt(course: Course, connection: socket.socket, host: str, now: datetime) -> None:
    with course.step("Encrypting") as told:
        try:
            context = await asyncio.to_thread(ssl.create_default_context)
            _, writer = await asyncio.open_connection(sock=connection, ssl=context, server_hostname=host)
        except (ssl.SSLError, OSError) as error:
            connection.close()
            raise tls_failed(error, host) from None
        except BaseException:
            connection.close()
            raise
        encryption(told, writer.get_extra_info("ssl_object"), now)
        writer.transport.abort()
