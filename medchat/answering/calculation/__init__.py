"""Work out the formulas of the registry from what a message says, and tell the result."""
