"""What a flow that comes along must have beside it, and what of that one lacks."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from engine.cli.program import run
from engine.errors import FlowInvalid
from engine.flow.check import check
from engine.flow.document import Flow
from engine.flow.reader import read_flow
from engine.json_text import read_json
from engine.registry import installed
from engine.run.tests import run_tests

FEWEST_TESTS: Final = 2
FEWEST_WORDS: Final = 60
SHARE_OF_CHINESE: Final = 0.75
"""Chinese characters to English words: a text that says as much in both languages has at least that many."""
WIRED_TO_BE_SAFE: Final = {
    ("hold_doubtful_orders", "hold_large"),
    ("hold_high_value_or_risk", "hold_risk"),
    ("hold_incomplete_address", "hold_address"),
}
"""Orders that are over pass a hold by `out`. None comes there as the conditions before it stand; were they changed, it would be lost."""
_HAN: Final = re.compile(r"[\u4e00-\u9fff]")
_WORD: Final = re.compile(r"[A-Za-z]{2,}")
_FENCES: Final = re.compile(r"```.*?```", re.DOTALL)
_COMMAND: Final = re.compile(r"^orderloom (run|test) (.+)$", re.MULTILINE)


def names(root: Path) -> list[str]:
    """All flows below ``root``, by name."""
    return sorted(path.stem for path in (root / "flows").glob("*.json") if path.name != "flow.schema.json")


def untranslated(flow: Flow) -> list[str]:
    """Titles and notes that are missing in a language, or that stand in the wrong one."""
    texts = {"title": flow.title, "description": flow.description, **{slug: node.title or {} for slug, node in flow.nodes.items()}}
    return [f"{name}: not in both languages" for name, words in texts.items() if not _both(words)]


def _both(words: dict[str, str]) -> bool:
    """A name such as Shopify is the same in both."""
    if set(words) != {"en", "zh"} or _HAN.search(words["en"]) or not _WORD.search(words["en"]):
        return False
    return bool(_HAN.search(words["zh"])) or (words["zh"] == words["en"] and words["en"].isalpha())


async def untested(flow: Flow) -> list[str]:
    """Problems, too few tests, red ones, and wires that nothing needs: cut one, and all stay green."""
    if problems := check(flow, installed()):
        return [str(problem) for problem in problems]
    if len(flow.tests) < FEWEST_TESTS:
        return [f"{len(flow.tests)} tests"]
    found = [f"red: {result.name}" for result in await run_tests(flow, installed()) if not result.green]
    return found or [f"no test needs {wire}" for wire in flow.wires if await _is_green_without(flow, wire) and not _is_safe(flow, wire)]


async def _is_green_without(flow: Flow, wire: str) -> bool:
    cut = flow.model_copy(update={"wires": [one for one in flow.wires if one != wire]})
    try:
        return all(result.green for result in await run_tests(cut, installed()))
    except FlowInvalid:
        return False


def _is_safe(flow: Flow, wire: str) -> bool:
    return any(flow.name == name and wire.startswith(f"{slug}.out ->") for name, slug in WIRED_TO_BE_SAFE)


def unwritten(readme: Path) -> list[str]:
    """What a README lacks: the file, a heading or enough text in either language."""
    if not readme.exists():
        return ["no README"]
    text = _FENCES.sub("", readme.read_text("utf-8"))
    heading, words, chinese = text.splitlines()[0], len(_WORD.findall(text)), len(_HAN.findall(text))
    found = [] if _HAN.search(heading) and _WORD.search(heading) else ["the heading is not in both languages"]
    if words < FEWEST_WORDS or chinese < words * SHARE_OF_CHINESE:
        found.append(f"README: {words} English words, {chinese} Chinese characters")
    return found


def unshown(root: Path, name: str) -> list[str]:
    """Samples that are missing, that the README does not name, or that its commands do not run on. Works in ``root``, the folder above."""
    folder = root / "flows" / name
    readme = (folder / "README.md").read_text("utf-8") if (folder / "README.md").exists() else ""
    samples = [path.name for path in sorted(folder.glob("*")) if path.suffix != ".md"]
    commands = [(verb, words.split()) for verb, words in _COMMAND.findall(readme)]
    shown = [words for verb, words in commands if verb == "run" and words[0] == f"flows/{name}.json" and "--input" in words]
    found = [f"{sample}: not in the README" for sample in samples if sample not in readme]
    found += [] if samples and shown else ["no sample that it is run on"]
    found += (
        [] if any(verb == "test" and f"flows/{name}.json" in words for verb, words in commands) else ["README: no command that tests it"]
    )
    return found + [gap for words in shown for gap in _run(root, words)]


def _run(root: Path, words: list[str]) -> Iterator[str]:
    """Exit 0, nothing parked, and something was done."""
    out = root / "out.jsonl"
    out.unlink(missing_ok=True)
    command = [word for word in words if word not in ("--output", "out.jsonl")]
    code = run(["run", *command, "--output", str(out)])
    kinds = [read_json(line)["kind"] for line in out.read_bytes().splitlines()] if out.exists() else []
    if code != 0 or "parked" in kinds or not {"effect", "end"} & set(kinds):
        yield f"{' '.join(words)}: exit {code}, {', '.join(sorted(set(kinds))) or 'nothing came'}"


def gaps(root: Path, name: str) -> list[str]:
    """All that a flow lacks, in words. ``root`` holds ``flows/`` and is the working folder."""
    flow = read_flow((root / "flows" / f"{name}.json").read_bytes())
    listed = (root / "flows" / "README.md").read_text("utf-8")
    found = [*untranslated(flow), *asyncio.run(untested(flow)), *unwritten(root / "flows" / name / "README.md"), *unshown(root, name)]
    return found if f"[{name}]({name}/README.md)" in listed else [*found, "not listed in flows/README.md"]
