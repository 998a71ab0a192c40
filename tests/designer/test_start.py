"""What a start of the service loads: every library that only some requests need would make each start longer."""

from __future__ import annotations

import subprocess
import sys

NEEDED_LATER = {"openpyxl", "alembic", "mako", "pygments", "lark", "rich"}


def test_the_service_loads_nothing_for_workbooks_migrations_or_terminals() -> None:
    look = "import sys; import designer.server; from engine.registry import installed; installed(); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, timeout=60, check=True)
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert {"litestar", "sqlmodel", "nodes"} <= loaded
    assert loaded & NEEDED_LATER == set()
