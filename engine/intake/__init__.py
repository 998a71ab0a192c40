"""What arrives becomes durable events, each under its keys."""
