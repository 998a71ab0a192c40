"""The flow document: model, canonical file, graph, check, lineage and diff."""
