"""Write and read the folders of adapters and merged models."""
