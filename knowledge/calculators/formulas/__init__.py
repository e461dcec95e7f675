"""Clinical formulas and scores as data, by group; `formula_registry` lists them."""
