"""Why a certificate is not accepted, in words of our own: those of the libraries differ, and may name anything."""

from __future__ import annotations

import ssl
from typing import Final, NamedTuple


class Fault(NamedTuple):
    """``rule``: its entry in the catalogue, which replaces the English ``reason``."""

    reason: str
    rule: str


NAME: Final = 62
"""The number under which OpenSSL knows a certificate of another host."""
_OTHER: Final = Fault("it cannot be verified", "certificate_other")
_FAULTS: Final = {
    10: Fault("it has expired", "certificate_expired"),
    18: Fault("it is signed by itself", "certificate_self_signed"),
    19: Fault("it is signed by itself", "certificate_self_signed"),
    20: Fault("its issuer is not known here", "certificate_issuer"),
    NAME: Fault("it is made out to another name", "certificate_name"),
    64: Fault("it is made out to another name", "certificate_name"),
}


def fault_of(error: ssl.SSLCertVerificationError) -> Fault:
    return _FAULTS.get(getattr(error, "verify_code", 0), _OTHER)


def refused(code: int = 0) -> ssl.SSLCertVerificationError:
    """For a library that says it in words alone. ``code``: OpenSSL's number, where it is known."""
    error = ssl.SSLCertVerificationError()
    error.verify_code = code
    return error
