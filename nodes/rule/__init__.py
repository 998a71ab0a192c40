"""Nodes that decide: pure, with a port for every answer."""
