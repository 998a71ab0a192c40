"""A virtual environment on top of the running one: packages can be really installed into it, and nobody else sees them."""

from __future__ import annotations

import contextlib
import os
import signal
import site
import subprocess
import venv
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Final, Self

PATIENCE: Final = 180.0
_OFFLINE: Final = ["--quiet", "--no-index", "--no-build-isolation", "--check-build-dependencies"]
_PIP: Final = f"""import sys
from pip._internal.cli.main import main
asked = sys.argv[1:]
sys.exit(main(asked[:1] + {_OFFLINE} + asked[1:] if asked[:1] == ['install'] else asked))"""
_COMMANDS: Final = {
    "orderloom": "from engine.cli import main; main()",
    "pytest": "import sys, pytest; sys.exit(pytest.main())",
    "pip": _PIP,
}
"""``pip`` is the real one, but for the network: what a package needs is there already."""


class Overlay:
    """``run`` gives a command line to the shell, in ``folder`` and with the environment's programs first on the path.

    Use it as a context manager where commands may leave something running.
    """

    def __init__(self, at: Path, folder: Path, **variables: str) -> None:
        self.folder = folder
        self._bin = at / "bin"
        self._variables = variables
        self._sessions: set[int] = set()
        venv.create(at, symlinks=True)
        packages = next(at.glob("lib/python*/site-packages"))
        below = "; ".join(f"site.addsitedir({path!r})" for path in site.getsitepackages())
        (packages / "below.pth").write_text(f"import site; {below}\n")
        for name, code in _COMMANDS.items():
            program = self._bin / name
            program.write_text(f'#!/bin/sh\nexec "{self._bin}/python" -c "{code}" "$@"\n')
            program.chmod(0o755)

    def run(self, command: str) -> subprocess.CompletedProcess[str]:
        """Standard output and standard error come together, in ``stdout``. What does not end in time is ended."""
        with subprocess.Popen(
            ["/bin/sh", "-c", command],
            cwd=self.folder,
            env=self._environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            start_new_session=True,
        ) as started:
            self._sessions.add(started.pid)
            try:
                said, _ = started.communicate(timeout=PATIENCE)
            except subprocess.TimeoutExpired:
                self.end()
                said, _ = started.communicate()
        return subprocess.CompletedProcess(command, started.returncode, said)

    def must(self, command: str) -> str:
        """What a command says that must succeed."""
        done = self.run(command)
        assert done.returncode == 0, f"{command}\n{done.stdout}"
        return done.stdout

    def end(self) -> None:
        """End what commands have left running in the background."""
        for process in _members(self._sessions):
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGTERM)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def _environment(self) -> Mapping[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("ORDERLOOM_", "PYTEST_", "PYTHONPATH"))}
        path = os.pathsep.join((str(self._bin), os.environ.get("PATH", "")))
        own = {"PATH": path, "ORDERLOOM_DATA": str(self.folder / "data"), "ORDERLOOM_LANGUAGE": "en", "LC_ALL": "C.UTF-8"}
        return {**kept, **own, **self._variables}


def _members(sessions: Collection[int]) -> Iterator[int]:
    """The processes of sessions, where the system tells (proc(5): the session is the fourth field behind the name)."""
    for file in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            if int(file.read_text().rpartition(")")[2].split()[3]) in sessions:
                yield int(file.parent.name)
