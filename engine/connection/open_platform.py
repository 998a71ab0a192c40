"""What the Chinese open platforms share in how a call is signed: sorted parameters between the secret, MD5 in upper case.

Sources: open.taobao.com document 101617; open.pinduoduo.com "request signature"; open.jd.com developer guide 2643. Which parameters a
call has, and how it tells the time, belongs to each platform and is not shared.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, cast
from urllib.parse import urlencode

from engine.connection.http import HttpRequest
from engine.errors import InputInvalid, Problem
from engine.json_text import read_json, write_json

FORM = "application/x-www-form-urlencoded;charset=utf-8"


def sorted_md5(params: Mapping[str, str], secret: str) -> str:
    """The signature of all parameters; ``sign`` itself is left out if it is there."""
    content = "".join(f"{name}{params[name]}" for name in sorted(params) if name != "sign")
    return hashlib.md5(f"{secret}{content}{secret}".encode(), usedforsecurity=False).hexdigest().upper()


def business_of(request: HttpRequest, *, with_nulls: bool = False) -> dict[str, Any]:
    """The parameters that a node gives as a JSON object. Raises ``InputInvalid`` ``connection.not_signable``."""
    given = read_json(request.body) if request.body else None
    if not isinstance(given, dict):
        raise InputInvalid(Problem("connection.not_signable"))
    return {name: value for name, value in cast("dict[str, Any]", given).items() if with_nulls or value is not None}


def parameter(value: Any) -> str:
    """A value as it is sent and signed: text as it is, anything else as JSON."""
    return value if isinstance(value, str) else write_json(value).decode()


def as_form(request: HttpRequest, params: Mapping[str, str], secret: str) -> HttpRequest:
    """The request with exactly these parameters as its form, and their signature."""
    headers = {name: value for name, value in request.headers.items() if name.lower() != "content-type"}
    body = urlencode({**params, "sign": sorted_md5(params, secret)}).encode()
    return replace(request, headers={**headers, "Content-Type": FORM}, body=body)
