"""What rows are written about: facts of an entity, findings, values for a calculator."""
