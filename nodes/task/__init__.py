"""Nodes that ask a person: the order rests until somebody has answered."""
