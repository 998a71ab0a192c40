"""Every sentence that a person reads, in English and Chinese.

The catalogue is made of gettext files, ``locales/<language>/<area>.po``, in each package named by an entry point of the
group ``orderloom.catalogues``. English page and node texts are their own keys; problems have the context ``problem``
and the code as key in both languages, with two lines: what is wrong, and what to do. What stands between ``[[`` and ``]]`` is left out
where a field in it has nothing to say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.metadata import entry_points
from importlib.resources import files
from importlib.resources.abc import Traversable
from io import BytesIO
from typing import Any

from babel.messages.pofile import read_po

from engine.errors import Problem

LANGUAGES = ("en", "zh")
PROBLEM = "problem"
RULE = "rule"
STATE = "state"
_BETWEEN = {"zh": "、"}
"""What stands between the parts of a list."""
_OPTIONAL = re.compile(r"\[\[(.*?)\]\]")
_FIELD = re.compile(r"\{(\w+)\}")
_Entries = dict[tuple[str | None, str], str]


def text(key: str, language: str = "en", /, **fields: Any) -> str:
    """The sentence for ``key`` with its ``{fields}`` filled in; the key itself where no translation exists.

    Without fields nothing is filled in: braces in it are its own, as in the help of a node that explains templates.
    """
    sentence = _entries(language).get((None, key)) or key
    return _fill(sentence, fields, language) if fields else sentence


def explain(problem: Problem, language: str = "en") -> dict[str, str]:
    """``{"code", "where", "what", "do"}`` of a problem, in the reader's language."""
    what, do = problem_sentences(problem.code, language)
    fields = _in_words(problem.fields, language)
    return {
        "code": problem.code,
        "where": " › ".join(problem.where),
        "what": _fill(_pertinent(what, fields), fields, language),
        "do": _fill(_pertinent(do, fields), fields, language),
    }


def problem_sentences(code: str, language: str) -> tuple[str, str]:
    """The two templates of a problem code; a code without an entry (a plugin's, say) is shown as it is."""
    entry = _entries(language).get((PROBLEM, code)) or _entries("en").get((PROBLEM, code)) or code
    what, _, do = entry.partition("\n")
    return what, do


def _in_words(fields: Mapping[str, Any], language: str) -> Mapping[str, Any]:
    """A field ``rule`` names a reason in the catalogue (context ``rule``), which replaces the English ``reason``; a field ``state`` is
    replaced by the name of that state (context ``state``)."""
    state = _entries(language).get((STATE, str(fields["state"]))) if "state" in fields else None
    if state is not None:
        fields = {**fields, "state": state}
    reason = _entries(language).get((RULE, str(fields["rule"]))) if "rule" in fields else None
    return {**fields, "reason": _fill(reason, fields, language)} if reason else fields


def _pertinent(template: str, fields: Mapping[str, Any]) -> str:
    """The template without the parts whose fields have nothing to say."""
    if "[[" not in template:
        return template
    return _OPTIONAL.sub(lambda part: part[1] if all(_shown(fields.get(name, "")) for name in _FIELD.findall(part[1])) else "", template)


def entries(language: str) -> Mapping[tuple[str | None, str], str]:
    """All sentences of a language by (context, key): for tests and for the part that the browser gets."""
    return _entries(language)


@cache
def _entries(language: str) -> _Entries:
    found: _Entries = {}
    for package in _packages():
        for file in _po_files(package, language):
            for message in read_po(BytesIO(file.read_bytes()), locale=language):
                if message.id and message.string:
                    found[(message.context, str(message.id))] = str(message.string)
    return found


def _packages() -> Iterator[str]:
    for point in entry_points(group="orderloom.catalogues"):
        yield point.value


def _po_files(package: str, language: str) -> Iterator[Traversable]:
    try:
        folder = files(package).joinpath("locales", language)
    except (ImportError, OSError):  # a package that is half removed must not take every sentence with it
        return
    if folder.is_dir():
        yield from sorted((f for f in folder.iterdir() if f.name.endswith(".po")), key=lambda f: f.name)


class _Shown(dict[str, Any]):
    def __missing__(self, name: str) -> str:
        return "{" + name + "}"


def _fill(template: str, fields: Mapping[str, Any], language: str) -> str:
    if "{" not in template:
        return template
    return template.format_map(_Shown({name: _shown(value, _BETWEEN.get(language, ", ")) for name, value in fields.items()}))


def _shown(value: Any, between: str = ", ") -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, (list, tuple, set, frozenset)):
        parts: list[str] = [str(part) for part in value]  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
        return between.join(sorted(parts) if isinstance(value, (set, frozenset)) else parts)
    return str(value)
