"""What a round optimises: one module for each objective, listed in `registry`."""
