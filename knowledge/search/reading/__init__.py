"""Read a question as it is meant: misspellings, abbreviations, brand names, drug classes."""
