"""Readers of literature formats: each yields documents with sections."""
