"""Runs: a compiled plan, executed on an event; effects answered from the journal where they were done before."""
