"""Finance systems."""
