"""Training rows from the graph, each with its facts and a proof; `build` is the entry point."""
