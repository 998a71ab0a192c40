"""Write ``docs/problem-codes.md`` from the catalogues of problems; ``--check`` only compares. Run it after a code was added or reworded."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping
from io import BytesIO
from itertools import groupby
from pathlib import Path

from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "problem-codes.md"
PACKAGES = ("engine", "nodes", "designer")
LANGUAGES = ("en", "zh")
CONTEXT = "problem"

HEAD = """\
# Problem codes

<!-- Made by tools/problem_codes.py: change the catalogues, then run it again. -->

Every problem has a stable code, a place, what is wrong, and what to do. The terminal, the pages and the API say the same.
Below are all codes of this version with their texts in English and Chinese; `{name}` stands for what is filled in.
Codes of plugins are in their own documentation.

每个问题都有固定的代码、出现位置、原因和处理办法。命令行、页面和 API 的说法一致。
下表列出本版本的全部代码及其中英文说明；`{name}` 表示运行时填入的内容。
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--check", action="store_true", help="compare, write nothing; exit 1 on any difference")
    text = page()
    if not parser.parse_args().check:
        PAGE.write_text(text, encoding="utf-8")
        return 0
    current = PAGE.is_file() and PAGE.read_text(encoding="utf-8") == text
    sys.stdout.write("the page agrees with the catalogues\n" if current else "run tools/problem_codes.py: the page is out of date\n")
    return 0 if current else 1


def page() -> str:
    """The whole page."""
    by_language = {language: codes(language) for language in LANGUAGES}
    known = sorted({code for texts in by_language.values() for code in texts})
    return HEAD + "".join(_section(family, list(group), by_language) for family, group in groupby(known, _family))


def codes(language: str) -> dict[str, str]:
    """The text of every problem code: two lines, what is wrong and what to do."""
    return {
        str(message.id): str(message.string)
        for file in _catalogues(language)
        for message in read_po(BytesIO(file.read_bytes()), locale=language)
        if message.context == CONTEXT and message.id
    }


def _catalogues(language: str) -> Iterator[Path]:
    for package in PACKAGES:
        yield from sorted((ROOT / package / "locales" / language).glob("*.po"))


def _family(code: str) -> str:
    return code.partition(".")[0]


def _section(family: str, known: list[str], by_language: Mapping[str, Mapping[str, str]]) -> str:
    rows = "".join(_row(code, [by_language[language].get(code, "") for language in LANGUAGES]) for code in known)
    return f"\n## {family}\n\n| code | what is wrong | what to do |\n| --- | --- | --- |\n{rows}"


def _row(code: str, texts: list[str]) -> str:
    parts = [text.partition("\n") for text in texts]
    what, do = ("<br>".join(_cell(part[n]) for part in parts) for n in (0, 2))
    return f"| `{code}` | {what} | {do} |\n"


def _cell(text: str) -> str:
    """Text of a table cell: doubled braces are single ones, what may be left out stands there, and nothing in it is markup."""
    plain = (
        text.replace("[[", "")
        .replace("]]", "")
        .replace("{{", "{")
        .replace("}}", "}")
        .replace("\\", "\\\\")
        .replace("|", "\\|")
        .replace("<", "&lt;")
    )
    return plain.replace("*", "\\*").replace("_", "\\_").replace("\n", " ").strip()


if __name__ == "__main__":
    sys.exit(main())
