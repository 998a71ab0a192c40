"""What the outcome of a recompute depends on besides the data (rule R8): node code, expression semantics, packages."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterable
from functools import cache
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from engine.json_text import digest
from engine.node.types import NodeType

_PACKAGES = ("orderloom", "google-re2", "tzdata")


def fingerprint(node_types: Iterable[NodeType]) -> str:
    """16 hex digits. Equal fingerprints mean that the same facts give the same run."""
    code = sorted({(node_type.use, _code(node_type.function.__module__)) for node_type in node_types})
    return digest([code, _code("engine.expression"), [_version(package) for package in _PACKAGES], list(sys.version_info[:2])])[:16]


@cache
def _code(module: str) -> str:
    """Digest of a module's file; of all files for a package, and of the package's other modules for a node in one."""
    place = Path(str(import_module(module).__file__ or ""))
    files = sorted(place.parent.glob("*.py")) if place.is_file() else []
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:16]


@cache
def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""
