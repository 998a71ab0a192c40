"""Invented payloads of the channels, which document them and stand in the examples of their nodes."""

from __future__ import annotations

from importlib.resources import files

from engine.sdk import Item, read_json


def sample(channel: str, name: str = "sample") -> Item:
    """What a channel sends (``sample``), or the canonical order that it becomes (``sample_order``)."""
    return read_json(files("nodes.connector").joinpath(channel, f"{name}.json").read_bytes())
