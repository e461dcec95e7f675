"""Readers of source formats: their table in `formats`, `detect` to find one, `reading` to read."""
