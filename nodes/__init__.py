"""The built-in nodes. Every module below that holds a node type is found by the registry; there is no list to keep."""
