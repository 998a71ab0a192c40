"""Each channel adapter's README names the document that its signing and each of its calls follow, and no call that it does not make."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2] / "nodes" / "connector"
WHERE = {
    "taobao": ("open.taobao.com",),
    "jd": ("open.jd.com",),
    "pinduoduo": ("open.pinduoduo.com", "the platform's own SDK"),
    "shopify": ("shopify.dev",),
    "woocommerce": ("woocommerce-rest-api-docs", "developer.wordpress.org"),
    "own_shop": ("standardwebhooks.com", "this page"),
}
"""Where the documents of each platform stand."""
METHOD = re.compile(r"(?:taobao|jingdong|pdd)\.[A-Za-z0-9_]+(?:\.[A-Za-z0-9_]+)+")
HEADING = "## Which document each call follows\n"


def modules(channel: str) -> Iterator[tuple[str, ast.Module]]:
    """All that speaks to the platform: the platform's own twin does not."""
    for path in sorted((ROOT / channel).glob("*.py")):
        if not path.stem.startswith("simulator"):
            yield f"nodes.connector.{channel}.{path.stem}", ast.parse(path.read_text("utf-8"))


def calls_made(channel: str) -> set[str]:
    """Names of methods, or verb and path with ``{}`` for what an order puts in."""
    found: set[str] = set()
    for name, tree in modules(channel):
        texts = (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str))
        found |= {text for text in texts if METHOD.fullmatch(text)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "HttpCall" and len(node.args) > 1:
                verb, path = (written(one, name) for one in node.args[:2])
                found |= {f"{verb} {path}"} if path else set()
    return found


def written(node: ast.expr, module: str) -> str:
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.Name):
        return str(getattr(import_module(module), node.id))
    assert isinstance(node, ast.JoinedStr), ast.dump(node)
    return "".join(part.value if isinstance(part, ast.Constant) else put_in(part, module) for part in node.values)  # type: ignore[misc]


def put_in(part: ast.expr, module: str) -> str:
    name = part.value.id if isinstance(part, ast.FormattedValue) and isinstance(part.value, ast.Name) else ""
    return str(getattr(import_module(module), name, "{}"))


def rows(channel: str) -> dict[str, str]:
    """The document by what follows it, as the README says."""
    text = (ROOT / channel / "README.md").read_text("utf-8")
    assert HEADING in text
    table = text.partition(HEADING)[2].strip().partition("\n\n")[0].splitlines()[2:]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in table]
    return {call.strip("`"): document for call, _, document in cells}


@pytest.mark.parametrize("channel", sorted(WHERE))
def test_every_call_of_an_adapter_stands_in_its_readme_with_its_document(channel: str) -> None:
    told = rows(channel)
    named = {call for call in told if not call.startswith(("signature", "login"))}
    assert named == calls_made(channel)
    assert [call for call, document in told.items() if not any(place in document for place in WHERE[channel])] == []


@pytest.mark.parametrize("channel", sorted(WHERE))
def test_the_document_that_its_signing_follows_is_named(channel: str) -> None:
    assert any(call.startswith("signature") for call in rows(channel))


def test_the_calls_are_found_as_they_are_written() -> None:
    assert {"taobao.trades.sold.increment.get", "taobao.logistics.offline.send"} <= calls_made("taobao")
    assert "PUT /wp-json/wc/v3/orders/{}" in calls_made("woocommerce")
    assert "POST /orders/{}/shipments" in calls_made("own_shop")
