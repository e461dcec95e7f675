"""Ask a base what it knows of the graph, and draw rows that rest on what it does not know."""
