"""Ingest files into the catalogue as one new generation: all of them or nothing."""
