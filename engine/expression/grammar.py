"""From text to a parse tree: the grammar of cel-python, read by lark; cel-python's evaluator is never imported.

The grammar follows https://github.com/google/cel-spec/blob/master/doc/langdef.md; where it differs from the definition
(raw strings that end in a backslash, unclosed escapes, trailing commas, quoted field names) ours takes its place.
"""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from engine.expression.errors import ExpressionError
from engine.expression.lark_tree import LarkTree

if TYPE_CHECKING:
    from lark import Lark

MAX_LENGTH = 8 * 1024

_CORRECTIONS = r"""
%override exprlist : _exprs
%override mapinits : _entries
%extend list_lit : "[" open_exprlist "]"
%extend map_lit : "{" open_mapinits "}"
%extend member_dot : member "." QUOTED_IDENT
open_exprlist : _exprs ","
open_mapinits : _entries ","
_exprs : expr | _exprs "," expr
_entries : expr ":" expr | _entries "," expr ":" expr

QUOTED_IDENT : /`[A-Za-z0-9_.\-\/ ]+`/
%override STRING_LIT : /[rR]"[^"\r\n]*"/ | /[rR]'[^'\r\n]*'/ | /"(?:[^"\\\r\n]|\\.)*"/ | /'(?:[^'\\\r\n]|\\.)*'/
%override MLSTRING_LIT : /[rR]\"\"\"(?:[^"]|"(?!""))*\"\"\"/ | /[rR]'''(?:[^']|'(?!''))*'''/
                       | /\"\"\"(?:[^"\\]|"(?!"")|\\(?:.|\n|\r))*\"\"\"/ | /'''(?:[^'\\]|'(?!'')|\\(?:.|\n|\r))*'''/
%override BYTES_LIT : /[bB]/ MLSTRING_LIT | /[bB]/ STRING_LIT
""".replace(r"\"", '"')


def parse_tree(text: str) -> LarkTree:
    """The parse tree of ``text``; raises ``expression.too_long`` (8 KiB in UTF-8) or ``expression.syntax``."""
    from lark.exceptions import UnexpectedInput  # noqa: PLC0415 - costs start-up time

    if len(text.encode("utf-8", "surrogatepass")) > MAX_LENGTH:
        raise ExpressionError("expression.too_long", limit=MAX_LENGTH)
    try:
        return cast("Any", _parser()).parse(text)
    except UnexpectedInput as error:
        line, column = _place(error, text)
    raise ExpressionError("expression.syntax", line, column)


@cache
def _parser() -> Lark:
    from lark import Lark  # noqa: PLC0415 - costs start-up time

    # Importing celpy itself would cost a third of a second.
    package = find_spec("celpy")
    if package is None or not package.submodule_search_locations:
        raise ImportError("cel-python is not installed; it holds the grammar of the expression language")
    grammar = (Path(package.submodule_search_locations[0]) / "cel.lark").read_text(encoding="utf-8")
    return Lark(grammar + _CORRECTIONS, parser="lalr", start="expr", propagate_positions=True, maybe_placeholders=False)


def _place(error: object, text: str) -> tuple[int, int]:
    line, column = getattr(error, "line", None), getattr(error, "column", None)
    if isinstance(line, int) and isinstance(column, int) and line > 0 and column > 0:
        return line, column
    lines = text.split("\n")
    return len(lines), len(lines[-1]) + 1
