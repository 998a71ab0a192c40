"""The texts of the scripts: what ``say("…")`` in a module below ``static/js`` may show, in the reader's language."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Final

from designer.assets import STATIC
from engine.catalogue import entries

SCRIPTS: Final = STATIC / "js"
_SAY: Final = re.compile(r'\bsay\(\s*("(?:[^"\\]|\\.)*")\s*[,)]')


@cache
def script_texts(language: str) -> dict[str, str]:
    """Each msgid of the scripts with its sentence; ``{fields}`` in it are filled in by the script."""
    known = entries(language)
    return {msgid: known.get((None, msgid)) or msgid for msgid in msgids()}


def msgids(folder: Path = SCRIPTS) -> list[str]:
    """The literal msgids below ``folder``, sorted."""
    return sorted({msgid for file in folder.rglob("*.js") for msgid in said_in(file.read_text("utf-8"))})


def said_in(script: str) -> list[str]:
    """The literal msgids of one script, in the order of the text."""
    return [json.loads(literal) for literal in _SAY.findall(script)]
