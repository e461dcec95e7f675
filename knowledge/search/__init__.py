"""Search: parse a question, rank passages and facts, and read what the catalog holds."""
