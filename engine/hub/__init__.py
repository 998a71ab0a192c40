"""Orders kept: the hub's row of a canonical order."""
