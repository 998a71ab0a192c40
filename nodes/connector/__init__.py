"""Nodes that take orders in and hand them on."""
