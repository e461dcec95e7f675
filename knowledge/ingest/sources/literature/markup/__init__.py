"""Read what several formats write alike: tags, raised figures, formulas, tables."""
