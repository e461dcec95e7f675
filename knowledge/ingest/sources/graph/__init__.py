"""Readers of graph formats: each yields entities and facts."""
