"""Nodes that tell people something. What they say of an order is masked."""
