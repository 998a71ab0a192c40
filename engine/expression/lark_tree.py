"""Reading lark's parse tree: its children, tokens and places."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from engine.expression.tree import Place

if TYPE_CHECKING:
    from lark import Token, Tree

    LarkTree = Tree[Token]
else:
    LarkTree = object

WRAPPERS = frozenset(
    {"expr", "conditionalor", "conditionaland", "relation", "addition", "multiplication", "unary", "member", "primary", "paren_expr"}
)
"""Rules that only hand on what they hold where they have one child."""

_ITEMS = frozenset({"exprlist", "open_exprlist", "mapinits", "open_mapinits"})


def child(tree: LarkTree, position: int) -> LarkTree:
    """The part at ``position``, which must be a tree."""
    return cast("LarkTree", tree.children[position])


def children(tree: LarkTree) -> list[LarkTree]:
    """All parts, which must be trees."""
    return cast("list[LarkTree]", tree.children)


def token_at(tree: LarkTree, position: int) -> Token:
    """The part at ``position``, which must be a token."""
    return cast("Token", tree.children[position])


def items(tree: LarkTree) -> list[LarkTree]:
    """Arguments of a call, elements of a list, or keys and values of a map in turn; empty where there are none."""
    last = tree.children[-1] if tree.children else None
    return children(cast("LarkTree", last)) if getattr(last, "data", None) in _ITEMS else []


def dotted(tree: LarkTree) -> str:
    """``a.b.c`` for a chain of names, else an empty string."""
    parts: list[str] = []
    while tree.data == "member_dot" or (tree.data in WRAPPERS and len(tree.children) == 1):
        if tree.data == "member_dot":
            parts.append(str(token_at(tree, 1)))
        tree = child(tree, 0)
    return ".".join((str(token_at(tree, 0)), *reversed(parts))) if tree.data in {"ident", "dot_ident"} else ""


def place_of(tree: LarkTree) -> Place:
    """Where the tree begins."""
    return Place(tree.meta.line, tree.meta.column)


def place_of_token(token: Token) -> Place:
    """Where the token begins."""
    return Place(token.line or 1, token.column or 1)
