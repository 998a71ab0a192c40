"""Fetch the pinned files of the pages from npm into ``designer/static/vendor``; ``--check`` only compares them with the manifest.

Needs npm and the network to fetch, nothing to check. The pins are in ``vendor.toml``, what came of them in ``manifest.json``
(package, version, licence, sha256 of each file); licence texts lie in ``licences/``.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[1] / "designer" / "static" / "vendor"
OWN = {"vendor.toml", "manifest.json"}
_SVG = 'viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"'


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--check", action="store_true", help="compare, write nothing; exit 1 on any difference")
    return report(drift(FOLDER)) if parser.parse_args().check else fetch(FOLDER)


def drift(folder: Path) -> list[str]:
    """Every way in which the folder differs from its manifest and pins, one sentence each."""
    entries = {entry["file"]: entry for entry in json.loads((folder / "manifest.json").read_text("utf-8"))["files"]}
    present = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()} - OWN
    pins = {package["name"]: package["version"] for package in _pins(folder)}
    return [
        *(f"{name}: not in the manifest" for name in sorted(present - entries.keys())),
        *(f"{name}: missing" for name in sorted(entries.keys() - present)),
        *(f"{name}: changed" for name in sorted(present & entries.keys()) if _sha(folder / name) != entries[name]["sha256"]),
        *(
            f"{name}: is {e['version']}, pinned is {pins.get(e['package'])}"
            for name, e in entries.items()
            if pins.get(e["package"]) != e["version"]
        ),
    ]


def report(found: list[str]) -> int:
    sys.stdout.writelines(line + "\n" for line in found or ["vendored files agree with the manifest"])
    return 1 if found else 0


def fetch(folder: Path) -> int:
    """Get every pinned package, copy its files, write the manifest."""
    entries: list[dict[str, str]] = []
    with tempfile.TemporaryDirectory() as scratch:
        for package in _pins(folder):
            entries += _take(package, _unpacked(package, Path(scratch)), folder)
    entries.sort(key=lambda entry: entry["file"])
    (folder / "manifest.json").write_text(json.dumps({"files": entries}, indent=2) + "\n", "utf-8")
    return report(drift(folder))


def _pins(folder: Path) -> list[dict[str, Any]]:
    return tomllib.loads((folder / "vendor.toml").read_text("utf-8"))["package"]


def _unpacked(package: Mapping[str, Any], scratch: Path) -> Path:
    wanted = f"{package['name']}@{package['version']}"
    answer = subprocess.run(["npm", "pack", "--json", wanted], cwd=scratch, check=True, capture_output=True, text=True)  # noqa: S603, S607
    target = scratch / package["name"].replace("/", "__")
    with tarfile.open(scratch / json.loads(answer.stdout)[0]["filename"]) as archive:
        archive.extractall(target, filter="data")
    return target / "package"


def _take(package: Mapping[str, Any], source: Path, folder: Path) -> list[dict[str, str]]:
    licence = json.loads((source / "package.json").read_text("utf-8"))["license"]
    entries: list[dict[str, str]] = []
    for name, content in contents(package, source):
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
        entries.append(
            {"file": name, "package": package["name"], "version": package["version"], "licence": licence, "sha256": _sha(target)}
        )
    return entries


def contents(package: Mapping[str, Any], source: Path) -> Iterator[tuple[str, bytes]]:
    """The files that a package gives us, by name, its licence last; ``source`` is where it was unpacked."""
    for origin, name in package.get("files", {}).items():
        yield name, _plain(source / origin)
    for module in package.get("modules", []):
        yield module["file"], _module(_plain(source / module["from"]), module["exports"])
    if sprite := package.get("sprite"):
        yield sprite["file"], _sprite(source / "icons", sprite["icons"])
    yield f"licences/{package['name'].replace('/', '__')}.txt", _licence(package, source)


def _plain(file: Path) -> bytes:
    return re.sub(rb"\n?//# sourceMappingURL=\S+\s*$", b"\n", file.read_bytes())


def _module(umd: bytes, exports: list[str]) -> bytes:
    """The UMD pattern takes ``exports`` where it finds one; an ES module hands the names on."""
    return b"const exports = {}, module = { exports };\n" + umd + f"\nexport const {{ {', '.join(exports)} }} = exports;\n".encode()


def _licence(package: Mapping[str, Any], source: Path) -> bytes:
    """Raises ``FileNotFoundError`` when the package brings no licence: such a one may not be passed on."""
    found = sorted(path for path in source.iterdir() if path.stem.upper() in ("LICENSE", "LICENCE"))
    if not found:
        raise FileNotFoundError(f"{package['name']} has no licence file")
    return found[0].read_bytes()


def _sprite(icons: Path, names: list[str]) -> bytes:
    symbols = (f'<symbol id="{name}" {_SVG}>{_inner(icons / f"{name}.svg")}</symbol>' for name in sorted(names))
    return ('<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n").encode()


def _inner(file: Path) -> str:
    found = re.search(r"<svg[^>]*>(.*)</svg>", file.read_text("utf-8"), re.DOTALL)
    return " ".join(found[1].split()) if found else ""


def _sha(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


if __name__ == "__main__":
    sys.exit(main())
