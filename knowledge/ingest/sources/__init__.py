"""Readers of source formats: `formats` is their table, `detect` finds a file's, `reading` reads it."""
