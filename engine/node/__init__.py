"""What a node is: its contract, parameters, ports, examples and the context it works in."""
