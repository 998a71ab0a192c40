"""The pages, hooks and API of Orderloom."""
