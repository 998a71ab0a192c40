"""The Orderloom engine: flows as data, run on every order, without losing one."""
