"""Objectives that a round optimises, one module each, listed in `objective_registry`."""
