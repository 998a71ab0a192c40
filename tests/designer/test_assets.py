"""Static files: addresses that name the contents, and answers that a browser keeps."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from httpx import AsyncClient

from designer import assets, joining
from designer.assets import STATIC, asset, digest, joined
from designer.joining import imports
from designer.pages.environment import icons
from designer.scripts import JOINED, part_name
from engine.connection.types import connection_types
from engine.registry import installed
from engine.watch.rules import KINDS

TEMPLATES = Path(__file__).parents[2] / "designer" / "templates"
CALL = re.compile(r"""\b(?:asset|joined|modules)\(['"]([^'"]+)['"]\)""")
ICON = re.compile(r"""ui\.(?:icon|empty)\("([a-z0-9-]+)\"""")

ENTRIES = ("css/main.css", "css/canvas.css", "js/canvas/main.js")


async def test_an_asset_is_kept_for_ever(owner: AsyncClient) -> None:
    answer = await owner.get(asset("vendor/htmx.min.js"))
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert answer.content == (STATIC / "vendor/htmx.min.js").read_bytes()


async def test_the_address_of_another_digest_gives_the_file_but_is_not_kept(owner: AsyncClient) -> None:
    answer = await owner.get("/assets/000000000000/icon.svg")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-cache"


async def test_a_static_address_stays_and_is_asked_for_again(owner: AsyncClient) -> None:
    first = await owner.get("/static/icon.svg")
    assert first.headers["cache-control"] == "no-cache"
    again = await owner.get("/static/icon.svg", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


async def test_the_head_of_an_asset_has_no_body(owner: AsyncClient) -> None:
    answer = await owner.head(asset("icon.svg"))
    assert (answer.status_code, answer.content) == (200, b"")


async def test_a_part_that_comes_later_is_kept_for_ever_too(owner: AsyncClient) -> None:
    part = joining.parts("js/canvas/main.js", STATIC)[0]
    answer = await owner.get(asset(JOINED + part_name("js/canvas/main.js", part)))
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert asset(JOINED + part_name("js/canvas/main.js", part)) in (await owner.get(joined("js/canvas/main.js"))).text


async def test_a_page_of_an_older_program_gets_the_part_beside_the_script_that_it_has(owner: AsyncClient) -> None:
    part = joining.parts("js/canvas/main.js", STATIC)[0]
    answer = await owner.get(f"/assets/000000000000/{JOINED}{part_name('js/canvas/main.js', part)}")
    assert answer.headers["cache-control"] == "no-cache"
    assert re.search(r'from "(\.\./)+main\.js";', answer.text)
    assert digest() not in answer.text.partition("\n")[0]


@pytest.mark.parametrize("name", ["js/canvas/main.parts/js/none.js", "js/canvas/main.parts/js/texts.js", "js/none.parts/js/texts.js"])
async def test_what_is_no_part_of_a_script_is_not_found(owner: AsyncClient, name: str) -> None:
    assert (await owner.get(asset(JOINED + name))).status_code == 404


@pytest.mark.parametrize("path", ["none.js", "..%2fapp.py", "%2e%2e/app.py", "css", "vendor/%2fetc/passwd", "../../../../etc/passwd"])
@pytest.mark.parametrize("root", ["/static/", "/assets/000000000000/"])
async def test_what_is_no_static_file_is_not_found(owner: AsyncClient, root: str, path: str) -> None:
    assert (await owner.get(root + path)).status_code == 404


@pytest.mark.parametrize("encoding", ["gzip", "zstd"])
async def test_large_files_come_compressed_to_those_who_ask(owner: AsyncClient, encoding: str) -> None:
    path = asset("vendor/htmx.min.js")
    zipped, plain = [await owner.get(path, headers={"Accept-Encoding": wish}) for wish in (encoding, "identity")]
    assert zipped.headers["content-encoding"] == encoding
    assert "content-encoding" not in plain.headers
    assert int(zipped.headers["content-length"]) < int(plain.headers["content-length"]) / 2
    assert zipped.content == plain.content
    assert zipped.headers["vary"] == plain.headers["vary"] == "Accept-Encoding"


async def test_a_changed_file_is_delivered_as_it_is_now(owner: AsyncClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assets, "STATIC", tmp_path)
    (tmp_path / "one.css").write_text("a{}")
    assert (await owner.get("/static/one.css")).text == "a{}"
    (tmp_path / "one.css").write_text("a{color:red}")
    assert (await owner.get("/static/one.css")).text == "a{color:red}"


def test_the_digest_changes_with_a_name_and_with_a_content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assets, "STATIC", tmp_path)
    seen: set[str] = set()
    for name, content in [("a.js", "1"), ("a.js", "2"), ("b.js", "2")]:
        (tmp_path / name).write_text(content)
        seen.add(digest.__wrapped__())
    assert len(seen) == 3


def test_every_import_of_our_scripts_leads_to_a_file() -> None:
    scripts = [path.relative_to(STATIC).as_posix() for path in sorted((STATIC / "js").rglob("*.js"))]
    assert scripts
    assert [f"{name} -> {other}" for name in scripts for other in imports(name, STATIC) if not (STATIC / other).is_file()] == []


@pytest.mark.parametrize("entry", ENTRIES)
async def test_what_the_templates_join_can_be_joined(owner: AsyncClient, entry: str) -> None:
    assert joined(entry) == asset(f"joined/{entry}")
    answer = await owner.get(joined(entry))
    assert answer.status_code == 200
    assert answer.headers["cache-control"].endswith("immutable")
    assert len(answer.content) > len((STATIC / entry).read_bytes())


async def test_what_cannot_be_joined_is_delivered_file_by_file(owner: AsyncClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "one.js").write_text("export let changing = 1;")
    monkeypatch.setattr(assets, "STATIC", tmp_path)
    assert joined.__wrapped__("one.js") == asset("one.js")
    assert joined.__wrapped__("none.js") == asset("none.js")
    assert (await owner.get(asset("joined/one.js"))).status_code == 404


def test_every_asset_of_a_template_exists_and_none_is_named_by_hand() -> None:
    templates = {path: path.read_text("utf-8") for path in sorted(TEMPLATES.rglob("*.html"))}
    named = {name for text in templates.values() for name in CALL.findall(text)}
    assert named > {"css/main.css", "vendor/icons.svg"}
    assert [name for name in sorted(named) if not (STATIC / name).is_file()] == []
    assert [path.name for path, text in templates.items() if '"/static/' in text] == []


def test_every_icon_that_the_code_names_is_in_the_sprite() -> None:
    """Of nodes, connection types, rules of alarms and templates: one that is missing would be an empty box, and nothing would say so."""
    nodes = [(kind.name, kind.icon) for kind in installed()]
    connections = [(name, kind.type_icon) for name, kind in connection_types().items()]
    rules = [(name, kind.icon) for name, kind in KINDS.items()]
    pages = [(path.name, name) for path in sorted(TEMPLATES.rglob("*.html")) for name in ICON.findall(path.read_text("utf-8"))]
    assert min(len(nodes), len(connections), len(rules), len(pages)) > 10
    assert [one for one in (*nodes, *connections, *rules, *pages) if one[1] not in icons()] == []
