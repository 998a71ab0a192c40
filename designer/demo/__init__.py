"""An invented shop on three channels with a warehouse, a finance system and a team chat: a whole demonstration, on loopback."""
