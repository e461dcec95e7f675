"""Clinical formulas and scores as data, one module per group; `registry` finds them by name."""
