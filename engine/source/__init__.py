"""Listens to the sources of published flows: queues, tables, folders, lists."""

from engine.source.feed import Ways
from engine.source.runner import Sources
from engine.source.state import SourceState

__all__ = ["SourceState", "Sources", "Ways"]
