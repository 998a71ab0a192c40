"""The hub, where canonical orders are kept."""
