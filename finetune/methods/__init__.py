"""Methods by which a round adapts a base, one module each, listed in `method_registry`."""
