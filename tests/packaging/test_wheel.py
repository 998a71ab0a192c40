"""The built wheel runs in an empty folder, far from the repository: everything that it needs travels inside."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROGRAM = "import sys; from engine.cli import main; sys.exit(main())"
WHERE = "import engine, nodes, designer; print(engine.__file__, nodes.__file__, designer.__file__)"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of a clean copy of the sources, unpacked as an installer would."""
    folder = tmp_path_factory.mktemp("wheel")
    sources = folder / "sources"
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT, check=True, capture_output=True
    )
    for name in filter(None, listed.stdout.decode().split("\0")):
        if (ROOT / name).is_file():
            (sources / name).parent.mkdir(parents=True, exist_ok=True)
            (sources / name).write_bytes((ROOT / name).read_bytes())
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(sources)], check=True, capture_output=True
    )
    (wheel,) = folder.glob("*.whl")
    zipfile.ZipFile(wheel).extractall(folder / "site")
    return folder / "site"


def run(site: Path, folder: Path, *program: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ORDERLOOM_")}
    environment.update(PYTHONPATH=str(site), PYTHONSAFEPATH="1")
    return subprocess.run([sys.executable, *program], cwd=folder, env=environment, capture_output=True, text=True, timeout=120, check=False)


def test_the_packages_come_from_the_wheel(unpacked: Path, tmp_path: Path) -> None:
    found = run(unpacked, tmp_path, "-c", WHERE).stdout.split()
    assert all(str(unpacked) in place for place in found)
    assert len(found) == 3


def test_the_demo_of_the_wheel_delivers_its_orders_in_an_empty_folder(unpacked: Path, tmp_path: Path) -> None:
    ended = run(unpacked, tmp_path, "-c", PROGRAM, "demo", "--port", "0", "--orders", "8", "--exit")
    assert ended.returncode == 0, ended.stderr[-2000:]
    assert "ready http://127.0.0.1:" in ended.stdout


def test_the_nodes_of_the_wheel_are_found(unpacked: Path, tmp_path: Path) -> None:
    ended = run(unpacked, tmp_path, "-c", PROGRAM, "nodes")
    assert "transform.canonical_order" in ended.stdout
