"""Pages of facts that styles write about: of entities, documents and formulas."""
