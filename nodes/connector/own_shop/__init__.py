"""A shop of one's own, which speaks Standard Webhooks."""
