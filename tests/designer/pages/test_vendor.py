"""What is vendored is what the manifest says."""

from __future__ import annotations

import shutil
import tomllib
from pathlib import Path

import pytest

from tools.vendor import FOLDER, contents, drift


def test_vendored_files_agree_with_the_manifest() -> None:
    assert drift(FOLDER) == []


def test_a_changed_a_missing_and_a_foreign_file_are_told(tmp_path: Path) -> None:
    copy = shutil.copytree(FOLDER, tmp_path / "vendor")
    (copy / "htmx.min.js").write_text("changed")
    (copy / "icons.svg").unlink()
    (copy / "other.js").write_text("")
    assert drift(copy) == ["other.js: not in the manifest", "icons.svg: missing", "htmx.min.js: changed"]


def test_every_package_brings_its_licence_also_one_that_travels_inside_another() -> None:
    packages = tomllib.loads((FOLDER / "vendor.toml").read_text("utf-8"))["package"]
    names = {package["name"] for package in packages}
    assert {"react", "d3-zoom", "zustand"} <= names
    assert {package["inside"] for package in packages if "inside" in package} <= names
    lacking = [name for name in names if len((FOLDER / "licences" / f"{name.replace('/', '__')}.txt").read_text("utf-8")) < 500]
    assert lacking == []


def test_a_package_without_a_licence_is_not_taken(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="no licence"):
        list(contents({"name": "nobody's"}, tmp_path))


def test_a_umd_file_becomes_a_module_and_loses_the_pointer_to_its_source_map(tmp_path: Path) -> None:
    (tmp_path / "LICENSE.md").write_text("do what you like")
    (tmp_path / "umd.js").write_text("(function (g, f) { f(exports); })(this, (e) => { e.a = 1; });//# sourceMappingURL=umd.js.map\n")
    package = {"name": "one", "modules": [{"from": "umd.js", "file": "one.js", "exports": ["a"]}]}
    made = dict(contents(package, tmp_path))
    assert list(made) == ["one.js", "licences/one.txt"]
    assert made["one.js"].endswith(b"\nexport const { a } = exports;\n")
    assert b"sourceMappingURL" not in made["one.js"]
