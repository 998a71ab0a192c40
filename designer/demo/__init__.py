"""An invented shop on six channels with a warehouse, a finance system and a team chat: a whole demonstration, on loopback."""
