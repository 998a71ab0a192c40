"""Commands that the web part brings to the command line."""
