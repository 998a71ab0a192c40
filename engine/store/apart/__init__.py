"""The writer in a process of its own, so that the event loop and the database do not share an interpreter (decision 0042)."""
