"""Calculate clinical formulas: formulas as data, calls in a fixed grammar, worked steps."""
