"""Nodes that make something else of an item: pure, never dropping one in silence."""
