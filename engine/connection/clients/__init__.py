"""One module for each client library, imported when a connection of its type is first opened."""
