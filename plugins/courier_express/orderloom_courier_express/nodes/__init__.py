"""The nodes of this package. The registry finds every node type in the modules below; there is no list to keep."""
