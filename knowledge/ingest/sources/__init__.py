"""Readers of source formats; `registry` finds the reader by a file's content."""
