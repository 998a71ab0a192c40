"""Items from a file: ``.json``, ``.jsonl``, ``.csv``, ``.xlsx``, each also as ``.gz``; ``-`` is standard input (JSON or JSON Lines)."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import IO, Any, Final, cast

from engine.errors import InputInvalid, Problem, system_reason
from engine.intake.json_items import read_document, read_either, read_lines
from engine.intake.table_rows import encoding_of, read_table

STDIN: Final = "-"
FORMATS: Final = (".json", ".jsonl", ".csv", ".xlsx")
_Reader = Callable[[IO[bytes], str], Iterator[Any]]


class InputFile:
    """Iterating yields the items one after the other, so that a long file needs no more memory than a short one (``.json`` is read whole).

    Raises ``InputInvalid``: ``input.not_found``, ``input.is_a_folder``, ``input.unknown_format`` at once; ``input.unreadable`` with the
    line where reading ends.
    ``size`` and ``position`` (bytes on disk) say how far reading has come; both are 0 for standard input.
    """

    def __init__(self, path: str, stdin: IO[bytes] | None = None) -> None:
        self.path, self._stdin = path, stdin
        self.name = Path(path).name if path != STDIN else STDIN
        self.packed = self.name.lower().endswith(".gz")
        self.size = 0
        self._raw: IO[bytes] | None = None
        self._read = read_either if path == STDIN else self._reader()

    @property
    def position(self) -> int:
        return 0 if self._raw is None or self.path == STDIN else self.size if self._raw.closed else self._raw.tell()

    def __iter__(self) -> Iterator[Any]:
        try:
            yield from self._items()
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise InputInvalid(
                Problem("input.unreadable", (self.name,), {"line": "–", "reason": f"gzip: {error}", "rule": "gzip"})
            ) from None
        except OSError as error:
            raise InputInvalid(Problem("input.unreadable", (self.name,), {"line": "–", **system_reason(error)})) from None

    def _items(self) -> Iterator[Any]:
        if self.path == STDIN:
            assert self._stdin is not None  # noqa: S101 - the caller hands it over with "-"
            yield from self._read(self._stdin, self.name)
            return
        with Path(self.path).open("rb") as self._raw:
            yield from self._read(self._unpacked(self._raw), self.name)

    def _unpacked(self, raw: IO[bytes]) -> IO[bytes]:
        return cast("IO[bytes]", gzip.GzipFile(fileobj=raw)) if self.packed else raw

    def _reader(self) -> _Reader:
        file = Path(self.path)
        if file.is_dir():
            raise InputInvalid(Problem("input.is_a_folder", (self.path,)))
        if not file.is_file():
            raise InputInvalid(Problem("input.not_found", (self.path,)))
        self.size = file.stat().st_size
        match Path(self.name.lower().removesuffix(".gz")).suffix:
            case ".json":
                return read_document
            case ".jsonl" | ".ndjson":
                return read_lines
            case ".csv":
                return self._table
            case ".xlsx":
                return self._workbook
            case other:
                raise InputInvalid(Problem("input.unknown_format", (self.name,), {"suffix": other or "–", "known": FORMATS}))

    def _table(self, stream: IO[bytes], name: str) -> Iterator[Any]:
        with Path(self.path).open("rb") as first_look:
            encoding = encoding_of(self._unpacked(first_look))
        return read_table(stream, name, encoding)

    def _workbook(self, stream: IO[bytes], name: str) -> Iterator[Any]:
        from engine.intake.workbook_rows import read_workbook  # noqa: PLC0415 - slow to load, seldom needed

        return read_workbook(BytesIO(stream.read()) if self.packed else stream, name)
