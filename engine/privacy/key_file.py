"""The file that holds the master key: one line, readable by its owner only."""

from __future__ import annotations

import base64
import binascii
import os
import stat
from pathlib import Path
from typing import Final

from engine.errors import Problem, SettingsInvalid
from engine.privacy.cipher import KEY_BYTES, MasterKey

_MARK: Final = "orderloom-master-key-1:"


def load_or_create(path: Path, *, create: bool) -> MasterKey:
    """The master key of a file; with ``create`` a missing file is made (mode 0600), by one of several starts only.

    Raises ``SettingsInvalid``: ``privacy.master_key_missing``, ``privacy.master_key_open`` (others may read it) or
    ``privacy.master_key_unreadable``.
    """
    if create and not path.exists():
        _create(path)
    try:
        text = path.read_text(encoding="ascii")
    except FileNotFoundError:
        raise _problem("privacy.master_key_missing", path) from None
    except (OSError, UnicodeDecodeError):
        raise _problem("privacy.master_key_unreadable", path) from None
    if os.name == "posix" and stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise _problem("privacy.master_key_open", path)
    return MasterKey(_parse(text, path))


def _create(path: Path) -> None:
    """Write a file of another name first, so that a crash leaves no half key and a second start finds the first one's."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(_MARK.encode() + base64.b64encode(os.urandom(KEY_BYTES)) + b"\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _parse(text: str, path: Path) -> bytes:
    mark, found, encoded = text.strip().partition(":")
    try:
        raw = base64.b64decode(encoded, validate=True)
    except binascii.Error:
        raw = b""
    if mark + found != _MARK or len(raw) != KEY_BYTES:
        raise _problem("privacy.master_key_unreadable", path)
    return raw


def _problem(code: str, path: Path) -> SettingsInvalid:
    return SettingsInvalid(Problem(code, fields={"file": str(path)}))
