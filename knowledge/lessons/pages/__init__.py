"""Read the pages that styles write about: of entities, documents and formulas."""
