"""Nodes that steer a run: they wait, and nothing is held in memory meanwhile."""
