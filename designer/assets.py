"""Static files: where templates find them, and how they are delivered.

``/assets/{digest}/…`` names the contents, so a browser may keep what it got for ever; modules and styles import each other by
relative addresses and so inherit the digest. ``/assets/{digest}/joined/…`` is a module or style together with all that it imports, or a
part of one that comes later.
``/static/…`` are the same files under addresses that stay.
"""

from __future__ import annotations

import hashlib
import mimetypes
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple
from urllib.parse import unquote

from litestar import HttpMethod, Request, Response, Router, route
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from designer import joining
from designer.compression import best_of, packed
from designer.scripts import JOINED, joined_part, joined_script, named_part
from designer.security import permitted

STATIC: Final = Path(__file__).parent / "static"
_FOR_EVER: Final = "public, max-age=31536000, immutable"
_ASK_FIRST: Final = "no-cache"
_TYPES: Final = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".txt": "text/plain",
}


class Stored(NamedTuple):
    """A file as it is delivered: its contents by encoding, smallest first, ``identity`` among them."""

    age: tuple[int, ...]
    contents: dict[str, bytes]
    etag: str


@cache
def digest() -> str:
    """Twelve hex digits that change with any file; taken once a process."""
    whole = hashlib.sha256()
    for path in sorted(path for path in STATIC.rglob("*") if path.is_file()):
        whole.update(path.relative_to(STATIC).as_posix().encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return whole.hexdigest()[:12]


def asset(name: str) -> str:
    """The address of a file below ``static``: ``asset("vendor/htmx.min.js")``."""
    return f"/assets/{digest()}/{name}"


@cache
def joined(entry: str) -> str:
    """The address of a module or style with all that it imports in one file; its own address where that cannot be."""
    try:
        _joined_text(entry)
    except (joining.Unjoinable, FileNotFoundError):
        return asset(entry)
    return asset(JOINED + entry)


@cache
def modules(entry: str) -> tuple[str, ...]:
    """The module and all that it imports, in the order of their running; what ``import()`` brings later is left out."""
    return tuple(joining.modules(entry, STATIC))


@route("/assets/{given:str}/{path:path}", http_method=[HttpMethod.GET, HttpMethod.HEAD], sync_to_thread=True)
def deliver_asset(request: Request[Any, Any, Any], given: FromPath[str], path: FromPath[str]) -> Response[bytes]:
    """A page that an older program made asks with the old digest: it gets the file of today, and keeps it for no other page."""
    return _answer(request, path, _FOR_EVER if given == digest() else _ASK_FIRST)


@route("/static/{path:path}", http_method=[HttpMethod.GET, HttpMethod.HEAD], sync_to_thread=True)
def deliver_static(request: Request[Any, Any, Any], path: FromPath[str]) -> Response[bytes]:
    return _answer(request, path, _ASK_FIRST)


router: Final = Router(
    path="/",
    route_handlers=[deliver_asset, deliver_static],
    opt={"permission": "page.enter"},
    guards=[permitted],
    include_in_schema=False,
)


def _answer(request: Request[Any, Any, Any], path: str, caching: str) -> Response[bytes]:
    name = unquote(path).lstrip("/")
    stored = _stored(name)
    headers = {"Cache-Control": caching, "ETag": stored.etag, "Vary": "Accept-Encoding"}
    if request.headers.get("if-none-match") == stored.etag:
        return Response(b"", status_code=304, headers=headers)
    encoding = best_of(stored.contents, request.headers.get("accept-encoding", ""))
    if encoding != "identity":
        headers["Content-Encoding"] = encoding
    kind = _TYPES.get(Path(name).suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
    return Response(stored.contents[encoding], media_type=kind, status_code=200, headers=headers)


_kept: dict[str, Stored] = {}


def _stored(name: str) -> Stored:
    """Read and compressed once, and again when it changed: a program that runs from a working copy shows what is written."""
    entry, part = named_part(name.removeprefix(JOINED)) if name.startswith(JOINED) else (name, "")
    file = _file(entry)
    age = _age(file) if entry == name else tuple(sum(ages) for ages in zip(*map(_age, STATIC.rglob("*.*s")), strict=True))
    if name not in _kept or _kept[name].age != age:
        plain = file.read_bytes() if entry == name else _joined_bytes(entry, part)
        _kept[name] = Stored(age, packed(plain), f'W/"{hashlib.sha256(plain).hexdigest()[:16]}"')
    return _kept[name]


def _file(name: str) -> Path:
    found = (STATIC / name).resolve()
    if not found.is_relative_to(STATIC.resolve()) or not found.is_file():
        raise NotFoundException
    return found


def _age(file: Path) -> tuple[int, int]:
    state = file.stat()
    return state.st_mtime_ns, state.st_size


def _joined_bytes(entry: str, part: str) -> bytes:
    try:
        return _joined_text(entry, part).encode()
    except joining.Unjoinable as error:
        raise NotFoundException from error


def _joined_text(entry: str, part: str = "") -> str:
    if part:
        return joined_part(entry, part, STATIC, asset)
    return joining.joined_style(entry, STATIC) if entry.endswith(".css") else joined_script(entry, STATIC, asset)
