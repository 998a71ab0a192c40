"""Where everything is kept: events, facts, runs, incidents, orders, flows, connections and the audit trail."""
