"""The proof of a row against the graph, independent of how the row was written."""
