"""Sentence templates and word tables of all styles, per language."""
