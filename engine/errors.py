"""Problems as data: where it is, what it is, what to do, under a stable code word.

A problem carries fields, never prose. Its sentences come from the catalogue entry of its code (context ``problem``;
first line: what, second line: do), so that every surface (terminal, page, API) can show it in the reader's language.
Fields must never hold a value of an item: name paths, types and parameters instead, because problems are logged.
"""

from __future__ import annotations

import errno
import traceback
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import PurePath
from typing import Any, Final


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong.

    ``code`` is a stable word such as ``wire.unknown_port``; ``where`` the place from the outside in, such as
    ``("order_hub", "to_wms", "connection")``; ``fields`` what the sentences of the code's catalogue entry need. ``at`` is the
    exact place in a flow document, from its root: ``("nodes", "big", "params", "cases", 0, "when")``, ``("wires", TEXT)``,
    ``("tests", NAME, "expect")``; ``None`` where the whole is meant, or no document. It does not count when problems are compared.
    """

    code: str
    where: tuple[str, ...] = ()
    fields: Mapping[str, Any] = field(default_factory=dict[str, Any])
    at: tuple[str | int, ...] | None = field(default=None, compare=False)

    def inside(self, *outer: str) -> Problem:
        """The same problem, seen from further out."""
        return replace(self, where=(*outer, *self.where))

    def under(self, *path: str | int) -> Problem:
        """The same problem, exactly placed: its place (``at``, else ``where``) lies inside of ``path`` of the document."""
        return replace(self, at=(*path, *(self.where if self.at is None else self.at)))


class OrderloomError(Exception):
    """Raised with every problem found, never only the first."""

    def __init__(self, problems: Problem | Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = (problems,) if isinstance(problems, Problem) else tuple(problems)
        super().__init__("; ".join(f"{' › '.join(p.where)}: {p.code} {dict(p.fields)}" for p in self.problems))

    def __reduce__(self) -> tuple[Any, ...]:
        return _again, (type(self), self.problems)


def _again(kind: type[OrderloomError], problems: tuple[Problem, ...]) -> OrderloomError:
    """The same error in another process."""
    error = kind.__new__(kind)
    OrderloomError.__init__(error, problems)
    return error


class NodeError(OrderloomError):
    """Raised by a node for an item that it cannot handle: the item takes the ``error`` wire or becomes an incident.

    >>> raise NodeError("order.missing_field", "lines", field="lines")

    The fields must not hold personal data: say which path is wrong, not what it holds.
    """

    def __init__(self, code: str, *where: str, **fields: Any) -> None:
        super().__init__(Problem(code, where, fields))

    @property
    def problem(self) -> Problem:
        return self.problems[0]


class FlowInvalid(OrderloomError):
    """A flow document cannot be compiled; carries all of its problems."""


class InputInvalid(OrderloomError):
    """What a person or program handed over cannot be used (file, parameter, body)."""


class SettingsInvalid(OrderloomError):
    """The settings contradict themselves or name something unknown."""


class NotFound(OrderloomError):
    """The thing asked for does not exist."""


class Conflict(OrderloomError):
    """Somebody else changed the thing in between (HTTP 412 or 409)."""


_OF_THE_SYSTEM: Final[Mapping[int, str]] = {
    errno.EACCES: "os_denied", errno.EPERM: "os_denied", errno.ENOSPC: "os_full", errno.EDQUOT: "os_quota", errno.EROFS: "os_read_only",
    errno.ENOTDIR: "os_not_a_folder", errno.EISDIR: "os_is_a_folder", errno.EEXIST: "os_taken", errno.ENOENT: "os_missing",
    errno.ENAMETOOLONG: "os_name_too_long", errno.ELOOP: "os_too_many_links", errno.EMFILE: "os_too_many_files",
    errno.ENFILE: "os_too_many_files", errno.EIO: "os_broken_disk", errno.EBUSY: "os_busy", errno.ETXTBSY: "os_busy",
    errno.EADDRNOTAVAIL: "os_no_such_address",
}  # fmt: skip


def system_reason(error: OSError) -> dict[str, str]:
    """Fields of a problem: ``reason``, as the operating system says it in English, and the ``rule`` whose sentence takes its place."""
    rule = _OF_THE_SYSTEM.get(error.errno or 0)
    return {"reason": error.strerror or type(error).__name__, **({"rule": rule} if rule else {})}


def place_of(error: BaseException) -> str:
    """The file and line that raised it, for logs, which never hold the text of an exception."""
    frames = traceback.extract_tb(error.__traceback__)
    return f"{PurePath(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "?"
