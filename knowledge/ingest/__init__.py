"""Ingestion: files become rows of the catalog and a new generation, or nothing happens at all."""
