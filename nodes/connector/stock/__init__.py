"""Stock: read from systems, kept in the hub, looked over."""
