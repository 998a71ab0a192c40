"""``orderloom nodes``."""

from __future__ import annotations

import sys
from typing import Any

import click

from engine.access import requires
from engine.cli.language import say
from engine.json_text import write_json
from engine.node.types import NodeType
from engine.registry import installed


@click.command("nodes")
@click.option("--json", "as_json", is_flag=True, help="As JSON, with parameters and ports.")
@requires("node.read")
def nodes(as_json: bool) -> None:
    """All node types that are installed."""
    types = list(installed())
    if as_json:
        sys.stdout.buffer.write(write_json([described(node_type) for node_type in types]) + b"\n")
        return
    longest = max(len(node_type.use) for node_type in types)
    for node_type in types:
        click.echo(f"{node_type.use:<{longest}}  {say(node_type.label)}")


def described(node_type: NodeType) -> dict[str, Any]:
    """A node type as JSON: ``params`` is the JSON Schema of its parameters."""
    return {
        "use": node_type.use,
        "name": node_type.name,
        "version": node_type.version,
        "label": say(node_type.label),
        "help": say(node_type.help),
        "kind": node_type.kind,
        "starts": node_type.starts,
        "accepts": node_type.accepts,
        "outputs": [port.name for port in node_type.outputs],
        "params": node_type.params_schema,
    }
