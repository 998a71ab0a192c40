"""What is vendored is what the manifest says."""

from __future__ import annotations

import shutil
from pathlib import Path

from tools.vendor import FOLDER, drift


def test_vendored_files_agree_with_the_manifest() -> None:
    assert drift(FOLDER) == []


def test_a_changed_a_missing_and_a_foreign_file_are_told(tmp_path: Path) -> None:
    copy = shutil.copytree(FOLDER, tmp_path / "vendor")
    (copy / "htmx.min.js").write_text("changed")
    (copy / "icons.svg").unlink()
    (copy / "other.js").write_text("")
    assert drift(copy) == ["other.js: not in the manifest", "icons.svg: missing", "htmx.min.js: changed"]
