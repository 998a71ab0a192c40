"""Where the outside delivers its events."""
